"""A patient's own word about how they are now: a fever at home is not answered by yesterday's chart."""

from __future__ import annotations

from typing import Any

import pytest
from small_packs import TODAY, observed, one_fact, quantity

from sapwood import evaluate_all, extract, load_pack, parse_record
from sapwood.answers import sheet_of

FIND = [{"in": "Observation", "codes": {"lab": ["x"]}}]
THEIRS = {"ask": {"text": "How are you?", "of": "either"}}
OWN: dict[str, Any] = {"performer": [{"reference": "Patient/p"}]}
BEFORE = "2026-03-01"


def seen(value: Any, day: str, **more: Any) -> dict[str, Any]:
    return observed("x", value if isinstance(value, bool) else quantity(value), day, **more)


def number(**more: Any) -> dict[str, Any]:
    return {"type": "quantity", "unit": "g/dL", "find": FIND, **THEIRS, **more}


def yes_no(**more: Any) -> dict[str, Any]:
    return {"type": "boolean", "find": FIND, **THEIRS, **more}


def test_a_newer_value_of_their_own_counts_where_it_is_theirs_to_say_and_of_now() -> None:
    chart, home = seen(3, BEFORE), seen(5, TODAY, **OWN)
    fact = one_fact(number(holds="7d"), chart, home)
    assert (fact.value, fact.assurance) == (5, "patient")
    assert one_fact(number(holds="30d"), chart, home).value == 3, "what lasts is the clinic's to say"
    old = seen(3, "2025-06-01")
    assert one_fact(number(holds="30d"), old, home).value == 5, "until it is too old to count"
    assert one_fact(number(holds="30d"), old).state == "stale"
    assert one_fact(number(), chart, home).value == 3
    clinicians = {"ask": {"text": "?", "of": "clinician"}}
    assert one_fact({**number(holds="7d"), **clinicians}, chart, home).value == 3


def test_an_older_value_or_one_of_the_same_day_does_not_go_before_the_chart() -> None:
    assert one_fact(number(holds="7d"), seen(3, TODAY), seen(5, BEFORE, **OWN)).value == 3
    fact = one_fact(number(holds="7d"), seen(3, TODAY), seen(5, TODAY, **OWN))
    assert (fact.value, fact.assurance) == (3, "clinical")
    assert fact.rejected[0][1] == "the patient's own word; a clinical source says it too"


@pytest.mark.parametrize(("own", "value", "assurance"), [(5, 5, "patient"), (2, 3, "clinical")])
def test_the_highest_of_a_day_is_the_highest_whoever_measured_it(
    own: int, value: int, assurance: str
) -> None:
    fact = one_fact(number(which="highest", on_day="as_of"), seen(3, TODAY), seen(own, TODAY, **OWN))
    assert (fact.value, fact.assurance) == (value, assurance)


@pytest.mark.parametrize(("own", "value", "assurance"), [(True, True, "patient"), (False, False, "clinical")])
def test_a_sign_that_only_they_have_seen_is_a_sign(own: bool, value: bool, assurance: str) -> None:
    fact = one_fact(yes_no(which="any", on_day="as_of"), seen(False, TODAY), seen(own, TODAY, **OWN))
    assert (fact.value, fact.assurance) == (value, assurance)


def test_a_fever_at_home_after_a_cool_chart_raises_the_alarm_and_opens_no_gate() -> None:
    pack = load_pack("bpdcn")
    record = parse_record(
        b'[{"resourceType": "Patient", "id": "p", "birthDate": "1950-01-01"},'
        b'{"resourceType": "Observation", "id": "t", "status": "final", "code": {"coding": [{"system":'
        b'"http://loinc.org", "code": "8310-5"}]}, "effectiveDateTime": "2026-03-01", "valueQuantity":'
        b'{"value": 36.6, "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"}}]'
    )
    given = {"temperature": {"value": "38.6", "when": "2026-03-02", "by": "patient", "said": "2026-03-02"}}
    given["neutrophils"] = {"value": "0.2", "when": "2026-03-02"}  # type: ignore[assignment]
    answers = sheet_of({"given": given}, pack, "test").answers
    facts = extract(record, pack, as_of="2026-03-02", answers=answers)
    assert facts.fact("temperature").text.startswith("body temperature: 38.6")
    assert evaluate_all(pack.criteria, facts).truth("febrile_neutropenia") is True
    assert facts.trusted["temperature"] is None
