"""A checked tree and the values of its names -> true, false or unknown, or a number, word or moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from operator import ge, gt, itemgetter, le, lt
from typing import Any

from ..truth import Truth
from ..values import Moment, Range, Value, day_moment
from .explain import Atom, deciding, phrase
from .numbers import EXACT, Figure, calculate, equal, figure, less
from .tree import (
    TURNED,
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

__all__ = ["Atom", "compile_tree", "deciding", "phrase"]

Values = Mapping[str, Value]
Reader = Callable[[Values], Any]
"""Reads one part of a tree from the values; its type follows from the kind of the part."""


def compile_tree(tree: Tree) -> Callable[[Values], Value]:
    """A function from the values of the names to the value of the tree; unknown stays unknown throughout."""
    match tree:
        case Literal(value, _):
            constant: Any = day_moment(value, value) if isinstance(value, date) else value
            return lambda values: constant
        case Named():
            return itemgetter(tree.key)
        case Compare(op, left, right):
            return _comparison(op, left, right)
        case In(left, options):
            return _membership(left, options)
        case And(items):
            return _every([compile_tree(item) for item in items])
        case Or(items):
            return _some([compile_tree(item) for item in items])
        case Not(item):
            return _negation(compile_tree(item))
        case Arithmetic(op, left, right):
            return _arithmetic(op, compile_tree(left), compile_tree(right))
        case AtLeast(wanted, items):
            return _at_least(wanted, [compile_tree(item) for item in items])
        case Score(items):
            return _score([(weight, compile_tree(item)) for weight, item in items])
        case DaysBetween(start, end):
            return _days_between(compile_tree(start), compile_tree(end))


def _every(items: list[Reader]) -> Reader:
    def every(values: Values) -> Truth:
        result: Truth = True
        for item in items:
            value = item(values)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return every


def _some(items: list[Reader]) -> Reader:
    def some(values: Values) -> Truth:
        result: Truth = False
        for item in items:
            value = item(values)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return some


def _negation(item: Reader) -> Reader:
    def negation(values: Values) -> Truth:
        value = item(values)
        return None if value is None else not value

    return negation


def _at_least(wanted: int, items: list[Reader]) -> Reader:
    def at_least(values: Values) -> Truth:
        true = possible = 0
        for item in items:
            value = item(values)
            if value is True:
                true += 1
            elif value is None:
                possible += 1
        return True if true >= wanted else None if true + possible >= wanted else False

    return at_least


def _score(items: list[tuple[Decimal, Reader]]) -> Reader:
    def score(values: Values) -> Figure:
        low = high = Decimal(0)
        for weight, item in items:
            value = item(values)
            if value is not False:
                high = EXACT.add(high, weight)
                if value is True:
                    low = EXACT.add(low, weight)
        return figure(low, high)

    return score


def _arithmetic(op: str, left: Reader, right: Reader) -> Reader:
    return lambda values: calculate(op, left(values), right(values))


def _days_between(start: Reader, end: Reader) -> Reader:
    def days_between(values: Values) -> Figure:
        first: Moment | None = start(values)
        last: Moment | None = end(values)
        if first is None or last is None:
            return None
        fewest = (last.first_day - first.last_day).days
        most = (last.last_day - first.first_day).days
        return figure(Decimal(fewest), Decimal(most))

    return days_between


def _membership(left: Tree, options: tuple[str | Decimal, ...]) -> Reader:
    read: Reader = compile_tree(left)
    if kind_of(left) != "number":
        words = frozenset(options)

        def word(values: Values) -> Truth:
            value = read(values)
            return None if value is None else value in words

        return word

    def number(values: Values) -> Truth:
        value: Figure = read(values)
        result: Truth = False
        for option in options:
            assert isinstance(option, Decimal)
            same = equal(value, option)
            if same is True:
                return True
            if same is None:
                result = None
        return result

    return number


_PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "=": lambda left, right: bool(left == right),
    "<>": lambda left, right: bool(left != right),
}


def _comparison(op: str, left: Tree, right: Tree) -> Reader:
    if kind_of(left) == "moment":
        return _moment_comparison(op, left, right)
    first: Reader = compile_tree(left)
    second: Reader = compile_tree(right)
    plain = _PLAIN[op]
    if kind_of(left) != "number":

        def word(values: Values) -> Truth:
            value, other = first(values), second(values)
            return None if value is None or other is None else plain(value, other)

        return word
    if isinstance(right, Literal):
        constant: Any = right.value

        def with_constant(values: Values) -> Truth:
            value = first(values)
            if value is None:
                return None
            return compare_numbers(op, value, constant) if type(value) is Range else plain(value, constant)

        return with_constant

    def numbers(values: Values) -> Truth:
        value, other = first(values), second(values)
        if value is None or other is None:
            return None
        if type(value) is Range or type(other) is Range:
            return compare_numbers(op, value, other)
        return plain(value, other)

    return numbers


def compare_numbers(op: str, left: Figure, right: Figure) -> Truth:
    """Whether a comparison of two numbers, each possibly a range, is true."""
    if op in ("=", "<>"):
        same = equal(left, right)
        return same if op == "=" or same is None else not same
    if op in (">", "<="):
        left, right = right, left
    result = less(left, right)
    return result if op in ("<", ">") or result is None else not result


def _moment_comparison(op: str, left: Tree, right: Tree) -> Reader:
    first: Reader = compile_tree(left)
    second: Reader = compile_tree(right)
    by_day = isinstance(left, Literal) or isinstance(right, Literal)

    def moments(values: Values) -> Truth:
        one: Moment | None = first(values)
        other: Moment | None = second(values)
        if one is None or other is None:
            return None
        if by_day:
            return _compare_spans(op, one.first_day, one.last_day, other.first_day, other.last_day)
        return _compare_spans(op, one.first, one.last, other.first, other.last)

    return moments


def _compare_spans(op: str, first: date, last: date, other_first: date, other_last: date) -> Truth:
    if op in (">", "<="):
        first, last, other_first, other_last, op = other_first, other_last, first, last, TURNED[op]
    if op in ("<", ">="):
        result: Truth = True if last < other_first else False if first >= other_last else None
        return result if op == "<" or result is None else not result
    if last < other_first or other_last < first:
        return op == "<>"
    return op == "=" if first == last == other_first == other_last else None
