"""The plan as text: 80 columns, readable without colour, and deaf to what a record tries on a terminal."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from small_packs import MAN, condition, given, lantern, observed, plan_of, quantity, small_pack

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


def test_a_reason_names_the_facts_behind_it() -> None:
    text = " ".join(text_of(*FULL).split())
    assert "Lux is low or fell. (lux of the day: 3 g/dL on 2026-03-02; lux of the day under 3.5 g/dL)" in text


def test_a_gate_that_is_not_met_is_not_read_as_a_reason_against() -> None:
    assert "- not met: the label's gates are open" in text_of(*FULL)


def test_what_could_change_a_rule_is_said_only_where_it_came_out_badly() -> None:
    assert "can change: Lux may recover within days." in text_of(*FULL)
    well = [*FULL[:4], observed("lux", 4.0), observed("wick", quantity(20, "U/L"))]
    assert "can change" not in text_of(*well, patient=MAN)


def small_plan(**more: Any) -> str:
    facts = {"sick": {"type": "boolean", "find": [{"in": "Observation", "words": ["sick"]}]}}
    steps = [{"id": "care", "title": "Care", "opens": "is_sick"}]
    criteria = {"is_sick": {"is": "sick", "means": "so", "title": "sick"}}
    pack = small_pack(facts, criteria=criteria, pathway={"steps": steps, **more.pop("pathway", {})}, **more)
    return write(plan_of(pack, observed("x-sick", True, code={"text": "sick"})), "text")


def test_an_option_whose_next_dose_waits_says_so_wherever_it_stands() -> None:
    hold = {"id": "h", "title": "Weight up", "severity": "hold", "message": "Hold.", "about": ["quill"]}
    options = [
        {"id": "quill", "title": "Quill", "kind": "drug"},
        {"id": "rest", "title": "Rest", "kind": "support"},
    ]
    text = small_plan(pathway={"options": options, "alerts": [{**hold, "when": "is_sick"}]})
    assert "possible          Quill (on hold now); Rest" in text
    assert "  Quill -- possible (on hold now)\n    ! on hold: Weight up\n" in text
    facts = {"idle": {"type": "boolean"}}
    silent = small_pack(
        {**facts, "sick": {"type": "boolean", "derived": "TRUE"}},
        pathway={
            "steps": [{"id": "care", "title": "Care", "opens": "sick"}],
            "options": options,
            "alerts": [{**hold, "when": "idle"}],
        },
    )
    assert "Quill (not before its checks); Rest" in write(plan_of(silent), "text")


def test_many_tasks_stand_by_who_does_them_without_their_reasons() -> None:
    few = [
        {
            "id": f"t{number}",
            "title": f"Test {number}",
            "why": "It tells.",
            "who": ("ward", "lab")[number % 2],
        }
        for number in range(4)
    ]
    text = small_plan(pathway={"tasks": few})
    assert re.search(r"due, ward\n    - Test 0: It tells.\n    - Test 2: It tells.\n  due, lab\n", text)
    many = [{**few[0], "id": f"t{number}", "title": f"Test {number}"} for number in range(13)]
    text = small_plan(pathway={"tasks": many})
    assert (
        "    - Test 12\n  The page (--format html) gives the reason for each." in text
        and "It tells." not in text
    )


def test_what_is_due_at_once_stands_first() -> None:
    task = {"title": "Wait", "why": "so", "who": "ward"}
    tasks = [{**task, "id": "a", "due": "day 0"}, {**task, "id": "b", "title": "Cultures", "due": "now"}]
    text = small_plan(pathway={"tasks": tasks})
    assert "  due at once\n    - Cultures (now): so\n  due, ward\n    - Wait (day 0): so\n" in text


def test_a_trial_that_is_closed_fits_nobody() -> None:
    trial = {
        "nct": "NCT00000000",
        "title": "Old",
        "status_as_of": "2014",
        "meets": [{"when": "is_sick", "text": "so"}],
    }
    said = "NCT00000000, Old ({}, last known 2014): {}"
    for status, fit in {
        "completed": "takes nobody new",
        "not_recruiting": "takes nobody new",
        "unknown": "may fit",
    }.items():
        text = " ".join(small_plan(trials={"trials": [{**trial, "status": status}]}).split())
        assert said.format(status.replace("_", " "), fit) in text


def test_a_track_whose_status_has_no_words_is_left_out() -> None:
    track = {"id": "gift", "title": "Gift", "statuses": [{"status": "none", "when": "is_sick"}]}
    assert "Gift" not in small_plan(pathway={"tracks": [track]})
    track["statuses"] = [{"status": "none", "when": "NOT is_sick"}]
    assert re.search(r"Gift +not started", small_plan(pathway={"tracks": [track]}))


def test_a_fitness_rule_is_shown_where_an_option_or_the_step_turns_on_it() -> None:
    board = {"fitness": ["is_sick"]}
    option = {"id": "quill", "title": "Quill", "kind": "drug"}
    for point, shown in (
        ({"when": "NOT is_sick", "text": "so"}, True),
        ({"when": "sick", "text": "so"}, False),
    ):
        text = small_plan(about={"board": board}, pathway={"options": [{**option, "against": [point]}]})
        assert ("FITNESS" in text) is shown
    step = {"id": "care", "title": "Care", "opens": "is_sick", "focus": ["is_sick"]}
    assert "FITNESS" in small_plan(about={"board": board}, pathway={"steps": [step]})


def test_after_a_death_the_position_is_where_the_record_ended() -> None:
    facts = {"gone": {"type": "boolean", "find": [{"in": "Observation", "words": ["gone"]}]}}
    steps = [
        {"id": name, "title": name.title(), "opens": "TRUE", "about": "Doses are given."}
        for name in ("care", "dose")
    ]
    pack = small_pack(facts, about={"ended_when": "gone"}, pathway={"steps": steps})
    for died in (True, False):
        plan = plan_of(pack, observed("x", died, code={"text": "gone"}))
        for written in (write(plan, "text"), write(plan, "html")):
            assert ("The person has died; this is where the record ended." in written) is died
            assert ("Doses are given." in written) is not died
            assert ("Still open behind" in written) is not died
