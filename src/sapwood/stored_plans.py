"""A plan that somebody kept as JSON, read again: the facts it carries, as they stood, under this or another pack.

A plan carries the chosen value of each fact, not the record. Derived facts and everything above them are worked out
anew; what a changed definition would have found in the record cannot be known, and is named instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from sapwood.definitions import FactDefinition
from sapwood.errors import AnswerError, Problem
from sapwood.fact import Fact, Group
from sapwood.facts import Facts
from sapwood.lines import Treatment
from sapwood.pack import Pack
from sapwood.record import Record
from sapwood.values import Moment, Range, Value, day_moment, read_moment

_STATES = ("known", "missing", "stale", "conflicting", "unusable", "not_applicable")
_UNNAMED = "no specimen named"


@dataclass(frozen=True)
class StoredPlan:
    """What a file of `sapwood plan --format json` holds: pack, moment, facts, and everything it said."""

    name: str
    pack: tuple[str, str]
    as_of: Moment
    content: Mapping[str, Any]


def read_stored(path: str | Path) -> StoredPlan:
    """A stored plan; raises AnswerError where the file is none."""
    where = str(path)
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        what = f"cannot be read as JSON ({type(error).__name__})"
        raise AnswerError(
            Problem(where, what, "Name a file that `sapwood plan --format json` wrote.")
        ) from None
    wanted = ("pack", "as_of", "facts", "criteria", "position", "options", "tasks", "alerts")
    about = content.get("pack") if isinstance(content, dict) else None
    as_of = _moment(content.get("as_of")) if isinstance(content, dict) else None
    if not isinstance(about, dict) or as_of is None or any(key not in content for key in wanted):
        what = "is no plan as JSON"
        raise AnswerError(Problem(where, what, "Name a file that `sapwood plan --format json` wrote."))
    return StoredPlan(
        Path(path).name, (str(about.get("id", "")), str(about.get("version", ""))), as_of, content
    )


class StoredFacts(Facts):
    """The facts of a stored plan under a pack; `unread` names those that could not be taken over, and why."""

    def __init__(self, plan: StoredPlan, pack: Pack) -> None:
        self._kept = plan.content["facts"]
        self.unread: dict[str, str] = {}
        super().__init__(Record(None, (), {}, (), ()), pack, plan.as_of)

    def _reads_short(self) -> bool:
        return False

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The specimens of the plan, in its order; every fact lists them alike."""
        labels: list[str] = []
        for name, definition in self.pack.facts.items():
            if definition.per == "specimen":
                for place, entry in enumerate(self._entries(name)):
                    labels += [""] * (place + 1 - len(labels))
                    labels[place] = labels[place] or _label(entry)
        named = [
            Group(f"{place}:{label}" if label else "", label or _UNNAMED)
            for place, label in enumerate(labels)
        ]
        return tuple(named) or (Group("", _UNNAMED),)

    @cached_property
    def treatment(self) -> Treatment:
        """Empty: what was read from the lines of treatment is among the facts."""
        return Treatment()

    def _entries(self, name: str) -> Iterator[Mapping[str, Any]]:
        entry = self._kept.get(name)
        if isinstance(entry, dict):
            inside = entry.get("by_specimen")
            yield from inside if isinstance(inside, list) else [entry]

    @cached_property
    def hushed(self) -> frozenset[str]:
        """None: a plan tells of each fact how it stood, so nothing may be passed over as unspoken of."""
        return frozenset()

    def _work_out(self, name: str, definition: FactDefinition, group: Group | None) -> Fact:
        derived = bool(definition.derived) and not self._answered(name)
        if name in self.violated or derived:
            return super()._work_out(name, definition, group)
        inside = group if definition.per == "specimen" else None
        label = inside.label if inside is not None and inside.key else ""
        place = self.groups.index(inside) if inside is not None else 0
        entries = list(self._entries(name))
        if place < len(entries):
            return self._stored(name, definition, entries[place], label)
        if name not in self._kept:
            self.unread[name] = "the plan does not carry it"
        return Fact(name, definition, "missing", specimen=label)

    def _answered(self, name: str) -> bool:
        """Whether a derived fact was not worked out but told: then it stands as it was told."""
        return any(entry.get("assurance") == "clinical" for entry in self._entries(name))

    def _stored(self, name: str, definition: FactDefinition, entry: Mapping[str, Any], label: str) -> Fact:
        state = str(entry.get("state"))
        rejected = tuple(
            (str(one.get("source", "")), str(one.get("why", ""))) for one in entry.get("rejected") or ()
        )
        specimen = label or (_UNNAMED if definition.per == "specimen" else "")
        if state != "known" or state not in _STATES:
            kept = state if state in _STATES else "unusable"
            return Fact(
                name, definition, kept, rejected=rejected, note=str(entry.get("note", "")), specimen=specimen
            )
        assurance = str(entry.get("assurance", "clinical"))
        if assurance == "assumed" and definition.closed_world is None and not definition.derived:
            self.unread[name] = "silence counted as no, and in this pack it does not"
            return Fact(name, definition, "missing", specimen=specimen)
        value = _value(entry, definition)
        if value is None:
            self.unread[name] = "its value does not fit this pack"
            return Fact(
                name, definition, "unusable", note="its value does not fit this pack", specimen=specimen
            )
        limits = entry.get("limits") or {}
        return Fact(
            name,
            definition,
            "known",
            value,
            _moment(entry.get("when")),
            assurance,
            tuple(str(one) for one in entry.get("source") or ()),
            rejected,
            str(entry.get("note", "")),
            specimen,
            _number(limits.get("low")),
            _number(limits.get("high")),
        )


def _label(entry: Mapping[str, Any]) -> str:
    label = str(entry.get("specimen") or "")
    return "" if label == _UNNAMED else label


def _number(content: Any) -> Value:
    if isinstance(content, dict):
        return Range(content.get("low"), content.get("high"))
    return content if isinstance(content, Decimal) else None


def _value(entry: Mapping[str, Any], definition: FactDefinition) -> Value:
    """The value as the fact's type has it, or `None` where it does not fit."""
    content = entry.get("value")
    if definition.type == "boolean":
        return content if isinstance(content, bool) else None
    if definition.type == "instant":
        return _moment(content)
    if definition.kind == "number":
        if (entry.get("unit") or "") != definition.unit:
            return None
        if "low" in entry:
            opens = bool(entry.get("low_open")), bool(entry.get("high_open"))
            return Range(entry.get("low"), entry.get("high"), *opens)
        return content if isinstance(content, Decimal) else None
    if not isinstance(content, (str, Decimal)):
        return None
    words = {str(word) for word in definition.values}
    return str(content) if not words or str(content) in words else None


def _moment(content: Any) -> Moment | None:
    """A moment as the plan's JSON writes it: a day, month or year, an instant, or a span of days."""
    if not isinstance(content, str):
        return None
    first, slash, last = content.partition("/")
    one = read_moment(first)
    if not slash or one is None:
        return one
    other = read_moment(last)
    return day_moment(one.first_day, other.last_day) if other is not None else None
