"""What one answer would settle: every answer a fact could have is put in its place, in everybody's row at once.

The counterpart of `asking.py` for many people. A derived fact of yes or no is worked out anew from the answer; one
that is a number stays as it is, so that what only it would tell is not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sapwood.criteria.answers import candidate_answers
from sapwood.criteria.sql import columns, row
from sapwood.pack import Pack
from sapwood.values import Moment, Value

from .stages import KEYS, PLAIN, Stages, quoted
from .wide import wide_of

_OPEN = ("__known", "__lo_open", "__hi_open")


def settled_by(pack: Pack, fact: str, names: Sequence[str], as_of: Moment, among: str) -> str:
    """SQL: which of these criteria some answer to one fact would make true, and which false, of each person.

    The rows are person, as_of, and for each name `true:NAME` and `false:NAME`; people of `among` (a table of person
    and as_of) are tried in whose row, or in one of whose specimens, the fact is unknown and could be asked.
    """
    answers = _answers(pack, fact, as_of)
    stages = Stages(pack, worked_out=_worked_out(pack, fact), people="tried_people", specimens="tried_specimens")
    asked = f"SELECT nr, {', '.join(map(quoted, _columns(pack, fact)))} FROM (VALUES {', '.join(answers)}) AS v({', '.join(['nr', *map(quoted, _columns(pack, fact))])})"
    stages.add("tried", asked)
    for table in ("people", "specimens"):
        stages.add(f"tried_{table}", _tried(pack, fact, table, among))
    last = stages.verdicts(names, PLAIN)
    hits = [
        f"COALESCE(BOOL_OR({truth}), FALSE) AS {quoted(f'{word}:{name}')}"
        for name in names
        for word, truth in (("true", quoted(name)), ("false", f"NOT {quoted(name)}"))
    ]
    person, when = "person", "SPLIT_PART(as_of, '#', 1)"
    return stages.query(f"SELECT {person}, {when} AS as_of, {', '.join(hits)}\nFROM {last}\nGROUP BY 1, 2")


def _tried(pack: Pack, fact: str, table: str, among: str) -> str:
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
    where = f"(r.person, r.as_of) IN (SELECT (person, as_of) FROM {among})"
    silenced = f"SELECT (person, as_of) FROM facts WHERE fact = '{fact}' AND state = 'not_applicable'"
    where += f" AND NOT r.trusted AND (r.person, r.as_of) NOT IN ({silenced})"
    asked_of = "specimens" if per_specimen else "people"
    where += f" AND (r.person, r.as_of) IN (SELECT (u.person, u.as_of) FROM {asked_of} u WHERE {_unknown(pack, fact, 'u')})"
    return f"SELECT r.* REPLACE ({', '.join(replaced)})\nFROM {table} r CROSS JOIN tried t\nWHERE {where}"


def _unknown(pack: Pack, fact: str, row_name: str) -> str:
    kind = pack.facts[fact].kind
    if kind == "number":
        return f"NOT {row_name}.{quoted(f'{fact}__known')}"
    column = f"{fact}__first" if kind == "moment" else fact
    return f"{row_name}.{quoted(column)} IS NULL"


def _worked_out(pack: Pack, fact: str) -> frozenset[str]:
    resting = pack.dependent_names.get(fact, frozenset())
    return frozenset(name for name in resting if name in pack.facts and pack.facts[name].kind == "boolean")


def _keys(pack: Pack, fact: str) -> dict[str, str]:
    """The names under which a fact is kept, its attributes among them, each with its kind."""
    wide = wide_of(pack)
    kept = {**wide.person, **wide.specimen}
    return {key: kind for key, kind in kept.items() if key.partition(".")[0] == fact}


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
        return f"'{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def askable(pack: Pack, names: Collection[str]) -> list[str]:
    """The facts that can be asked for and that one of these sentences rests on, in pack order; numbers worked out left out."""
    resting = {fact for name in names for fact in pack.base_facts[name]}
    kept = {key.partition(".")[0] for key in _kept(pack)}
    return [name for name in pack.facts if name in resting and pack.facts[name].ask is not None and name in kept]


def _kept(pack: Pack) -> list[str]:
    wide = wide_of(pack)
    return [*wide.person, *wide.specimen]


__all__ = ["KEYS", "askable", "settled_by"]
