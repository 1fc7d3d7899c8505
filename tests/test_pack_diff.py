"""Two editions of a pack: what differs, and whose plans would read differently, with what that rests on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import LANTERN, condition, facts_of, lantern, observed
from test_asking import DIAGNOSED, RESOURCES, WICK
from test_cli import refused, run

from sapwood.answers import Answer, as_moment
from sapwood.describe_diff import show_diff
from sapwood.earlier import plan_from
from sapwood.errors import AnswerError
from sapwood.formats import write
from sapwood.pack import Pack, load_pack
from sapwood.pack_diff import PackDiff, Read, diff
from sapwood.pack_differences import Difference, differences
from sapwood.plan import Plan
from sapwood.stored_plans import StoredFacts, StoredPlan, read_stored

CASE = """
title: lux between two gates
as_of: 2026-03-02
given: {age_years: 60, sex: male, diagnosed: true, lux: 3.3, fog_free: true, covered: true}
expect: {position: {step: treatment}}
"""


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A copy of the invented pack, to be changed."""
    shutil.copytree(LANTERN, tmp_path / "next")
    (tmp_path / "next" / "cases").mkdir(exist_ok=True)
    (tmp_path / "next" / "cases" / "between.yaml").write_text(CASE)
    return tmp_path / "next"


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def of(found: PackDiff | tuple[Difference, ...], sort: str, name: str) -> Difference:
    entries = found.entries if isinstance(found, PackDiff) else found
    (one,) = [one for one in entries if (one.sort, one.id) == (sort, name)]
    return one


def kept(plan: Plan, folder: Path, name: str = "plan.json") -> StoredPlan:
    path = folder / name
    path.write_text(write(plan, "json"), encoding="utf-8")
    return read_stored(path)


# --- the entries ------------------------------------------------------------------------------------


def test_one_pack_has_no_differences() -> None:
    assert differences(lantern(), lantern()) == ()
    assert "The two say the same." in show_diff(diff(lantern(), lantern()))


def test_a_threshold_words_and_evidence_are_told_apart(edition: Path) -> None:
    change(edition, "criteria.yaml", "is: lux >= 3.2", "is: lux >= 3.5")
    change(edition, "criteria.yaml", "means: Every gate of quill is open.", "means: Quill may begin.")
    change(edition, "criteria.yaml", "means: There is no fog of the lungs.", "means: No fog.")
    change(
        edition,
        "pathway.yaml",
        "{when: fog, text: fog of the lungs}",
        "{when: fog AND NOT fog_free, text: fog}",
    )
    change(
        edition,
        "pathway.yaml",
        "text: it works, evidence: [quill_works]",
        "text: it works, evidence: [lux_gate]",
    )
    found = differences(lantern(), load_pack(edition))
    lux = of(found, "criterion", "lux_enough")
    assert [(part.path, part.before, part.after, part.sort) for part in lux.parts] == [
        ("is", "lux >= 3.2", "lux >= 3.5", "logic")
    ]
    assert lux.logic
    assert not of(found, "criterion", "no_fog").logic
    sorts = {part.path: part.sort for part in of(found, "option", "quill").parts}
    assert sorts == {
        "rules_out[1].when": "logic",
        "rules_out[1].text": "words",
        "for[1].evidence": "evidence",
    }


def test_what_was_added_and_removed_is_named(edition: Path) -> None:
    change(
        edition,
        "criteria.yaml",
        "wants_rest:",
        "old_age: {is: age_years >= 90, means: Over 90.}\nwants_rest:",
    )
    change(edition, "pathway.yaml", "  - {id: dark,", "  - {id: gloom,")
    found = {(one.sort, one.id): one.kind for one in differences(lantern(), load_pack(edition))}
    assert found == {
        ("criterion", "old_age"): "added",
        ("alert", "dark"): "removed",
        ("alert", "gloom"): "added",
    }


# --- worked patients ----------------------------------------------------------------------------------


def test_a_moved_threshold_names_the_patient_and_the_rule(edition: Path) -> None:
    change(edition, "criteria.yaml", "is: lux >= 3.2", "is: lux >= 3.5")
    found = diff(lantern(), load_pack(edition), [LANTERN, edition])
    between = next(one for one in found.patients if one.name == "next/between")
    turns = {(turn.sort, turn.id): turn for turn in between.turns}
    assert (turns["criterion", "lux_enough"].before, turns["criterion", "lux_enough"].after) == (
        "true",
        "false",
    )
    assert turns["position", ""].because == ("criterion lux_enough",)
    assert turns["option", "quill"].because == ("criterion lux_enough",)
    said = show_diff(found)
    assert "position: treatment -> workup (because of criterion lux_enough)" in said
    assert max(len(line) for line in said.splitlines()) <= 80


def test_other_words_read_the_same(edition: Path) -> None:
    change(edition, "criteria.yaml", "means: Every gate of quill is open.", "means: Quill may begin.")
    found = diff(lantern(reviewed=False), load_pack(edition), [edition])
    assert [one.turns for one in found.patients] == [()]
    assert "0 would read differently, 1 the same" in show_diff(found)


def test_an_answer_that_one_edition_does_not_know_is_said(edition: Path) -> None:
    change(edition, "facts.yaml", "wick:", "smoke: {title: smoke, type: boolean}\nwick:")
    change(edition, "cases/between.yaml", "covered: true", "covered: true, smoke: true")
    found = diff(lantern(), load_pack(edition), [edition])
    assert found.patients[0].left_out == ("`smoke` is unknown to the old pack",)
    change(edition, "cases/between.yaml", "lux: 3.3", "lux: none of it")
    found = diff(lantern(), load_pack(edition), [edition])
    assert "words where a number belongs" in found.patients[0].refused
    assert "1 could not be run:" in show_diff(found)


# --- stored plans ---------------------------------------------------------------------------------------


def stored(plan: Plan, folder: Path, new: Pack, old: Pack | None = None) -> Read:
    (read,) = diff(old or lantern(), new, (), [kept(plan, folder)]).plans
    return read


def test_a_stored_plan_says_what_the_new_edition_would_say(edition: Path, tmp_path: Path) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED, observed("lux", 3.3), WICK))
    change(edition, "criteria.yaml", "is: lux >= 3.2", "is: lux >= 3.5")
    read = stored(plan, tmp_path, load_pack(edition))
    assert (read.unsure, read.left_out) == ((), ())
    turns = {(turn.sort, turn.id): (turn.before, turn.after) for turn in read.turns}
    assert turns["criterion", "lux_enough"] == ("true", "false")
    assert turns["position", ""] == ("treatment", "workup")
    assert stored(plan, tmp_path, lantern()).turns == ()


def test_what_a_plan_does_not_carry_is_said_and_is_unknown(edition: Path, tmp_path: Path) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED, observed("lux", 3.3)))
    change(
        edition,
        "facts.yaml",
        "wick:",
        "smoke: {title: smoke, type: boolean, closed_world: {covered_by: covered}}\nwick:",
    )
    change(edition, "criteria.yaml", "is: NOT fog,", "is: NOT fog AND NOT smoke,")
    change(
        edition,
        "facts.yaml",
        "holds: 30d,\n  find: [{in: Observation, codes: {lab: [lux]}",
        "holds: 9d,\n  find: [{in: Observation, codes: {lab: [lux]}",
    )
    read = stored(plan, tmp_path, load_pack(edition))
    assert "`smoke`: the plan does not carry it" in read.left_out
    assert any(line.startswith("`lux`: read from the record by the old pack") for line in read.left_out)


def test_a_fact_of_another_unit_is_not_taken_over(edition: Path, tmp_path: Path) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED, observed("lux", 3.3)))
    change(
        edition,
        "facts.yaml",
        "lux: {title: lux, group: labs, type: quantity, unit: g/dL, plausible: [0.5, 10]",
        "lux: {title: lux, group: labs, type: quantity, unit: g/L, plausible: [5, 100]",
    )
    facts = StoredFacts(kept(plan, tmp_path), load_pack(edition))
    assert not facts["lux"].known
    assert facts.unread["lux"] == "its value does not fit this pack"


def test_what_the_old_pack_does_not_say_again_is_not_compared(edition: Path, tmp_path: Path) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED, observed("lux", 3.3), WICK))
    content = json.loads(write(plan, "json"))
    content["criteria"]["lux_enough"]["verdict"] = "false"
    path = tmp_path / "bent.json"
    path.write_text(json.dumps(content))
    change(edition, "criteria.yaml", "is: lux >= 3.2", "is: lux >= 3.5")
    (read,) = diff(lantern(), load_pack(edition), (), [read_stored(path)]).plans
    assert any(
        line.startswith("criterion lux_enough: false in the plan, true when run again")
        for line in read.unsure
    )
    assert ("criterion", "lux_enough") not in {(turn.sort, turn.id) for turn in read.turns}


def test_a_plan_of_another_pack_and_a_file_that_is_no_plan_are_refused(tmp_path: Path) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED))
    bpdcn = load_pack("bpdcn")
    (read,) = diff(bpdcn, bpdcn, (), [kept(plan, tmp_path)]).plans
    assert "another pack, `lantern`" in read.refused
    for text in ("", "[]", "{}", '{"pack": {}, "as_of": "soon"}'):
        path = tmp_path / "bad.json"
        path.write_text(text)
        with pytest.raises(AnswerError):
            read_stored(path)


MORE = [
    observed("ember", True, bodySite={"text": "marrow"}),
    observed("soot", True),
    observed("wish", None),
    {"resourceType": "Observation", "status": "preliminary", "code": {"text": "fog"}},
    condition("c-fog", verification="provisional"),
]


@settings(max_examples=15)
@given(
    chosen=st.lists(st.sampled_from([*RESOURCES, *MORE]), max_size=7, unique_by=id),
    patient=st.booleans(),
)
def test_a_stored_plan_run_again_under_its_own_pack_says_the_same(
    chosen: list[dict[str, Any]], patient: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Everything of it, or the comparison would rest on sand: states, specimens, limits, own words, silence."""
    words = [Answer("glow", True, as_moment("2026-03-01"), "patient")] if patient else []
    plan = plan_from(facts_of(lantern(), *chosen, answers=words))
    read = stored(plan, tmp_path_factory.mktemp("plans"), lantern())
    assert (read.turns, read.unsure, read.refused) == ((), (), "")


@pytest.mark.parametrize(
    "name", ["hold_liver", "child_of_14", "capillary_leak_fluid", "conflicting_marker", "everything_done"]
)
def test_plans_of_worked_patients_run_again_say_the_same(name: str, tmp_path: Path, root: Path) -> None:
    from case_runner import case_of

    case = case_of(root / "packs" / "bpdcn" / "cases" / f"{name}.yaml")
    read = stored(case.plan, tmp_path, case.pack, case.pack)
    assert (read.turns, read.unsure, read.refused) == ((), (), "")


def test_the_command_answers_with_0(
    edition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_from(facts_of(lantern(), DIAGNOSED, observed("lux", 3.3), WICK))
    kept(plan, tmp_path)
    change(edition, "criteria.yaml", "is: lux >= 3.2", "is: lux >= 3.5")
    arguments = ["pack", "diff", str(LANTERN), str(edition), "--plans", str(tmp_path / "plan.json")]
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert "give the new one a version" in out
    assert "~ lux_enough" in out
    assert "1 run again from the facts they carry: 1 would read differently, 0 the same." in " ".join(
        out.split()
    )
    assert "no pack has this id" in refused(capsys, "pack", "diff", str(LANTERN), "nowhere")
    assert "cannot be read as JSON" in refused(capsys, *arguments[:-1], str(tmp_path / "none.json"))
