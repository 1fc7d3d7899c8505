"""The age that a Patient states of one day, where the birth date stays behind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_packs import facts_of, lantern

from sapwood.lifetime import AGE_ON_A_DAY, stated_age
from sapwood.values import Range, read_moment


def person(low: Any = 67, high: Any = 67, day: Any = "2026-03-02") -> dict[str, Any]:
    parts = [
        {"url": "from", "valueInteger": low},
        {"url": "to", "valueInteger": high},
        {"url": "on", "valueDate": day},
    ]
    return {
        "resourceType": "Patient",
        "id": "p",
        "extension": [{"url": "other"}, {"url": AGE_ON_A_DAY, "extension": parts}],
    }


def age(patient: dict[str, Any], as_of: str) -> Any:
    moment = read_moment(as_of)
    assert moment is not None
    return stated_age(patient, moment)[0]


def test_an_age_holds_on_its_day_and_grows_into_a_range() -> None:
    assert age(person(), "2026-03-02") == Decimal(67)
    assert age(person(), "2026-03-03") == Range(Decimal(67), Decimal(68))
    assert age(person(), "2028-03-10") == Range(Decimal(69), Decimal(70))
    assert age(person(60, 69), "2026-03-02") == Range(Decimal(60), Decimal(69))


@pytest.mark.parametrize(
    "patient", [person("67"), person(day="2026-13-01"), person(70, 60), person(day=None), person(True), {}]
)
def test_what_is_not_an_age_is_unknown(patient: dict[str, Any]) -> None:
    assert age(patient, "2026-03-02") is None


def test_an_age_that_cannot_be_read_is_no_silence() -> None:
    facts = facts_of(lantern(), patient=person("67"))
    assert facts.fact("age_years").state == "unusable"
    assert (
        facts_of(lantern(), patient={"resourceType": "Patient", "id": "p"}).fact("age_years").state
        == "missing"
    )


def test_the_time_before_that_day_is_unknown() -> None:
    assert age(person(), "2026-03-01") is None


def test_a_record_with_a_stated_age_has_an_age() -> None:
    facts = facts_of(lantern(), patient=person())
    assert facts.values["age_years"] == facts.fact("age_years").value == Decimal(67)
    born = {**person(), "birthDate": "1960-05-05"}
    assert facts_of(lantern(), patient=born).values["age_years"] == Decimal(65), "a birth date goes first"
