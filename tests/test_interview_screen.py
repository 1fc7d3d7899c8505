"""Several questions at once: the interview's own, whole, each report asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sapwood import load_pack, parse_record
from sapwood.answers import as_moment
from sapwood.interview import Interview, Matter, begin
from sapwood.interview_screen import left, screen
from sapwood.record import Record

PACK = load_pack("bpdcn")
DEMO = Path(__file__).parents[1] / "examples" / "demo.json"


def interview(audience: str = "patient", record: Record | None = None) -> Interview:
    as_of = as_moment("2026-03-10")
    assert as_of is not None
    empty = Record(None, (), {}, (), ())
    return begin(Matter(record or empty, PACK, as_of, audience, looks_back=False), {})


@pytest.mark.parametrize("audience", ["patient", "clinician"])
def test_the_first_of_a_screen_is_what_a_terminal_asks_first(audience: str) -> None:
    state = interview(audience, parse_record(DEMO.read_bytes()))
    prompt = state.prompt
    assert prompt is not None
    first = screen(state)[0]
    assert (first.question, first.text) == (prompt.question, prompt.text)
    assert len(screen(state)) == 3 and left(state) > 3


def test_one_report_is_asked_for_once() -> None:
    asked = screen(interview(), most=40)
    requests = [one.text for one in asked if one.kind == "bring"]
    assert requests and len(requests) == len(set(requests))
    assert left(interview()) == len(asked)
    assert all(not one.choices and not one.wants_day for one in asked if one.kind == "bring")


def test_each_kind_says_what_it_needs() -> None:
    asked = {one.question.fact: one for one in screen(interview("clinician"), most=200)}
    yes_no = next(one for one in asked.values() if one.kind == "choice")
    assert yes_no.choices
    age = asked["age_years"]
    assert (age.kind, age.unit, age.wants_day) == ("number", "years", False)
    number = next(one for one in asked.values() if one.kind == "number" and one.unit not in ("", "years"))
    assert number.wants_day, "a measurement is of a day"


def test_reasons_hold_no_word_of_a_terminal() -> None:
    for audience in ("patient", "clinician"):
        for one in screen(interview(audience), most=40):
            assert all("`" not in line and not line.startswith("- ") for line in one.why)


def test_a_patient_is_asked_only_what_is_theirs_to_say() -> None:
    for one in screen(interview(), most=200):
        ask = PACK.facts[one.question.fact].ask
        assert ask is not None
        assert one.kind == "bring" or ask.patient or ask.of in ("patient", "either")
