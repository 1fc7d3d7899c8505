"""Ways of settling a sentence: sets of facts, joined, compared and kept few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

MOST_FACTS = 4
"""The most facts a listed set has."""
_MOST_WAYS = 40
_MOST_LARGE = 4
"""Larger sets are never listed; a few are carried to know that there are more."""

Joint = tuple[tuple[int, ...], frozenset[tuple[int, ...]]]
"""Several facts, and which of their answers together do."""


@dataclass(frozen=True, slots=True)
class Way:
    """Facts (as bits) that settle a part, and which answers do where another part asks about them too."""

    bits: int
    masks: tuple[tuple[int, int], ...] = ()
    joint: frozenset[Joint] = frozenset()


@dataclass(slots=True)
class Ways:
    ways: list[Way]
    more: bool = False


NONE = Ways([])
NOTHING_NEEDED = Way(0)


def either(one: Ways, other: Ways) -> Ways:
    return best([*one.ways, *other.ways], one.more or other.more)


def both(one: Ways, other: Ways) -> Ways:
    """Ways that settle two parts at once."""
    merged: dict[Way, None] = {}
    plain: set[int] = set()
    large = 0
    more = (one.more and bool(other.ways)) or (other.more and bool(one.ways))
    for a in one.ways:
        for b in other.ways:
            bits = a.bits | b.bits
            if bits in plain:
                continue
            if bits.bit_count() > MOST_FACTS and large > _MOST_LARGE:
                more = True
                continue
            if a.masks or a.joint or b.masks or b.joint:
                way = _merged(a, b)
            else:
                way = Way(bits)
                plain.add(bits)
            if way is not None:
                merged[way] = None
                large += bits.bit_count() > MOST_FACTS
    return best(list(merged), more)


def _merged(one: Way, other: Way) -> Way | None:
    """Both ways at once, or nothing where they want contradictory answers of one fact."""
    masks = dict(one.masks)
    for base, mask in other.masks:
        masks[base] = masks.get(base, mask) & mask
        if not masks[base]:
            return None
    way = Way(one.bits | other.bits, tuple(sorted(masks.items())), one.joint | other.joint)
    return way if not way.joint or _possible(way.joint, way.masks) else None


def best(ways: list[Way], more: bool) -> Ways:
    """The ways no other makes superfluous, small ones first, and no more than can be carried along."""
    if len(ways) < 2:
        return Ways(ways, more)
    kept: list[Way] = []
    large = 0
    for way in sorted(ways, key=_by_size_of):
        if any(other.bits & way.bits == other.bits and _covers(other, way) for other in kept):
            continue
        large += way.bits.bit_count() > MOST_FACTS
        if len(kept) == _MOST_WAYS or large > _MOST_LARGE:
            return Ways(kept, more=True)
        kept.append(way)
    return Ways(kept, more)


def _by_size_of(way: Way) -> tuple[int, tuple[int, ...]]:
    return by_size(way.bits)


def _covers(one: Way, other: Way) -> bool:
    if not one.masks and not one.joint:
        return True
    masks = dict(other.masks)
    return one.joint <= other.joint and all(
        base in masks and masks[base] | mask == mask for base, mask in one.masks
    )


@lru_cache(maxsize=65536)
def by_size(bits: int) -> tuple[int, tuple[int, ...]]:
    return bits.bit_count(), bits_of(bits)


def bits_of(bits: int) -> tuple[int, ...]:
    return tuple(index for index in range(bits.bit_length()) if bits >> index & 1)


@lru_cache(maxsize=4096)
def _possible(joint: frozenset[Joint], masks: tuple[tuple[int, int], ...]) -> bool:
    """Whether some answers satisfy every joint condition and every mask at once."""
    return _found(list(joint), dict(masks), {})


def _found(joint: list[Joint], masks: Mapping[int, int], chosen: dict[int, int]) -> bool:
    if not joint:
        return True
    (bases, hits), *rest = joint
    for choice in hits:
        pairs = list(zip(bases, choice, strict=True))
        fits = all(
            masks.get(base, -1) >> index & 1 and chosen.get(base, index) == index for base, index in pairs
        )
        if fits and _found(rest, masks, {**chosen, **dict(pairs)}):
            return True
    return False
