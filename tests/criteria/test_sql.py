"""The SQL of a sentence gives the evaluator's answer on every row."""

from __future__ import annotations

from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_sentences import KEYS, boolean, values

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import Tree, write
from sapwood.criteria.sql import columns, row, to_sql
from sapwood.errors import SentenceError
from sapwood.values import Value

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


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(r=st.randoms(use_true_random=False))
def test_sql_and_evaluator_agree(engine: Any, r: Random) -> None:
    """Any sentence, any row: the same verdict, unknowns and ranges included."""
    check_agreement(engine, r, sentences=1, patients=3)


@pytest.mark.parametrize("seed", range(8))
def test_sql_and_evaluator_agree_in_bulk(engine: Any, seed: int) -> None:
    """Many sentences over many rows."""
    check_agreement(engine, Random(seed), sentences=40, patients=60)
