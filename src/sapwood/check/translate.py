"""A checked tree as z3 formulas, form by form as `criteria/evaluate.py` answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sapwood.criteria.tree import (
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

from .logic import FALSE, TRUE, Bit, Three, all_of, any_of, at_least, every, negated, no, some
from .spans import (
    Span,
    When,
    calculate,
    compare_spans,
    compare_times,
    days_between,
    equal,
    exactly,
    score,
)


class Word(NamedTuple):
    """A code or text: which word it is, one formula for each word anybody asks about; known when one holds."""

    known: Bit
    words: Mapping[str, Bit]


Symbol = Three | Span | Word | When
Look = Callable[[str], Any]
"""The symbol of a name as written (`alt`, `alt.high`)."""

ORIGIN = date(2026, 3, 2)
"""Days are counted from here."""


def day_number(day: date) -> Fraction:
    """A day as a number."""
    return Fraction((day - ORIGIN).days)


def translate(tree: Tree, look: Look) -> Any:
    """The symbol of a tree: a `Three`, a `Span`, a `Word` or a `When`, by its kind."""
    match tree:
        case Literal(value, kind):
            return _literal(value, kind)
        case Named():
            return look(tree.key)
        case Compare(op, left, right):
            return _comparison(op, left, right, look)
        case In(left, options):
            return _membership(left, options, look)
        case And(items):
            return all_of([translate(item, look) for item in items])
        case Or(items):
            return any_of([translate(item, look) for item in items])
        case Not(item):
            return negated(translate(item, look))
        case Arithmetic(op, left, right):
            return calculate(op, translate(left, look), translate(right, look))
        case AtLeast(wanted, items):
            return at_least(wanted, [translate(item, look) for item in items])
        case Score(items):
            return score([(Fraction(weight), translate(item, look)) for weight, item in items])
        case DaysBetween(start, end):
            return days_between(translate(start, look), translate(end, look))


def _literal(value: bool | Decimal | str | date, kind: str) -> Any:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, Decimal):
        return exactly(Fraction(value))
    if isinstance(value, str):
        return Word(True, {value: True})
    day = day_number(value)
    return When(True, day, day, day, day)


def _comparison(op: str, left: Tree, right: Tree, look: Look) -> Three:
    one, other = translate(left, look), translate(right, look)
    if isinstance(one, Span):
        return compare_spans(op, one, other)
    if isinstance(one, When):
        by_day = isinstance(left, Literal) or isinstance(right, Literal)
        return compare_times(op, one, other, by_day=by_day)
    if isinstance(one, Word):
        same = some(
            *(every(bit, other.words[word]) for word, bit in one.words.items() if word in other.words)
        )
    else:
        same = some(every(one.true, other.true), every(one.false, other.false))
        one, other = Word(some(*one), {}), Word(some(*other), {})
    known = every(one.known, other.known)
    result = Three(every(known, same), every(known, no(same)))
    return result if op == "=" else negated(result)


def _membership(left: Tree, options: tuple[str | Decimal, ...], look: Look) -> Three:
    symbol = translate(left, look)
    if kind_of(left) == "number":
        return any_of([equal(symbol, exactly(Fraction(option))) for option in options])
    inside = some(*(symbol.words[str(option)] for option in options if str(option) in symbol.words))
    return Three(every(symbol.known, inside), every(symbol.known, no(inside)))
