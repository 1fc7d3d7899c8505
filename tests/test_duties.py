"""Options, tasks and alerts weighed for one person."""

from __future__ import annotations

from typing import Any

import pytest
from small_packs import condition, given, lantern, observed, plan_of, quantity

from sapwood.contract import as_dict
from sapwood.duties import OptionStanding
from sapwood.plan import Plan

OWN = {"performer": [{"reference": "Patient/p"}]}
DIAGNOSED = condition(text="lantern disease", onsetDateTime="2026-02-20")
WICK = observed("wick", quantity(40, "U/L"), referenceRange=[{"high": quantity(40, "U/L")}])
OPEN = [DIAGNOSED, observed("lux", 3.6), WICK, observed("hcg", False)]
DOSED = given("Quill", "2026-03-01")


def plan(*resources: dict[str, Any], reviewed: bool = True, **more: Any) -> Plan:
    return plan_of(lantern(reviewed=reviewed), *resources, **more)


def option(name: str, *resources: dict[str, Any], **more: Any) -> OptionStanding:
    (found,) = [one for one in plan(*resources, **more).options if one.option.id == name]
    return found


def test_a_hold_that_cannot_be_assessed_speaks() -> None:
    (alert,) = plan(DIAGNOSED, DOSED).alerts
    assert (alert.alert.id, alert.state) == ("hold_lux", "cannot_tell")
    assert alert.message == "Do not give quill until lux of the day is checked."
    assert "lux_today" in alert.missing
    assert alert.because


def test_a_hold_is_raised_or_silent_once_it_is_known() -> None:
    (alert,) = plan(DIAGNOSED, DOSED, observed("lux", 3.4)).alerts
    assert (alert.state, alert.message) == ("raised", "Hold quill: lux is low or fell.")
    assert [reason.name for reason in alert.because] == ["quill_hold"]
    before = observed("lux", 4.0, "2026-02-28")
    assert not plan(DIAGNOSED, DOSED, before, observed("lux", 3.9)).alerts
    assert plan(DIAGNOSED, DOSED, before, observed("lux", 3.5)).alerts[0].state == "raised"
    assert not plan(DIAGNOSED, observed("anything", True, "2026-02-20")).alerts


def test_a_patients_own_word_can_raise_a_hold_and_never_silence_it() -> None:
    low = observed("lux", 3.0, **OWN)
    assert plan(DIAGNOSED, DOSED, low).alerts[0].state == "raised"
    fine = [observed("lux", 4.0, "2026-02-28"), observed("lux", 3.9, **OWN)]
    (alert,) = plan(DIAGNOSED, DOSED, *fine).alerts
    assert alert.state == "cannot_tell"


def test_other_alerts_are_silent_until_raised() -> None:
    child = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "2020-01-01"}
    others = [one for one in plan(condition("c-glow"), patient=child).alerts if one.alert.severity != "hold"]
    assert [(one.alert.severity, one.state) for one in others] == [("urgent", "raised")]
    nobody = plan(condition("c-glow"), patient={"resourceType": "Patient", "id": "p"}).alerts
    assert all(one.alert.severity == "hold" for one in nobody)


def test_a_hold_speaks_even_where_it_is_not_known_whether_it_applies() -> None:
    nobody = plan(condition("c-glow"), patient={"resourceType": "Patient", "id": "p"}).alerts
    assert {one.state for one in nobody} <= {"cannot_tell"}


def test_nothing_is_recommended_by_an_unreviewed_pack() -> None:
    assert {one.standing for one in plan(*OPEN, told=["wish=everything"]).options} == {"recommended"}
    unreviewed = plan(*OPEN, reviewed=False, told=["wish=everything"])
    assert {one.standing for one in unreviewed.options} == {"possible"}
    assert "recommended" not in str(as_dict(unreviewed)["options"])


def test_an_option_is_ruled_out_by_one_failing_gate() -> None:
    found = option("quill", DIAGNOSED, observed("lux", 3.0), WICK)
    assert found.standing == "ruled_out"
    assert [point.text for point in found.against] == ["the label's gates are open"]
    assert found.reversible_by == ("Lux may recover within days.",)
    foggy = option("quill", *OPEN, condition("c-fog"))
    assert foggy.standing == "ruled_out"
    assert "fog of the lungs" in [point.text for point in foggy.against]


def test_an_option_with_an_open_gate_cannot_be_told() -> None:
    found = option("quill", DIAGNOSED, WICK, observed("hcg", False))
    assert (found.standing, found.missing) == ("cannot_tell", ("lux",))
    assert "the label's gates are open" in [point.text for point in found.open_]


def test_points_speak_for_and_against() -> None:
    found = option("quill", *OPEN)
    assert [point.text for point in found.for_] == ["the label's gates are open", "it works", "lux is fine"]
    assert found.against == ()
    old = {"resourceType": "Patient", "id": "p", "birthDate": "1930-01-01"}
    assert [point.text for point in option("quill", *OPEN, patient=old).against] == [
        "little is known above 75"
    ]
    nobody = option("quill", *OPEN, patient={"resourceType": "Patient", "id": "p"})
    assert "little is known above 75" in [point.text for point in nobody.open_]


def test_an_option_that_is_not_offered_is_not_shown() -> None:
    assert [one.option.id for one in plan(DIAGNOSED, told=["wish=rest"]).options] == ["rest", "quill"]
    assert option("candle", DIAGNOSED).standing == "cannot_tell"


def test_options_belong_to_their_steps() -> None:
    assert [one.option.id for one in plan(condition("c-glow")).options] == ["rest"]


@pytest.mark.parametrize(
    ("told", "status"),
    [([], "due"), (["nursing=no"], "done"), (["nursing=yes"], "declined"), (["sex=male"], "not_applicable")],
)
def test_a_task_has_a_status(told: list[str], status: str) -> None:
    found = {one.task.id: one for one in plan(DIAGNOSED, told=told).tasks}
    assert found["nurse"].status == status
    assert found["nurse"].because


def test_a_task_for_who_knows_whom_cannot_be_told() -> None:
    found = {one.task.id: one.status for one in plan(DIAGNOSED, patient=None).tasks}
    assert (found["nurse"], found["ask_wish"], found["stage"]) == ("cannot_tell", "cannot_tell", "due")
