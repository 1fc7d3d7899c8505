"""One element becomes one typed value, or a refusal that says why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_packs import LAB, TODAY, code, observed, one_fact, quantity

from sapwood.concepts import holds_phrase, tokens
from sapwood.readings import Refusal, read_answer
from sapwood.values import Range

YES_NO: dict[str, Any] = {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["x"]}}]}
ALBUMIN: dict[str, Any] = {
    "type": "quantity",
    "unit": "g/dL",
    "plausible": [0.5, 10],
    "find": [{"in": "Observation", "codes": {"lab": ["x"]}}],
}
POINTS: dict[str, Any] = {
    "type": "score",
    "plausible": [0, 4],
    "find": [{"in": "Observation", "codes": {"lab": ["x"]}}],
}
REPLY: dict[str, Any] = {
    "type": "code",
    "values": {
        "CR": {"words": ["complete remission", "cr"]},
        "PD": {"words": ["progression"], "codes": {"lab": ["pd"]}},
    },
    "find": [{"in": "Observation", "codes": {"lab": ["x"]}}],
}


@pytest.mark.parametrize(
    "text",
    "positive|pos|+|++|3+|present|detected|reactive|weak|weakly positive|partial|partially positive|dim|bright|"
    "Positive.|strongly positive in all blasts|focal weak expression|POSITIVE".split("|"),
)
def test_positive_weak_and_partial_count_as_yes(text: str) -> None:
    assert read_answer(text) is True


@pytest.mark.parametrize(
    "text",
    "negative|neg|-|absent|not detected|not present|non-reactive|nonreactive|none|Negative.|not expressed|wild type|"
    "undetected|negative in the blasts|not mutated".split("|"),
)
def test_plain_denials_count_as_no(text: str) -> None:
    assert read_answer(text) is False


@pytest.mark.parametrize(
    "text",
    "equivocal|pending|+/-|not tested|not done|possibly positive|rare positive cells|not negative|"
    "insufficient material|see report|? positive|positive or negative|positive, not detected|suspected|"
    "to follow|n/a|nd|0".split("|"),
)
def test_what_is_not_wholly_understood_is_neither(text: str) -> None:
    assert isinstance(read_answer(text), Refusal)
    fact = one_fact(YES_NO, observed("x", text))
    assert (fact.state, fact.value) == ("unusable", None)


def test_a_text_that_says_results_conflict_is_a_conflict() -> None:
    fact = one_fact(YES_NO, observed("x", "discordant results"))
    assert (fact.state, fact.note) == ("conflicting", "the record itself says that results conflict")


def test_a_code_and_words_that_disagree_are_a_conflict() -> None:
    snomed = {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]}
    assert one_fact(YES_NO, observed("x", valueCodeableConcept=snomed)).value is False
    fact = one_fact(YES_NO, observed("x", valueCodeableConcept={**snomed, "text": "positive"}))
    assert fact.state == "conflicting"
    assert fact.rejected == (("Observation/r1", "its code and its words disagree"),)


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({"valueQuantity": quantity(3.6)}, "3.6"),
        ({"valueQuantity": quantity(36, "g/L")}, "3.6"),
        (
            {
                "valueQuantity": {
                    "value": 36,
                    "code": "g/L",
                    "system": "http://unitsofmeasure.org",
                    "unit": "odd",
                }
            },
            "3.6",
        ),
        ({"valueString": "3.6 g/dL"}, "3.6"),
        ({"valueString": " 36 g/L "}, "3.6"),
        ({"valueCodeableConcept": {"text": "3.60 g/dL"}}, "3.60"),
    ],
)
def test_a_number_is_read_in_any_unit_and_from_text(more: dict[str, Any], value: str) -> None:
    fact = one_fact(ALBUMIN, observed("x", **more))
    assert (fact.state, fact.value) == ("known", Decimal(value))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (quantity(3.6, ""), "has no unit; g/dL is needed"),
        (quantity(3.6, "bananas"), "in a unit that cannot be turned into g/dL"),
        (quantity(3.6, "U/L"), "in a unit that cannot be turned into g/dL"),
        (quantity(36), "outside the plausible 0.5 to 10 g/dL"),
        (quantity(3.6, comparator="~"), "a comparator that is not known"),
        (quantity(500, comparator=">"), "outside the plausible 0.5 to 10 g/dL"),
        ({"unit": "g/dL"}, "has no number"),
        ("about four", "words where a number belongs"),
        ("3,6 g/dL", "in a unit that cannot be turned into g/dL"),
        ("3.6", "has no unit; g/dL is needed"),
        (True, "a value of another kind where a number belongs"),
    ],
)
def test_a_number_that_cannot_be_used_says_why(value: Any, why: str) -> None:
    fact = one_fact(ALBUMIN, observed("x", value))
    assert (fact.state, fact.value) == ("unusable", None)
    assert fact.rejected == (("Observation/r1", why),)
    assert fact.note == why


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (quantity(2, comparator="<"), Range(Decimal(0), Decimal(2), high_open=True)),
        (quantity(2, comparator="<="), Range(Decimal(0), Decimal(2))),
        (quantity(60, "g/L", comparator=">"), Range(Decimal(6), None, low_open=True)),
        ("≥ 6 g/dL", Range(Decimal(6), None)),
        ("3-4 g/dL", Range(Decimal(3), Decimal(4))),
        ("3 to 3 g/dL", Decimal(3)),
    ],
)
def test_comparators_and_ranges_stay_ranges(value: Any, found: Any) -> None:
    assert one_fact(ALBUMIN, observed("x", value)).value == found


def test_a_value_range_is_read_and_refused_the_wrong_way_round() -> None:
    ends = {"low": quantity(30, "g/L"), "high": quantity(40, "g/L")}
    assert one_fact(ALBUMIN, observed("x", valueRange=ends)).value == Range(Decimal(3), Decimal(4))
    turned = {"low": ends["high"], "high": ends["low"]}
    fact = one_fact(ALBUMIN, observed("x", valueRange=turned))
    assert fact.note == "a range whose ends are the wrong way round"
    mixed = {"low": ends["low"], "high": quantity(4, "g/dL")}
    assert one_fact(ALBUMIN, observed("x", valueRange=mixed)).note == "a range that could not be read"


def test_a_score_takes_plain_numbers_and_no_unit() -> None:
    assert one_fact(POINTS, observed("x", valueInteger=2)).value == 2
    assert one_fact(POINTS, observed("x", quantity(2, "{score}"))).value == 2
    assert one_fact(POINTS, observed("x", "2")).value == 2
    assert one_fact(POINTS, observed("x", quantity(2, "kg"))).note == "a unit where a plain number belongs"
    assert one_fact(POINTS, observed("x", valueInteger=9)).note == "outside the plausible 0 to 4"


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"valueCodeableConcept": {"coding": [{"system": LAB, "code": "pd"}], "text": "whatever"}}, "PD"),
        ({"valueString": "Complete remission"}, "CR"),
        ({"valueString": "in complete remission since May"}, "CR"),
        ({"valueString": "complete remission, no progression"}, "CR"),
        ({"valueString": "complete remission, then progression"}, None),
        ({"valueString": "no complete remission"}, None),
        ({"valueString": "possible progression"}, None),
        ({"valueString": "progression?"}, None),
        ({"valueString": "something else"}, None),
    ],
)
def test_a_code_is_picked_by_code_then_words_and_never_where_denied(
    more: dict[str, Any], word: str | None
) -> None:
    fact = one_fact(REPLY, observed("x", **more))
    assert fact.value == word
    assert fact.state == ("known" if word else "unusable")


def test_data_absent_is_not_a_value() -> None:
    absent = observed("x", dataAbsentReason=code("unknown"))
    fact = one_fact(YES_NO, absent)
    assert (fact.state, fact.note) == ("unusable", "recorded as not known")
    assert one_fact(YES_NO, observed("x")).note == "has no value"


def test_an_interpretation_alone_answers_yes_or_no() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    concept = {"coding": [{"system": system, "code": "POS"}]}
    assert one_fact(YES_NO, observed("x", interpretation=[concept])).value is True
    both = [concept, {"coding": [{"system": system, "code": "NEG"}]}]
    assert one_fact(YES_NO, observed("x", interpretation=both)).state == "unusable"
    assert one_fact(ALBUMIN, observed("x", interpretation=[concept])).state == "unusable"


LIMITS = [{"low": quantity(35, "g/L"), "high": quantity(50, "g/L")}]


def test_reference_limits_are_turned_into_the_facts_unit() -> None:
    fact = one_fact(ALBUMIN, observed("x", 3.6, referenceRange=LIMITS))
    assert (fact.low, fact.high) == (Decimal("3.5"), Decimal(5))


@pytest.mark.parametrize(
    "given",
    [
        None,
        [{"text": "3.5 to 5"}],
        [{"high": {"value": 5}}],
        [{"high": quantity(5, "bananas")}],
        [*LIMITS, {"high": quantity(6)}],
        [{**LIMITS[0], "type": code("treatment")}],
    ],
)
def test_limits_that_are_absent_or_not_plain_are_unknown(given: Any) -> None:
    fact = one_fact(ALBUMIN, observed("x", 3.6, referenceRange=given))
    assert (fact.value, fact.low, fact.high) == (Decimal("3.6"), None, None)


def test_molar_units_need_a_molar_mass() -> None:
    urate = {**ALBUMIN, "unit": "mg/dL", "plausible": [0, 50]}
    value = observed("x", quantity(400, "umol/L"))
    assert one_fact(urate, value).state == "unusable"
    found = one_fact({**urate, "molar_mass": 168.11}, value).value
    assert isinstance(found, Decimal | int) or found is not None
    assert 6.7 < float(found) < 6.8  # type: ignore[arg-type]


def test_an_instant_is_read_and_an_impossible_one_refused() -> None:
    when = {"type": "instant", "find": [{"in": "Observation", "codes": {"lab": ["x"]}}]}
    assert str(one_fact(when, observed("x", valueDateTime="2025-11")).value) == "2025-11"
    assert one_fact(when, observed("x", valueDateTime="2024-13-45")).note == "not a date that exists"


def test_phrases_are_whole_words() -> None:
    assert tokens("CD4+/CD56+ (weak)") == ("cd4", "cd56", "weak")
    assert holds_phrase(tokens("the skin glow"), ["skin glow"])
    assert not holds_phrase(tokens("cd45"), ["cd4"])
    assert not holds_phrase(tokens("anything"), [""])
    assert TODAY
