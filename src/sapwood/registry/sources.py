"""What was given to a build -> files of FHIR, each by the hash of its content, cut into chunks of bounded size."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sapwood.decode import LIMIT_BYTES
from sapwood.errors import Problem, SapwoodError

CHUNK = 16 * 1024 * 1024
"""How much input is worked on at once, by one process."""
_LINES = (".ndjson", ".jsonl")
_ENDINGS = tuple(ending + packed for ending in (*_LINES, ".json") for packed in ("", ".gz"))


class Source(NamedTuple):
    """One file: where it lies, its name as shown, its content's hash and size."""

    path: str
    name: str
    hash: str
    size: int

    @property
    def packed(self) -> bool:
        """Whether it is compressed."""
        return self.path.endswith(".gz")

    @property
    def by_line(self) -> bool:
        """Whether each line is read by itself."""
        return self.path.removesuffix(".gz").endswith(_LINES)


class Unit(NamedTuple):
    """Some of a file: the lines that begin between two bytes, or all of it."""

    source: int
    start: int
    end: int


class Text(NamedTuple):
    """A line, or a whole document, and where it stands."""

    place: int  # the byte of the file at which it begins
    where: str
    data: bytes
    document: bool


def find_files(given: list[str]) -> tuple[list[tuple[Path, str]], int]:
    """The files of FHIR in what was given, in order, with the names they are shown by; and how many others there are.

    Raises SapwoodError for what does not exist, and where there is no file at all.
    """
    found: dict[Path, str] = {}
    others = 0
    for text in given:
        path = Path(text)
        if path.is_dir():
            for file in sorted(one for one in path.rglob("*") if one.is_file()):
                if file.name.endswith(_ENDINGS):
                    found.setdefault(file.resolve(), str(file.relative_to(path)))
                else:
                    others += 1
        elif path.is_file():
            found.setdefault(path.resolve(), path.name)
        else:
            raise SapwoodError(Problem(text, "there is no such file or folder", "Check the path"))
    if not found:
        what = "there is no FHIR file in it (.ndjson, .json, or the same with .gz)"
        raise SapwoodError(Problem(", ".join(given), what, "Name a bulk export or a folder of Bundles"))
    return list(found.items()), others


def identify(path: Path, name: str) -> Source:
    """A file with the hash of its content."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise SapwoodError(Problem(name, f"cannot be read: {error.strerror}", "Check it")) from None
    return Source(str(path), name, digest.hexdigest(), size)


def cut(sources: list[Source], first: int) -> list[list[Unit]]:
    """The chunks of some sources, numbered from `first`; small files go together, large ones are cut at lines."""
    chunks: list[list[Unit]] = []
    together: list[Unit] = []
    size = 0
    for number, source in enumerate(sources, first):
        if source.by_line and not source.packed and source.size > CHUNK:
            chunks += [
                [Unit(number, start, min(start + CHUNK, source.size))]
                for start in range(0, source.size, CHUNK)
            ]
            continue
        together.append(Unit(number, 0, source.size))
        size += source.size * (8 if source.packed else 1)
        if size >= CHUNK:
            chunks.append(together)
            together, size = [], 0
    return [*chunks, together] if together else chunks


def texts_of(source: Source, unit: Unit) -> Iterator[Text]:
    """The lines or the document of a unit.

    Raises SapwoodError where the file ends in the middle or is no text of this kind; what came before was given.
    """
    if not source.by_line:
        yield Text(0, source.name, _document(source), True)
        return
    try:
        yield from _lines(source, unit)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        what = "the compressed file is damaged or ends in the middle; the lines before that were read"
        raise SapwoodError(Problem(source.name, what, "Export or copy the file again")) from None
    except OSError as error:
        raise SapwoodError(Problem(source.name, f"cannot be read: {error.strerror}", "Check it")) from None


def _lines(source: Source, unit: Unit) -> Iterator[Text]:
    with gzip.open(source.path) if source.packed else open(source.path, "rb") as file:
        at = unit.start
        if at:
            file.seek(at - 1)
            at += len(file.readline()) - 1  # the line in which the unit before ends
        number = 0
        while source.packed or at < unit.end:
            line = file.readline(LIMIT_BYTES + 2)
            if not line:
                return
            number += 1
            where = f"{source.name}, line {number}" if not unit.start else f"{source.name}, byte {at}"
            begin, at = at, at + len(line)
            if line.isspace():
                continue
            if len(line) > LIMIT_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LIMIT_BYTES)
                    at += len(line)
                line = b"\x00too long"  # no JSON: reported at its place, and the next line is read
            yield Text(begin, where, line.removeprefix(b"\xef\xbb\xbf").strip(), False)


def _document(source: Source) -> bytes:
    try:
        with gzip.open(source.path) if source.packed else open(source.path, "rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        what = "the compressed file is damaged or ends in the middle"
        raise SapwoodError(Problem(source.name, what, "Export or copy the file again")) from None
    except OSError as error:
        raise SapwoodError(Problem(source.name, f"cannot be read: {error.strerror}", "Check it")) from None
