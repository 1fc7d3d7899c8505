"""Random checked sentences, and random values for the names they read, from any source of randomness."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from sapwood.criteria.language import (
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Name,
    Named,
    Not,
    Or,
    Score,
    Tree,
)
from sapwood.values import Moment, Range, Value, day_moment

WORDS = ("skin", "marrow", "it's")
LIMITS = frozenset({"high", "low"})
NAMES: dict[str, Name] = {
    "a": Name("boolean"),
    "b": Name("boolean"),
    "c": Name("boolean"),
    "d": Name("boolean"),
    "x": Name("number", attributes=LIMITS),
    "y": Name("number", attributes=LIMITS),
    "z": Name("number", attributes=LIMITS),
    "tissue": Name("code", words=WORDS),
    "regimen": Name("text"),
    "m": Name("moment"),
    "n": Name("moment"),
    "as_of": Name("moment", has_when=False),
}
KEYS: dict[str, str] = {
    **{name: known.kind for name, known in NAMES.items()},
    **{f"{name}.{limit}": "number" for name in "xyz" for limit in sorted(LIMITS)},
    **{f"{name}.when": "moment" for name in ("x", "a")},
}
BASE_DAY = date(2026, 3, 1)
OPS = ("=", "<>", "<", "<=", ">", ">=")


def boolean(r: Random, depth: int, arithmetic: int = 2) -> Tree:
    choice = r.randrange(12) if depth > 0 else r.randrange(7)
    match choice:
        case 0:
            return Named(r.choice("abcd"), None, "boolean")
        case 1 | 2 | 3:
            return Compare(r.choice(OPS), number(r, arithmetic, depth), number(r, arithmetic, depth))
        case 4:
            return word(r)
        case 5:
            return Compare(r.choice(OPS), moment(r), moment(r))
        case 6:
            options = tuple(small(r) for _ in range(r.randint(1, 3)))
            return In(number(r, arithmetic - 1, depth), options)
        case 7:
            return Not(boolean(r, depth - 1, arithmetic))
        case 8:
            return And(tuple(boolean(r, depth - 1, arithmetic) for _ in range(r.randint(2, 3))))
        case 9:
            return Or(tuple(boolean(r, depth - 1, arithmetic) for _ in range(r.randint(2, 3))))
        case 10:
            items = distinct(r, depth - 1, arithmetic)
            return AtLeast(r.randint(1, len(items)), items)
        case _:
            return Literal(r.random() < 0.5, "boolean")


def word(r: Random) -> Tree:
    if r.random() < 0.5:
        name = r.choice(("tissue", "regimen"))
        return Compare(
            r.choice(("=", "<>")), Named(name, None, NAMES[name].kind), Literal(r.choice(WORDS), "text")
        )
    return In(Named("tissue", None, "code"), tuple(r.sample(WORDS, r.randint(1, 2))))


def distinct(r: Random, depth: int, arithmetic: int) -> tuple[Tree, ...]:
    return tuple(dict.fromkeys(boolean(r, depth, arithmetic) for _ in range(r.randint(1, 4))))


def number(r: Random, arithmetic: int, depth: int) -> Tree:
    choice = r.randrange(10)
    if choice < 4 and arithmetic > 0:
        op = r.choice("+-*/")
        return Arithmetic(op, number(r, arithmetic - 1, 0), number(r, arithmetic - 1, 0))
    if choice < 6:
        return Named(r.choice("xyz"), r.choice((None, None, None, "high", "low")), "number")
    if choice == 6 and depth > 0:
        items = distinct(r, depth - 2, 0)
        return Score(tuple((Decimal(r.choice(("1", "2", "0.5", "3"))), item) for item in items))
    if choice == 7:
        return DaysBetween(moment(r), moment(r))
    return Literal(small(r), "number")


def small(r: Random) -> Decimal:
    """Mostly small numbers that meet one another, now and then one that fills its column."""
    if r.randrange(40) == 0:
        return Decimal(r.choice(("9999999999.999999", "-9999999999.999999", "0.000001", "4.1", "3.6")))
    return Decimal(r.choice(("0", "1", "2", "3.2", "-1", "0.5", "-0.01", "10", "0.1")))


def moment(r: Random) -> Tree:
    choice = r.randrange(4)
    if choice == 0:
        return Literal(BASE_DAY + timedelta(r.randint(-3, 3)), "moment")
    if choice == 1:
        return Named(r.choice("xa"), "when", "moment")
    return Named(r.choice(("m", "n", "as_of")), None, "moment")


def value(r: Random, kind: str, *, known: bool = False) -> Value:
    if not known and r.random() < 0.3:
        return None
    match kind:
        case "boolean":
            return r.random() < 0.5
        case "code" | "text":
            return r.choice(WORDS)
        case "number":
            return small(r) if r.random() < 0.5 else number_range(r)
        case _:
            return some_moment(r)


def number_range(r: Random) -> Range:
    low, high = sorted((small(r), small(r)))
    low_open, high_open = (r.random() < 0.5, r.random() < 0.5) if low < high else (False, False)
    choice = r.randrange(4)
    if choice == 0:
        return Range(None, high, False, high_open)
    if choice == 1:
        return Range(low, None, low_open, False)
    return Range(low, high, low_open, high_open)


def some_moment(r: Random) -> Moment:
    first = BASE_DAY + timedelta(r.randint(-3, 3))
    if r.random() < 0.4:
        instant = datetime(first.year, first.month, first.day, r.choice((0, 12)), tzinfo=UTC)
        return Moment(instant, instant, first, first)
    return day_moment(first, first + timedelta(r.choice((0, 0, 0, 1, 2))))


def values(r: Random) -> dict[str, Value]:
    return {key: value(r, kind) for key, kind in KEYS.items()}


def narrowed(r: Random, before: Value, kind: str) -> Value:
    """A value that says at least as much: an unknown filled, a range or a time made narrower."""
    if before is None:
        return value(r, kind)
    if isinstance(before, Range):
        return narrower_range(r, before)
    if isinstance(before, Moment) and not before.exact:
        days = (before.last_day - before.first_day).days
        first = before.first_day + timedelta(r.randint(0, days))
        last = first + timedelta(r.randint(0, (before.last_day - first).days))
        if r.random() < 0.5:
            instant = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
            return Moment(instant, instant, first, first)
        return day_moment(first, last)
    return before


def narrower_range(r: Random, before: Range) -> Value:
    low = before.low if before.low is not None else (before.high or Decimal(0)) - 20
    high = before.high if before.high is not None else low + 40
    assert isinstance(low, Decimal) and isinstance(high, Decimal)
    step = (high - low) / 4
    if step == 0:
        return low
    start, end = sorted(r.sample(range(5), 2))
    if r.random() < 0.4:
        return low + step * r.randint(1, 3)
    low_open = before.low_open if start == 0 and before.low is not None else r.random() < 0.5
    high_open = before.high_open if end == 4 and before.high is not None else r.random() < 0.5
    return Range(low + step * start, high if end == 4 else low + step * end, low_open, high_open)
