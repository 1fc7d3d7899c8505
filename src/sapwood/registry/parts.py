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
_ENCODER = msgspec.json.Encoder()
_NEVER_NULL = ("__known", "__lo_open", "__hi_open")


def write_part(
    connection: DuckDBPyConnection, rows: Iterable[Mapping[str, Any]], declared: Columns, path: Path
) -> None:
    """The rows, sparse as they are, as a Parquet file under its own name only once it is on the disk."""
    sparse = path.with_name(f".{path.name}.rows")
    unfinished = path.with_name(f".{path.name}.unfinished")
    sparse.write_bytes(_ENCODER.encode_lines(rows))
    try:
        selected = f"SELECT {select_list(declared)} FROM {rows_in(sparse, declared)}"  # nosec B608: our own names
        connection.execute(f"COPY ({selected}) TO {text(unfinished)} (FORMAT parquet, COMPRESSION zstd)")
    finally:
        sparse.unlink()
    settle(unfinished, path)


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
