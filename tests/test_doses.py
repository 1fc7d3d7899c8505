"""A labelled dose, step by step, or the one line that says why it is not shown."""

from __future__ import annotations

from typing import Any

from small_packs import WOMAN, condition, lantern, observed, plan_of, quantity

DIAGNOSED = condition(text="lantern disease")


def dose(*resources: dict[str, Any], reviewed: bool = True, **more: Any) -> list[tuple[str, bool]]:
    plan = plan_of(lantern(reviewed=reviewed), DIAGNOSED, *resources, **more)
    (quill,) = [one for one in plan.options if one.option.id == "quill"]
    return [(step.text, step.shown) for step in plan.dose(quill)]


WEIGHT = observed("weight", quantity(70.5, "kg"), "2026-03-01")


def test_the_arithmetic_is_shown_with_the_weight_and_its_day() -> None:
    assert dose(WEIGHT) == [
        ("Labelled dose: 1.5 mg/kg, on days 1, 2, 3, 4, 5", True),
        ("Weight: 70.5 kg, measured 2026-03-01", True),
        ("1.5 × 70.5 = 105.75 mg", True),
        ("Check this against the current label and a weight of the day before giving anything.", True),
    ]


def test_nothing_is_worked_out_from_an_unreviewed_pack() -> None:
    (only,) = dose(WEIGHT, reviewed=False)
    assert only == ("No dose is worked out: a clinician has not yet reviewed this pack.", False)


def test_nothing_is_worked_out_for_a_child_or_an_unknown_age() -> None:
    for born in ({"birthDate": "2015-01-01"}, {}):
        patient = {"resourceType": "Patient", "id": "p", **born}
        (only,) = dose(WEIGHT, patient=patient)
        assert only == ("No dose is worked out: the numbers are for adults.", False)


def test_nothing_is_worked_out_without_a_sure_weight() -> None:
    assert dose() == [("No dose is worked out: weight: not on record.", False)]
    about = observed("weight", quantity(70, "kg", comparator=">"))
    assert dose(about)[0][1] is False
    own = observed("weight", quantity(70, "kg"), performer=[{"reference": "Patient/p"}])
    assert dose(own) == [("No dose is worked out: the weight is in the patient's own words.", False)]


def test_only_a_regimen_with_a_labelled_dose_has_one() -> None:
    plan = plan_of(lantern(), DIAGNOSED, WEIGHT, patient=WOMAN)
    (candle,) = [one for one in plan.options if one.option.id == "candle"]
    assert plan.dose(candle) == ()
