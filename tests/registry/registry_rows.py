"""Wide rows in DuckDB, from facts worked out one person at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from sapwood.criteria.sql import PLACES, WHOLE_DIGITS
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.registry.agreement import lines_of_rows
from sapwood.registry.standings import answers_script
from sapwood.registry.wide import wide_of, wide_rows

WHEN = "2026-03-02"
TYPES = {
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "DECIMAL": pa.decimal128(WHOLE_DIGITS + PLACES, PLACES),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
}


def tables(engine: Any, pack: Pack, people: Iterable[tuple[str, Facts]]) -> None:
    """The tables `people` and `specimens` of a registry of these people."""
    wide = wide_of(pack)
    rows: dict[str, list[dict[str, Any]]] = {"people": [], "specimens": []}
    for person, facts in people:
        made = wide_rows(facts, wide, person, WHEN)
        rows["people"] += made.people
        rows["specimens"] += made.specimens
    for table, declared in (("people", wide.people_columns), ("specimens", wide.specimen_columns)):
        schema = pa.schema([(name, TYPES[kind.partition("(")[0]]) for name, kind in declared])
        filled = [dict.fromkeys(_never_null(declared), False) | row for row in rows[table]]
        arrow = pa.Table.from_pylist(filled, schema)
        engine.register("arrow_rows", arrow)
        engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM arrow_rows")
        engine.unregister("arrow_rows")


def _never_null(declared: list[tuple[str, str]]) -> list[str]:
    return [name for name, _ in declared if name.endswith(("__known", "__lo_open", "__hi_open"))]


def lines(engine: Any, pack: Pack, *, own_word: bool = True) -> list[str]:
    """The canonical lines that DuckDB answers."""
    script = answers_script(pack, own_word=own_word)
    for name, select in script.tables:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
    return lines_of_rows(pack, engine.execute(script.select).fetchall())


def connection() -> Any:
    """DuckDB on one thread."""
    engine = duckdb.connect()
    engine.execute("SET threads = 1")
    return engine
