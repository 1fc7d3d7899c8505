"""What became of each fact between two moments: new, changed, measured again, too old, or known only now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sapwood.fact import Fact, Group
from sapwood.facts import Facts
from sapwood.values import Moment, is_later

BY_TIME = ("too_old", "older", "record", "unpresumed")
"""What the passing of time does to a fact without anybody having learnt anything."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact before and after.

    `kind` is new, changed, again (the same value, measured anew), too_old, older (an age), gone, disputed (sources
    disagree, or it cannot be used), presumed or unpresumed (silence counts, or no longer counts, as "no"), or
    record (how far the record reaches). `late`: dated before the earlier moment, yet not known then; `undated`:
    without a date, so that nobody can tell whether it was known then. `listed`: news by itself.
    """

    fact: str
    kind: str
    before: Fact
    after: Fact
    days: int
    late: bool = False
    undated: bool = False
    listed: bool = True


def days_between(since: Moment, until: Moment) -> int:
    """How many days lie between two moments."""
    return (until.last_day - since.last_day).days


def compare_facts(before: Facts, after: Facts) -> tuple[FactChange, ...]:
    """Every fact that differs, in the order of the pack."""
    return tuple(_changed(before, after))


def _changed(before: Facts, after: Facts) -> Iterator[FactChange]:
    for name, definition in after.pack.facts.items():
        if definition.per == "person":
            pairs = [(before.fact(name), after.fact(name))]
        else:
            pairs = _by_specimen(name, before, after)
        for old, new in pairs:
            change = _change(name, old, new, before, after)
            if change is not None:
                yield change


def _by_specimen(name: str, before: Facts, after: Facts) -> list[tuple[Fact, Fact]]:
    were = {_label(group): group for group in before.groups}
    are = {_label(group): group for group in after.groups}
    blank = Fact(name, after.pack.facts[name], "missing")
    return [
        (
            before.fact(name, were[label]) if label in were else blank,
            after.fact(name, are[label]) if label in are else blank,
        )
        for label in {**are, **were}
    ]


def _label(group: Group) -> str:
    return group.label if group.key else ""


def _change(name: str, old: Fact, new: Fact, before: Facts, after: Facts) -> FactChange | None:
    kind = _kind(old, new)
    if kind is None:
        return None
    definition = new.definition
    learnt = kind in ("new", "changed")
    when = new.when
    late = learnt and when is not None and not is_later(when, before.as_of) and not _spans(when, before.as_of)
    undated = learnt and any("undated" in why for _, why in old.rejected) and new.when is None
    listed = not definition.derived and kind not in ("again", "record", "older", "presumed", "unpresumed")
    return FactChange(name, kind, old, new, days_between(before.as_of, after.as_of), late, undated, listed)


def _spans(when: Moment, moment: Moment) -> bool:
    """Whether a day known only as a month or a year may lie on either side of a moment."""
    return when.first_day <= moment.last_day < when.last_day


def _kind(old: Fact, new: Fact) -> str | None:
    recorded = new.definition.from_record
    same = old.value == new.value
    if old.known and new.known:
        if recorded in ("record_first", "record_last"):
            return None if same else "record"
        if not same:
            return "older" if recorded == "birth_age_years" else "changed"
        if new.assurance == "assumed" or old.when == new.when or new.definition.derived:
            return None
        return "again"
    if new.known:
        if recorded in ("record_first", "record_last"):
            return "record"
        return "presumed" if new.assurance == "assumed" else "new"
    if old.known:
        if recorded in ("record_first", "record_last"):
            return "record"
        if new.state in ("conflicting", "unusable"):
            return "disputed"
        if old.assurance == "assumed":
            return "unpresumed"
        aside = {source for source, _ in new.rejected}
        if new.state == "stale" or aside & set(old.sources):
            return "too_old"
        return "gone"
    if new.state != old.state and new.state in ("conflicting", "unusable"):
        return "disputed"
    return None
