"""Whatever is done to a real record, it is read or refused; and no sentence tells whom it is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapwood.errors import RecordError
from sapwood.record import Record, parse_record

EXAMPLES = Path(__file__).parent.parent / "examples"
PATHS = [
    EXAMPLES / "records" / "mcode-breast-cancer.json",
    *sorted((EXAMPLES / "cases").glob("*.bundle.json")),
]
PATHS += sorted((EXAMPLES / "records").glob("synthea-*.json"))
SECRET = "Jane Q. Roe 1950-02-03 \x00\u202e <b>'\"; DROP -- "
NUMBERS = [0, -1, 2**63, 10**400, 1e308, True]
HOSTILE = [
    SECRET,
    "",
    "\ud83d\ude00" * 500,
    "A" * 100_000,
    "../../etc/passwd",
    "#",
    "Patient/",
    "urn:uuid:",
    "\x7f\x1b[2J",
    "{{7*7}}",
    "%s%n",
]


def trimmed(path: Path) -> Any:
    """A real record, cut to the size at which thousands of mutants are quick."""
    value = json.loads(path.read_bytes())
    if isinstance(value, list):
        return value[:12] + value[60:66]
    value["entry"] = value["entry"][:12]
    return value


RECORDS = [trimmed(path) for path in PATHS]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in a JSON value, its root left out."""
    found: list[tuple[Any, ...]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.append((*path, key))
        found += places(inner, (*path, key))
    return found


PLACES = [places(record) for record in RECORDS]


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = {"resource": [value]}
    return value


replacements = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(HOSTILE),
    st.text(max_size=20),
    st.sampled_from(
        ["Bundle", "Patient", "Parameters", "OperationOutcome", "history", "Observation/x", "Patient/x"]
    ),
    st.builds(list),
    st.builds(dict),
    st.integers(1, 100).map(deep),
    st.builds(lambda: [None, "x", {"coding": [[]]}]),
)


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """A real record with up to six of its parts deleted, replaced, wrapped or swapped."""
    index = draw(st.integers(0, len(RECORDS) - 1))
    value = json.loads(json.dumps(RECORDS[index]))
    for _ in range(draw(st.integers(1, 6))):
        path = draw(st.sampled_from(PLACES[index]))
        holder = value
        try:
            for key in path[:-1]:
                holder = holder[key]
            old = holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if not isinstance(holder, dict | list):
            continue
        deed = draw(st.sampled_from(["delete", "replace", "list", "object", "swap", "double"]))
        if deed == "delete":
            del holder[path[-1]]
        elif deed == "replace":
            holder[path[-1]] = draw(replacements)
        elif deed == "list":
            holder[path[-1]] = [old]
        elif deed == "object":
            holder[path[-1]] = {"value": old}
        elif deed == "double":
            holder[path[-1]] = [old, old]
        elif isinstance(holder, dict):
            other = draw(st.sampled_from(sorted(holder)))
            holder[path[-1]], holder[other] = holder[other], holder[path[-1]]
    return value


def use(record: Record) -> None:
    """Everything a reader of a record may ask of it."""
    assert record.counts["kept"] <= record.counts["read"]
    assert all(isinstance(resource, dict) for resource in record.resources)
    for key, resources in record.coded.items():
        assert all(isinstance(part, str) for part in key)
        assert len({id(resource) for resource in resources}) == len(resources)
    for text, _ in record.worded:
        assert text == text.strip()
    for resource in record.resources:
        record.main_code(resource)
        assert record.source_of(resource).isascii()
        for element in ("subject", "specimen", "medicationReference"):
            reference = resource.get(element)
            record.resolve(reference.get("reference") if isinstance(reference, dict) else reference, resource)
    for problem in record.problems:
        assert problem.where and problem.what and problem.remedy


def read(data: bytes | str, patient: str | None = None) -> Record | RecordError:
    try:
        record = parse_record(data, patient=patient)
    except RecordError as error:
        return error
    use(record)
    return record


def sentences(result: Record | RecordError) -> str:
    return "\n".join(map(str, result.problems))


@given(mutants(), st.sampled_from([None, None, None, "x", "Patient/x", SECRET]))
@settings(max_examples=300)
def test_a_mutant_is_read_or_refused(value: Any, patient: str | None) -> None:
    result = read(json.dumps(value), patient)
    assert "Jane" not in sentences(result)


@given(mutants(), st.data())
@settings(max_examples=120)
def test_bytes_cut_off_or_changed_are_read_or_refused(value: Any, data: st.DataObject) -> None:
    raw = bytearray(json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))
    raw = raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    for _ in range(data.draw(st.integers(0, 5))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(raw))


@given(st.lists(mutants(), min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\n\n", ",\n"]))
@settings(max_examples=60)
def test_lines_are_read_or_refused(values: list[Any], between: str) -> None:
    read(between.join(json.dumps(value) for value in values))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert not isinstance(read(data), Record) or b"resourceType" in data


def hostile_everywhere(value: Any, keep: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: inner if key in keep and isinstance(inner, str) else hostile_everywhere(inner, keep)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [hostile_everywhere(inner, keep) for inner in value]
    return SECRET if isinstance(value, str) else value


@pytest.mark.parametrize(
    "keep",
    [
        frozenset({"resourceType"}),
        frozenset({"resourceType", "reference", "id", "fullUrl"}),
        frozenset({"resourceType", "type", "system", "code", "id"}),
        frozenset(),
    ],
    ids=["only types", "references", "codes", "nothing"],
)
@pytest.mark.parametrize("path", PATHS[:3] + PATHS[-2:], ids=lambda path: path.stem)
def test_hostile_text_in_every_string_never_reaches_a_sentence(path: Path, keep: frozenset[str]) -> None:
    result = read(json.dumps(hostile_everywhere(json.loads(path.read_bytes()), keep)))
    words = sentences(result)
    assert not any(part in words for part in ("Jane", "Roe", "1950", "DROP", "\x00", "\u202e"))
    if isinstance(result, Record):
        assert "Jane" not in "".join(map(result.source_of, result.resources))
        assert "Jane" not in repr(result)


@given(mutants())
@settings(max_examples=150)
def test_no_sentence_tells_the_patients_own_name_or_birth_date(value: Any) -> None:
    people = [r for r in json_objects(value) if r.get("resourceType") == "Patient"]
    telling = {text for person in people for text in strings(person.get("name")) if len(text) > 3}
    telling |= {person["birthDate"] for person in people if isinstance(person.get("birthDate"), str)}
    telling = {text for text in telling if len(text) > 5 and text not in HOSTILE[1:]}
    words = sentences(read(json.dumps(value)))
    assert not [text for text in telling if text in words and text not in ("Patient", "official", "Bundle")]


def json_objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict) else []
    return found + [item for part in inner for item in json_objects(part)]


def strings(value: Any) -> list[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for part in inner for text in strings(part)]
