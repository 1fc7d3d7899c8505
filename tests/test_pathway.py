"""Where a person stands: the last open step, the gaps behind it, the tracks beside it."""

from __future__ import annotations

from typing import Any

from small_packs import condition, given, lantern, observed, plan_of

from sapwood.pathway import Position

DIAGNOSED = condition(text="lantern disease")
STAGED = {"resourceType": "Procedure", "status": "completed", "code": {"text": "lantern staging"}}


def position(*resources: dict[str, Any], **more: Any) -> Position:
    return plan_of(lantern(), *resources, **more).position


def test_no_sign_stands_on_no_signal() -> None:
    found = position(observed("anything", True))
    assert found.step == "no_signal"
    assert found.about.startswith("Nothing in this record glows.")
    assert "not looked at" in found.about, "an unknown sign is no answer"
    assert (found.gaps, found.tracks) == ((), ())
    assert {reason.name for reason in found.because} == {"lantern_suspected"}


def test_a_first_sign_opens_the_first_step() -> None:
    found = position(condition("c-glow"))
    assert (found.step, found.title, found.gaps) == ("suspicion", "Suspicion", ())
    assert [reason.name for reason in found.because] == ["lantern_suspected"]


def test_the_position_is_the_last_open_step_and_earlier_ones_are_gaps() -> None:
    found = position(DIAGNOSED, observed("lux", 3.6))
    assert (found.step, [step.id for step in found.gaps]) == ("treatment", ["workup"])
    staged = position(DIAGNOSED, observed("lux", 3.6), STAGED)
    assert (staged.step, staged.gaps) == ("treatment", ())


def test_an_unknown_opening_is_unclear_and_not_open() -> None:
    found = position(DIAGNOSED)
    assert (found.step, [step.id for step in found.unclear]) == ("workup", ["treatment"])


def test_an_unknown_close_leaves_a_step_open() -> None:
    assert position(DIAGNOSED, observed("lux", 3.6), given("Quill", "2026-03-01")).step == "treatment"


def test_where_everything_is_closed_the_last_step_stands() -> None:
    note = {"note": [{"text": "response: complete remission"}]}
    found = position(DIAGNOSED, STAGED, observed("lux", 3.6), given("Quill", "2026-03-01", **note))
    assert (found.step, found.line) == ("treatment", 1)


def test_tracks_say_where_they_stand() -> None:
    unknown = position(DIAGNOSED).tracks[0]
    assert (unknown.status, unknown.text) == ("cannot_tell", "cannot tell whether: rest is wanted")
    rest = position(DIAGNOSED, told=["wish=rest"]).tracks[0]
    assert (rest.status, [reason.name for reason in rest.because]) == ("wanted", ["wants_rest"])
    assert position(DIAGNOSED, told=["wish=everything"]).tracks[0].status == "not_wanted"


def test_line_follows_treatment() -> None:
    found = position(DIAGNOSED, given("Quill", "2026-01-01"), given("Candle", "2026-02-20"))
    assert found.line == 2
