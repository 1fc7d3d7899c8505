"""What is refused, each with one sentence that gives the reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from small_records import PATIENT, refusal

from sapwood import decode
from sapwood.errors import RecordError
from sapwood.record import parse_record, read_record


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the record is empty"),
        (b" \n ", "the record is empty"),
        (b"\xef\xbb\xbf", "the record is empty"),
        (b"%PDF-1.7\n\x00\xff", "a PDF document"),
        (gzip.compress(b"{}", mtime=0), "a gzip file. Unpack it first"),
        (b"PK\x03\x04\x00\x00", "a zip file"),
        (b"\x89PNG\r\n\x1a\n\x00", "a picture"),
        (b"\x7fELF\x00\x01", "a binary file"),
        (
            b'<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"/>',
            "FHIR as XML. Convert it to FHIR R4 JSON",
        ),
        (b"<html></html>", "XML or HTML"),
        (b"MSH|^~\\&|LAB", "an HL7 version 2 message"),
        (b"id,name\n1,2\n", "this is not JSON (byte 0, line 1)"),
        (b'{"resourceType": "Bundle",\n "entry": [', "cut off in the middle (byte 38, line 2)"),
        (b'{"resourceType": "Patient", "x": NaN}', "NaN and Infinity are not numbers in JSON"),
        (b'{"resourceType": "Patient", "x": -Infinity}', "NaN and Infinity are not numbers in JSON"),
        (b'{"resourceType": "Patient", "x": "\xe9"}', "not UTF-8 text (byte 34, line 1)"),
        (b'{"resourceType": "Patient", "x": "\\ud800"}', "half of a character pair"),
        (b'{"resourceType": "Patient", "x": "\x01"}', "control character"),
        (b'{"resourceType": "Patient"} extra', "more text after the end"),
        (b'{"x": ' + b"9" * 5000 + b"}", "more than 4,300 digits"),
        (b"\xff\xfe{", "its bytes are not that"),
        ("\ud800", "half of a character pair"),
        (b"7", "neither an object nor a list"),
        (b'"text"', "neither an object nor a list"),
        (b"null", "neither an object nor a list"),
        (b'["a", "b"]', "no item of it is a FHIR resource"),
        (b"[]", "no item of it is a FHIR resource"),
        (b'{"name": "x"}', "an object without a `resourceType` is not FHIR"),
        (b'{"resourceType": "Bundle", "type": "collection"}', "no resource in it that could be read"),
        (b'{"resourceType": "Bundle", "entry": {}}', "no resource in it that could be read"),
        (b'{"resourceType": "OperationOutcome"}', "only a server's message"),
        (
            b"[\n" + b'{"resourceType": "Patient"},\n' * 2 + b'{"resourceType": "Patient"}\n',
            "cut off in the middle",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes | str, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("bracket", [b"[", b'{"a":', b'[{"resourceType":"Bundle","entry":'])
def test_a_hundred_thousand_nested_brackets_are_refused(bracket: bytes) -> None:
    assert "brackets are nested deeper" in refusal(bracket * 100_000)


def test_bundles_nested_as_deep_as_json_allows_are_read() -> None:
    opening, closing = '{"resourceType":"Bundle","entry":[{"resource":', "}]}"
    text = opening * 150 + json.dumps(PATIENT) + closing * 150
    assert parse_record(text).patient == PATIENT


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.truncate(200_000_000)  # sparse: takes no room
    with pytest.raises(RecordError, match="more than 64 MB, which is too large for one person's record"):
        read_record(big)
    monkeypatch.setattr(decode, "LIMIT_BYTES", 10)
    assert "Split it into one file for each patient" in refusal(b"[" + b" " * 20)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, words in [
        (tmp_path, "this is a directory, not a record"),
        (tmp_path / "none.json", "there is no such file"),
        (tmp_path / "no\x00name", "the file cannot be opened"),
        (tmp_path / ("x" * 5000), "the file cannot be opened"),
    ]:
        with pytest.raises(RecordError, match=words) as caught:
            read_record(path)
        assert caught.value.problems[0].where == str(path)
