"""Of the page: what changed since an earlier plan, as a block that both audiences' pages show."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.changes import Changes
from sapwood.changes_words import Told, fact_words, said_changes, summary, unworded


@dataclass(frozen=True, slots=True)
class Block:
    """The sentence above, the changes under their headings, the facts, and what is counted only."""

    summary: str
    groups: tuple[tuple[str, tuple[Told, ...]], ...]
    facts_title: str
    facts: tuple[str, ...]
    note: str


def block_of(changes: Changes, audience: str) -> Block:
    """What changed, ready for a page."""
    groups: dict[str, list[Told]] = {}
    for told in said_changes(changes, audience):
        groups.setdefault(told.heading, []).append(told)
    facts = tuple(words for one in changes.facts if (words := fact_words(one, audience)))
    patient = audience == "patient"
    wordless = unworded(changes) if patient else 0
    return Block(
        summary(changes, audience),
        tuple((heading, tuple(told)) for heading, told in groups.items()),
        "New in your record" if patient else "Facts",
        facts,
        f"{wordless} more changes have no plain words yet. Your team can see them." if wordless else "",
    )
