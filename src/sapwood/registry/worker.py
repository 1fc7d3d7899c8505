"""What the processes of a build do: take in a chunk, or make the part of one bucket of people."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from sapwood.errors import Problem, RecordError, SapwoodError
from sapwood.pack import Pack, load_pack
from sapwood.values import read_moment

from .intake import write_settled
from .layout import FACT_COLUMNS, PROBLEM_COLUMNS, TABLES, Layout
from .parts import Columns, text, write_part
from .person import Seen, record_of, rows_of
from .slices import Kept, read_bucket, share_of, size_of_bucket
from .wide import Wide, wide_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARE = 32 * 1024 * 1024
"""How much of a bucket is held at once; a larger one is read in several goes."""
ENGINE_MEMORY = "512MB"


class Job(NamedTuple):
    """One bucket to be made, or to be added to."""

    folder: str
    pack: str
    pack_hash: str
    as_of: str
    looks_back: bool | None
    bucket: int
    slices: list[str]
    new: list[str]  # those that the part does not hold yet
    touched: list[str]  # people who are given something else by the meeting
    whole: bool  # from the beginning, whatever is there
    chunks: int
    meeting: str


class Part(msgspec.Struct, frozen=True):
    """What a part was made of, and what came of it; kept in the journal once the part is there."""

    pack: str
    as_of: str
    looks_back: bool | None
    chunks: int
    meeting: str
    people: int
    rows: dict[str, int]
    set_aside: dict[str, list[str]]


def part_name(bucket: int) -> str:
    """The file of a bucket in each table."""
    return f"part-{bucket:05}.parquet"


def connect(folder: Path, threads: int = 1) -> DuckDBPyConnection:
    """DuckDB in memory, bounded, spilling into the registry's own folder."""
    import duckdb

    spill = folder / "progress" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(
        config={
            "memory_limit": ENGINE_MEMORY,
            "threads": threads,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


def make_part(job: Job) -> Part:
    """Makes a bucket's part in every table, then notes it in the journal; doing it again gives the same rows."""
    return _Making(job).part()


class _Making:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.layout = Layout(Path(job.folder))
        pack = _pack(job.pack, job.pack_hash)
        self.wide = _wide(pack)
        as_of = read_moment(job.as_of)
        assert as_of is not None
        self.seen = Seen(pack, self.wide, as_of, job.as_of, job.looks_back)
        self.set_aside: dict[str, list[str]] = {}
        self.encode = msgspec.json.Encoder().encode_lines

    def part(self) -> Part:
        """The part."""
        job = self.job
        journal = self.layout.journal / f"{job.bucket:05}.json"
        before = msgspec.json.decode(journal.read_bytes(), type=Part) if journal.exists() else None
        touched = None if job.whole or before is None else self._touched()
        self.set_aside = (
            {key: why for key, why in before.set_aside.items() if key not in touched}
            if touched is not None and before is not None
            else {}
        )
        sparse = {name: self.layout.progress / f".{name}-{job.bucket:05}.{os.getpid()}" for name in TABLES}
        files = {name: path.open("wb") for name, path in sparse.items()}
        try:
            for key, pieces in self._people(touched):
                self._write(key, pieces, files)
            for file in files.values():
                file.close()
            rows = self._tables(sparse, touched)
        finally:
            for name, path in sparse.items():
                files[name].close()
                path.unlink(missing_ok=True)
        part = Part(
            job.pack_hash,
            job.as_of,
            job.looks_back,
            job.chunks,
            job.meeting,
            rows.pop("persons"),
            rows,
            self.set_aside,
        )
        write_settled(journal, msgspec.json.encode(part))
        return part

    def _touched(self) -> set[str]:
        keys = set(self.job.touched)
        for name in self.job.new:
            keys |= {piece.key for piece in read_bucket(self.layout.lines / name, self.job.bucket)}
        return keys - {""}

    def _people(self, touched: set[str] | None) -> Iterator[tuple[str, list[Kept]]]:
        """Everybody in the bucket (or only those touched), a bounded share of the bucket at a time."""
        paths = [self.layout.lines / name for name in self.job.slices]
        size = sum(size_of_bucket(path, self.job.bucket) for path in paths)
        shares = -(-size // SHARE) or 1
        for share in range(shares):
            people: dict[str, list[Kept]] = {}
            for path in paths:
                for piece in read_bucket(path, self.job.bucket, touched):
                    if not piece.key:
                        continue
                    if shares == 1 or share_of(piece.key, shares) == share:
                        people.setdefault(piece.key, []).append(piece)
            for key in sorted(people):
                yield key, people.pop(key)

    def _write(self, key: str, pieces: list[Kept], files: Mapping[str, BinaryIO]) -> None:
        try:
            person = rows_of(key, record_of(key, pieces), self.seen)
        except RecordError as error:
            problem = error.problems[0]
            self.set_aside[key] = [problem.where, problem.what, problem.remedy]
            return
        for name in TABLES:
            files[name].write(self.encode(getattr(person, name)))

    def _tables(self, sparse: dict[str, Path], touched: Iterable[str] | None) -> dict[str, int]:
        declared: dict[str, Columns] = {
            "facts": FACT_COLUMNS,
            "people": self.wide.people_columns,
            "specimens": self.wide.specimen_columns,
            "problems": PROBLEM_COLUMNS,
        }
        connection = connect(self.layout.folder)
        rows: dict[str, int] = {}
        try:
            for name in TABLES:
                path = self.layout.table(name) / part_name(self.job.bucket)
                rows[name] = write_part(connection, sparse[name], declared[name], path, instead_of=touched)
            people = self.layout.table("people") / part_name(self.job.bucket)
            query = f"SELECT count(*) FROM read_parquet({text(people)}) WHERE NOT trusted"  # nosec B608
            counted = connection.execute(query).fetchone()
            assert counted is not None
            return {**rows, "persons": int(counted[0])}
        finally:
            connection.close()


_ready: dict[str, Pack] = {}
_wides: dict[str, Wide] = {}


def _pack(folder: str, key: str) -> Pack:
    if key not in _ready:
        pack = load_pack(folder)
        if pack.hash != key:
            raise SapwoodError(
                Problem(folder, "the pack was changed during the build", "Run the build again with --rebuild")
            )
        _ready[key] = pack
    return _ready[key]


def _wide(pack: Pack) -> Wide:
    if pack.hash not in _wides:
        _wides[pack.hash] = wide_of(pack)
    return _wides[pack.hash]
