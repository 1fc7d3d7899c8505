"""Pieces on disk, put in order by bucket: each person has one bucket, so that theirs meet without all being held.

A slice file is written once and whole: where each bucket starts (8 bytes each, little-endian), then the pieces, sorted
by bucket, key and place. Reading one bucket of it costs two reads, however large the file.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

from .parts import settle
from .pieces import Piece

_HEAD = struct.Struct("<HBQI")  # length of the key, what it is, place, length of the data
_PLACE = struct.Struct("<Q")
_PATIENT = 1


class Kept(NamedTuple):
    """A piece as it was kept: whose, where in the input (in order), whether a Patient is in it, its bytes."""

    key: str
    place: int
    patient: bool
    data: bytes


def bucket_of(key: str, buckets: int) -> int:
    """The bucket of a person; the same on every machine."""
    return _number(key) % buckets


def share_of(key: str, shares: int) -> int:
    """The share of a bucket that a person belongs to, where a bucket is too large to be read at once."""
    return (_number(key) >> 32) % shares


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


def write_slice(pieces: Iterable[tuple[int, Piece]], buckets: int, path: Path) -> list[tuple[int, int]]:
    """Writes pieces with their places; where each one's data begin in the file and how long they are, as given."""
    ordered = sorted(
        (bucket_of(piece.key, buckets), piece.key, place, number, piece)
        for number, (place, piece) in enumerate(pieces)
    )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    spans = [(0, 0)] * len(ordered)
    starts: list[int] = []
    at = _PLACE.size * (buckets + 1)
    with unfinished.open("wb") as file:
        file.seek(at)
        for bucket, key, place, number, piece in ordered:
            while len(starts) <= bucket:
                starts.append(at)
            name = key.encode()
            file.write(_HEAD.pack(len(name), piece.patient * _PATIENT, place, len(piece.data)) + name)
            file.write(piece.data)
            at += _HEAD.size + len(name) + len(piece.data)
            spans[number] = at - len(piece.data), len(piece.data)
        starts += [at] * (buckets + 1 - len(starts))
        file.seek(0)
        file.write(b"".join(map(_PLACE.pack, starts)))
    os.chmod(unfinished, 0o600)
    settle(unfinished, path)
    return spans


def size_of_bucket(path: Path, bucket: int) -> int:
    """How many bytes of a slice file belong to a bucket."""
    with path.open("rb") as file:
        start, end = _span(file.fileno(), bucket)
    return end - start


def read_bucket(path: Path, bucket: int, wanted: Set[str] | None = None) -> Iterator[Kept]:
    """The pieces of one bucket of a slice file, in order, one after the other; only those of the keys wanted."""
    with path.open("rb", buffering=1 << 20) as file:
        at, end = _span(file.fileno(), bucket)
        file.seek(at)
        while at < end:
            length, flags, place, size = _HEAD.unpack(file.read(_HEAD.size))
            key = file.read(length).decode()
            if wanted is None or key in wanted:
                yield Kept(key, place, bool(flags & _PATIENT), file.read(size))
            else:
                file.seek(size, os.SEEK_CUR)
            at += _HEAD.size + length + size


def read_at(path: Path, start: int, size: int) -> bytes:
    """The data of one piece, by where `write_slice` put it."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)


def _span(file: int, bucket: int) -> tuple[int, int]:
    start, end = struct.unpack("<QQ", os.pread(file, 16, _PLACE.size * bucket))
    return start, end
