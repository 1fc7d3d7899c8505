"""One chunk of input -> slice files of pieces by person, and what of it was not kept, with place and reason."""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sapwood.errors import Problem, SapwoodError

from .parts import settle
from .pieces import Aside, Piece, pieces_of, pieces_of_document
from .slices import write_slice
from .sources import CHUNK, Source, Text, Unit, texts_of

_PLACES = 1 << 40
"""More bytes than a file has: places of several files stand in their order."""


class Chunk(NamedTuple):
    """What one process is given to take in."""

    number: int
    units: list[Unit]
    sources: list[Source]
    first_source: int
    folder: str
    buckets: int


class Taken(msgspec.Struct, frozen=True):
    """What became of a chunk."""

    slices: int
    texts: int
    size: int
    pieces: int
    nobodys: dict[str, int]
    quarantined: int
    first: str  # of what could not be read, where and why
    lookups: int


def names_of(number: int, slices: int) -> list[str]:
    """The slice files of a chunk."""
    return [f"{number:06}-{one:04}.slice" for one in range(slices)]


def take_in(chunk: Chunk) -> Taken:
    """Takes a chunk in; doing it again writes the same files."""
    taking = _Taking(chunk)
    for unit in chunk.units:
        source = chunk.sources[unit.source - chunk.first_source]
        taking.unit(unit, source)
    taken = taking.finish()
    path = Path(chunk.folder) / f"{chunk.number:06}.json"
    write_settled(path, msgspec.json.encode(taken))
    return taken


def write_settled(path: Path, data: bytes) -> None:
    """A small file, whole or not there, surely on the disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    settle(unfinished, path)


class _Taking:
    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.folder = Path(chunk.folder)
        self.waiting: list[tuple[int, Piece]] = []
        self.size = self.slices = self.texts = self.read = self.pieces = 0
        self.nobodys: Counter[str] = Counter()
        self.quarantined, self.first = 0, ""
        self.quarantine = (self.folder / f".{chunk.number:06}.quarantine.{os.getpid()}").open("wb")
        # Who is meant by names, what is shared and who refers to it: looked up once all is there (`meeting`).
        # A row is: what it is about, the name, a key (or, of what has none, a hash of its content), and its place.
        self.lookups: list[tuple[str, str, str, str, int, int]] = []

    def unit(self, unit: Unit, source: Source) -> None:
        try:
            for text in texts_of(source, unit):
                self.texts += 1
                self.read += len(text.data)
                self.text(unit, text)
        except SapwoodError as error:
            self.set_aside(*error.problems)

    def text(self, unit: Unit, text: Text) -> None:
        reader = pieces_of_document if text.document else pieces_of
        try:
            for one in reader(text.data, text.where):
                if isinstance(one, Aside):
                    if one.kind:
                        self.nobodys[one.kind] += 1
                    else:
                        self.set_aside(one.problem)
                    continue
                self.waiting.append((unit.source * _PLACES + text.place, one))
                self.pieces += 1
                self.size += len(one.data)
        except SapwoodError as error:
            self.set_aside(*error.problems)
        if self.size >= CHUNK:
            self.flush()

    def set_aside(self, *problems: Problem) -> None:
        for problem in problems:
            self.quarantined += 1
            self.first = self.first or f"{problem.where}: {problem.what}"
            self.quarantine.write(msgspec.json.encode(_entry(problem)) + b"\n")

    def flush(self) -> None:
        name = f"{self.chunk.number:06}-{self.slices:04}.slice"
        spans = write_slice(self.waiting, self.chunk.buckets, self.folder / name)
        for (_, piece), (start, size) in zip(self.waiting, spans, strict=True):
            for sort, word in _words(piece):
                about = piece.key or hashlib.blake2b(piece.data, digest_size=8).hexdigest()
                self.lookups.append((sort, word, about, name, start, size))
        self.waiting, self.size = [], 0
        self.slices += 1

    def finish(self) -> Taken:
        if self.waiting:
            self.flush()
        self.quarantine.close()
        settle(Path(self.quarantine.name), self.folder / f"{self.chunk.number:06}.quarantine")
        path = self.folder / f"{self.chunk.number:06}.lookups"
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self.lookups)
        settle(unfinished, path)
        return Taken(
            self.slices,
            self.texts,
            self.read,
            self.pieces,
            dict(sorted(self.nobodys.items())),
            self.quarantined,
            self.first,
            len(self.lookups),
        )


def _words(piece: Piece) -> Iterator[tuple[str, str]]:
    """What a piece says about names: whom they mean, whom it asks for, what it shares, what it refers to."""
    if piece.key:
        yield from (("means", name) for name in piece.names)
        yield from (("refers", target) for target in piece.refers)
    elif piece.shared:
        yield "shares", piece.shared
    else:
        yield "asks", piece.name


def _entry(problem: Problem) -> dict[str, Any]:
    return {"where": problem.where, "what": problem.what, "remedy": problem.remedy}
