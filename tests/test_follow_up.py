"""Follow-up as dated windows: counted from the start, moved by what was done, never dated without a start."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_packs import ABOUT, folder_of

from sapwood.answers import Answer, read_typed
from sapwood.errors import PackError
from sapwood.facts import Facts
from sapwood.follow_up import FollowUpStanding, later_by
from sapwood.interview_words import why_asked
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record
from sapwood.values import read_moment
from sapwood.verdicts import evaluate_all

FACTS: dict[str, Any] = {
    "well": {"title": "in remission", "type": "boolean", "ask": {"text": "In remission?"}},
    "start": {"title": "day of remission", "type": "instant"},
    "count": {"title": "blood count done", "type": "boolean"},
    "shot": {"title": "vaccinated", "type": "boolean"},
}
VISIT: dict[str, Any] = {
    "id": "count",
    "title": "Blood count",
    "since": "start",
    "last": "count.when",
    "applies": "well",
    "phases": [{"every": ["1mo", "3mo"], "until": "2y"}, {"every": ["3mo", "6mo"], "until": "5y"}],
}
ONCE: dict[str, Any] = {
    "id": "shot",
    "title": "Vaccination",
    "since": "start",
    "at": ["6mo", "1y"],
    "done": "shot",
}


def pack_of(folder: Path, *items: dict[str, Any]) -> Pack:
    pathway = {"steps": [{"id": "after", "title": "After", "opens": "TRUE"}], "follow_up": list(items)}
    return load_pack(folder_of(folder, about=ABOUT, facts=FACTS, pathway=pathway))


def follow_up(folder: Path, as_of: str, *items: dict[str, Any], **given: Any) -> list[FollowUpStanding]:
    return list(plan_for(pack_of(folder, *items), as_of, **given).follow_up)


def plan_for(pack: Pack, as_of: str, **given: Any) -> Plan:
    answers = []
    for name, said in given.items():
        value, _, day = str(said).partition("@")
        typed = read_typed({"yes": True, "no": False}.get(value, value), pack.facts[name])
        answers.append(Answer(name, typed, read_moment(day) if day else None))
    moment = read_moment(as_of)
    assert moment is not None
    facts = Facts(Record(None, (), {}, (), ()), pack, moment, tuple(answers))
    return make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)


@pytest.mark.parametrize(
    ("as_of", "done", "status", "begins", "ends"),
    [
        ("2026-01-20", "", "planned", date(2026, 2, 1), date(2026, 4, 1)),
        ("2026-02-20", "", "due", date(2026, 2, 1), date(2026, 4, 1)),
        ("2026-04-02", "", "overdue", date(2026, 2, 1), date(2026, 4, 1)),
        ("2026-04-02", "yes@2026-03-15", "planned", date(2026, 4, 15), date(2026, 6, 15)),
        ("2028-06-01", "yes@2028-02-01", "due", date(2028, 5, 1), date(2028, 8, 1)),
        ("2026-02-20", "yes@2025-12-01", "due", date(2026, 2, 1), date(2026, 4, 1)),
    ],
)
def test_what_was_done_moves_the_next_date(
    tmp_path: Path, as_of: str, done: str, status: str, begins: date, ends: date
) -> None:
    given = {"well": "yes", "start": "2026-01-01", **({"count": done} if done else {})}
    (found,) = follow_up(tmp_path, as_of, VISIT, **given)
    assert (found.status, found.begins, found.ends) == (status, begins, ends)
    assert [reason.name for reason in found.because] == ["well"]


def test_a_later_phase_has_its_own_rhythm_and_says_it(tmp_path: Path) -> None:
    (early,) = follow_up(tmp_path / "a", "2026-02-01", VISIT, well="yes", start="2026-01-01")
    (late,) = follow_up(
        tmp_path / "b", "2028-06-01", VISIT, well="yes", start="2026-01-01", count="yes@2028-02-01"
    )
    assert (early.every, late.every) == ("every 1 to 3 months", "every 3 to 6 months")


def test_after_the_last_phase_nothing_is_shown(tmp_path: Path) -> None:
    assert (
        follow_up(tmp_path, "2031-06-01", VISIT, well="yes", start="2026-01-01", count="yes@2031-02-01") == []
    )


def test_without_a_start_there_is_no_date_and_the_start_is_asked_for(tmp_path: Path) -> None:
    (found,) = follow_up(tmp_path, "2026-02-01", VISIT, well="yes")
    assert (found.status, found.begins, found.missing) == ("cannot_tell", None, ("start",))


def test_the_day_that_dates_a_follow_up_is_asked_for_last(tmp_path: Path) -> None:
    facts = {**FACTS, "start": {**FACTS["start"], "ask": {"text": "On which day?"}}}
    pathway = {"steps": [{"id": "after", "title": "After", "opens": "TRUE"}], "follow_up": [VISIT]}
    pack = load_pack(folder_of(tmp_path, about=ABOUT, facts=facts, pathway=pathway))
    (asked,) = plan_for(pack, "2026-02-01", well="yes").questions
    assert (asked.fact, asked.would_change) == ("start", ("count",))
    assert (
        why_asked(asked, plan_for(pack, "2026-02-01", well="yes"), "clinician")[1]
        == "- when this is due: Blood count"
    )
    for given in ({"well": "no"}, {"well": "yes", "start": "2026-01-01"}):
        assert plan_for(pack, "2026-02-01", **given).questions == (), "no date is missing"


def test_unknown_is_not_no_here_either(tmp_path: Path) -> None:
    (found,) = follow_up(tmp_path, "2026-02-01", VISIT, start="2026-01-01")
    assert (found.status, found.missing) == ("cannot_tell", ("well",))
    assert follow_up(tmp_path / "no", "2026-02-01", VISIT, start="2026-01-01", well="no") == []


def test_what_comes_once_is_done_once(tmp_path: Path) -> None:
    (open_,) = follow_up(tmp_path / "a", "2026-08-01", ONCE, start="2026-01-01")
    (done,) = follow_up(tmp_path / "b", "2026-08-01", ONCE, start="2026-01-01", shot="yes")
    assert (open_.status, open_.begins, open_.ends) == ("due", date(2026, 7, 1), date(2027, 1, 1))
    assert done.status == "done" and [reason.name for reason in done.because] == ["shot"]


@pytest.mark.parametrize(
    ("day", "length", "then"),
    [
        (date(2026, 1, 31), "1mo", date(2026, 2, 28)),
        (date(2024, 2, 29), "1y", date(2025, 2, 28)),
        (date(2026, 1, 31), "3mo", date(2026, 4, 30)),
        (date(2026, 12, 1), "1mo", date(2027, 1, 1)),
        (date(2026, 3, 1), "100d", date(2026, 6, 9)),
        (date(2026, 3, 1), "2w", date(2026, 3, 15)),
    ],
)
def test_lengths_go_by_the_calendar(day: date, length: str, then: date) -> None:
    assert later_by(day, length) == then


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"since": "well"}, "is no time"),
        ({"since": "begin"}, "unknown fact `begin`"),
        ({"phases": [{"every": ["soon"]}]}, "not understood"),
        ({"at": ["1y"]}, "both or neither"),
        ({"phases": []}, "both or neither"),
    ],
)
def test_a_schedule_that_cannot_be_dated_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(PackError) as error:
        pack_of(tmp_path, {**VISIT, **change})
    assert any(
        said in problem.what and "pathway.yaml, `count`" in problem.where for problem in error.value.problems
    )
