"""Why a criterion came out as it did for a few people: their wide rows read back, and the parts that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from sapwood.choosing import plain
from sapwood.criteria.evaluate import deciding
from sapwood.criteria.tree import Named
from sapwood.pack import Pack
from sapwood.truth import some
from sapwood.values import Moment, Range, Value

from .opened import Registry
from .wide import Names, wide_of

_DEEP = 8


def reasons_of_people(registry: Registry, criterion: str, people: Sequence[str]) -> dict[str, list[str]]:
    """For each person, the facts that decided a criterion, or left it open: `fact=value`, never free text."""
    pack, wide = registry.pack, wide_of(registry.pack)
    registry.engine.execute(
        "CREATE OR REPLACE TEMP TABLE listed AS SELECT unnest(?) AS person", [list(people)]
    )
    found: dict[str, list[str]] = {person: [] for person in people}
    specimens: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(registry, "specimens"):
        specimens.setdefault(row["person"], []).append(row)
    for row in _rows(registry, "people"):
        person = row["person"]
        seen = _Seen(pack, row, wide.person, [(one, wide.specimen) for one in specimens.get(person, [])])
        found[person] = list(dict.fromkeys(seen.because(criterion)))
    return found


def _rows(registry: Registry, table: str) -> list[dict[str, Any]]:
    result = registry.engine.execute(
        f"SELECT * FROM {table} SEMI JOIN listed USING (person) WHERE NOT trusted"  # nosec B608: names of the pack
    )
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


class _Seen(dict[str, Value]):
    """The values of one person as sentences read them, from a wide row; of one specimen where `inside` is one."""

    def __init__(
        self,
        pack: Pack,
        row: Mapping[str, Any],
        names: Names,
        specimens: Sequence[tuple[Mapping[str, Any], Names]] = (),
        person: _Seen | None = None,
    ) -> None:
        super().__init__()
        self.pack, self.row, self.names, self.person = pack, row, names, person
        self.groups = [_Seen(pack, one, kept, (), self) for one, kept in specimens]

    def __missing__(self, name: str) -> Value:
        self[name] = value = self._work_out(name)
        return value

    def _work_out(self, name: str) -> Value:
        if name in self.names:
            return _value(self.row, name, self.names[name])
        sentence = self.pack.sentences.get(name)
        if self.person is not None and (sentence is None or not sentence.per_specimen):
            return self.person[name]
        assert sentence is not None, name
        if sentence.per_specimen and self.person is None:
            return some(group[name] for group in self.groups)  # type: ignore[misc]
        return self.pack.compiled(name)(self)

    def because(self, name: str, depth: int = 0) -> list[str]:
        """The facts behind a verdict, through the criteria it rests on."""
        sentence = self.pack.sentences[name]
        if sentence.per_specimen and self.person is None:
            return [
                one
                for group in self.groups
                if group[name] is self[name]
                for one in group.because(name, depth)
            ]
        said: list[str] = []
        for atom in deciding(sentence.tree, self):
            for key in atom.names:
                base = key.partition(".")[0]
                if base in self.pack.criteria and isinstance(atom.tree, Named) and depth < _DEEP:
                    said += self.because(base, depth + 1)
                elif base != "as_of" and base in self.pack.facts and self.pack.facts[base].type != "text":
                    said.append(f"{base}={_said(self[base])}")
        return said


def _said(value: Value) -> str:
    if value is None:
        return "unknown"
    return plain(value)


def _value(row: Mapping[str, Any], name: str, kind: str) -> Value:
    """One value as its columns hold it."""
    stem = name.replace(".", "__")
    if kind == "moment":
        first, last = row[f"{stem}__first"], row[f"{stem}__last"]
        if first is None:
            return None
        days = row[f"{stem}__first_day"], row[f"{stem}__last_day"]
        return Moment(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC), *days)
    if kind != "number":
        value: Value = row[stem]
        return value
    if not row[f"{stem}__known"]:
        return None
    low, high = row[f"{stem}__lo"], row[f"{stem}__hi"]
    if low is not None and low == high:
        return Decimal(low).normalize() + 0
    low, high = (None if end is None else Decimal(end).normalize() + 0 for end in (low, high))
    return Range(low, high, row[f"{stem}__lo_open"], row[f"{stem}__hi_open"])
