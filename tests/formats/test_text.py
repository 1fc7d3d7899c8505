"""The plan as text: 80 columns, readable without colour, and deaf to what a record tries on a terminal."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from small_packs import condition, given, lantern, observed, plan_of, quantity, small_pack

from sapwood.formats import write
from sapwood.formats.paper import Paper, clean

ANSI = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\x9b2J bell\x07 back\x08\x08 return\rfeed\x0c",
    "x" * 300,
    "皮" * 120,
    "a皮" * 100,
    "line\u2028break\u2029and\u0085more",
    "\u202eright to left\u2066",
    "{braces} %s `ticks` <b>tags</b>",
    "\ufffe noncharacter \ue000 private",
    "e\u0301" * 90,
]


def columns(line: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in line
    )


def text_of(*resources: dict[str, Any], colour: bool = False, **more: Any) -> str:
    return write(plan_of(lantern(), *resources, **more), "text", colour=colour)


FULL = [
    condition(text="lantern disease"),
    condition("c-glow"),
    observed("ember", True, bodySite={"text": "skin"}),
    observed("ash", False, bodySite={"text": "skin"}),
    observed("lux", 3.0),
    observed("weight", quantity(70, "kg")),
    given("Quill", "2026-03-01"),
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_cannot_move_the_cursor(hostile: str) -> None:
    found = [
        *FULL,
        observed("ember", True, bodySite={"text": hostile}),
        observed("soot", hostile, id=hostile),
    ]
    for colour in (False, True):
        text = text_of(*found, colour=colour)
        plain = ANSI.sub("", text)
        if not colour:
            assert plain == text
        assert not [letter for letter in plain if letter != "\n" and unicodedata.category(letter)[0] == "C"]
        assert not [line for line in plain.splitlines() if columns(line) > 80]
        assert plain.splitlines() == plain.removesuffix("\n").split("\n")


def test_colour_never_carries_meaning_alone() -> None:
    plain, coloured = text_of(*FULL), text_of(*FULL, colour=True)
    assert coloured != plain
    assert ANSI.sub("", coloured) == plain
    assert "[0m" not in plain


def test_the_order_is_the_one_a_board_reads() -> None:
    text = text_of(*FULL)
    first = " ".join(text.splitlines()[:2])
    assert first == (
        "65 year old woman: lantern disease, confirmed; in glow of the skin; line 1: Quill. As of 2026-03-02."
    )
    headings = [
        "WHERE ON THE PATHWAY",
        "MARKERS BY SPECIMEN",
        "SITES",
        "FITNESS",
        "OPTIONS",
        "TASKS",
        "THE RECORD",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "An invented pack for tests. Nothing here is medicine." in text


def test_reasons_and_sources_stand_beside_answers() -> None:
    text = text_of(*FULL)
    assert "first dose of quill allowed: no" in text
    assert "Quill -- not now" in text
    assert "would change if: Lux may recover within days." in text
    assert "HOLD" in text
    assert "Hold quill: lux is low or fell." in text
    assert "not loaded: What to do after a break of more than a month." in text


def test_no_signal_says_so_and_little_else() -> None:
    text = text_of(observed("anything", True))
    assert "nothing in this record points to lantern disease" in text
    assert "Nothing in this record glows." in text
    assert "MARKERS" not in text
    assert "WHAT TO ASK" not in text


def test_the_example_fits_80_columns(root: Path) -> None:
    from sapwood.facts import extract
    from sapwood.pack import load_pack
    from sapwood.pathway import locate
    from sapwood.plan import make_plan
    from sapwood.record import read_record
    from sapwood.verdicts import evaluate_all

    pack = load_pack("bpdcn")
    facts = extract(read_record(root / "examples" / "demo.json"), pack, as_of="2026-03-02")
    plan = make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)
    text = write(plan, "text", colour=True)
    assert not [line for line in ANSI.sub("", text).splitlines() if columns(line) > 80]
    assert ANSI.sub("", text) == write(plan, "text")


def test_a_page_wraps_rows_and_marks() -> None:
    paper = Paper(colour=False)
    paper.row("a name that is far too long for its column", "what is said of it")
    paper.row("short", "word " * 30)
    paper.say("word " * 30, indent=4, mark="- ")
    paper.say("", mark="- ")
    lines = paper.text().splitlines()
    assert lines[:2] == ["  a name that is far too long for its column", "      what is said of it"]
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "-"
    assert clean("a\x1bb") == "a b"


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(KeyError):
        write(None, "pdf")


def test_the_board_is_shown_other_markers_and_findings_only_where_something_is_on_record() -> None:
    sort: dict[str, Any] = {"type": "boolean", "group": "genetics"}
    stain = {**sort, "per": "specimen"}
    facts = {
        name: {**kind, "find": [{"in": "Observation", "words": [name]}]}
        for name, kind in {"ash": stain, "soot": stain, "moss": stain, "wick": sort, "fern": sort}.items()
    }
    facts["gorse"] = {**sort, "closed_world": {"covered_by": "read"}}
    facts["read"] = {"type": "boolean", "derived": "TRUE"}
    findings = ["wick", "fern", "gorse"]
    board = {"markers": ["ash"], "other_markers": ["soot", "moss"], "findings": findings}
    steps = [{"id": "first", "title": "First", "opens": "TRUE"}]
    pack = small_pack(facts, about={"board": board}, pathway={"steps": steps})
    plan = plan_of(pack, *(observed(f"x-{name}", True, code={"text": name}) for name in ("soot", "wick")))
    text = write(plan, "text")
    assert re.search(r"positive +soot\n +not tested +ash\n", text), (
        "a marker of the panel that is missing is said"
    )
    assert "ALSO ON RECORD\n  genetics      wick: yes on 2026-03-02\n" in text
    assert not re.search("moss|fern|gorse", text), "what is not on record, or assumed, is not listed"
    page = write(plan, "html")
    assert "<li>wick: yes on 2026-03-02</li>" in page and ">soot</th>" in page
    assert not re.search("moss|fern|gorse", page)
