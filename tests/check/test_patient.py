"""A whole patient: z3, the evaluator and DuckDB agree on random packs, and on every worked patient of every pack."""

from __future__ import annotations

from random import Random
from typing import Any

import duckdb
import pinned as pins
import pytest
import z3
from case_runner import case_files, case_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pinned import open_ended, pinned, said
from random_packs import random_answers, random_pack

from sapwood.check.patient import Patient
from sapwood.check.places import Places
from sapwood.check.spans import Allowed
from sapwood.check.translate import ORIGIN
from sapwood.criteria.sql import columns, row, to_sql
from sapwood.criteria.tree import Named, kind_of, names_in, walk
from sapwood.duties import weigh_alerts, weigh_options, weigh_tasks
from sapwood.errors import SentenceError
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.pathway import locate
from sapwood.record import Record
from sapwood.values import day_moment
from sapwood.verdicts import evaluate_all

NOTHING = Record(None, (), {}, (), ())


def sentences(pack: Pack) -> list[str]:
    """Every sentence that is true, false or unknown of the person."""
    return [
        name
        for name, one in pack.sentences.items()
        if one.kind == "boolean" and not (one.per_specimen and name in pack.facts)
    ]


def any_patient(pack: Pack) -> tuple[Patient, Places, z3.Solver]:
    patient = Patient(pack)
    places = Places(patient)
    for name in sentences(pack):
        patient.truth(name)
    solver = z3.Solver()
    solver.add(*(bound for bound in patient.everybody() if bound is not True))
    return patient, places, solver


def agree(patient: Patient, places: Places, solver: z3.Solver, facts: Facts, where: str) -> None:
    """z3, given what is on record, says what the evaluator and the planner say."""
    solver.push()
    solver.add(*pinned(patient, facts))
    assert solver.check() == z3.sat, f"{where}: no such patient can be"
    model = solver.model()
    solver.pop()
    for name in sentences(facts.pack):
        if name not in patient.abstracted and not rests_on(facts.pack, name, patient.abstracted):
            assert said(model, patient, name) is facts.values[name], f"{where}: {name}"
    position = locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts))

    def holding(formulas: Any) -> list[Any]:
        return [
            key
            for key, bit in formulas.items()
            if (bit if isinstance(bit, bool) else z3.is_true(model.eval(bit, model_completion=True)))
        ]

    assert holding(places.position) == [position.step], where
    assert holding(places.gaps) == [gap.id for gap in position.gaps], where
    for track, standing in zip(facts.pack.pathway.tracks, position.tracks, strict=False):
        (status,) = holding(places.track(track))
        named = track.statuses[status].status if isinstance(status, int) else status
        assert named == standing.status, where
    shown = {one.option.id: one.standing for one in weigh_options(position)}
    for option in facts.pack.pathway.options:
        if option.id in shown:
            (standing_found,) = holding(places.standing(option))
            open_words = ("possible", "recommended")
            assert shown[option.id] in (open_words if standing_found == "open" else (standing_found,)), where
    for task in weigh_tasks(position):
        assert holding(places.status(task.task)) == [task.status], f"{where}: {task.task.id}"
    states = {one.alert.id: one.state for one in weigh_alerts(position)}
    for alert in facts.pack.pathway.alerts:
        found = holding(places.state(alert))
        assert found == ([states[alert.id]] if alert.id in states else []), f"{where}: {alert.id}"


def rests_on(pack: Pack, name: str, abstracted: Any) -> bool:
    """Whether a sentence rests on one that z3 takes as anything."""
    seen, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in abstracted:
            return True
        if one in seen or one not in pack.sentences:
            continue
        seen.add(one)
        waiting += [node.name for node in walk(pack.sentences[one].tree) if isinstance(node, Named)]
    return False


def in_duckdb(engine: Any, facts: Facts, where: str) -> None:
    """DuckDB, given the values the sentences read, says what the evaluator says."""
    for name in sentences(facts.pack):
        tree = facts.pack.sentences[name].tree
        kinds = {node.key: kind_of(node) for node in walk(tree) if isinstance(node, Named)}
        if facts.pack.sentences[name].per_specimen or not names_in(tree):
            continue
        cells = {
            column: cell
            for key, kind in kinds.items()
            for column, cell in row(key, kind, facts.values[key]).items()
        }
        declared = [column for key, kind in kinds.items() for column in columns(key, kind)]
        try:
            query = to_sql(tree)
        except SentenceError:
            continue
        table = ", ".join(f'CAST(? AS {kind}) AS "{column}"' for column, kind in declared)
        found = engine.execute(
            f"SELECT {query} FROM (SELECT {table})", [cells[column] for column, _ in declared]
        ).fetchone()
        if name not in facts.pack.facts:
            assert found[0] is facts.values[name], f"{where}: {name}"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(r=st.randoms(use_true_random=False))
def test_z3_the_planner_and_duckdb_agree_on_random_packs(r: Random) -> None:
    Allowed.products = True
    try:
        pack = random_pack(r)
        patient, places, solver = any_patient(pack)
        with duckdb.connect() as engine:
            for number in range(3):
                facts = Facts(NOTHING, pack, day_moment(ORIGIN, ORIGIN), random_answers(r))
                agree(patient, places, solver, facts, f"patient {number}")
                if number == 0:
                    in_duckdb(engine, facts, f"patient {number}")
    finally:
        Allowed.products = False


@pytest.mark.parametrize("name", sorted({path.parent.parent.name for path in case_files()}))
def test_z3_and_the_planner_agree_on_the_worked_patients(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [path for path in case_files() if path.parent.parent.name == name][::30]
    patient, places, solver = any_patient(case_of(cases[0]).pack)
    for path in cases:
        facts = case_of(path).plan.facts
        if len(facts.groups) <= patient.specimens and not open_ended(facts):
            monkeypatch.setattr(pins, "ORIGIN", facts.as_of.first_day)
            agree(patient, places, solver, facts, path.stem)
