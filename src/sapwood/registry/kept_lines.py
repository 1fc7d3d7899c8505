"""The records of some people of a registry, read again from the lines it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sapwood.errors import RecordError
from sapwood.record import Record

from .intake import Taken, names_of
from .layout import Layout
from .meeting import Met
from .person import record_of
from .slices import Kept, bucket_of, read_bucket


class Shelf(NamedTuple):
    """Some people of one bucket, and the slice files in which their lines are."""

    folder: str
    bucket: int
    people: tuple[str, ...]
    slices: tuple[str, ...]


def shelves(folder: Path, people: Iterable[str], buckets: int) -> list[Shelf]:
    """People by bucket, so that each bucket is read once."""
    layout = Layout(folder)
    slices: list[str] = []
    for number in range(sum(1 for _ in layout.lines.glob("[0-9]*.json"))):
        taken = msgspec.json.decode((layout.lines / f"{number:06}.json").read_bytes(), type=Taken)
        slices += names_of(number, taken.slices)
    for path in layout.lines.glob("meeting-*.json"):
        met = msgspec.json.decode(path.read_bytes(), type=Met)
        slices += [f"{met.name}-{one:04}.slice" for one in range(met.slices)]
    by_bucket: dict[int, list[str]] = {}
    for key in sorted(people):
        by_bucket.setdefault(bucket_of(key, buckets), []).append(key)
    return [
        Shelf(str(folder), bucket, tuple(keys), tuple(slices)) for bucket, keys in sorted(by_bucket.items())
    ]


def records_on(shelf: Shelf) -> Iterator[tuple[str, Record]]:
    """Each person's record, as the build read it; those that it set aside are not among them."""
    lines = Layout(Path(shelf.folder)).lines
    people: dict[str, list[Kept]] = {key: [] for key in shelf.people}
    wanted = frozenset(people)
    for name in shelf.slices:
        for piece in read_bucket(lines / name, shelf.bucket, wanted):
            people[piece.key].append(piece)
    for key, pieces in people.items():
        try:
            yield key, record_of(key, pieces)
        except RecordError:
            continue
