"""A registry's wide rows for research: people who allow it, under pseudonyms, days in place of dates.

Pseudonymous is not anonymous: who has the key, or knows a person well, can find them again.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import secrets
import shutil
from pathlib import Path
from typing import NamedTuple

from sapwood.criteria.sql import columns
from sapwood.errors import Problem, SapwoodError
from sapwood.pack import Pack
from sapwood.whole_files import write_whole

from .consent import DENY, PERMIT
from .dictionary import Entry, entries
from .layout import Layout
from .manifest import Manifest
from .parts import text
from .wide import wide_of
from .worker import connect

FORMATS = ("parquet", "csv")
OLDEST = 90
"""Ages above are given as this."""
_KEY = 32


class Exported(NamedTuple):
    """What was written, and who was left out."""

    people: int
    denied: int
    unknown: int
    key_made: bool


def export(folder: Path, manifest: Manifest, pack: Pack, to: str, out: Path, key_file: Path) -> Exported:
    """Writes `people` and `specimens` with their dictionary into a new folder, whole or not at all.

    A person's pseudonym is a keyed hash of their id: the same key gives the same pseudonym. Raises SapwoodError where
    the folder is not new, or the key is none.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SapwoodError(Problem(str(out), "is there already", "Name a new or an empty folder"))
    if out.resolve() in key_file.resolve().parents:
        what = "the key would lie beside the rows it protects"
        raise SapwoodError(Problem(str(key_file), what, "Keep the key elsewhere"))
    key, made = _key(key_file)
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        counts = _Export(folder, manifest, pack, to, unfinished).run(key)
        if out.exists():
            out.rmdir()
        os.replace(unfinished, out)
    except OSError as error:
        raise SapwoodError(
            Problem(
                str(out), f"cannot be written: {error.strerror or error}", "Check the folder and its room"
            )
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return counts._replace(key_made=made)


def _key(path: Path) -> tuple[bytes, bool]:
    """The key in a file; made there, readable by its owner only, where there is none yet."""
    try:
        if not path.exists():
            key = secrets.token_bytes(_KEY)
            write_whole(path, key.hex().encode() + b"\n")
            return key, True
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, UnicodeDecodeError) as error:
        what = f"the key cannot be read or made there ({getattr(error, 'strerror', None) or 'no text'})"
        raise SapwoodError(Problem(str(path), what, "Name a file of yours")) from None
    except ValueError:
        raise SapwoodError(Problem(str(path), "this is no key of ours", "Name a file to be made")) from None
    if len(key) < _KEY:
        raise SapwoodError(Problem(str(path), "the key is too short", "Name a file to be made"))
    return key, False


def pseudonym(key: bytes, person: str) -> str:
    """The name of a person in an export."""
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:32]


class _Export:
    def __init__(self, folder: Path, manifest: Manifest, pack: Pack, to: str, out: Path) -> None:
        self.layout = Layout(folder)
        self.manifest = manifest
        self.pack = pack
        self.to = to
        self.out = out
        self.wide = wide_of(pack)
        self.connection = connect(folder)

    def run(self, key: bytes) -> Exported:
        """Writes everything."""
        try:
            counts = self._name_people(key)
            known = self._tables()
            self._write("dictionary.csv", dictionary_csv(known))
            self._write("README.txt", readme(self.manifest, self.to))
        finally:
            self.connection.close()
        return counts

    def _name_people(self, key: bytes) -> Exported:
        """A table of pseudonyms of those who allow research; and how many do not."""
        self.connection.execute("CREATE TEMP TABLE named (person VARCHAR, pseudonym VARCHAR, day DATE)")
        people = f"read_parquet({text(self.layout.parts('people'))})"
        told = self.connection.cursor().execute(
            f"SELECT person, research_consent, {self._first_day()} FROM {people} WHERE NOT trusted"  # nosec B608: ours
        )
        permitted = denied = unknown = 0
        while rows := told.fetchmany(5000):
            named = [(person, pseudonym(key, person), day) for person, says, day in rows if says == PERMIT]
            permitted += len(named)
            denied += sum(says == DENY for _, says, _ in rows)
            unknown += sum(says not in (PERMIT, DENY) for _, says, _ in rows)
            if named:
                self.connection.executemany("INSERT INTO named VALUES (?, ?, ?)", named)
        return Exported(permitted, denied, unknown, False)

    def _first_day(self) -> str:
        """The column of the day from which a person's days are counted; without one, no time is given."""
        for name, fact in self.pack.facts.items():
            if fact.from_record == "record_first":
                return _quoted(f"{name}__first_day")
        return "NULL"

    def _tables(self) -> list[Entry]:
        """Writes both tables; their columns, with how many rows know each."""
        described: list[Entry] = []
        for table, names in (("people", self.wide.person), ("specimens", self.wide.specimen)):
            listed = entries(self.pack, table, names)
            selected = ", ".join(f"{self._value(entry)} AS {_quoted(entry.column)}" for entry in listed)
            number = (
                ", dense_rank() OVER (PARTITION BY person ORDER BY specimen) AS specimen"
                if table == "specimens"
                else ""
            )
            source = f"read_parquet({text(self.layout.parts(table))}) JOIN named USING (person)"
            query = (
                f"SELECT pseudonym AS person{number}, {selected} FROM {source} "  # nosec B608: our own names
                f"WHERE NOT trusted ORDER BY {'1, 2' if number else '1'}"
            )
            path = self.out / f"{table}.{self.to}"
            form = "FORMAT parquet, COMPRESSION zstd" if self.to == "parquet" else "FORMAT csv, HEADER"
            self.connection.execute(f"COPY ({query}) TO {text(path)} ({form})")
            counted = ", ".join(f"count({_quoted(entry.column)})" for entry in listed)
            read = f"read_parquet({text(path)})" if self.to == "parquet" else f"read_csv({text(path)})"
            counts = self.connection.execute(f"SELECT {counted} FROM {read}").fetchone() if listed else ()  # nosec B608
            assert counts is not None
            described += [
                entry._replace(known=int(count)) for entry, count in zip(listed, counts, strict=True)
            ]
        return described

    def _value(self, entry: Entry) -> str:
        """A column as it is given: days for dates, and no age that singles out the very old."""
        if entry.kind == "moment":
            names = [column for column, kind in columns(entry.name, "moment") if kind == "DATE"]
            column = names[0] if entry.part == "first" else names[1]
            return f"datediff('day', day, {_quoted(column)})"
        if entry.years and entry.part in ("lo", "hi"):
            return f"least({_quoted(entry.column)}, {OLDEST})"
        return _quoted(entry.column)

    def _write(self, name: str, content: str) -> None:
        (self.out / name).write_text(content, encoding="utf-8")


def _quoted(column: str) -> str:
    return f'"{column}"'


def dictionary_csv(described: list[Entry]) -> str:
    """The data dictionary as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "column", "type", "fact", "title", "part", "unit", "values", "rows_known"))
    for entry in described:
        writer.writerow(entry.row())
    return out.getvalue()


def readme(manifest: Manifest, to: str) -> str:
    """What whoever receives the rows must know."""
    pack = manifest.pack
    return f"""Rows of a Sapwood registry, for research.

people.{to}      one row for each person
specimens.{to}   one row for each specimen with findings (its number within the person)
dictionary.csv   every column: its fact, its unit, its values, how many rows know it

Only people with an active consent to research are here. Person is a pseudonym: whoever holds the key can find the
person again, and so may whoever knows them well. This is not anonymous; keep it as you would keep the records.

There are no dates. A time is in days since the first entry of the person's record, whose day is in none of the files.
Ages above {OLDEST} are given as {OLDEST}. Free text, ids of the source and the day of the registry are left out.

Empty means not known, which is never "no". A number is known as a range: __lo and __hi are its ends (empty: no limit),
__lo_open and __hi_open whether an end itself is impossible; where all is known the two are the same.

Pack {pack["id"]} {pack["version"]}, content {pack["hash"]}.
"""
