"""How many people's plans would read differently under another edition: worked out by the site, told as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sapwood.pack_diff import read_differently
from sapwood_web.accounts.consents import allows
from sapwood_web.editions.active import Active
from sapwood_web.records.models import Record
from sapwood_web.records.reading import Reading
from sapwood_web.vault.key_store import KeyGoneError

FEW = 5
"""Fewer people than this are never told as a number, nor are all but so few."""

SORTS = ("position", "gap", "track", "option", "alert", "task", "follow_up", "trial")
"""What of a plan is compared; criteria are behind all of these, and shown to nobody by themselves."""

LOST = "answer"
"""An answer that somebody typed and the new edition does not understand."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record, and the sorts of things its plan would say otherwise; `read` is false where it could not be read."""

    record: Record
    sorts: frozenset[str] = frozenset()
    read: bool = True


def compared(record: Record, old: Active, new: Active, as_of: date) -> Found:
    """One person's plan under two editions."""
    try:
        before, after = (Reading(record, as_of, edition.pack) for edition in (old, new))
        turned = {sort for sort, _ in read_differently(before.facts, after.facts) if sort in SORTS}
        if after.lost_answers > before.lost_answers:
            turned.add(LOST)
    except KeyGoneError:
        return Found(record, read=False)
    return Found(record, frozenset(turned))


def kept_records() -> Iterator[Record]:
    """Every record that its owner lets the site keep, and in which there is anything."""
    for record in Record.objects.select_related("owner").order_by("pk").iterator(chunk_size=100):
        if allows(record.owner, "keep") and (record.uploads.exists() or record.answers.exists()):
            yield record


def tally(found: Iterator[Found]) -> dict[str, int]:
    """How many were read, how many of them differ, and in what."""
    counts: Counter[str] = Counter()
    for one in found:
        counts["people"] += 1
        counts["not read"] += not one.read
        counts["differ"] += bool(one.sorts)
        counts.update(one.sorts)
    return {name: counts[name] for name in ("people", "not read", "differ", *SORTS, LOST)}


def hidden(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts as they may be shown and kept, to the nearest five, so that two counts held together tell of nobody.

    `None` is "fewer than five", and stands for "all but so few" too.
    """
    people = counts["people"]
    shown: dict[str, int | None] = {}
    for name, count in counts.items():
        few = 0 < count < FEW or (name != "people" and 0 < people - count < FEW)
        shown[name] = None if few else FEW * round(count / FEW)
    return shown
