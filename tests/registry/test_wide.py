"""Wide rows: what compiled sentences answer over them is what the single-patient code answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from case_runner import case_files, case_of

from sapwood.criteria.sql import to_sql
from sapwood.criteria.tree import bases_in
from sapwood.errors import SentenceError
from sapwood.facts import Facts, extract
from sapwood.pack import Pack, Sentence, load_pack
from sapwood.record import read_record
from sapwood.registry.parts import write_rows
from sapwood.registry.wide import Wide, asked, wide_of, wide_rows
from sapwood.truth import WORDS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cases"
KEYS = "person, as_of, trusted"


def in_order(pack: Pack) -> list[Sentence]:
    """The sentences asked of wide rows, each after those that it reads."""
    sentences = {sentence.name: sentence for sentence in asked(pack)}
    ordered: dict[str, Sentence] = {}

    def place(sentence: Sentence) -> None:
        for base in bases_in(sentence.tree):
            if base in sentences and base not in ordered:
                place(sentences[base])
        ordered[sentence.name] = sentence

    for sentence in sentences.values():
        if sentence.name not in ordered:
            place(sentence)
    return list(ordered.values())


def waves(pack: Pack) -> Iterable[list[Sentence]]:
    """Sentences that can be asked at once, one wave after the other; of one kind each."""
    depth: dict[str, int] = {}
    for sentence in in_order(pack):
        below = [depth[base] for base in bases_in(sentence.tree) if base in depth]
        level = max(below, default=-1) + 1
        depth[sentence.name] = level + ((level % 2 == 0) is sentence.per_specimen)
    for level in range(max(depth.values()) + 1):
        wave = [pack.sentences[name] for name, one in depth.items() if one == level]
        if wave:
            yield wave


def sql_of(sentence: Sentence) -> str:
    try:
        return f'({to_sql(sentence.tree)}) AS "{sentence.name}"'
    except SentenceError:  # outgrows an engine's decimals; nothing to compare
        return f'CAST(NULL AS BOOLEAN) AS "{sentence.name}"'


def answers(
    pack: Pack, wide: Wide, tables: Mapping[str, list[dict[str, Any]]], folder: Path
) -> dict[tuple[str, bool], dict[str, bool | None]]:
    """The verdict of every sentence for every wide row of a person."""
    connection = duckdb.connect()
    declared = {"people": wide.people_columns, "specimens": wide.specimen_columns}
    for table, rows in tables.items():
        write_rows(connection, rows, declared[table], folder / f"{table}.parquet")
        connection.execute(f"CREATE TABLE {table} AS FROM '{folder / table}.parquet'")
    own: list[str] = []  # the answers that each specimen has for itself
    for wave in waves(pack):
        found = ", ".join(map(sql_of, wave))
        if not wave[0].per_specimen:
            connection.execute(f"CREATE OR REPLACE TABLE people AS SELECT *, {found} FROM people")
            continue
        others = f"EXCLUDE ({', '.join(own)})" if own else ""
        both = f"(SELECT * {others} FROM people) JOIN specimens USING ({KEYS})"
        connection.execute(f"CREATE OR REPLACE TABLE found AS SELECT {KEYS}, specimen, {found} FROM {both}")
        names = [f'"{sentence.name}"' for sentence in wave]
        own += names
        some = ", ".join(
            f"CASE WHEN bool_or({name}) THEN TRUE WHEN count({name}) = count(*) THEN FALSE END AS {name}"
            for name in names
        )
        connection.execute(
            "CREATE OR REPLACE TABLE specimens AS SELECT * "
            f"FROM specimens JOIN found USING ({KEYS}, specimen)"
        )
        connection.execute(
            f"CREATE OR REPLACE TABLE people AS SELECT people.*, {', '.join(names)} FROM people "
            f"JOIN (SELECT {KEYS}, {some} FROM found GROUP BY ALL) USING ({KEYS})"
        )
    result = connection.execute("SELECT * FROM people")
    names = [column[0] for column in result.description]
    return {
        (row["person"], row["trusted"]): row
        for row in (dict(zip(names, values, strict=True)) for values in result.fetchall())
    }


def agree(pack: Pack, people: Mapping[str, Facts], folder: Path) -> None:
    wide = wide_of(pack)
    tables: dict[str, list[dict[str, Any]]] = {"people": [], "specimens": []}
    for person, facts in people.items():
        rows = wide_rows(facts, wide, person, str(facts.as_of))
        tables["people"] += rows.people
        tables["specimens"] += rows.specimens
    found = answers(pack, wide, tables, folder)
    sentences = [sentence.name for sentence in asked(pack) if "NULL AS BOOLEAN" not in sql_of(sentence)]
    for person, facts in people.items():
        for trusted in (False, True):
            row = found.get((person, trusted)) or found[person, False]
            values = facts.trusted if trusted else facts.values
            for name in sentences:
                assert row[name] is values[name], (
                    f"{person}, {name}: SQL {WORDS[row[name]]}, one patient {values[name]}"
                )


@pytest.mark.parametrize("as_of", ["2025-03-01", "2026-06-01", "2026-06-01T12:00:00Z"])
def test_sql_over_the_rows_of_published_cases_agrees(tmp_path: Path, as_of: str) -> None:
    """Every sentence of the pack, for every published case, as a day and as an instant."""
    pack = load_pack("bpdcn")
    people = {
        path.name: extract(read_record(path), pack, as_of=as_of)
        for path in sorted(EXAMPLES.glob("*.bundle.json"))
    }
    agree(pack, people, tmp_path)


@pytest.mark.parametrize("folder", sorted({path.parent.parent.name for path in case_files()}))
def test_sql_over_the_rows_of_worked_patients_agrees(tmp_path: Path, folder: str) -> None:
    """Every sentence of a pack, for every worked patient, the patient's own word among the answers."""
    cases = [case_of(path) for path in case_files() if path.parent.parent.name == folder]
    people = {case.path.stem: case.plan.facts for case in cases}
    agree(cases[0].pack, people, tmp_path)
    if folder == "bpdcn":
        assert any(facts.own_word for facts in people.values())
