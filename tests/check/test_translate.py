"""z3, the evaluator and DuckDB give one sentence one answer, unknowns and ranges included."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb
import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_sentences import KEYS, NAMES, WORDS, boolean, values
from test_sql import answers

from sapwood.check.logic import Bit, Three
from sapwood.check.spans import Allowed, Share, Span, When
from sapwood.check.translate import Word, day_number, translate
from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import Tree, parse, write
from sapwood.criteria.sql import to_sql
from sapwood.errors import SentenceError
from sapwood.values import Moment, Range, Value


def symbol(key: str, kind: str) -> Any:
    """A name about which nothing is given yet."""

    def bit(part: str) -> Any:
        return z3.Bool(f"{key} {part}")

    def number(part: str) -> Any:
        return z3.Real(f"{key} {part}")

    match kind:
        case "boolean":
            return Three(bit("yes"), bit("no"))
        case "number":
            ends = (Share(number("low")),), (Share(number("high")),)
            return Span(bit("known"), *ends, *map(bit, ("no low", "no high", "low open", "high open")))
        case "moment":
            return When(bit("known"), *map(number, ("first", "last", "first day", "last day")))
        case _:
            return Word(bit("known"), {word: bit(word) for word in WORDS})


SYMBOLS = {key: symbol(key, kind) for key, kind in KEYS.items()}


def pairs(key: str, kind: str, value: Value) -> Iterator[tuple[Any, Any]]:
    """What is given for each part of a symbol."""
    held = SYMBOLS[key]
    match kind:
        case "boolean":
            yield held.true, z3.BoolVal(value is True)
            yield held.false, z3.BoolVal(value is False)
        case "number":
            span = value if isinstance(value, Range) else Range(value, value)  # type: ignore[arg-type]
            inside = next((end for end in (span.low, span.high) if end is not None), Decimal(0))
            low = inside if span.low is None else span.low
            high = inside if span.high is None else span.high
            yield held.known, z3.BoolVal(value is not None)
            yield held.lows[0].over, exact(Fraction(low))
            yield held.highs[0].over, exact(Fraction(high))
            yield held.no_low, z3.BoolVal(span.low is None and value is not None)
            yield held.no_high, z3.BoolVal(span.high is None and value is not None)
            yield held.low_open, z3.BoolVal(span.low_open)
            yield held.high_open, z3.BoolVal(span.high_open)
        case "moment":
            yield held.known, z3.BoolVal(value is not None)
            for part, given_value in zip(held[1:], times(value), strict=True):
                yield part, exact(given_value)
        case _:
            yield held.known, z3.BoolVal(value is not None)
            for word, part in held.words.items():
                yield part, z3.BoolVal(value == word)


def exact(value: Fraction) -> Any:
    return z3.Q(value.numerator, value.denominator)


def times(value: Value) -> tuple[Fraction, ...]:
    if not isinstance(value, Moment):
        return (Fraction(0),) * 4
    seconds = [Fraction(moment.timestamp()).limit_denominator(10**6) for moment in (value.first, value.last)]
    return (*seconds, day_number(value.first_day), day_number(value.last_day))


def verdict(answer: Three, row: dict[str, Value]) -> bool | None:
    """What z3 makes of a sentence when everything is given."""
    given_values = [pair for key, kind in KEYS.items() for pair in pairs(key, kind, row[key])]

    def holds(bit: Bit) -> bool:
        if isinstance(bit, bool):
            return bit
        plain = z3.simplify(z3.substitute(bit, *given_values))
        assert z3.is_true(plain) or z3.is_false(plain), plain
        return bool(z3.is_true(plain))

    true, false = holds(answer.true), holds(answer.false)
    assert not (true and false), "true and false at once"
    return True if true else False if false else None


@pytest.fixture(scope="module")
def engine() -> Any:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    yield connection
    connection.close()


@pytest.fixture
def products() -> Iterator[None]:
    """Everything is given here, so unknown numbers may be multiplied."""
    Allowed.products = True
    yield
    Allowed.products = False


def check_agreement(engine: Any, r: Random, sentences: int, patients: int) -> None:
    trees: list[Tree] = []
    while len(trees) < sentences:
        tree = boolean(r, 3)
        try:
            to_sql(tree)
        except SentenceError:
            continue
        trees.append(tree)
    rows = [values(r) for _ in range(patients)]
    by_engine = answers(engine, trees, rows)
    for place, tree in enumerate(trees):
        symbolic = translate(tree, SYMBOLS.__getitem__)
        evaluator = compile_tree(tree)
        for row, engine_said in zip(rows, by_engine, strict=True):
            expected = evaluator(row)
            found = verdict(symbolic, row)
            assert found is expected is engine_said[place], (
                f"{write(tree)}\nz3 {found}, evaluator {expected}, DuckDB {engine_said[place]}\n{row}"
            )


@pytest.mark.usefixtures("products")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(r=st.randoms(use_true_random=False))
def test_z3_the_evaluator_and_duckdb_agree(engine: Any, r: Random) -> None:
    check_agreement(engine, r, 8, 6)


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize(
    ("sentence", "row", "expected"),
    [
        ("x / x.high <= 2.5", {"x": Decimal(50), "x.high": Decimal(20)}, True),
        ("x / x.high <= 2.5", {"x": Decimal(51), "x.high": Decimal(20)}, False),
        ("x / x.high <= 2.5", {"x": Decimal(50), "x.high": Decimal(0)}, None),
        ("x / x.high > 1", {"x": Range(Decimal(60), None), "x.high": Decimal(40)}, True),
        ("x / x.high > 2", {"x": Range(Decimal(60), None), "x.high": Decimal(40)}, None),
        ("x - y >= 0.5", {"x": Decimal("4.1"), "y": Decimal("3.6")}, True),
        ("x < 0.1", {"x": Range(None, Decimal("0.1"), high_open=True)}, True),
        ("x * y < 0", {"x": Range(Decimal(1), None), "y": Decimal(-2)}, True),
        ("x * y < 0", {"x": Range(Decimal(1), None), "y": Range(Decimal(-2), Decimal(-1))}, None),
        ("at_least(2, a, b, c)", {"a": True, "b": False}, None),
        ("score(1, a, 2, b) >= 2", {"b": True}, True),
        ("tissue IN ('skin', 'marrow')", {"tissue": "it's"}, False),
    ],
)
def test_the_seams(sentence: str, row: dict[str, Value], expected: bool | None) -> None:
    tree = parse(sentence, NAMES, where="here")
    full = {**dict.fromkeys(KEYS), **row}
    assert compile_tree(tree)(full) is expected
    assert verdict(translate(tree, SYMBOLS.__getitem__), full) is expected
