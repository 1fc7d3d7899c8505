"""Trials held against one person: three answers, the unknown items named, and no verdict where one thing is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_packs import ABOUT, folder_of

from sapwood.answers import Answer
from sapwood.errors import PackError
from sapwood.facts import Facts
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import make_plan
from sapwood.record import Record
from sapwood.trials import TrialStanding
from sapwood.values import read_moment
from sapwood.verdicts import evaluate_all

FACTS: dict[str, Any] = {
    name: {"title": name, "type": "boolean", "ask": {"text": f"{name}?"}} for name in ("adult", "cns", "ill")
}
TRIAL: dict[str, Any] = {
    "nct": "NCT00000000",
    "title": "Drug A",
    "status": "recruiting",
    "status_as_of": "2026-03",
    "offered": "ill",
    "meets": [{"when": "adult", "text": "Adults only."}],
    "excludes": [{"when": "cns", "text": "No disease in the nervous system."}],
}


def pack_of(folder: Path, *trials: dict[str, Any]) -> Pack:
    pathway = {"steps": [{"id": "choice", "title": "Choice", "opens": "TRUE"}]}
    return load_pack(
        folder_of(folder, about=ABOUT, facts=FACTS, pathway=pathway, trials={"trials": list(trials)})
    )


def trials_of(pack: Pack, **given: bool) -> tuple[TrialStanding, ...]:
    moment = read_moment("2026-03-02")
    assert moment is not None
    facts = Facts(Record(None, (), {}, (), ()), pack, moment, tuple(Answer(k, v) for k, v in given.items()))
    return make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts).trials


@pytest.mark.parametrize(
    ("given", "fit", "fails", "missing"),
    [
        ({"adult": True, "cns": False}, "may_fit", [], ()),
        ({"adult": True}, "cannot_tell", [], ("cns",)),
        ({"cns": True}, "does_not_fit", ["No disease in the nervous system."], ("adult",)),
        ({"adult": False, "cns": False}, "does_not_fit", ["Adults only."], ()),
        ({}, "cannot_tell", [], ("adult", "cns")),
    ],
)
def test_one_failing_item_decides_and_one_unknown_keeps_it_open(
    tmp_path: Path, given: dict[str, bool], fit: str, fails: list[str], missing: tuple[str, ...]
) -> None:
    (found,) = trials_of(pack_of(tmp_path, TRIAL), ill=True, **given)
    assert (found.fit, [point.text for point in found.fails], found.missing) == (fit, fails, missing)


def test_a_trial_is_shown_only_to_those_it_concerns(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, TRIAL)
    assert trials_of(pack, ill=False, adult=True) == () and trials_of(pack, adult=True) == ()


def test_those_that_may_fit_and_recruit_come_first_and_what_is_over_last(tmp_path: Path) -> None:
    over = {**TRIAL, "nct": "NCT1", "status": "completed"}
    closed = {**TRIAL, "nct": "NCT3", "status": "not_recruiting"}
    unfit = {**TRIAL, "nct": "NCT2", "meets": [{"when": "FALSE", "text": "Another disease."}]}
    order = [
        one.trial.nct
        for one in trials_of(pack_of(tmp_path, over, unfit, closed, TRIAL), ill=True, adult=True, cns=False)
    ]
    assert order == ["NCT00000000", "NCT3", "NCT2", "NCT1"]


def test_a_status_without_its_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="`status_as_of` is no date"):
        pack_of(tmp_path, {**TRIAL, "status_as_of": "lately"})
