"""Exact numbers that may be ranges: arithmetic and comparison, unknown only where ranges leave it open."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, Underflow
from fractions import Fraction
from functools import lru_cache

from ..values import Number, Range

Figure = Decimal | Fraction | Range | None
"""What a number in a sentence can come to; `None` is unknown."""

EXACT = Context(
    prec=200,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped],
    Emax=10_000,
    Emin=-10_000,
)
_DECIMAL: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
}


def calculate(op: str, left: Figure, right: Figure) -> Figure:
    """Exact `left op right` for + - * /; unknown where either is, and for a division by what may be zero."""
    left, right = _pointed(left), _pointed(right)
    if left is None or right is None:
        return None
    if not isinstance(left, Range) and not isinstance(right, Range):
        return _point(op, left, right)
    if op == "-":
        return _add(_as_range(left), _scaled(_as_range(right), Decimal(-1)))
    if op == "+":
        return _add(_as_range(left), _as_range(right))
    if op == "*":
        return _multiply(left, right)
    return _divide(left, right)


def less(left: Figure, right: Figure) -> bool | None:
    """Whether `left < right`; unknown when the ranges straddle."""
    if left is None or right is None:
        return None
    if not isinstance(left, Range):
        if not isinstance(right, Range):
            return left < right
        left = Range(left, left)
    right = _as_range(right)
    if _below(left, right):
        return True
    if left.low is not None and right.high is not None and left.low >= right.high:
        return False
    return None


def equal(left: Figure, right: Figure) -> bool | None:
    """Whether `left = right`; unknown when either is a range that could hold the other."""
    if left is None or right is None:
        return None
    if not isinstance(left, Range) and not isinstance(right, Range):
        return left == right
    left, right = _as_range(left), _as_range(right)
    if _below(left, right) or _below(right, left):
        return False
    if None not in (left.low, right.low) and left.low == left.high == right.low == right.high:
        return True
    return None


def figure(low: Number, high: Number) -> Figure:
    """The number between two limits: the number itself when they are the same."""
    return low if low == high else Range(low, high)


def _pointed(value: Figure) -> Figure:
    """A range of one number is that number."""
    return (
        value.low if isinstance(value, Range) and value.low == value.high and value.low is not None else value
    )


def _point(op: str, left: Number, right: Number) -> Figure:
    if op == "/":
        return _quotient(left, right) if right else None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        try:
            return _DECIMAL[op](left, right)
        except ArithmeticError:
            pass
    one, other = Fraction(left), Fraction(right)
    return one + other if op == "+" else one - other if op == "-" else one * other


@lru_cache(maxsize=4096)
def _quotient(left: Number, right: Number) -> Fraction:
    return Fraction(left) / Fraction(right)


def _exactly(op: str, left: Number, right: Number) -> Number:
    result = _point(op, left, right)
    assert not isinstance(result, Range) and result is not None
    return result


def _as_range(value: Number | Range) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _below(left: Range, right: Range) -> bool:
    if left.high is None or right.low is None:
        return False
    return left.high < right.low or (left.high == right.low and (left.high_open or right.low_open))


def _add(left: Range, right: Range) -> Range:
    low = None if left.low is None or right.low is None else _exactly("+", left.low, right.low)
    high = None if left.high is None or right.high is None else _exactly("+", left.high, right.high)
    return Range(low, high, left.low_open or right.low_open, left.high_open or right.high_open)


def _scaled(value: Range, by: Number) -> Range:
    """A range times a number that is not zero; open and infinite ends stay what they are."""
    low = None if value.low is None else _exactly("*", value.low, by)
    high = None if value.high is None else _exactly("*", value.high, by)
    if by > 0:
        return Range(low, high, value.low_open, value.high_open)
    return Range(high, low, value.high_open, value.low_open)


def _multiply(left: Number | Range, right: Number | Range) -> Figure:
    if not isinstance(right, Range):
        left, right = right, left
    assert isinstance(right, Range)
    if not isinstance(left, Range) and left:
        return _scaled(right, left)
    left = _as_range(left)
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return None
    products = [
        _exactly("*", one, other) for one in (left.low, left.high) for other in (right.low, right.high)
    ]
    return figure(min(products), max(products))


def _divide(left: Number | Range, right: Number | Range) -> Figure:
    if not isinstance(right, Range):
        assert isinstance(left, Range)
        return _scaled(left, 1 / Fraction(right)) if right else None
    if right.low is None or right.high is None or right.low <= 0 <= right.high:
        return None
    left = _as_range(left)
    if left.low is None or left.high is None:
        return None
    quotients = [
        _exactly("/", one, other) for one in (left.low, left.high) for other in (right.low, right.high)
    ]
    return figure(min(quotients), max(quotients))
