"""True, false and unknown for z3: a sentence becomes two plain formulas, "it is true" and "it is false".

Unknown is neither. Whatever is already known to hold, or not to, is folded away before z3 sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import z3

Bit = Any
"""A Python bool, or a z3 formula."""


class Three(NamedTuple):
    """A three-valued answer: the formula for true and the formula for false; never both."""

    true: Bit
    false: Bit

    @property
    def unknown(self) -> Bit:
        """The formula for neither."""
        return every(no(self.true), no(self.false))


TRUE, FALSE, UNKNOWN = Three(True, False), Three(False, True), Three(False, False)


def no(one: Bit) -> Bit:
    """NOT."""
    if isinstance(one, bool):
        return not one
    return one.arg(0) if z3.is_not(one) else z3.Not(one)


def every(*items: Bit) -> Bit:
    """AND; true when there are none."""
    left = []
    for item in items:
        if item is False:
            return False
        if item is not True:
            left.append(item)
    return left[0] if len(left) == 1 else z3.And(left) if left else True


def some(*items: Bit) -> Bit:
    """OR; false when there are none."""
    left = []
    for item in items:
        if item is True:
            return True
        if item is not False:
            left.append(item)
    return left[0] if len(left) == 1 else z3.Or(left) if left else False


def implies(one: Bit, other: Bit) -> Bit:
    """If one, then the other."""
    return some(no(one), other)


def same(one: Bit, other: Bit) -> Bit:
    """Both or neither."""
    if isinstance(one, bool):
        return other if one else no(other)
    if isinstance(other, bool):
        return one if other else no(one)
    return one == other


def choose(condition: Bit, yes: Any, otherwise: Any) -> Any:
    """One of two values of the same kind."""
    if isinstance(condition, bool):
        return yes if condition else otherwise
    if isinstance(yes, bool) or isinstance(otherwise, bool):
        return some(every(condition, yes), every(no(condition), otherwise))
    return z3.If(condition, yes, otherwise)


def count_at_least(wanted: int, items: Sequence[Bit]) -> Bit:
    """Whether so many of the formulas hold."""
    wanted -= sum(item is True for item in items)
    left = [item for item in items if not isinstance(item, bool)]
    if wanted <= 0:
        return True
    if wanted > len(left):
        return False
    if wanted == 1:
        return some(*left)
    return every(*left) if wanted == len(left) else z3.AtLeast(*left, wanted)


def negated(item: Three) -> Three:
    """NOT in three values."""
    return Three(item.false, item.true)


def all_of(items: Iterable[Three]) -> Three:
    """AND in three values."""
    listed = list(items)
    return Three(every(*(item.true for item in listed)), some(*(item.false for item in listed)))


def any_of(items: Iterable[Three]) -> Three:
    """OR in three values."""
    listed = list(items)
    return Three(some(*(item.true for item in listed)), every(*(item.false for item in listed)))


def at_least(wanted: int, items: Sequence[Three]) -> Three:
    """`at_least` in three values: false once too few could still become true."""
    return Three(
        count_at_least(wanted, [item.true for item in items]),
        count_at_least(len(items) - wanted + 1, [item.false for item in items]),
    )
