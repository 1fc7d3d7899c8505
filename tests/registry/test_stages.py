"""A registry answers of every person what that person's plan says: on random packs, and on all worked patients."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from case_runner import PACKS, case_files, pack_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_registries import random_people, random_registry_pack
from registry_rows import WHEN, connection, lines, tables
from small_packs import small_pack

from sapwood.answers import Answer, read_answers
from sapwood.errors import SentenceError
from sapwood.facts import Facts, extract
from sapwood.pack import Pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record, read_record
from sapwood.registry.agreement import answers_of_plan, hash_of, line
from sapwood.registry.stages import FULL, PLAIN, TRUSTED, Stages, quoted
from sapwood.registry.standings import answer_columns
from sapwood.values import day_moment
from sapwood.verdicts import evaluate_all

NOTHING = Record(None, (), {}, (), ())
TODAY = day_moment(date(2026, 3, 2), date(2026, 3, 2))
RECORDS = sorted((Path(__file__).resolve().parents[2] / "examples" / "cases").glob("*.bundle.json"))


@pytest.fixture(scope="module")
def engine() -> Any:
    made = connection()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to ask next is no answer of a registry, and takes most of a plan's time."""
    monkeypatch.setattr("sapwood.plan.ask_next", lambda *_, **__: ())


def facts_of_case(path: Path, pack: Pack) -> Facts:
    sheet = read_answers(path, pack)
    assert sheet.as_of is not None
    return Facts(NOTHING, pack, sheet.as_of, sheet.answers)


def plan_from(facts: Facts) -> Plan:
    return make_plan(locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts)), facts)


def agree(engine: Any, pack: Pack, plans: list[tuple[str, Plan]]) -> None:
    """DuckDB's lines are the plans' lines, person by person and answer by answer."""
    columns = answer_columns(pack)
    tables(engine, pack, [(person, plan.facts) for person, plan in plans])
    expected = sorted(line(person, WHEN, answers_of_plan(plan), columns) for person, plan in plans)
    found = sorted(lines(engine, pack))
    assert len(found) == len(expected), "a person was dropped, or counted twice"
    for one, other in zip(found, expected, strict=True):
        named = zip(("person", "as_of", *columns), one.split("|"), other.split("|"), strict=True)
        assert one == other, [f"{name}: SQL {sql}, plan {said}" for name, sql, said in named if sql != said]
    assert hash_of(found) == hash_of(expected)


def random_plans(r: Random, pack: Pack, count: int) -> list[tuple[str, Plan]]:
    return [
        (f"p{number}", plan_from(Facts(NOTHING, pack, TODAY, answers)))
        for number, answers in enumerate(random_people(r, count))
    ]


def check_random(engine: Any, r: Random, people: int) -> None:
    pack = random_registry_pack(r)
    plans = random_plans(r, pack, people)
    try:
        agree(engine, pack, plans)
    except SentenceError as error:
        assert "36 digits" in str(error)  # a sentence that no engine can hold exactly is refused, never bent


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(r=st.randoms(use_true_random=False))
def test_random_packs_are_answered_as_plans_answer_them(engine: Any, r: Random) -> None:
    """Position, gaps, verdicts, tracks, options, tasks, alerts and trials, unknowns and own words included."""
    check_random(engine, r, 4)


@pytest.mark.parametrize("seed", range(3))
def test_random_packs_in_bulk(engine: Any, seed: int) -> None:
    """More people of fewer packs."""
    check_random(engine, Random(seed), 25)


@pytest.mark.parametrize("seed", range(3))
def test_every_sentence_is_answered_as_the_evaluator_answers_it(engine: Any, seed: int) -> None:
    """In each of the worlds: with the patient's own word, and without it."""
    r = Random(100 + seed)
    pack = random_registry_pack(r)
    plans = random_plans(r, pack, 12)
    tables(engine, pack, [(person, plan.facts) for person, plan in plans])
    sorts = ("step", "track", "task", "option", "alert", "trial")
    names = [name for name in pack.sentences if name in pack.criteria or name.partition(":")[0] in sorts]
    people = dict(plans)
    for world in (PLAIN, FULL, TRUSTED):
        stages = Stages(pack, own_word=True)
        last = stages.verdicts(names, world)
        read = ", ".join(stages.column(name) for name in names)
        for person, *answers in engine.execute(stages.query(f"SELECT person, {read} FROM {last}")).fetchall():
            facts = people[person].facts
            values = facts.trusted if world == TRUSTED else facts.values
            for name, answer in zip(names, answers, strict=True):
                assert answer is values[name], f"{world}, {person}: {name}"


@pytest.mark.parametrize("folder", sorted(path.name for path in PACKS.iterdir() if (path / "cases").is_dir()))
def test_every_worked_patient_is_answered_as_their_plan(engine: Any, folder: str) -> None:
    pack = pack_of(folder)
    paths = [path for path in case_files() if path.parent.parent.name == folder]
    agree(engine, pack, [(path.stem, plan_from(facts_of_case(path, pack))) for path in paths])


def test_every_published_case_is_answered_as_its_plan(engine: Any) -> None:
    pack = pack_of("bpdcn")
    plans = [(path.stem, plan_from(extract(read_record(path), pack, as_of=WHEN))) for path in RECORDS]
    assert len(plans) > 50
    agree(engine, pack, plans)


def test_own_words_open_nothing_in_a_registry_either(engine: Any) -> None:
    """The random packs hold people whose own word changes an answer: without the second row they come out wrong."""
    r, differ = Random(1), 0
    for _ in range(3):
        pack = random_registry_pack(r)
        plans = random_plans(r, pack, 12)
        tables(engine, pack, [(person, plan.facts) for person, plan in plans])
        try:
            right = lines(engine, pack)
        except SentenceError:
            continue
        engine.execute("DELETE FROM people WHERE trusted")
        engine.execute("DELETE FROM specimens WHERE trusted")
        differ += sum(
            one != other for one, other in zip(sorted(right), sorted(lines(engine, pack)), strict=True)
        )
    assert differ > 0


def test_a_pack_without_a_pathway_is_answered_too(engine: Any) -> None:
    """Only criteria, and nowhere to stand."""
    pack = small_pack(
        {"a": {"type": "boolean"}}, criteria={"k": {"is": "NOT a", "means": "so"}}, pathway={"steps": []}
    )
    plans = [
        (f"p{value}", plan_from(Facts(NOTHING, pack, TODAY, (Answer("a", value),))))
        for value in (True, False)
    ]
    agree(engine, pack, plans)
    assert lines(engine, pack) == [f"pTrue|{WHEN}|no_signal|F", f"pFalse|{WHEN}|no_signal|T"]


def test_names_are_quoted() -> None:
    assert quoted('a"b') == '"a""b"'
