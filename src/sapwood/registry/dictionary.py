"""The columns of an export, described from the pack: which fact, what it means, its unit, its values."""

from __future__ import annotations

from typing import NamedTuple

from sapwood.criteria.sql import columns
from sapwood.pack import Pack

from .small_numbers import shown
from .wide import Names

_PARTS = {
    "known": "whether anything is known of it",
    "lo": "lowest it can be",
    "hi": "highest it can be",
    "lo_open": "whether the lowest itself is impossible",
    "hi_open": "whether the highest itself is impossible",
    "first": "earliest it can be, in days since the first entry of the record",
    "last": "latest it can be, in days since the first entry of the record",
}
_ATTRIBUTES = {"when": "when it was so", "low": "lower normal limit", "high": "upper normal limit"}


class Entry(NamedTuple):
    """One column of an export."""

    table: str
    column: str
    type: str
    name: str  # as sentences write it: `alt`, `alt.high`
    kind: str
    part: str
    title: str
    unit: str
    values: str
    years: bool = False
    known: int = 0

    def row(self) -> tuple[str, ...]:
        """Its line in the dictionary; a count of few rows is hidden."""
        part = _PARTS.get(self.part, "")
        return (
            self.table,
            self.column,
            self.type,
            self.name,
            self.title,
            part,
            self.unit,
            self.values,
            shown(self.known),
        )


def entries(pack: Pack, table: str, names: Names) -> list[Entry]:
    """The columns of a table that may leave the house: no free text, no moment of the registry itself."""
    found: list[Entry] = []
    for name, kind in names.items():
        base, _, attribute = name.partition(".")
        if base == "as_of" or (kind == "text" and not pack.facts[base].from_lines):
            continue
        fact = pack.facts[base]
        title = f"{fact.title}, {_ATTRIBUTES[attribute]}" if attribute else fact.title
        unit = fact.unit if kind == "number" else "days" if kind == "moment" else ""
        values = (
            ", ".join(map(str, fact.values)) if kind == "code" else "true, false" if kind == "boolean" else ""
        )
        for column, sql in columns(name, kind):
            part = column.rpartition("__")[2] if kind in ("number", "moment") else ""
            if kind == "moment":
                if not column.endswith("_day"):
                    continue
                part, column, sql = (
                    part.removesuffix("_day"),
                    column.removesuffix("_day") + "_days",
                    "INTEGER",
                )
            years = kind == "number" and fact.unit == "a"
            found.append(Entry(table, column, sql, name, kind, part, title, unit, values, years))
    return found
