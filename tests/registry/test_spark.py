"""A registry on Spark: the same parts, and the same answers to the hash, for everybody and every unknown."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from registries import AS_OF, CASES, built, everything

from sapwood.errors import SapwoodError
from sapwood.pack import Pack, load_pack
from sapwood.registry.agreement import hash_of, lines_of_rows
from sapwood.registry.build import Wanted, build
from sapwood.registry.opened import opened
from sapwood.registry.overview import overview
from sapwood.registry.progress import Progress
from sapwood.registry.spark import answers, each_in, in_dialect, session, write_answers
from sapwood.registry.standings import answer_columns

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session with two workers on this machine; without Java these tests are left out, and fail in CI."""
    if shutil.which("java") is None:
        words = "There is no Java, which Spark runs on: install Java 17 or later."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    made = session("local[2]")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published cases, built without Spark."""
    folder = tmp_path_factory.mktemp("registry") / "plain"
    built(folder, *CASES)
    return folder


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("bpdcn")


def test_sparks_workers_make_the_same_parts(spark: Any, registry: Path, tmp_path: Path) -> None:
    folder = tmp_path / "by-spark"
    sources = [str(case) for case in CASES]
    build(Wanted(sources, folder, "bpdcn", AS_OF, None, share=each_in(spark)), Progress())
    assert everything(folder) == everything(registry)


def test_spark_and_duckdb_agree_to_the_hash(spark: Any, registry: Path, pack: Pack) -> None:
    columns = ", ".join(f'"{name}"' for name in ("person", "as_of", *answer_columns(pack)))
    with opened(registry) as plain:
        plain.answer_everybody()
        here = lines_of_rows(pack, plain.rows(f"SELECT {columns} FROM answers"))
    there = lines_of_rows(pack, [tuple(row) for row in answers(spark, registry, pack).collect()])
    assert len(here) == len(CASES)
    assert any("cannot_tell" in line for line in here), "unknowns are among what is compared"
    assert sorted(there) == sorted(here)
    assert hash_of(there) == hash_of(here)


def test_a_stage_is_written_in_sparks_own_words() -> None:
    assert in_dialect('SELECT BOOL_OR("a b") AS "c" FROM t') == "SELECT BOOL_OR(`a b`) AS `c` FROM t"


def test_without_java_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SapwoodError, match="Install Java 17 or later"):
        session()


def test_a_problem_on_a_worker_comes_back_as_a_sentence(spark: Any, tmp_path: Path) -> None:
    from sapwood.registry.worker import Job, make_part

    job = Job(str(tmp_path), "bpdcn", "another hash", AS_OF, None, 0, [], [], [], True, 0, "none")
    with pytest.raises(SapwoodError, match="the pack was changed during the build"):
        list(each_in(spark)(make_part, [job], 1))


def test_a_summary_is_the_same_whoever_worked_out_the_answers(
    spark: Any, registry: Path, pack: Pack, tmp_path: Path
) -> None:
    write_answers(spark, registry, pack, tmp_path / "answers")
    with opened(registry) as plain, opened(registry) as by_spark:
        by_spark.answered_elsewhere(tmp_path / "answers")
        assert overview(by_spark) == overview(plain)
