"""Pieces that do not say themselves whose they are find their person: by an identifier, or by who refers to them.

DuckDB joins the names on disk, within its memory limit; the pieces found a person are written as one more slice file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from .intake import write_settled
from .parts import settle, text
from .pieces import Piece
from .slices import read_at, write_slice

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_COLUMNS = (
    "{sort: 'VARCHAR', word: 'VARCHAR', key: 'VARCHAR', slice: 'VARCHAR', start: 'BIGINT', size: 'BIGINT'}"
)


class Met(msgspec.Struct, frozen=True):
    """What came of a meeting: its name, and how many pieces found their person."""

    name: str
    slices: int
    given: int
    unmet: int  # that name somebody whom no Patient is known to be
    ambiguous: int  # that name somebody whom several Patients could be
    contradicting: int  # Medications or Specimens of one id and different content: given to nobody


class _Given(NamedTuple):
    key: str
    slice: str
    start: int
    size: int


def meet(connection: DuckDBPyConnection, folder: Path, chunks: int, buckets: int) -> Met:
    """The meeting of all that was taken in so far; done before, it is only read.

    Its slice files are `NAME-0000.slice` and so on, and `NAME.pairs` lists whom what was given to.
    """
    files = [folder / f"{number:06}.lookups" for number in range(chunks)]
    files = [path for path in files if path.stat().st_size]
    name = "meeting-" + hashlib.sha256(" ".join(path.name for path in files).encode()).hexdigest()[:16]
    done = folder / f"{name}.json"
    if done.exists():
        return msgspec.json.decode(done.read_bytes(), type=Met)
    pairs = folder / f"{name}.pairs"
    met = _join(connection, files, pairs, name) if files else Met(name, 0, 0, 0, 0, 0)
    if not files:
        write_settled(pairs, b"")
    slices = 0
    waiting: list[tuple[int, Piece]] = []
    size = 0
    for place, given in enumerate(_given(connection, pairs)):
        data = read_at(folder / given.slice, given.start, given.size)
        waiting.append((place, Piece(data, given.key)))
        size += len(data)
        if size >= _LIMIT:
            write_slice(waiting, buckets, folder / f"{name}-{slices:04}.slice")
            waiting, size, slices = [], 0, slices + 1
    if waiting:
        write_slice(waiting, buckets, folder / f"{name}-{slices:04}.slice")
        slices += 1
    met = msgspec.structs.replace(met, slices=slices)
    write_settled(done, msgspec.json.encode(met))
    return met


_LIMIT = 16 * 1024 * 1024


def changed_keys(connection: DuckDBPyConnection, folder: Path, before: str, after: str) -> set[str]:
    """The people who are given something else after a later meeting than before it."""
    if before == after:
        return set()
    old, new = (f"(FROM {_pairs(folder / f'{name}.pairs')})" for name in (before, after))
    changed = connection.execute(f"({old} EXCEPT {new}) UNION ({new} EXCEPT {old})")
    return {row[0] for row in changed.fetchall()}


def _join(connection: DuckDBPyConnection, files: list[Path], pairs: Path, name: str) -> Met:
    listed = ", ".join(text(path) for path in files)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW words AS FROM read_csv([{listed}], header = false, columns = {_COLUMNS}, "
        "delim = ',', quote = '\"', escape = '\"', null_padding = false, nullstr = '\\N', all_varchar = false)"
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE answers AS
            SELECT asked.slice, asked.start, asked.size, asked.word,
                   count(DISTINCT means.key) AS people, min(means.key) AS key
            FROM words AS asked LEFT JOIN words AS means ON means.sort = 'means' AND means.word = asked.word
            WHERE asked.sort = 'asks' GROUP BY ALL
        """
    )
    urn = "regexp_extract(word, '^urn:(?:uuid|oid):(.+)$', 1)"  # a person whose Patient is nowhere
    connection.execute(f"UPDATE answers SET key = {urn}, people = 1 WHERE people = 0 AND {urn} <> ''")  # nosec B608
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE shares AS
            SELECT DISTINCT refers.key, shared.slice, shared.start, shared.size
            FROM (
                SELECT word, arg_min(slice, (slice, start)) AS slice, arg_min(start, (slice, start)) AS start,
                       arg_min(size, (slice, start)) AS size
                FROM words WHERE sort = 'shares' GROUP BY word HAVING count(DISTINCT key) = 1
            ) AS shared JOIN words AS refers ON refers.sort = 'refers' AND refers.word = shared.word
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW answered AS SELECT key, slice, start, size FROM answers WHERE people = 1"
    )
    unfinished = pairs.with_name(f".{pairs.name}.unfinished")
    connection.execute(
        f"""
        COPY (FROM answered UNION FROM shares ORDER BY ALL) TO {text(unfinished)} (FORMAT csv, HEADER false)
        """
    )
    settle(unfinished, pairs)
    counts = connection.execute(
        """
        SELECT (SELECT count(*) FILTER (people = 1) FROM answers) + (SELECT count(*) FROM shares),
               (SELECT count(*) FILTER (people = 0) FROM answers),
               (SELECT count(*) FILTER (people > 1) FROM answers),
               (SELECT count(*) FROM (
                   SELECT word FROM words WHERE sort = 'shares' GROUP BY word HAVING count(DISTINCT key) > 1
               ))
        """
    ).fetchone()
    assert counts is not None
    return Met(name, 0, *map(int, counts))


def _pairs(path: Path) -> str:
    kinds = "{key: 'VARCHAR', slice: 'VARCHAR', start: 'BIGINT', size: 'BIGINT'}"
    if not path.stat().st_size:
        return "(SELECT '' AS key, '' AS slice, 0 AS start, 0 AS size WHERE FALSE)"
    return (
        f"read_csv({text(path)}, header = false, columns = {kinds}, delim = ',', quote = '\"', escape = '\"')"
    )


def _given(connection: DuckDBPyConnection, pairs: Path) -> Iterator[_Given]:
    found: Any = connection.execute(f"FROM {_pairs(pairs)}")
    while rows := found.fetchmany(1000):
        yield from (_Given(*row) for row in rows)
