"""The SQL of a sentence gives the evaluator's answer on every row."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_sentences import BASE_DAY, KEYS, NAMES, boolean, values

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import Tree, parse, write
from sapwood.criteria.sql import columns, row, to_sql
from sapwood.errors import SentenceError
from sapwood.values import Range, Value, read_moment

COLUMNS = [column for key, kind in KEYS.items() for column in columns(key, kind)]


@pytest.fixture(scope="module")
def engine() -> Any:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    yield connection
    connection.close()


def answers(engine: Any, trees: list[Tree], rows: list[dict[str, Value]]) -> list[tuple[bool | None, ...]]:
    declared = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
    engine.execute(f"CREATE OR REPLACE TABLE rows (nr INTEGER, {declared})")
    cells: list[Any] = []
    for number, known in enumerate(rows):
        wide = {
            column: cell for key, kind in KEYS.items() for column, cell in row(key, kind, known[key]).items()
        }
        cells += [number, *(wide[name] for name, _ in COLUMNS)]
    marks = "(" + ", ".join("?" * (len(COLUMNS) + 1)) + ")"
    engine.execute(f"INSERT INTO rows VALUES {', '.join([marks] * len(rows))}", cells)
    query = ", ".join(f"({to_sql(tree)})" for tree in trees)
    return engine.execute(f"SELECT {query} FROM rows ORDER BY nr").fetchall()


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
    found = answers(engine, trees, rows)
    readers = [compile_tree(tree) for tree in trees]
    for known, verdicts in zip(rows, found, strict=True):
        for tree, reader, verdict in zip(trees, readers, verdicts, strict=True):
            expected = reader(known)
            assert verdict is expected, (
                f"{write(tree)}\nSQL {verdict}, evaluator {expected}\n{known}\n{to_sql(tree)}"
            )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(r=st.randoms(use_true_random=False))
def test_sql_and_evaluator_agree(engine: Any, r: Random) -> None:
    """Any sentence, any row: the same verdict, unknowns and ranges included."""
    check_agreement(engine, r, sentences=1, patients=3)


@pytest.mark.parametrize("seed", range(4))
def test_sql_and_evaluator_agree_in_bulk(engine: Any, seed: int) -> None:
    """Many sentences over many rows."""
    check_agreement(engine, Random(seed), sentences=30, patients=60)


def one_row(engine: Any, sentence: str, **known: Value) -> bool | None:
    row_values: dict[str, Value] = {key: known.get(key.replace(".", "__")) for key in KEYS}
    ((verdict,),) = answers(engine, [parse(sentence, NAMES, where="test")], [row_values])
    return verdict


@pytest.mark.parametrize(
    ("sentence", "x", "expected"),
    [
        ("x / 3 * 3 = 1", Decimal(1), True),
        ("4.1 - 3.6 < 0.5", None, False),
        ("1 / x > 0", Decimal(0), None),
        ("x * x = 9999999998 * 10000000000 + 1", Decimal("9999999999"), True),
        ("x * x + x > 1", Decimal("-9999999999.999999"), True),
        ("x * 123.456 > 1000000000000", Decimal("9999999999"), True),
        ("x > 1", Decimal("1.0000001"), True),
        ("x > 1", Decimal("0.9999999"), False),
        ("x = 1", Decimal("1.0000001"), False),
        ("x > 1", Decimal(10) ** 30, True),
        ("x < -1", -(Decimal(10) ** 30), True),
        ("x > 0.333333", Range(Fraction(1, 3), Fraction(1, 2)), True),
        ("x < 0.5", Range(Fraction(1, 3), Fraction(1, 2)), None),
        ("x < 0.5", Range(Fraction(1, 3), Fraction(1, 2), high_open=True), True),
        ("x > 0", Range(None, None), None),
        ("x > 1", Fraction(-9999999999999999, 2000000), False),
        ("x < 0.34", Fraction(1, 3), True),
    ],
)
def test_numbers_at_the_edge(engine: Any, sentence: str, x: Value, expected: bool | None) -> None:
    """More digits than a column holds become a range around the number: never a wrong answer."""
    assert one_row(engine, sentence, x=x) is expected


def test_what_could_outgrow_an_engine_is_refused() -> None:
    """An engine that would round or overflow is never asked."""
    with pytest.raises(SentenceError, match="more than 36 digits"):
        to_sql(parse("x * y * z > 1", NAMES, where="test"))


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "postgres", "bigquery", "snowflake"])
def test_other_engines_can_be_written_for(dialect: str) -> None:
    """The same expression in another engine's words, without a division."""
    sentence = (
        "x / x.high <= 2.5 AND days_between(m, as_of) <= 90 AND tissue IN ('it''s') AND score(1, a, 2, b) > 1"
    )
    sql = to_sql(parse(sentence, NAMES, where="test"), dialect=dialect)
    assert "x__high__lo" in sql
    assert dialect not in ("duckdb", "spark") or " / " not in sql


def test_columns_and_rows_match() -> None:
    """A name's cells go into its columns; unknown and unlimited differ in `__known` alone."""
    moment = read_moment("2026-03-02T23:30:00-05:00")
    for key, kind, value in [
        ("x.high", "number", Decimal(3)),
        ("m", "moment", moment),
        ("a", "boolean", None),
    ]:
        assert list(row(key, kind, value)) == [column for column, _ in columns(key, kind)]
    assert row("x.high", "number", Decimal(3))["x__high__lo"] == 3
    assert row("m", "moment", moment)["m__first_day"] == BASE_DAY.replace(day=2)
    unlimited, unknown = row("x", "number", Range(None, None)), row("x", "number", None)
    assert unlimited.pop("x__known") is True
    assert unknown.pop("x__known") is False
    assert unlimited == unknown
