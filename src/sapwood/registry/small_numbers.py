"""Small counts are hidden in anything written to be shown: in a rare disease they can point at a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sapwood.errors import Problem, SapwoodError

THRESHOLD = 11
"""Counts from 1 up to the number below this are hidden unless somebody says otherwise."""

Key = TypeVar("Key")


def is_small(count: int, threshold: int = THRESHOLD) -> bool:
    """Whether a count of people has to be hidden; nobody at all may be said."""
    return 0 < count < threshold


def shown(count: int | None, threshold: int = THRESHOLD) -> str:
    """A count as it may be written: the figure, or `1-10` in its place; `None` is hidden whatever it is."""
    if count is None:
        return "hidden"
    return f"1-{threshold - 1}" if is_small(count, threshold) else f"{count:,}"


def hide_small(counts: Mapping[Key, int], threshold: int = THRESHOLD) -> dict[Key, int | None]:
    """Counts that do not add up to anything shown: the small ones become `None`."""
    return {key: None if is_small(count, threshold) else count for key, count in counts.items()}


def hide_parts(counts: Mapping[Key, int], threshold: int = THRESHOLD) -> dict[Key, int | None]:
    """Counts that add up to a total which is shown: where one hidden could be worked out, the next goes too.

    The figures hidden add up to at least `threshold`, and are at least two; otherwise the total would tell them.
    """
    hidden = hide_small(counts, threshold)
    rest = sorted(
        (key for key in counts if counts[key] and hidden[key] is not None), key=lambda key: counts[key]
    )
    for key in rest:
        gone = [one for one in counts if hidden[one] is None]
        if not gone or (len(gone) > 1 and sum(counts[one] for one in gone) >= threshold):
            break
        hidden[key] = None
    return hidden


def threshold_of(asked: int | None) -> int:
    """The threshold that was asked for with `--small-counts`; SapwoodError where it is no threshold."""
    if asked is None:
        return THRESHOLD
    if asked < 1:
        raise SapwoodError(Problem("--small-counts", "must be 1 or more", f"The default is {THRESHOLD}."))
    return asked


def what_it_means(threshold: int) -> str:
    """What a threshold means for the people counted, in one sentence."""
    if threshold >= THRESHOLD:
        return (
            f"Counts from 1 to {threshold - 1} are hidden, and figures from which they could be worked out."
        )
    if threshold <= 1:
        kept = "No count is hidden"
    else:
        kept = f"Only counts from 1 to {threshold - 1} are hidden"
    return f"{kept}: in a rare disease a small count can point at a person. Show this to nobody who may not know them."
