"""The plan as text for the person it is about: its order, its width, and what it never says."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_plain_words import ABOUT, CRITERIA, FACTS, ILL, PATHWAY, lux, observed, plan_of, small_pack

from sapwood.cli import main
from sapwood.formats import write

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cases"


def text_of(*resources: dict[str, object], **more: object) -> str:
    pack = small_pack(FACTS, criteria=CRITERIA, pathway=PATHWAY, about=ABOUT)
    return write(plan_of(pack, *resources, **more), "text", audience="patient")


def test_what_needs_attention_comes_first_and_where_it_comes_from_last() -> None:
    text = text_of(ILL, lux(2))
    headings = [line for line in text.splitlines() if line.isupper()]
    assert headings == [
        "WHAT NEEDS ATTENTION NOW",
        "WHERE YOU ARE, AND WHAT COMES NEXT",
        "WHAT IS DUE",
        "CHOICES TO TALK ABOUT",
        "WHAT YOU COULD BRING OR TELL YOUR TEAM",
        "DATES TO COME",
        "WHEN TO CALL",
        "WHERE THIS COMES FROM",
    ]


def test_checks_before_a_dose_are_said_when_nothing_was_measured() -> None:
    assert "Your team checks this before each dose:\n    - Your lux." in text_of(ILL)


def test_what_is_left_out_is_counted() -> None:
    assert "1 line for clinicians is left out here." in text_of(ILL, observed("rash", True))
    assert "left out" not in text_of(ILL, lux(4), observed("rash", False))


@pytest.mark.parametrize("record", ["001.bundle.json", "103.bundle.json"])
def test_the_command_writes_it_in_80_columns(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(EXAMPLES / record), "--audience", "patient", "--as-of", "2026-03-02"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("This page tells you what the record says as of 2 March 2026.")
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_title_that_asks_keeps_its_mark_and_a_long_list_is_cut_and_counted() -> None:
    visit = {"title": "Who comes with you?", "text": "Ask somebody."}
    task = {**PATHWAY["tasks"][0], "applies": "TRUE", "done": "FALSE", "declined": "FALSE", "patient": visit}
    perhaps = [
        {**task, "id": f"t{number}", "applies": "refused", "patient": {**visit, "title": f"Test {number}"}}
        for number in range(10)
    ]
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "tasks": [task, *perhaps]}, about=ABOUT)
    text = " ".join(write(plan_of(pack, ILL), "text", audience="patient").split())
    assert "- Who comes with you? Ask somebody." in text
    assert "test 0; test 1; test 2; test 3; test 4; test 5; test 6; test 7; and 2 more." in text
