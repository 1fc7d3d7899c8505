"""The worked patients of every pack: each plan says what its file expects, for the reasons the file names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from case_runner import SECTIONS, STANDINGS, Case, _entry, case_files, case_of

from sapwood.cli import main

FILES = case_files()
WORDS = ("true", "false", "unknown")

NEVER: dict[str, dict[str, dict[str, str]]] = {
    "bpdcn": {
        "criteria": {
            "fitness_assessed": "asks whether something is known, so it is never false",
            "organ_function_known": "asks whether something is known, so it is never false",
            "asparaginase_checks_known": "asks whether something is known, so it is never false",
            "liver_tests_today": "asks whether something is known, so it is never false",
            "interaction_checked": "asks whether something is known, so it is never false",
            "hct_ci_known": "asks whether something is known, so it is never false",
            "heart_and_lungs_known": "asks whether something is known, so it is never false",
            "infection_screen_known": "asks whether something is known, so it is never false",
            "late_effects_time": "speaks of what is on record; an answer leaves nothing unreadable",
            "dx_code_only": "speaks of what is on record; an answer leaves nothing unreadable",
            "methotrexate_interaction": "speaks of what is on record; an answer leaves nothing unreadable",
            "relapsed": "speaks of what is on record; an answer leaves nothing unreadable",
            "relapse_untreated": "speaks of what is on record; an answer leaves nothing unreadable",
            "restaging_complete": "asks whether something is known, so it is never false",
        },
        "tasks": {
            "morphology": "is done when the diagnosis is confirmed, which closes the step it belongs to",
            "children_centre": "is done when treatment starts, from when on it does not apply",
        },
        "alerts": {
            "age_unknown": "speaks only while the age is unknown",
            "dose_days_unknown": "speaks only while the day of the last dose is unknown",
        },
    },
    "hairy_cell": {
        "criteria": {"relapsed": "speaks of what is on record; an answer leaves nothing unreadable"},
        "tasks": {},
        "alerts": {},
    },
}


def cases_of(pack: str) -> list[Case]:
    return [case_of(path) for path in FILES if path.parent.parent.name == pack]


@pytest.fixture(scope="module", params=sorted({path.parent.parent.name for path in FILES}))
def cases(request: pytest.FixtureRequest) -> list[Case]:
    """The worked patients of one pack."""
    return cases_of(request.param)


def never(cases: list[Case], sort: str) -> dict[str, str]:
    """What cannot be seen every way in this pack, and why."""
    return NEVER[cases[0].pack.about.id][sort]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_worked_patient_gets_the_expected_plan_for_the_expected_reasons(path: Path) -> None:
    case = case_of(path)
    unmet = case.unmet
    assert not unmet, "\n".join([f"{path.name}:", *unmet, "", "reasons:", case.trees()])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_worked_patient_says_what_it_shows(path: Path) -> None:
    rest = case_of(path).sheet.rest
    assert rest.get("title") and rest.get("about") and rest.get("shows")
    expected: dict[str, Any] = rest.get("expect") or {}
    assert "position" in expected and set(expected) <= set(SECTIONS)
    for name, content in expected.get("criteria", {}).items():
        assert _entry(content, "verdict").get("because"), f"{name}: an answer without a reason"
    for name, content in expected.get("alerts", {}).items():
        entry = _entry(content, "state")
        assert entry["state"] in ("raised", "cannot_tell", "absent")
        assert entry["state"] == "absent" or entry.get("because"), f"{name}: an alert without a reason"
    for name, content in expected.get("options", {}).items():
        entry = _entry(content, "standing")
        assert entry["standing"] in STANDINGS
        if entry["standing"] == "ruled_out":
            assert entry.get("against"), f"{name}: ruled out without a reason"
        if entry["standing"] == "cannot_tell":
            assert entry.get("open") or entry.get("missing") or entry.get("against"), (
                f"{name}: open for no reason"
            )


def test_there_are_enough_worked_patients(cases: list[Case]) -> None:
    assert len(cases) >= {"bpdcn": 80}.get(cases[0].pack.about.id, 5)


def test_a_worked_patient_is_an_answers_file_too(capsys: pytest.CaptureFixture[str]) -> None:
    path = next(path for path in FILES if path.stem == "tagraxofusp_albumin_seam")
    assert main(["plan", "--answers", str(path), "--colour", "never"]) == 0
    assert "the second is held the next day" in " ".join(capsys.readouterr().out.split())


def test_every_option_is_seen_both_ways(cases: list[Case]) -> None:
    seen = _expected(cases, "options", "standing")
    for option in cases[0].pack.pathway.options:
        assert seen[option.id] & {"possible", "recommended"}, f"{option.id} is never possible"
        assert seen[option.id] & {"ruled_out", "not_offered"}, f"{option.id} is never closed"
        if option.requires:
            assert "cannot_tell" in seen[option.id], f"{option.id} never waits for something"


def test_every_alert_is_raised_and_silent(cases: list[Case]) -> None:
    seen = _expected(cases, "alerts", "state")
    for alert in cases[0].pack.pathway.alerts:
        said = "cannot_tell" if alert.id in never(cases, "alerts") else "raised"
        assert said in seen[alert.id], f"no worked patient expects {alert.id} to be {said}"
    for name in never(cases, "alerts"):
        assert "raised" not in seen[name], f"{name} is raised: take it off the list of exceptions"
    plans = [{one.alert.id for one in case.plan.alerts} for case in cases]
    for alert in cases[0].pack.pathway.alerts:
        assert any(alert.id not in shown for shown in plans), f"{alert.id} is never silent"


def test_every_hold_of_the_label_speaks_when_it_cannot_be_assessed() -> None:
    case = next(case for case in cases_of("bpdcn") if case.path.stem == "tagraxofusp_nothing_measured_today")
    states = {one.alert.id: one.state for one in case.plan.alerts}
    holds = case.pack.regimens["tagraxofusp"].holds
    before_the_first = {"first_dose_gate", "pregnancy_unknown"}  # a dose was given already
    known_here = {"age_unknown", "dose_days_unknown", "cls_recorded"}  # silence answers the last
    for hold in set(holds) - before_the_first - known_here:
        assert states.get(hold) == "cannot_tell", hold


def test_every_criterion_is_seen_true_false_and_unknown(cases: list[Case]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for name in case.pack.criteria:
            seen[name].add(case.verdicts[name].word)
    for name in cases[0].pack.criteria:
        lacking = set(WORDS) - seen[name]
        if name in never(cases, "criteria"):
            assert lacking, f"{name} is seen every way: take it off the list of exceptions"
        else:
            assert not lacking, f"{name} is never {' or '.join(sorted(lacking))}"


def test_every_criterion_is_expected_somewhere(cases: list[Case]) -> None:
    named = _expected(cases, "criteria", "verdict")
    assert not [name for name in cases[0].pack.criteria if name not in named]


def test_every_task_is_seen_due_and_done(cases: list[Case]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for standing in case.plan.tasks:
            seen[standing.task.id].add(standing.status)
    for task in cases[0].pack.pathway.tasks:
        wanted = {"due"} if task.id in never(cases, "tasks") else {"due", "done"}
        assert wanted <= seen[task.id], f"{task.id} is never {' or '.join(sorted(wanted - seen[task.id]))}"
        if task.id in never(cases, "tasks"):
            assert "done" not in seen[task.id], f"{task.id} is done: take it off the list of exceptions"


def test_every_status_of_every_track_is_seen(cases: list[Case]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for standing in case.plan.position.tracks:
            seen[standing.id].add(standing.status)
    for track in cases[0].pack.pathway.tracks:
        assert {status.status for status in track.statuses} <= seen[track.id], track.id


def test_every_step_is_somebodys_position(cases: list[Case]) -> None:
    seen = {case.plan.position.step for case in cases}
    behind = {gap.id for case in cases for gap in case.plan.position.gaps}
    assert {"no_signal", *(step.id for step in cases[0].pack.pathway.steps)} <= seen | behind


def _expected(cases: list[Case], section: str, key: str) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for name, content in case.expected.get(section, {}).items():
            seen[name].add(str(_entry(content, key)[key]))
    return seen
