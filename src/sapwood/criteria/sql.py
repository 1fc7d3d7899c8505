"""A checked tree as boolean SQL over a wide row, with the evaluator's answers: unknowns and ranges included.

A boolean, code or text is one column. A number is five: `x__known`, its ends `x__lo` and `x__hi` (NULL is
no limit), and `x__lo_open`, `x__hi_open` (whether the end itself is impossible). A moment is four:
`x__first`, `x__last` in UTC and `x__first_day`, `x__last_day` as the record wrote them. An attribute is a
name of its own: `alt.high` is `alt__high__lo` and so on. Sentences never read `x__known`, since none can
ask: a number with no limits and an unknown number answer alike.
"""

from __future__ import annotations

from datetime import UTC, date
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from sqlglot import exp

from ..values import Moment, Number, Range, Value
from .sql_numbers import (
    End,
    Num,
    Part,
    Size,
    below,
    calculate,
    constant,
    decimal,
    join,
    literal,
    not_below,
    same,
    size_of,
)
from .tree import (
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Named,
    Not,
    Or,
    Score,
    Tree,
    kind_of,
)

WHOLE_DIGITS, PLACES = 10, 6
"""The digits of a number's column before and after the point; what lies beyond is kept as a range."""
_MOST = Decimal(10) ** WHOLE_DIGITS - Decimal(1).scaleb(-PLACES)
_STEP = Decimal(1).scaleb(-PLACES)
_ROUND = Context(prec=100)


def to_sql(tree: Tree, *, dialect: str = "duckdb") -> str:
    """The tree as one SQL boolean expression; refused where it could outgrow an engine's exact decimals."""
    return _boolean(tree).sql(dialect=dialect)


def columns(name: str, kind: str) -> list[tuple[str, str]]:
    """The columns that hold one name, and their SQL types."""
    stem = _stem(name)
    if kind == "number":
        number = f"DECIMAL({WHOLE_DIGITS + PLACES}, {PLACES})"
        return [
            (f"{stem}__known", "BOOLEAN"),
            (f"{stem}__lo", number),
            (f"{stem}__hi", number),
            (f"{stem}__lo_open", "BOOLEAN"),
            (f"{stem}__hi_open", "BOOLEAN"),
        ]
    if kind == "moment":
        instants = [(f"{stem}__{end}", "TIMESTAMP") for end in ("first", "last")]
        return instants + [(f"{stem}__{end}_day", "DATE") for end in ("first", "last")]
    return [(stem, "BOOLEAN" if kind == "boolean" else "VARCHAR")]


def row(name: str, kind: str, value: Value) -> dict[str, Any]:
    """One value as the columns of its name hold it."""
    names = [column for column, _ in columns(name, kind)]
    if kind == "number":
        return dict(zip(names, _number_cells(value), strict=True))
    if kind == "moment":
        if not isinstance(value, Moment):
            return dict.fromkeys(names)
        instants = [instant.astimezone(UTC).replace(tzinfo=None) for instant in (value.first, value.last)]
        return dict(zip(names, [*instants, value.first_day, value.last_day], strict=True))
    return {names[0]: value}


def _stem(name: str) -> str:
    return name.replace(".", "__")


def _number_cells(value: Value) -> tuple[bool, Decimal | None, Decimal | None, bool, bool]:
    if isinstance(value, Range):
        low, low_open = _end(value.low, value.low_open, ROUND_FLOOR)
        high, high_open = _end(value.high, value.high_open, ROUND_CEILING)
        return True, low, high, low_open, high_open
    if isinstance(value, Decimal | Fraction):
        low, low_open = _end(value, False, ROUND_FLOOR)
        high, high_open = _end(value, False, ROUND_CEILING)
        return True, low, high, low_open, high_open
    return False, None, None, False, False


def _end(value: Number | None, is_open: bool, rounding: str) -> tuple[Decimal | None, bool]:
    """An end that fits its column: moved outwards to the next step, then open, if it has more digits."""
    if value is None:
        return None, False
    outwards = -1 if rounding == ROUND_FLOOR else 1
    if value > _MOST or value < -_MOST:
        return (_MOST * -outwards, True) if (value > 0) == (outwards < 0) else (None, False)
    if isinstance(value, Fraction):
        whole = value * 10**PLACES
        steps = (
            whole.numerator // whole.denominator if outwards < 0 else -(-whole.numerator // whole.denominator)
        )
        fitted = Decimal(steps).scaleb(-PLACES, _ROUND)
    else:
        fitted = value.quantize(_STEP, rounding=rounding, context=_ROUND)
    return fitted, is_open or fitted != value


def _column(stem: str, part: str = "") -> exp.Expr:
    return exp.column(f"{stem}__{part}" if part else stem, quoted=True)


def _boolean(tree: Tree) -> exp.Expr:
    match tree:
        case Literal(value, _):
            return exp.Boolean(this=value)
        case Named():
            return _column(_stem(tree.key))
        case And(items):
            return exp.and_(*map(_boolean, items), copy=False)
        case Or(items):
            return exp.or_(*map(_boolean, items), copy=False)
        case Not(item):
            return exp.Not(this=exp.paren(_boolean(item), copy=False))
        case AtLeast(wanted, items):
            return _at_least(wanted, [_boolean(item) for item in items])
        case In(left, options):
            return _membership(left, options)
        case Compare(op, left, right):
            return _comparison(op, left, right)
    raise AssertionError(f"not a boolean: {tree}")


def _decided(true: exp.Expr, false: exp.Expr, *, turned: bool = False) -> exp.Expr:
    """True where the first holds, false where the second does, unknown elsewhere."""
    ifs = [
        exp.If(this=true, true=exp.Boolean(this=not turned)),
        exp.If(this=false, true=exp.Boolean(this=turned)),
    ]
    return exp.Case(ifs=ifs)


def _counted(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def _total(items: list[exp.Expr]) -> exp.Expr:
    total = items[0]
    for item in items[1:]:
        total = exp.Add(this=total, expression=item)
    return exp.paren(total, copy=False)


def _at_least(wanted: int, items: list[exp.Expr]) -> exp.Expr:
    one, zero = exp.Literal.number(1), exp.Literal.number(0)
    sure = _total([_counted(item, one, zero) for item in items])
    possible = _total([_counted(exp.Not(this=exp.paren(item, copy=False)), zero, one) for item in items])
    enough = exp.GTE(this=sure, expression=exp.Literal.number(wanted))
    return _decided(enough, exp.LT(this=possible, expression=exp.Literal.number(wanted)))


def _membership(left: Tree, options: tuple[str | Decimal, ...]) -> exp.Expr:
    if kind_of(left) == "number":
        items = [Compare("=", left, Literal(option, "number")) for option in options]
        return exp.or_(*map(_boolean, items), copy=False)
    words = [exp.Literal.string(str(option)) for option in options]
    return exp.In(this=_word(left), expressions=words)


def _word(tree: Tree) -> exp.Expr:
    return (
        _column(_stem(tree.key))
        if isinstance(tree, Named)
        else exp.Literal.string(str(getattr(tree, "value", "")))
    )


def _comparison(op: str, left: Tree, right: Tree) -> exp.Expr:
    if kind_of(left) == "moment":
        return _moments(op, left, right)
    if kind_of(left) != "number":
        form = exp.EQ if op == "=" else exp.NEQ
        return form(this=_word(left), expression=_word(right))
    one, other = _number(left), _number(right)
    if op in ("=", "<>"):
        apart = exp.or_(below(one, other), below(other, one), copy=False)
        return _decided(same(one, other), apart, turned=op == "<>")
    if op in (">", "<="):
        one, other = other, one
    return _decided(below(one, other), not_below(one, other), turned=op in (">=", "<="))


def _moments(op: str, left: Tree, right: Tree) -> exp.Expr:
    by_day = isinstance(left, Literal) or isinstance(right, Literal)
    first, last = _span(left, by_day)
    other_first, other_last = _span(right, by_day)
    if op in ("=", "<>"):
        same = exp.and_(
            join(exp.EQ, first, last),
            join(exp.EQ, other_first, other_last),
            join(exp.EQ, first, other_first),
            copy=False,
        )
        return _decided(
            same,
            exp.or_(join(exp.LT, last, other_first), join(exp.LT, other_last, first), copy=False),
            turned=op == "<>",
        )
    if op in (">", "<="):
        first, last, other_first, other_last = other_first, other_last, first, last
    return _decided(
        join(exp.LT, last, other_first), join(exp.GTE, first, other_last), turned=op in (">=", "<=")
    )


def _span(tree: Tree, by_day: bool) -> tuple[exp.Expr, exp.Expr]:
    if isinstance(tree, Literal):
        assert isinstance(tree.value, date)
        day = exp.cast(exp.Literal.string(tree.value.isoformat()), "DATE")
        return day, day
    assert isinstance(tree, Named)
    stem = _stem(tree.key)
    return (
        (_column(stem, "first_day"), _column(stem, "last_day"))
        if by_day
        else (
            _column(stem, "first"),
            _column(stem, "last"),
        )
    )


def _number(tree: Tree) -> Num:
    match tree:
        case Literal(Decimal() as value, _):
            return constant(value)
        case Arithmetic(op, left, right):
            return calculate(op, _number(left), _number(right))
        case Named():
            stem = _stem(tree.key)
            low, high = _column(stem, "lo"), _column(stem, "hi")
            size = Size(WHOLE_DIGITS, PLACES)
            opens = _column(stem, "lo_open"), _column(stem, "hi_open")
            return Num(End(Part(low, size)), End(Part(high, size)), *opens, single=_single(low, high))
        case Score(items):
            return _score(items)
        case DaysBetween(start, end):
            return _days(start, end)
    raise AssertionError(f"not a number: {tree}")


def _single(low: exp.Expr, high: exp.Expr) -> exp.Expr:
    return _counted(exp.EQ(this=low, expression=high), _true(), _true(False))


def _true(value: bool = True) -> exp.Expr:
    return exp.Boolean(this=value)


def _score(items: tuple[tuple[Decimal, Tree], ...]) -> Num:
    size = size_of(sum((weight for weight, _ in items), Decimal(0)))
    size = Size(size.whole, max(size_of(weight).places for weight, _ in items)).checked()
    zero = literal(Decimal(0), size).sql
    lows, highs = [], []
    for weight, item in items:
        sql, full = _boolean(item), literal(weight, size).sql
        lows.append(_counted(sql, full, zero))
        highs.append(_counted(exp.Not(this=exp.paren(sql, copy=False)), zero, full))
    low, high = decimal(_total(lows), size), decimal(_total(highs), size)
    return Num(End(Part(low, size)), End(Part(high, size)), single=_single(low, high))


def _days(start: Tree, end: Tree) -> Num:
    size = Size(7, 0)
    start_first, start_last = _span(start, True)
    end_first, end_last = _span(end, True)

    def days(one: exp.Expr, other: exp.Expr) -> exp.Expr:
        return decimal(exp.DateDiff(this=other, expression=one, unit=exp.var("DAY")), size)

    low, high = days(start_last, end_first), days(start_first, end_last)
    return Num(End(Part(low, size)), End(Part(high, size)), single=_single(low, high))
