"""What asking costs: one criterion, then every criterion, position and option of N wide rows, on DuckDB.

`registry_ask.py REGISTRY [--rows N] [--runs N] [--pack DIR]`: the rows of a built registry are drawn again until there
are N, so that they are as full and as empty as its people. Processor time is given beside the clock: on a shared
machine it is the steadier. Planning the statements is in every figure, and does not grow with N.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from sapwood.pack import Pack
from sapwood.registry.layout import Layout
from sapwood.registry.manifest import pack_of, read_manifest
from sapwood.registry.stages import PLAIN, Stages, quoted
from sapwood.registry.standings import answer_columns, answers_script


def draw(registry: Path, rows: int, folder: Path) -> None:
    """Writes `people` and `specimens` with that many people, each a copy of one of the registry's."""
    engine = duckdb.connect()
    layout = Layout(registry)
    people = f"read_parquet('{layout.parts('people')}')"
    engine.execute(
        "CREATE TABLE ids AS SELECT person, row_number() OVER (ORDER BY person) - 1 AS nr "
        f"FROM {people} WHERE NOT trusted"
    )
    (count,) = engine.execute("SELECT count(*) FROM ids").fetchone() or (0,)
    for table in ("people", "specimens"):
        source = f"read_parquet('{layout.parts(table)}')"
        engine.execute(
            f"COPY (SELECT 'p' || g.i AS person, r.* EXCLUDE (person) FROM range({rows}) g(i) "
            f"JOIN ids ON ids.nr = hash(g.i) % {count} JOIN {source} r USING (person) WHERE NOT r.trusted) "
            f"TO '{folder / table}.parquet'"
        )
    engine.close()


def measured(name: str, runs: int, work: Callable[[], Any]) -> None:
    """Prints the median and spread of the clock, and the median of processor time."""
    clock, processor = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    spread = f"{min(clock):.2f} to {max(clock):.2f}"
    print(
        f"{name:42} {statistics.median(clock):7.2f} s ({spread})  processor {statistics.median(processor):7.2f} s"
    )


def everything(engine: duckdb.DuckDBPyConnection, pack: Pack) -> None:
    """Every answer of everybody, as a table, then counted."""
    script = answers_script(pack, own_word=False)
    for name, select in script.tables:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
    counts = ", ".join(f"count({quoted(column)})" for column in answer_columns(pack))
    engine.execute(f"SELECT {counts} FROM answers_plain").fetchall()


def one(engine: duckdb.DuckDBPyConnection, pack: Pack, criterion: str) -> None:
    """One criterion of everybody, counted."""
    stages = Stages(pack)
    last = stages.verdicts([criterion], PLAIN)
    engine.execute(stages.query(f"SELECT {quoted(criterion)}, count(*) FROM {last} GROUP BY 1")).fetchall()


def main() -> None:
    """Draws the rows, then asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("registry", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pack")
    parser.add_argument("--criterion", default="bpdcn_suspected")
    chosen = parser.parse_args()
    pack = pack_of(read_manifest(chosen.registry), chosen.pack)
    with tempfile.TemporaryDirectory() as folder:
        draw(chosen.registry, chosen.rows, Path(folder))
        engine = duckdb.connect(config={"temp_directory": folder, "threads": os.cpu_count() or 1})
        for table in ("people", "specimens"):
            engine.execute(f"CREATE VIEW {table} AS SELECT * FROM '{Path(folder) / table}.parquet'")
        print(f"{chosen.rows:,} wide rows; pack {pack.about.id}: {len(pack.criteria)} criteria")
        measured(
            f"one criterion ({chosen.criterion})", chosen.runs, lambda: one(engine, pack, chosen.criterion)
        )
        measured("everything a registry answers", chosen.runs, lambda: everything(engine, pack))
        engine.close()


if __name__ == "__main__":
    main()
