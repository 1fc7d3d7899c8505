"""Rows -> one part of a table in Parquet: whole or not there, and the same bytes for the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Columns = list[tuple[str, str]]
_NEVER_NULL = ("__known", "__lo_open", "__hi_open")


def write_part(
    connection: DuckDBPyConnection,
    sparse: Path,
    declared: Columns,
    path: Path,
    *,
    instead_of: Iterable[str] | None = None,
) -> int:
    """Lines of sparse rows as a Parquet file under its own name only once it is on the disk; how many rows it has.

    With `instead_of`, the rows of these people take the place of theirs in the part that is there.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    rows = f"SELECT {select_list(declared)} FROM {rows_in(sparse, declared)}"  # nosec B608: our own names
    if instead_of is not None and path.exists():
        connection.execute("CREATE OR REPLACE TEMP TABLE anew (person VARCHAR)")
        connection.execute("INSERT INTO anew SELECT unnest(?)", [list(instead_of)])
        others = f"SELECT * FROM read_parquet({text(path)}) WHERE person NOT IN (FROM anew)"  # nosec B608
        rows = f"({others}) UNION ALL BY NAME ({rows})"
    connection.execute(
        f"COPY ({rows}) TO {text(unfinished)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP})"
    )
    counted = connection.execute(f"SELECT count(*) FROM read_parquet({text(unfinished)})").fetchone()  # nosec B608
    settle(unfinished, path)
    assert counted is not None
    return int(counted[0])


def write_rows(
    connection: DuckDBPyConnection, rows: Iterable[Mapping[str, Any]], declared: Columns, path: Path
) -> int:
    """Sparse rows as a Parquet file; how many there are."""
    sparse = path.with_name(f".{path.name}.rows")
    sparse.write_bytes(_ENCODER.encode_lines(rows))
    try:
        return write_part(connection, sparse, declared, path)
    finally:
        sparse.unlink()


_ENCODER = msgspec.json.Encoder()
_GROUP = 8192
"""Rows of a group: what is held while a wide table is written."""


def settle(unfinished: Path, path: Path) -> None:
    """Gives a written file its name, once it is surely on the disk."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def rows_in(path: Path, declared: Columns) -> str:
    """What a SELECT reads sparse rows from."""
    kinds = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in declared)
    return f"read_json({text(path)}, format = 'newline_delimited', columns = {{{kinds}}})"


def select_list(declared: Columns) -> str:
    """Columns in their order for a SELECT over sparse rows, in which what is unknown was left out."""
    return ", ".join(
        f'COALESCE("{name}", FALSE) AS "{name}"' if name.endswith(_NEVER_NULL) else f'"{name}"'
        for name, _ in declared
    )


def text(value: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
