"""What one answer would settle: every answer a fact could have is put in its place, in everybody's row at once.

The counterpart of `asking.py` for many people. A derived fact of yes or no is worked out anew from the answer; one
that is a number stays as it is, so that what only it would tell is not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sapwood.criteria.answers import candidate_answers
from sapwood.criteria.sql import columns, row
from sapwood.criteria.tree import bases_in, names_in
from sapwood.pack import Pack
from sapwood.values import Moment, Value

from .opened import Registry
from .parts import text
from .stages import PLAIN, Stages, quoted
from .wide import wide_of


def put_question_to(registry: Registry, among: str, names: Sequence[str]) -> None:
    """Sets apart the rows of the people who are to be asked, with what these sentences read.

    `among` is a table of person and as_of.
    """
    bases, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in bases:
            bases.add(name)
            sentence = registry.pack.sentences.get(name)
            waiting += bases_in(sentence.tree) if sentence is not None else []
    wide = wide_of(registry.pack)
    for table, kept in (("people", wide.person), ("specimens", wide.specimen)):
        read = [
            column
            for key, kind in kept.items()
            if key.partition(".")[0] in bases
            for column, _ in columns(key, kind)
        ]
        selected = ", ".join(["person", "as_of", "trusted", *map(quoted, read)])
        registry.engine.execute(
            f"CREATE OR REPLACE TEMP TABLE asked_{table} AS SELECT {selected} FROM {table} "  # nosec B608: names of the pack
            f"WHERE NOT trusted AND (person, as_of) IN (SELECT (person, as_of) FROM {among})"
        )


def settled_by(pack: Pack, fact: str, names: Sequence[str], as_of: Moment) -> str:
    """SQL: which of these criteria some answer to one fact would make true, and which false, of each person.

    The rows are person, as_of, and for each name `true:NAME` and `false:NAME`. Those people are tried, of the ones set
    apart by `put_question_to`, in whose row, or in one of whose specimens, the fact is unknown and could be asked.
    """
    answers = _answers(pack, fact, as_of)
    stages = Stages(
        pack, worked_out=_worked_out(pack, fact), people="tried_people", specimens="tried_specimens"
    )
    named = ", ".join(["nr", *map(quoted, _columns(pack, fact))])
    stages.add("tried", f"SELECT {named} FROM (VALUES {', '.join(answers)}) AS v({named})")  # nosec B608: names of the pack
    for table in ("people", "specimens"):
        stages.add(f"tried_{table}", _tried(pack, fact, table))
    last = stages.verdicts(names, PLAIN)
    hits = [
        f"COALESCE(BOOL_OR({truth}), FALSE) AS {quoted(f'{word}:{name}')}"
        for name in names
        for word, truth in (("true", quoted(name)), ("false", f"NOT {quoted(name)}"))
    ]
    when = "SPLIT_PART(as_of, '#', 1) AS as_of"
    return stages.query(f"SELECT person, {when}, {', '.join(hits)}\nFROM {last}\nGROUP BY 1, 2")  # nosec B608: names of the pack


def _tried(pack: Pack, fact: str, table: str) -> str:
    """The rows of a table once for each answer, with the answer in place of what is unknown."""
    per_specimen = pack.facts[fact].per == "specimen"
    mine = per_specimen == (table == "specimens")
    unknown = _unknown(pack, fact, "r")
    replaced = ["r.as_of || '#' || t.nr AS as_of"]
    if mine:
        replaced += [
            f"CASE WHEN {unknown} THEN t.{quoted(column)} ELSE r.{quoted(column)} END AS {quoted(column)}"
            for column in _columns(pack, fact)
        ]
    silenced = f"SELECT (person, as_of) FROM facts WHERE fact = {text(fact)} AND state = 'not_applicable'"  # nosec B608: names of the pack
    where = f"(r.person, r.as_of) NOT IN ({silenced})"
    asked_of = "specimens" if per_specimen else "people"
    open_there = f"SELECT (u.person, u.as_of) FROM asked_{asked_of} u WHERE {_unknown(pack, fact, 'u')}"  # nosec B608: names of the pack
    where += f" AND (r.person, r.as_of) IN ({open_there})"
    return (
        f"SELECT r.* REPLACE ({', '.join(replaced)})\nFROM asked_{table} r CROSS JOIN tried t\nWHERE {where}"  # nosec B608: names of the pack
    )


def _unknown(pack: Pack, fact: str, row_name: str) -> str:
    kind = pack.facts[fact].kind
    if kind == "number":
        return f"NOT {row_name}.{quoted(f'{fact}__known')}"
    column = f"{fact}__first" if kind == "moment" else fact
    return f"{row_name}.{quoted(column)} IS NULL"


def _worked_out(pack: Pack, fact: str) -> frozenset[str]:
    """The derived facts of yes or no that rest on a fact, where all that they read is kept in a registry."""
    kept = set(_kept(pack))
    return frozenset(
        name
        for name in pack.dependent_names.get(fact, ())
        if name in pack.facts
        and pack.facts[name].kind == "boolean"
        and kept.issuperset(names_in(pack.sentences[name].tree))
    )


def _keys(pack: Pack, fact: str) -> dict[str, str]:
    """The names under which a fact is kept, its attributes among them, each with its kind."""
    return {key: kind for key, kind in _kept(pack).items() if key.partition(".")[0] == fact}


def _columns(pack: Pack, fact: str) -> list[str]:
    return [column for key, kind in _keys(pack, fact).items() for column, _ in columns(key, kind)]


def _answers(pack: Pack, fact: str, as_of: Moment) -> list[str]:
    definition = pack.facts[fact]
    trees = pack.comparisons.get(fact, ()) if fact in pack.dependents else ()
    words = tuple(str(word) for word in definition.values)
    found = []
    for number, answer in enumerate(candidate_answers(definition.kind, words, trees, fact, as_of=as_of)):
        cells: dict[str, Any] = {}
        for key, kind in _keys(pack, fact).items():
            cells |= row(key, kind, answer if key == fact else _limit(key))
        types = {name: sql for key, kind in _keys(pack, fact).items() for name, sql in columns(key, kind)}
        listed = [f"CAST({_literal(cells[name])} AS {kind})" for name, kind in types.items()]
        found.append(f"({', '.join([str(number), *listed])})")
    return found


def _limit(key: str) -> Value:
    """A reference limit comes with an answer; trying answers against a limit of one is enough, as in `asking.py`."""
    return Decimal(1) if key.endswith(".high") else None


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return text(value.isoformat())
    return text(value)


def askable(pack: Pack, names: Collection[str]) -> list[str]:
    """The facts that can be asked for and that one of these sentences rests on, in pack order."""
    resting = {fact for name in names for fact in pack.base_facts[name]}
    kept = {key.partition(".")[0] for key in _kept(pack)}
    return [
        name for name in pack.facts if name in resting and pack.facts[name].ask is not None and name in kept
    ]


def _kept(pack: Pack) -> Mapping[str, str]:
    wide = wide_of(pack)
    return {**wide.person, **wide.specimen}
