"""Numbers and times for z3, each known exactly, within limits, or not at all; the rules are the evaluator's.

An end of a number is the smallest or the largest of a few fractions. Fractions are never divided: to compare
two, both sides are multiplied out, so that `alt / alt.high <= 2.5` stays a sentence z3 can decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

import z3

from .logic import FALSE, UNKNOWN, Bit, Three, choose, every, negated, no, some

Term = Any
"""A Python Fraction, or a z3 number."""


class NonLinearError(Exception):
    """Unknown numbers are multiplied by one another, which z3 may never finish."""


class Share(NamedTuple):
    """A fraction whose lower part is above zero."""

    over: Term
    under: Term = Fraction(1)


class Span(NamedTuple):
    """A number between the smallest of `lows` and the largest of `highs`, where it is known.

    Where an end has no limit, its fractions are some number inside; an open end is not itself possible.
    """

    known: Bit
    lows: tuple[Share, ...]
    highs: tuple[Share, ...]
    no_low: Bit = False
    no_high: Bit = False
    low_open: Bit = False
    high_open: Bit = False

    @property
    def point(self) -> Bit:
        """Whether it is one number."""
        if self.lows is self.highs and len(self.lows) == 1:
            return every(no(self.no_low), no(self.no_high))
        ends = [equal_shares(low, high) for low in self.lows for high in self.highs]
        return every(no(self.no_low), no(self.no_high), *ends)


class When(NamedTuple):
    """A time between two instants, and between two days; days and instants are counted from one origin."""

    known: Bit
    first: Term
    last: Term
    first_day: Term
    last_day: Term


def exactly(value: Fraction, known: Bit = True) -> Span:
    """One number."""
    share = (Share(value),)
    return Span(known, share, share)


# --- terms and fractions ----------------------------------------------------------------------------


def times(one: Term, other: Term) -> Term:
    """The product; two unknown numbers are refused."""
    if isinstance(one, Fraction):
        if one == 1:
            return other
        return one * other if isinstance(other, Fraction) else Fraction(0) if one == 0 else real(one) * other
    if isinstance(other, Fraction):
        return times(other, one)
    if Allowed.products:
        return one * other
    raise NonLinearError


class Allowed:
    """Whether unknown numbers may be multiplied: only where each will be given, or there are few."""

    products = False


@contextmanager
def products_allowed() -> Iterator[None]:
    """While inside, unknown numbers may be multiplied: for a few of them z3 does finish."""
    Allowed.products = True
    try:
        yield
    finally:
        Allowed.products = False


def real(value: Fraction) -> Any:
    """A Fraction as z3 writes it."""
    return z3.Q(value.numerator, value.denominator)


def term(value: Term) -> Any:
    """The same as z3 writes it."""
    return real(value) if isinstance(value, Fraction) else value


def plus(one: Term, other: Term, sign: int = 1) -> Term:
    """The sum or the difference."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + sign * other
    return term(one) + term(other) if sign > 0 else term(one) - term(other)


def compare(op: str, one: Term, other: Term) -> Bit:
    """One plain comparison."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return {"<": one < other, "<=": one <= other, "=": one == other}[op]
    left, right = term(one), term(other)
    return left < right if op == "<" else left <= right if op == "<=" else left == right


def compare_shares(op: str, one: Share, other: Share) -> Bit:
    """One comparison of fractions, multiplied out."""
    if one.under is other.under:
        return compare(op, one.over, other.over)
    return compare(op, times(one.over, other.under), times(other.over, one.under))


def equal_shares(one: Share, other: Share) -> Bit:
    """Whether two fractions are the same number."""
    return True if one is other else compare_shares("=", one, other)


def _sum(one: Share, other: Share, sign: int) -> Share:
    if one.under is other.under:
        return Share(plus(one.over, other.over, sign), one.under)
    over = plus(times(one.over, other.under), times(other.over, one.under), sign)
    return Share(over, times(one.under, other.under))


def _product(one: Share, other: Share) -> Share:
    return Share(times(one.over, other.over), times(one.under, other.under))


def _quotient(one: Share, other: Share) -> Share:
    """`one / other`, where `other` is not zero."""
    if isinstance(other.over, Fraction):
        sign = 1 if other.over >= 0 else -1
        over, under = times(one.over, sign * other.under), times(one.under, abs(other.over) or Fraction(1))
        return Share(over, under)
    above = other.over > 0
    size = z3.If(above, other.over, -other.over)
    over = times(one.over, other.under)
    turned = choose(above, term(over), -term(over))
    return Share(turned, times(one.under, size))


# --- arithmetic -------------------------------------------------------------------------------------


def calculate(op: str, left: Span, right: Span) -> Span:
    """`left op right` for + - * /, unknown where the evaluator says unknown."""
    if op in "+-":
        return _add(left, right, 1 if op == "+" else -1)
    return _multiply(left, right) if op == "*" else _divide(left, right)


def _pairs(one: tuple[Share, ...], other: tuple[Share, ...], sign: int) -> tuple[Share, ...]:
    return tuple(_sum(a, b, sign) for a in one for b in other)


def _add(left: Span, right: Span, sign: int) -> Span:
    lows, highs = (right.lows, right.highs) if sign > 0 else (right.highs, right.lows)
    no_low, no_high = (right.no_low, right.no_high) if sign > 0 else (right.no_high, right.no_low)
    low_open, high_open = (right.low_open, right.high_open) if sign > 0 else (right.high_open, right.low_open)
    new_lows = _pairs(left.lows, lows, sign)
    plain = left.lows is left.highs and lows is highs
    return Span(
        every(left.known, right.known),
        new_lows,
        new_lows if plain else _pairs(left.highs, highs, sign),
        some(left.no_low, no_low),
        some(left.no_high, no_high),
        some(left.low_open, low_open),
        some(left.high_open, high_open),
    )


def _sign(one: Share) -> tuple[Bit, Bit]:
    """Whether a fraction is above zero, and whether it is below."""
    return compare("<", Fraction(0), one.over), compare("<", one.over, Fraction(0))


def _scaling(span: Span, by: Span) -> tuple[Bit, tuple[Bit, Bit, Bit, Bit]]:
    """Whether `by` is one number other than zero, and the ends of `span` as seen after scaling by it."""
    above, below = _sign(by.lows[0])
    scaled = every(by.point, some(above, below))
    turned = [
        choose(above, span.no_low, span.no_high),
        choose(above, span.no_high, span.no_low),
        choose(above, span.low_open, span.high_open),
        choose(above, span.high_open, span.low_open),
    ]
    return scaled, (turned[0], turned[1], turned[2], turned[3])


def _limited(span: Span) -> Bit:
    return every(no(span.no_low), no(span.no_high))


def _multiply(left: Span, right: Span) -> Span:
    products = tuple(
        _product(a, b)
        for a in dict.fromkeys((*left.lows, *left.highs))
        for b in dict.fromkeys((*right.lows, *right.highs))
    )
    by_left, as_left = _scaling(right, left)
    by_right, as_right = _scaling(left, right)
    both = every(left.point, right.point)
    known = every(left.known, right.known, some(by_left, by_right, every(_limited(left), _limited(right))))
    ends = [
        every(no(both), choose(by_left, one, every(by_right, other)))
        for one, other in zip(as_left, as_right, strict=True)
    ]
    return Span(known, products, products, *ends)


def _divide(left: Span, right: Span) -> Span:
    by_right, as_right = _scaling(left, right)
    apart = every(_limited(right), some(_above_zero(right), _below_zero(right)))
    known = every(left.known, right.known, some(by_right, every(apart, _limited(left))))
    quotients = tuple(
        _quotient(a, b)
        for a in dict.fromkeys((*left.lows, *left.highs))
        for b in dict.fromkeys((*right.lows, *right.highs))
    )
    both = every(left.point, right.point)
    ends = [every(no(both), by_right, one) for one in as_right]
    return Span(known, quotients, quotients, *ends)


def _above_zero(span: Span) -> Bit:
    return every(*(compare("<", Fraction(0), low.over) for low in span.lows))


def _below_zero(span: Span) -> Bit:
    return every(*(compare("<", high.over, Fraction(0)) for high in span.highs))


# --- comparisons ------------------------------------------------------------------------------------


def _below(left: Span, right: Span) -> Bit:
    """Whether all of one lies below all of the other."""
    pairs = [(high, low) for high in left.highs for low in right.lows]
    under = every(*(compare_shares("<", high, low) for high, low in pairs))
    gap = some(left.high_open, right.low_open)
    touching = False
    if gap is not False:
        meets = some(*(equal_shares(high, low) for high, low in pairs))
        touching = every(*(compare_shares("<=", high, low) for high, low in pairs), meets, gap)
    return every(no(left.no_high), no(right.no_low), some(under, touching))


def _not_below(left: Span, right: Span) -> Bit:
    """Whether nothing of one lies below anything of the other."""
    apart = (compare_shares("<=", high, low) for low in left.lows for high in right.highs)
    return every(no(left.no_low), no(right.no_high), *apart)


def less(left: Span, right: Span) -> Three:
    """`left < right`."""
    known = every(left.known, right.known)
    return Three(every(known, _below(left, right)), every(known, _not_below(left, right)))


def equal(left: Span, right: Span) -> Three:
    """`left = right`."""
    known = every(left.known, right.known)
    ends = (equal_shares(low, high) for low in left.lows for high in right.highs)
    same = every(known, left.point, right.point, *ends)
    return Three(same, every(known, some(_below(left, right), _below(right, left))))


def compare_spans(op: str, left: Span, right: Span) -> Three:
    """Any comparison of two numbers."""
    if op in ("=", "<>"):
        return equal(left, right) if op == "=" else negated(equal(left, right))
    if op in (">", "<="):
        left, right = right, left
    return less(left, right) if op in ("<", ">") else negated(less(left, right))


# --- times --------------------------------------------------------------------------------------------


def days_between(start: When, end: When) -> Span:
    """Calendar days from one time to another."""
    fewest = plus(end.first_day, start.last_day, -1)
    most = plus(end.last_day, start.first_day, -1)
    return Span(every(start.known, end.known), (Share(_number(fewest)),), (Share(_number(most)),))


def _number(value: Term) -> Term:
    return value if isinstance(value, Fraction) or value.is_real() else z3.ToReal(value)


def compare_times(op: str, left: When, right: When, *, by_day: bool) -> Three:
    """Any comparison of two times, by whole days where one of them was written as a day."""
    first, last = (left.first_day, left.last_day) if by_day else (left.first, left.last)
    other_first, other_last = (right.first_day, right.last_day) if by_day else (right.first, right.last)
    known = every(left.known, right.known)
    if op in ("=", "<>"):
        ends = (
            compare("=", first, last),
            compare("=", last, other_first),
            compare("=", other_first, other_last),
        )
        apart = some(compare("<", last, other_first), compare("<", other_last, first))
        result = Three(every(known, *ends), every(known, apart))
        return result if op == "=" else negated(result)
    if op in (">", "<="):
        first, last, other_first, other_last = other_first, other_last, first, last
    earlier = Three(
        every(known, compare("<", last, other_first)), every(known, compare("<=", other_last, first))
    )
    return earlier if op in ("<", ">") else negated(earlier)


def score(items: list[tuple[Fraction, Three]]) -> Span:
    """The sum of the weights of what is true, between what surely is and what still could be."""
    lows = _total((weight, item.true) for weight, item in items)
    highs = _total((weight, no(item.false)) for weight, item in items)
    return Span(True, (Share(lows),), (Share(highs),))


def _total(parts: Iterator[tuple[Fraction, Bit]]) -> Term:
    fixed = Fraction(0)
    open_parts = []
    for weight, bit in parts:
        if bit is True:
            fixed += weight
        elif bit is not False:
            open_parts.append(z3.If(bit, real(weight), real(Fraction(0))))
    return z3.Sum([real(fixed), *open_parts]) if open_parts else fixed


Combine = Callable[[Span, Span], Three]
__all__ = [
    "FALSE",
    "UNKNOWN",
    "Share",
    "Span",
    "When",
    "calculate",
    "compare_spans",
    "compare_times",
    "score",
]
