"""A registry on Spark: buckets of people made by Spark's workers, and the staged SQL in Spark's dialect.

Nothing clinical is said again here. Each worker makes a part with the code of a build on one machine; the stages are
those of `standings.py`, written anew by sqlglot. Where the folder lies on storage that every worker sees, the same
calls serve a cluster (docs/spark.md).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from sapwood.errors import Problem, SapwoodError
from sapwood.pack import Pack

from .layout import Layout
from .standings import answer_columns, answers_script
from .worker import Job, Part, make_part

LOCAL = "local[*]"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",  # what cannot be worked out is unknown, not an error
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # exact, as in every other engine
    "spark.sql.codegen.wholeStage": "false",  # a pack's stages are wider than Java allows a method to be
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "8",
}
"""What a session of ours needs, and why; on a cluster the first three give way to its own."""


def session(master: str = LOCAL) -> Any:
    """A Spark session; SapwoodError where Spark or Java is not there."""
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise SapwoodError(
            Problem("--engine spark", "Spark is not installed", "Install it: pip install 'sapwood[spark]'")
        ) from None
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise SapwoodError(
            Problem("--engine spark", "there is no Java, which Spark runs on", "Install Java 17 or later")
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("sapwood").master(master)
    for name, value in SETTINGS.items():
        if master.startswith("local") or name not in ("spark.driver.host", "spark.driver.bindAddress"):
            builder = builder.config(name, value)
    return builder.getOrCreate()


def each_in(spark: Any) -> Callable[[Callable[[Job], Part], list[Job], int], Iterator[tuple[Job, Part]]]:
    """Sharing out as `pool.each` does, by Spark's workers: they take buckets in Arrow batches and make their parts."""

    def each(work: Callable[[Job], Part], jobs: list[Job], workers: int) -> Iterator[tuple[Job, Part]]:
        if work is not make_part:
            raise ValueError("Spark makes parts, and nothing else.")
        if not jobs:
            return
        rows = [(number, msgspec.json.encode(job)) for number, job in enumerate(jobs)]
        spread = spark.sparkContext.parallelize(rows, len(rows))
        frame = spark.createDataFrame(spread, "number int, job binary")
        done = frame.mapInArrow(_make, "number int, part binary, problem binary").collect()
        for row in sorted(done, key=lambda one: int(one["number"])):
            if row["problem"] is not None:
                raise SapwoodError(Problem(*msgspec.json.decode(bytes(row["problem"]), type=list[str])))
            yield jobs[row["number"]], msgspec.json.decode(bytes(row["part"]), type=Part)

    return each


def _make(batches: Iterator[Any]) -> Iterator[Any]:
    """On a worker: parts for batches of jobs; a problem travels back as its three sentences."""
    import pyarrow

    for batch in batches:
        numbers, parts, problems = batch.column("number").to_pylist(), [], []
        for job in batch.column("job").to_pylist():
            part = problem = None
            try:
                part = msgspec.json.encode(make_part(msgspec.json.decode(job, type=Job)))
            except SapwoodError as error:
                first = error.problems[0]
                problem = msgspec.json.encode([first.where, first.what, first.remedy])
            parts.append(part)
            problems.append(problem)
        yield pyarrow.RecordBatch.from_arrays(
            [
                pyarrow.array(numbers, pyarrow.int32()),
                pyarrow.array(parts, pyarrow.binary()),
                pyarrow.array(problems, pyarrow.binary()),
            ],
            names=["number", "part", "problem"],
        )


def in_dialect(select: str) -> str:
    """A stage's statement, written for DuckDB, as Spark takes it."""
    import sqlglot

    return sqlglot.transpile(select, read="duckdb", write="spark")[0]


def answers(spark: Any, folder: Path, pack: Pack) -> Any:
    """Everybody's answers as a DataFrame: person, as_of and the `answer_columns`."""
    layout = Layout(folder)
    for table in ("people", "specimens"):
        spark.read.parquet(str(layout.table(table))).createOrReplaceTempView(table)
    own_word = bool(spark.sql("SELECT 1 FROM people WHERE trusted LIMIT 1").collect())
    script = answers_script(pack, own_word=own_word)
    for name, select in script.tables:
        made = spark.sql(in_dialect(select)).localCheckpoint()  # a table of its own, as in DuckDB
        made.createOrReplaceTempView(name)
    columns = ", ".join(f"`{name}`" for name in ("person", "as_of", *answer_columns(pack)))
    found = spark.sql(in_dialect(script.select))
    found.createOrReplaceTempView("answers")
    return spark.sql(f"SELECT {columns} FROM answers")  # nosec B608: our own names


def write_answers(spark: Any, folder: Path, pack: Pack, out: Path) -> None:
    """Everybody's answers as Parquet, for DuckDB to count."""
    answers(spark, folder, pack).write.mode("overwrite").parquet(str(out))
