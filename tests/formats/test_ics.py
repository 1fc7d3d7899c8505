"""The follow-up as a calendar: two parsers read it, and nothing in it says what it is for unless asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from small_packs import ABOUT, folder_of

from sapwood.answers import Answer, read_typed
from sapwood.errors import AnswerError
from sapwood.facts import Facts
from sapwood.formats import write
from sapwood.pack import load_pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record
from sapwood.values import read_moment
from sapwood.verdicts import evaluate_all

FACTS: dict[str, Any] = {
    "well": {"title": "in remission", "type": "boolean"},
    "start": {"title": "day of remission", "type": "instant"},
    "never": {"title": "day nobody knows", "type": "instant"},
}
LONG = (
    "A visit with blood count, skin and nodes; bring questions, a list of drugs, and — if you like — company. "
    * 3
)
ITEMS: list[dict[str, Any]] = [
    {
        "id": "skin_visit",
        "title": "Lantern disease: skin, nodes; blood",
        "why": LONG.strip(),
        "since": "start",
        "phases": [{"every": ["1mo", "3mo"]}],
        "patient": {"title": "Check of your skin", "text": "We look at your skin, from head to toe."},
    },
    {"id": "late_shot", "title": "Lantern vaccine", "since": "start", "at": ["1w", "2w"]},
    {"id": "undated", "title": "Lantern scan", "since": "never", "phases": [{"every": ["1y"]}]},
]


def plan_of(folder: Path, *items: dict[str, Any], as_of: str = "2026-02-20") -> Plan:
    pathway = {"steps": [{"id": "after", "title": "After", "opens": "TRUE"}], "follow_up": list(items)}
    about = {**ABOUT, "id": "lanterndisease"}
    pack = load_pack(folder_of(folder, about=about, facts=FACTS, pathway=pathway))
    moment = read_moment(as_of)
    assert moment is not None
    started = Answer("start", read_typed("2026-01-15", pack.facts["start"]))
    facts = Facts(Record(None, (), {}, (), ()), pack, moment, (started,))
    return make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)


def events(text: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_two_parsers_read_the_same_windows(tmp_path: Path) -> None:
    text = write(plan_of(tmp_path, *ITEMS), "ics", with_details=True)
    by_day = {one.decoded("dtstart"): one for one in events(text)}
    visit = by_day[date(2026, 2, 15)]
    assert visit.decoded("dtend") == date(2026, 4, 16), "the end of an all-day event is the day after"
    assert str(visit["summary"]) == "Lantern disease: skin, nodes; blood"
    assert LONG.strip() in str(visit["description"])
    other = {one.dtstart.value: one for one in vobject.readOne(text).vevent_list}
    assert set(other) == set(by_day)
    second = other[date(2026, 2, 15)]
    assert second.dtend.value == date(2026, 4, 16)
    assert second.summary.value == str(visit["summary"])
    assert second.description.value == str(visit["description"])
    assert second.uid.value == str(visit["uid"])


def test_lines_are_folded_and_end_as_the_standard_asks(tmp_path: Path) -> None:
    text = write(plan_of(tmp_path, *ITEMS), "ics", with_details=True)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")


def test_nothing_says_what_it_is_for(tmp_path: Path) -> None:
    text = write(plan_of(tmp_path, *ITEMS), "ics")
    unfolded = text.replace("\r\n ", "").lower()
    for word in ("lantern", "skin", "blood", "vaccine", "scan", "remission", "late_shot", "description:a"):
        assert word not in unfolded
    assert [str(one["summary"]) for one in events(text)] == ["Appointment", "Appointment"]
    assert all("description" not in one for one in events(text))
    assert all(re.fullmatch(r"[0-9a-f]{32}@sapwood\.example", str(one["uid"])) for one in events(text))
    assert all(str(one["class"]) == "PRIVATE" for one in events(text))


def test_a_patient_reads_their_own_words_or_none(tmp_path: Path) -> None:
    text = write(plan_of(tmp_path, *ITEMS), "ics", audience="patient", with_details=True)
    by_title = {str(one["summary"]): one for one in events(text)}
    assert set(by_title) == {"Check of your skin", "Appointment"}, (
        "no clinician's word in a patient's calendar"
    )
    assert str(by_title["Check of your skin"]["description"]) == "We look at your skin, from head to toe."


def test_what_is_overdue_stands_on_the_day_of_the_plan(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, *ITEMS)
    assert {one.item.id: one.status for one in plan.follow_up}["late_shot"] == "overdue"
    text = write(plan, "ics", with_details=True)
    [late] = [one for one in events(text) if str(one["summary"]) == "Lantern vaccine"]
    assert (late.decoded("dtstart"), late.decoded("dtend")) == (date(2026, 2, 20), date(2026, 2, 21))
    assert "This was due earlier." in str(late["description"])


def test_what_has_no_date_is_counted(tmp_path: Path) -> None:
    text = write(plan_of(tmp_path, *ITEMS), "ics").replace("\r\n ", "")
    assert "1 more cannot be dated yet." in text


def test_the_clock_is_that_of_the_plan(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, *ITEMS)
    text = write(plan, "ics")
    assert text == write(plan, "ics")
    assert {one.decoded("dtstamp") for one in events(text)} == {datetime(2026, 2, 20, tzinfo=UTC)}


def test_an_id_moves_with_its_window_only(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = write(plan_of(tmp_path / "a", ITEMS[0]), "ics")
    later = write(plan_of(tmp_path / "b", ITEMS[0], as_of="2026-02-25"), "ics")
    assert [one["uid"] for one in events(first)] == [one["uid"] for one in events(later)]


def test_without_a_date_there_is_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(AnswerError) as refused:
        write(plan_of(tmp_path, ITEMS[2]), "ics")
    assert "no follow-up of this plan has a date" in str(refused.value)
