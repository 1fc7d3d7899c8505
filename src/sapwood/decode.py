"""Bytes -> JSON values with their printed digits, or one clear refusal.

A PDF or a cut-off file is refused whole; of NDJSON a bad line is a problem, and the rest is read.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow, Underflow
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sapwood.errors import Problem, RecordError

LIMIT_BYTES = 64 * 1024 * 1024
"""The largest record read: some hundred times a long hospital record, and still bounded in memory."""

_AS_JSON = "Export the record as FHIR R4 JSON"
_AGAIN = "Export or copy the file again; it must be complete FHIR R4 JSON"

_MAGIC = (
    (b"%PDF", "this is a PDF document, not a FHIR record"),
    (b"\x1f\x8b", "this is a gzip file"),
    (b"PK\x03\x04", "this is a zip file (or an Office document)"),
    (b"\xfd7zXZ", "this is an xz file"),
    (b"BZh", "this is a bzip2 file"),
    (b"7z\xbc\xaf", "this is a 7z file"),
    (b"PAR1", "this is a Parquet file"),
    (b"SQLite format 3", "this is a SQLite database"),
    (b"\x89PNG", "this is a picture"),
    (b"\xff\xd8\xff", "this is a picture"),
    (b"{\\rtf", "this is an RTF document"),
)
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"BZh", b"7z\xbc\xaf")

# A number beyond this is no measurement, and would cost memory without bound as a fraction.
_NUMBERS = Context(prec=400, Emax=400, Emin=-400, traps=[Inexact, InvalidOperation, Overflow, Underflow])
_DECODER = msgspec.json.Decoder(float_hook=_NUMBERS.create_decimal)

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_LONG_INTEGER = re.compile(rb"[0-9]{4301}")
_LONE_SURROGATE = re.compile(rb"\\u[dD][89abABcdefCDEF]")
_BYTE = re.compile(r"\(byte (\d+)\)")


class Decoded(NamedTuple):
    """The JSON values of one input, in order, and what of it could not be read."""

    values: list[Any]
    problems: list[Problem]


class _NotJsonError(Exception):
    """Why some bytes are not JSON, and at which of them (from 0) that shows."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def read_bytes(path: Path, where: str) -> bytes:
    """A file's bytes, never more than the limit; refuses what is no readable file."""
    try:
        if path.is_dir():
            raise RecordError(Problem(where, "this is a directory, not a record", "Name one file in it"))
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise RecordError(Problem(where, "there is no such file", "Check the path")) from None
    except (OSError, ValueError):
        remedy = "Check the path and its permissions"
        raise RecordError(Problem(where, "the file cannot be opened", remedy)) from None
    return data


def decode(data: bytes | str, where: str) -> Decoded:
    """Every JSON value of the input: one document, or one a line."""
    raw = _utf8(data, where)
    problems: list[Problem] = []
    try:
        return Decoded([_parse(raw, "the record", problems)], problems)
    except _NotJsonError as fault:
        _refuse_other_kinds(raw, where)
        decoded = _lines(raw)
        if decoded is None:
            raise RecordError(Problem(where, f"{fault.what} ({_place(raw, fault.at)})", _AGAIN)) from None
        return decoded


def read_json(raw: bytes) -> Any:
    """A piece of JSON already known to be readable; `DecimalException` for a number no measurement could have."""
    return _DECODER.decode(raw)


def _utf8(data: bytes | str, where: str) -> bytes:
    if isinstance(data, str):
        try:
            data = data.encode()
        except UnicodeEncodeError:
            what = "the text holds half of a character pair (a lone surrogate)"
            raise RecordError(Problem(where, what, _AGAIN)) from None
    if len(data) > LIMIT_BYTES:
        limit = LIMIT_BYTES // (1024 * 1024)
        what = f"more than {limit} MB, which is too large for one person's record"
        raise RecordError(Problem(where, what, "Split it into one file for each patient"))
    encoding = _other_encoding(data)
    if encoding:
        try:
            data = data.decode(encoding).encode()
        except UnicodeError:
            what = "its byte order mark says UTF-16 or UTF-32, but its bytes are not that"
            raise RecordError(Problem(where, what, "Save it as UTF-8")) from None
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if not data or data.isspace():
        raise RecordError(Problem(where, "the record is empty", _AS_JSON))
    return data


def _other_encoding(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:4]
    if len(head) == 4 and head[0] in b'{["' and head[1] == 0:
        return "utf-16-le" if head[2] else "utf-32-le"
    if len(head) == 4 and head[0] == 0 and (head[1] in b'{["' or head[3] in b'{["'):
        return "utf-16-be" if head[1] else "utf-32-be"
    return None


def _parse(raw: bytes, where: str, problems: list[Problem]) -> Any:
    try:
        return _DECODER.decode(raw)
    except msgspec.ValidationError:
        match = _LONG_INTEGER.search(raw)
        raise _NotJsonError(
            "a whole number has more than 4,300 digits", match.start() if match else 0
        ) from None
    except msgspec.DecodeError as error:
        raise _explained(raw, str(error)) from None
    except UnicodeDecodeError:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise _NotJsonError("the bytes are not UTF-8 text", error.start) from None
        raise _NotJsonError("the bytes are not UTF-8 text", 0) from None
    except RecursionError:
        raise _NotJsonError("brackets are nested deeper than in any record", 0) from None
    except DecimalException:
        return _parse_odd_numbers(raw, where, problems)


def _parse_odd_numbers(raw: bytes, where: str, problems: list[Problem]) -> Any:
    """The same, with `null` for a number no measurement could have."""
    odd = 0

    def number(text: str) -> Decimal | None:
        nonlocal odd
        try:
            return _NUMBERS.create_decimal(text)
        except DecimalException:
            odd += 1
            return None

    try:
        value = msgspec.json.Decoder(float_hook=number).decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _NotJsonError("this is not JSON, and has a number too large to be a measurement", 0) from None
    what = f"a number too large or too long to be a measurement was not read ({odd} in all)"
    problems.append(Problem(where, what, "Correct the number"))
    return value


def _explained(raw: bytes, message: str) -> _NotJsonError:
    if message == "Input data was truncated":
        if raw.rstrip()[-1:] in (b"}", b"]", b'"') and _LONE_SURROGATE.search(raw):
            return _NotJsonError("a text holds half of a character pair (a lone surrogate)", len(raw))
        return _NotJsonError("the record is cut off in the middle", len(raw))
    match = _BYTE.search(message)
    at = int(match[1]) if match else 0
    if raw[at : at + 3] == b"NaN" or raw[at : at + 8] == b"Infinity":
        return _NotJsonError("NaN and Infinity are not numbers in JSON", at)
    if "trailing" in message:
        return _NotJsonError("there is more text after the end of the JSON", at)
    if _CONTROL.match(raw[at : at + 1]):
        return _NotJsonError("a control character stands where JSON allows none", at)
    return _NotJsonError("this is not JSON", at)


def _place(raw: bytes, at: int) -> str:
    line = raw.count(b"\n", 0, at) + 1
    return f"byte {at}, line {line}"


def _refuse_other_kinds(raw: bytes, where: str) -> None:
    for magic, what in _MAGIC:
        if raw.startswith(magic):
            remedy = f"Unpack it first. {_AS_JSON}" if magic in _PACKED else _AS_JSON
            raise RecordError(Problem(where, what, remedy))
    head = raw[:4096].lstrip()
    if head.startswith(b"<"):
        what = "this is XML or HTML"
        if b"http://hl7.org/fhir" in head:
            what = "this is FHIR as XML"
        elif b"urn:hl7-org:v3" in head:
            what = "this is a CDA document (XML)"
        raise RecordError(Problem(where, what, "Convert it to FHIR R4 JSON"))
    if head.startswith((b"MSH|", b"FHS|", b"BHS|")):
        raise RecordError(Problem(where, "this is an HL7 version 2 message", "Convert it to FHIR R4 JSON"))
    if b"\x00" in head:
        raise RecordError(Problem(where, "this is a binary file, not text", _AS_JSON))


def _lines(raw: bytes) -> Decoded | None:
    """NDJSON, when at least one line is a resource by itself; a document starting with `[` never is."""
    if raw.lstrip().startswith(b"["):
        return None
    values: list[Any] = []
    bad: dict[str, list[int]] = {}
    problems: list[Problem] = []
    resources = 0
    for number, line in enumerate(raw.splitlines(), 1):
        if not line or line.isspace():
            continue
        try:
            value = _parse(line, f"line {number}", problems)
        except _NotJsonError as fault:
            bad.setdefault(fault.what, []).append(number)
            if not resources and number > 1000:
                return None
            continue
        resources += isinstance(value, dict) and isinstance(value.get("resourceType"), str)
        values.append(value)
    if not resources:
        return None
    return Decoded(values, [*problems, *(_bad_lines(what, numbers) for what, numbers in bad.items())])


def _bad_lines(what: str, numbers: list[int]) -> Problem:
    where = f"line {numbers[0]}"
    if len(numbers) > 1:
        where += f" and {len(numbers) - 1} more"
    return Problem(where, f"left out, because {what}", "Export it again; the other lines were read")
