"""Numbers in SQL, as exact as the evaluator's: a low and a high end, each a fraction of two decimals.

No SQL division is ever written: engines turn it into binary floating point. A fraction keeps its top and
its (always positive) bottom apart, and two fractions are compared by cross-multiplication. An end that is
NULL is no limit; a number with no limits at all is one nothing is known of.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from ..errors import Problem, SentenceError

MOST_DIGITS = 36
"""Decimals of 38 digits are the widest engines have; two are left for an engine's own caution."""

_DIGITS_IN_64_BITS = 18

Flag = exp.Expr | bool


@dataclass(frozen=True, slots=True)
class Size:
    """How many digits a decimal can have before and after its point."""

    whole: int
    places: int

    @property
    def digits(self) -> int:
        """All digits together."""
        return self.whole + self.places

    def checked(self) -> Size:
        """The size itself, unless an engine could no longer hold it exactly."""
        if self.digits > MOST_DIGITS:
            what = f"a number here could need more than {MOST_DIGITS} digits"
            raise SentenceError(
                Problem("the sentence as SQL", what, "Multiply or divide fewer numbers by one another")
            )
        return self

    def times(self, other: Size) -> Size:
        """The size of a product."""
        return Size(self.whole + other.whole, self.places + other.places).checked()

    def plus(self, other: Size) -> Size:
        """The size of a sum."""
        return Size(max(self.whole, other.whole) + 1, max(self.places, other.places)).checked()

    def either(self, other: Size) -> Size:
        """The size that holds both."""
        return Size(max(self.whole, other.whole), max(self.places, other.places)).checked()


@dataclass(frozen=True, slots=True)
class Part:
    """One decimal in SQL, and its size."""

    sql: exp.Expr
    size: Size

    def times(self, other: Part | None) -> Part:
        """The product; a missing bottom is one."""
        return self if other is None else exactly(exp.Mul, self, other, self.size.times(other.size))

    def turned(self) -> Part:
        """The same number below zero."""
        return Part(exp.Neg(this=wrapped(self.sql)), self.size)


def exactly(form: type[exp.Binary], one: Part, other: Part, size: Size) -> Part:
    """A product or sum that has room for all its digits, where DuckDB would try to do with 64 bits."""
    if max(one.size.digits, other.size.digits) <= _DIGITS_IN_64_BITS < size.digits:
        wide = decimal(one.sql, Size(_DIGITS_IN_64_BITS + 1 - one.size.places, one.size.places))
        return Part(decimal(join(form, wide, other.sql), size), size)
    return Part(join(form, one.sql, other.sql), size)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a number: a fraction with a positive bottom, or no limit where the top is NULL."""

    top: Part
    bottom: Part | None = None

    def times(self, other: End) -> End:
        """The product of two ends."""
        bottom = other.bottom if self.bottom is None else self.bottom.times(other.bottom)
        return End(self.top.times(other.top), bottom)

    def plus(self, other: End) -> End:
        """The sum of two ends."""
        one, another = self.top.times(other.bottom), other.top.times(self.bottom)
        bottom = other.bottom if self.bottom is None else self.bottom.times(other.bottom)
        return End(exactly(exp.Add, one, another, one.size.plus(another.size)), bottom)

    def turned(self) -> End:
        """The same end below zero."""
        return End(self.top.turned(), self.bottom)

    def over(self, other: End) -> End:
        """This end divided by one above zero."""
        return End(self.top.times(other.bottom), other.top.times(self.bottom))

    def crossed(self, other: End) -> tuple[exp.Expr, exp.Expr]:
        """Two decimals that compare as these two fractions do."""
        one, another = self.top.times(other.bottom), other.top.times(self.bottom)
        one.size.either(another.size)
        return one.sql, another.sql


@dataclass(frozen=True, slots=True)
class Num:
    """A number in SQL: its ends, whether an end itself is impossible, and whether it is a single number."""

    low: End
    high: End
    low_open: Flag = False
    high_open: Flag = False
    single: Flag = False
    constant: Decimal | None = None

    def turned(self) -> Num:
        """The same number below zero."""
        return Num(self.high.turned(), self.low.turned(), self.high_open, self.low_open, self.single)


def size_of(value: Decimal) -> Size:
    """The digits a written number has."""
    digits, exponent = value.as_tuple().digits, int(value.as_tuple().exponent)
    places = max(0, -exponent)
    return Size(max(1, len(digits) + exponent), places)


def decimal(sql: exp.Expr, size: Size) -> exp.Expr:
    """An expression as a decimal of exactly this size."""
    # not exp.cast(), which takes a decimal of another size for the same type and leaves the cast out
    return exp.Cast(
        this=sql, to=exp.DataType.build(f"DECIMAL({size.digits}, {size.places})", dialect="duckdb")
    )


def literal(value: Decimal, size: Size | None = None) -> Part:
    """A written number."""
    size = size or size_of(value)
    number: exp.Expr = exp.Literal.number(f"{abs(value):f}")
    return Part(decimal(exp.Neg(this=number) if value < 0 else number, size), size)


def constant(value: Decimal) -> Num:
    """A written number as both ends of itself."""
    end = End(literal(value))
    return Num(end, end, single=True, constant=value)


def wrapped(sql: exp.Expr) -> exp.Expr:
    """The expression, in parentheses where it needs them beside an operator."""
    return exp.paren(sql, copy=False) if isinstance(sql, exp.Binary | exp.Unary) else sql


def join(form: type[exp.Binary], one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Two expressions joined by an operator. Parts are shared, never copied: these grow large."""
    return form(this=wrapped(one), expression=wrapped(other))


def null() -> exp.Expr:
    """Nothing known."""
    return exp.Null()


def both(one: Flag, other: Flag) -> Flag:
    """AND of two flags, worked out at once where that can be."""
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return exp.and_(one, other, copy=False)


def some(one: Flag, other: Flag) -> Flag:
    """OR of two flags, worked out at once where that can be."""
    if isinstance(one, bool):
        return True if one else other
    if isinstance(other, bool):
        return True if other else one
    return exp.or_(one, other, copy=False)


def flag(value: Flag) -> exp.Expr:
    """A flag as SQL."""
    return exp.Boolean(this=value) if isinstance(value, bool) else value


def choose(condition: Flag, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    """One expression or another."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def choose_part(condition: Flag, then: Part, otherwise: Part) -> Part:
    """One decimal or another."""
    return Part(choose(condition, then.sql, otherwise.sql), then.size.either(otherwise.size))


def choose_end(condition: Flag, then: End, otherwise: End) -> End:
    """One end or another."""
    top = choose_part(condition, then.top, otherwise.top)
    if then.bottom is None and otherwise.bottom is None:
        return End(top)
    one = literal(Decimal(1))
    return End(top, choose_part(condition, then.bottom or one, otherwise.bottom or one))


def choose_flag(condition: Flag, then: Flag, otherwise: Flag) -> Flag:
    """One flag or another."""
    if isinstance(then, bool) and then is otherwise:
        return then
    return choose(condition, flag(then), flag(otherwise))


def known_when(condition: Flag, end: End) -> End:
    """An end where a condition holds, and no limit elsewhere."""
    return End(Part(choose(condition, end.top.sql, null()), end.top.size), end.bottom)


def finite(number: Num) -> Flag:
    """Whether a number has both limits."""
    if number.constant is not None:
        return True
    ends = (number.low.top.sql, number.high.top.sql)
    return exp.and_(*(exp.Not(this=join(exp.Is, end, null())) for end in ends), copy=False)


def sign(end: End, op: type[exp.Binary]) -> exp.Expr:
    """An end compared with zero: its top is, since the bottom is positive."""
    return join(op, end.top.sql, literal(Decimal(0), end.top.size).sql)


def calculate(op: str, left: Num, right: Num) -> Num:
    """`left op right` for + - * /, end by end as the evaluator does it."""
    if op == "-":
        op, right = "+", right.turned()
    if op == "+":
        low_open, high_open = some(left.low_open, right.low_open), some(left.high_open, right.high_open)
        single = both(left.single, right.single)
        return Num(left.low.plus(right.low), left.high.plus(right.high), low_open, high_open, single)
    return multiply(left, right) if op == "*" else divide(left, right)


def multiply(left: Num, right: Num) -> Num:
    """A product: scaled by a single number that is not zero, else the closed hull of finite ends."""
    if right.constant:
        left, right = right, left
    if left.constant:
        return _scaled(right, left, left.constant > 0)
    low, high = _hull(left, right)
    hull_known = both(finite(left), finite(right))
    number = Num(known_when(hull_known, low), known_when(hull_known, high))
    for scale, other in ((right, left), (left, right)):
        if scale.single is False or scale.constant is not None:
            continue
        scales = both(scale.single, sign(scale.low, exp.NEQ))
        scaled = _scaled(other, scale, sign(scale.low, exp.GT))
        number = Num(
            choose_end(scales, scaled.low, number.low),
            choose_end(scales, scaled.high, number.high),
            choose_flag(scales, scaled.low_open, number.low_open),
            choose_flag(scales, scaled.high_open, number.high_open),
        )
    return Num(number.low, number.high, number.low_open, number.high_open, both(left.single, right.single))


def _scaled(number: Num, by: Num, above_zero: Flag) -> Num:
    one, other = number.low.times(by.low), number.high.times(by.low)
    return Num(
        choose_end(above_zero, one, other),
        choose_end(above_zero, other, one),
        choose_flag(above_zero, number.low_open, number.high_open),
        choose_flag(above_zero, number.high_open, number.low_open),
        both(number.single, by.single),
    )


def _hull(left: Num, right: Num) -> tuple[End, End]:
    products = [one.times(other) for one in (left.low, left.high) for other in (right.low, right.high)]
    low = high = products[0]
    for end in products[1:]:
        low = choose_end(_below(end, low), end, low)
        high = choose_end(_below(high, end), end, high)
    return low, high


def _below(one: End, other: End) -> exp.Expr:
    left, right = one.crossed(other)
    return join(exp.LT, left, right)


def divide(left: Num, right: Num) -> Num:
    """A quotient; nothing is known of it where the divisor may be zero or has no limit."""
    if right.constant is not None and not right.constant:
        nothing = End(Part(null(), left.low.top.size), None)
        return Num(nothing, nothing)
    if right.constant is not None:
        above_zero: Flag = right.constant > 0
        known: Flag = True
    else:
        above_zero = sign(right.low, exp.GT)
        away_from_zero = exp.or_(above_zero, sign(right.high, exp.LT), copy=False)
        known = both(both(finite(right), away_from_zero), some(right.single, finite(left)))
    minus_left, minus_right = left.turned(), right.turned()
    one = choose_end(above_zero, left.low, minus_left.low)
    other = choose_end(above_zero, left.high, minus_left.high)
    small = choose_end(above_zero, right.low, minus_right.low)
    large = choose_end(above_zero, right.high, minus_right.high)
    if right.single is True:
        low, high = one.over(small), other.over(small)
    else:
        low = one.over(choose_end(sign(one, exp.GTE), large, small))
        high = other.over(choose_end(sign(other, exp.GTE), small, large))
    low_open = choose_flag(above_zero, left.low_open, minus_left.low_open)
    high_open = choose_flag(above_zero, left.high_open, minus_left.high_open)
    return Num(
        known_when(known, low),
        known_when(known, high),
        both(right.single, low_open),
        both(right.single, high_open),
        both(left.single, right.single),
    )


def below(left: Num, right: Num) -> exp.Expr:
    """Whether the whole of one number lies below the whole of another."""
    one, other = left.high.crossed(right.low)
    may_touch = some(left.high_open, right.low_open)
    if may_touch is False:
        return join(exp.LT, one, other)
    if may_touch is True:
        return join(exp.LTE, one, other)
    return exp.or_(
        join(exp.LT, one, other), exp.and_(join(exp.EQ, one, other), may_touch, copy=False), copy=False
    )


def not_below(left: Num, right: Num) -> exp.Expr:
    """Whether no part of one number lies below any part of another."""
    one, other = left.low.crossed(right.high)
    return join(exp.GTE, one, other)


def same(left: Num, right: Num) -> exp.Expr:
    """Whether two numbers are single and the same."""
    pairs = [(left.low, right.low)]
    if left.single is not True:
        pairs.append((left.high, left.low))
    if right.single is not True:
        pairs.append((right.high, right.low))
    equal = [join(exp.EQ, *one.crossed(other)) for one, other in pairs]
    return exp.and_(*equal, copy=False)
