"""Case-finding: of whom a criterion is true, why, and which single answer would settle it where it is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sapwood.errors import Problem, SapwoodError
from sapwood.pathway import NO_SIGNAL

from .opened import Registry
from .parts import text
from .stages import quoted
from .standings import STEP
from .what_if import askable, put_question_to, settled_by


@dataclass(frozen=True, slots=True)
class Suggested:
    """One fact that could settle a criterion by itself: of how many people, and of how many it could make it true."""

    fact: str
    people: int
    to_true: int


@dataclass(frozen=True)
class Found:
    """What a search says: counts to plan the work by, and who they are."""

    criterion: str
    counts: Mapping[str, int]
    steps: Mapping[str, int]
    """Of those of whom it is true: where they stand on the pathway."""
    one_answer_away: int
    pointed_at: int
    """Of the unknown: in whom something speaks for it already, and one answer could make it true."""
    questions: tuple[Suggested, ...]
    true: tuple[str, ...]
    settling: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each person in whom something speaks for it, the facts of which one could make it true."""
    pointers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each of them, what speaks for it."""


def find(registry: Registry, criterion: str) -> Found:
    """Who meets a criterion, and who would after one more answer; SapwoodError where the pack has no such criterion."""
    pack = registry.pack
    if criterion not in pack.criteria:
        import difflib

        close = difflib.get_close_matches(criterion, pack.criteria, 1)
        remedy = f"Did you mean `{close[0]}`?" if close else "`sapwood pack show` lists them."
        raise SapwoodError(Problem("CRITERION", f"the pack {pack.about.id} has no `{criterion}`", remedy))
    registry.answer_everybody()
    column, step = quoted(criterion), quoted(STEP)
    counted = registry.rows(f"SELECT {column}, {step}, count(*) FROM answers GROUP BY ALL ORDER BY ALL")  # nosec B608: names of the pack
    counts = {"true": 0, "false": 0, "unknown": 0}
    steps = dict.fromkeys((NO_SIGNAL, *(step.id for step in pack.pathway.steps)), 0)
    for answer, where, people in counted:
        counts["unknown" if answer is None else "true" if answer else "false"] += people
        if answer is True:
            steps[where] += people
    registry.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE open_question AS SELECT person, as_of FROM answers WHERE {column} IS NULL"  # nosec B608: names of the pack
    )
    true = tuple(
        row[0]
        for row in registry.rows(f"SELECT person FROM answers WHERE {column} ORDER BY person")  # nosec B608: names of the pack
    )
    questions, settling = _questions(registry, criterion)
    pointed = _pointed(registry, criterion)
    named = {person: tuple(facts) for person, facts in settling.items() if person in pointed}
    ranked = dict(sorted(named.items(), key=lambda one: (-len(pointed[one[0]]), len(one[1]), one[0])))
    away = registry.rows("SELECT count(DISTINCT person) FROM one_answer")[0][0]
    return Found(criterion, counts, steps, away, len(ranked), questions, true, ranked, pointed)


def _questions(registry: Registry, criterion: str) -> tuple[tuple[Suggested, ...], dict[str, list[str]]]:
    """Which single facts would settle it, most people first; and of each person, those that could make it true."""
    registry.engine.execute(
        "CREATE OR REPLACE TEMP TABLE one_answer (person VARCHAR, fact VARCHAR, to_true BOOLEAN)"
    )
    put_question_to(registry, "open_question", [criterion])
    true, false = quoted(f"true:{criterion}"), quoted(f"false:{criterion}")
    for fact in askable(registry.pack, [criterion]):
        tried = settled_by(registry.pack, fact, [criterion], registry.as_of)
        registry.engine.execute(
            f"INSERT INTO one_answer SELECT person, {text(fact)}, {true} FROM ({tried}) WHERE {true} OR {false}"  # nosec B608: names of the pack
        )
    rows = registry.rows(
        "SELECT fact, count(*), count(*) FILTER (WHERE to_true) FROM one_answer GROUP BY fact"
    )
    order = {name: number for number, name in enumerate(registry.pack.facts)}
    rows.sort(key=lambda row: (-row[1], -row[2], order[row[0]]))
    settling: dict[str, list[str]] = {}
    for person, fact in registry.rows("SELECT person, fact FROM one_answer WHERE to_true"):
        settling.setdefault(person, []).append(fact)
    for facts in settling.values():
        facts.sort(key=order.__getitem__)
    return tuple(Suggested(*row) for row in rows), settling


def _pointed(registry: Registry, criterion: str) -> dict[str, tuple[str, ...]]:
    """Of people of whom it is unknown, the facts of yes or no beneath the criterion that are yes on their record."""
    facts = [
        name for name in registry.pack.base_facts[criterion] if registry.pack.facts[name].kind == "boolean"
    ]
    listed = ", ".join(text(name) for name in facts)
    rows = registry.rows(
        "SELECT person, list(DISTINCT fact ORDER BY fact) FROM facts SEMI JOIN open_question USING (person, as_of) "  # nosec B608: names of the pack
        f"WHERE state = 'known' AND value = 'true' AND fact IN ({listed}) GROUP BY person"
    )
    return {person: tuple(named) for person, named in rows}
