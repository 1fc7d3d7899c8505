"""Facts of one person -> wide rows: what compiled sentences read, for the person and for each specimen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sapwood.criteria.sql import columns, row
from sapwood.criteria.tree import Named, walk
from sapwood.fact import Group
from sapwood.fact_values import Values
from sapwood.facts import Facts
from sapwood.pack import Pack, Sentence

from .layout import PEOPLE_KEYS, SPECIMEN_KEYS

Row = dict[str, Any]
Names = Mapping[str, str]
"""Names as sentences write them (`alt`, `alt.high`), each with its kind."""


@dataclass(frozen=True, slots=True)
class Wide:
    """The names whose values wide rows hold: of the person, and of each specimen."""

    person: Names
    specimen: Names

    @property
    def people_columns(self) -> list[tuple[str, str]]:
        """The columns of `people` and their SQL types, the keys first."""
        return [*PEOPLE_KEYS, *_columns(self.person)]

    @property
    def specimen_columns(self) -> list[tuple[str, str]]:
        """The columns of `specimens` and their SQL types, the keys first."""
        return [*SPECIMEN_KEYS, *_columns(self.specimen)]


@dataclass(frozen=True, slots=True)
class WideRows:
    """One person's wide rows; a column that is left out is NULL, or false where it can only be true or false."""

    people: tuple[Row, ...]
    specimens: tuple[Row, ...]


def wide_of(pack: Pack) -> Wide:
    """The names whose values a pack's wide rows hold: every fact, and each attribute that a sentence reads.

    Free text stays behind unless a sentence asks for it.
    """
    read = {
        node.key: node.kind
        for sentence in asked(pack)
        for node in walk(sentence.tree)
        if isinstance(node, Named) and node.name in pack.facts
    }
    plain = {name: fact.kind for name, fact in pack.facts.items() if fact.type != "text" or name in read}
    names = plain | {key: kind for key, kind in read.items() if key not in plain}
    specimen = {key: kind for key, kind in names.items() if _per_specimen(pack, key)}
    person = {"as_of": "moment"} | {key: kind for key, kind in names.items() if key not in specimen}
    return Wide(person, specimen)


def wide_rows(facts: Facts, wide: Wide, person: str, as_of: str) -> WideRows:
    """One person's wide rows, as sentences see the facts; with a second set where the patient's own word is in them.

    `as_of` is the moment of the facts as it was written.
    """
    facts.fill_silences()
    keys = {"person": person, "as_of": as_of}
    people = [{**keys, "trusted": False, **_cells(facts.values, wide.person)}]
    groups = named_groups(facts)
    specimens = [
        {**keys, "trusted": False, "specimen": name, **_cells(facts.values_in(group), wide.specimen)}
        for name, group in groups
    ]
    if facts.own_word:
        people.append({**keys, "trusted": True, **_cells(facts.trusted, wide.person)})
        specimens += [
            {
                **keys,
                "trusted": True,
                "specimen": name,
                **_cells(facts.values_in(group, trusted=True), wide.specimen),
            }
            for name, group in groups
        ]
    return WideRows(tuple(people), tuple(specimens))


def asked(pack: Pack) -> list[Sentence]:
    """The sentences that are asked of wide rows: all but those that facts themselves are worked out with."""
    return [
        sentence
        for name, sentence in pack.sentences.items()
        if name not in pack.facts and name not in pack.invariants and not name.startswith("fact:")
    ]


def named_groups(facts: Facts) -> list[tuple[str, Group]]:
    """Each specimen with a name to keep: its reference, or a number where the record has only words for it."""
    named = []
    for number, group in enumerate(facts.groups, 1):
        stem, bar, cells = group.key.partition("|")
        kept = stem.startswith("specimen:") or not stem
        named.append((group.key if kept else f"site {number}{bar}{cells}", group))
    return named


def _per_specimen(pack: Pack, key: str) -> bool:
    return pack.facts[key.partition(".")[0]].per == "specimen"


def _columns(names: Names) -> list[tuple[str, str]]:
    return [column for name, kind in names.items() for column in columns(name, kind)]


def _cells(values: Values, names: Names) -> Row:
    cells: Row = {}
    for name, kind in names.items():
        value = values[name]
        if value is not None:
            if kind in ("number", "moment"):
                cells.update(row(name, kind, value))
            else:
                cells[name] = value
    return cells
