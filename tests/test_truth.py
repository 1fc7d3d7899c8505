"""The tables of true, false and unknown, row by row."""

from __future__ import annotations

from itertools import product

import pytest

from sapwood.truth import AND, NOT, OR, Truth, at_least, every, some

NINE_ROWS: list[tuple[Truth, Truth, Truth, Truth]] = [
    # left, right, AND, OR
    (True, True, True, True),
    (True, False, False, True),
    (True, None, None, True),
    (False, True, False, True),
    (False, False, False, False),
    (False, None, False, None),
    (None, True, None, True),
    (None, False, False, None),
    (None, None, None, None),
]
TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(("left", "right", "both", "either"), NINE_ROWS)
def test_and_or(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    """The nine rows, written out a second time."""
    assert AND[left, right] is both
    assert OR[left, right] is either
    assert every([left, right]) is both
    assert some([left, right]) is either


def test_not() -> None:
    """Only what is known turns."""
    assert NOT == {True: False, False: True, None: None}


def test_unknown_is_never_false() -> None:
    """Not tested is not negative: no table makes a "no" of unknown alone."""
    assert NOT[None] is None
    assert AND[True, None] is AND[None, None] is OR[False, None] is OR[None, None] is None
    assert every([None]) is some([None]) is at_least(1, [None]) is None


def test_nothing_at_all() -> None:
    """No items: every one of them is true, and none is."""
    assert every([]) is True
    assert some([]) is False
    assert at_least(1, []) is False


@pytest.mark.parametrize("items", list(product(TRUTHS, repeat=3)))
def test_de_morgan(items: tuple[Truth, ...]) -> None:
    """NOT turns AND into OR."""
    assert NOT[every(items)] is some(NOT[item] for item in items)


@pytest.mark.parametrize("items", list(product(TRUTHS, repeat=4)))
def test_counting_includes_and_and_or(items: tuple[Truth, ...]) -> None:
    """At least all is AND, at least one is OR, and unknown items count both ways."""
    assert at_least(4, items) is every(items)
    assert at_least(1, items) is some(items)
    worst = at_least(2, (item is True for item in items))
    best = at_least(2, (item is not False for item in items))
    assert at_least(2, items) is (worst if worst is best else None)
