"""Input is taken apart by person: as it came where it can stay so, and nothing is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from registries import albumin, bundle_of, patient

from sapwood.errors import RecordError
from sapwood.record import parse_record
from sapwood.registry.pieces import Aside, Piece, pieces_of, pieces_of_document

Row = dict[str, Any]


def taken(content: Any) -> tuple[dict[str, bytes], list[Piece], list[Aside]]:
    """The pieces with a person, those still to find one, and what is nobody's."""
    data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    found = list(pieces_of(data, "here"))
    pieces = [one for one in found if isinstance(one, Piece)]
    asides = [one for one in found if isinstance(one, Aside)]
    return {one.key: one.data for one in pieces if one.key}, [one for one in pieces if not one.key], asides


def searchset(*entries: Row) -> Row:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [*entries]}


def entry(resource: Row, url: str | None = None) -> Row:
    return {"fullUrl": url, "resource": resource} if url else {"resource": resource}


def read(data: bytes) -> set[str]:
    record = parse_record(data)
    return {f"{one['resourceType']}/{one.get('id')}" for one in record.resources}


@pytest.mark.parametrize(
    "content",
    [
        bundle_of([patient("p"), albumin("p")]),
        bundle_of([albumin("p"), patient("p")]),
        bundle_of([patient("p"), {"resourceType": "Organization", "id": "o"}, albumin("p")]),
        json.dumps([patient("p"), albumin("p")]),
        json.dumps(
            {
                "resourceType": "Parameters",
                "parameter": [{"resource": patient("p")}, {"resource": albumin("p")}],
            }
        ),
    ],
)
def test_one_person_s_input_stays_as_it_came(content: str) -> None:
    mine, unplaced, asides = taken(content)
    assert (mine, unplaced, asides) == ({"p": content.encode()}, [], [])


def test_two_people_in_one_bundle_get_their_own() -> None:
    """By address, id and identifier; a Medication goes with whoever refers to it, the other to nobody yet."""
    one = patient("a", identifier=[{"system": "urn:s", "value": "7"}])
    by_url, by_number = albumin("a", "1"), albumin("a", "2")
    by_url["subject"] = {"reference": "urn:uuid:111"}
    by_number["subject"] = {"identifier": {"system": "urn:s", "value": "7"}}
    dose = {
        "resourceType": "MedicationAdministration",
        "id": "d",
        "status": "completed",
        "subject": {"reference": "Patient/b"},
        "medicationReference": {"reference": "urn:uuid:333"},
    }
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "tagraxofusp"}}
    other = {"resourceType": "Medication", "id": "n", "code": {"text": "aspirin"}}
    stray = {key: value for key, value in albumin("x").items() if key != "subject"}
    mine, unplaced, asides = taken(
        searchset(
            entry(one, "urn:uuid:111"),
            entry(by_url),
            entry(patient("b"), "urn:uuid:222"),
            entry(by_number),
            entry(dose),
            entry(drug, "urn:uuid:333"),
            entry(other),
            entry(stray),
        )
    )
    assert read(mine["a"]) == {"Observation/a-1", "Observation/a-2"}
    assert read(mine["b"]) == {"MedicationAdministration/d", "Medication/m"}
    assert parse_record(mine["b"]).problems == ()
    assert [piece.shared for piece in unplaced] == ["Medication/n"]
    assert [aside.kind for aside in asides] == ["Observation"]


def test_a_history_keeps_its_deletions() -> None:
    """Of two people; a result that was deleted stays deleted."""
    gone = {
        "request": {"method": "DELETE", "url": "Observation/a-gone"},
        "response": {"lastModified": "2026-05-02"},
    }
    put = {"request": {"method": "PUT", "url": "x"}, "response": {"lastModified": "2026-05-01"}}
    bundle = searchset(
        gone,
        entry(patient("a")) | put,
        entry(albumin("a", "gone")) | put,
        entry(albumin("a", "kept")) | put,
        entry(patient("b")) | put,
    )
    mine, _, _ = taken(bundle | {"type": "history"})
    assert read(mine["a"]) == {"Observation/a-kept"}
    assert read(mine["b"]) == set()


def test_a_person_without_a_patient_is_still_a_person() -> None:
    mine, unplaced, asides = taken(bundle_of([albumin("a"), albumin("b")]))
    assert (set(mine), unplaced, asides) == ({"a", "b"}, [], [])


def test_numbers_keep_their_digits_when_a_bundle_is_taken_apart() -> None:
    text = bundle_of([patient("a"), albumin("a", value=0), patient("b")]).replace(
        '"value": 0', '"value": 3.20'
    )
    mine, _, _ = taken(text)
    assert b'"value":3.20' in mine["a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "cut off"), ("", "empty"), ("7", "no FHIR resource"), ('{"a": 1}', "no FHIR resource")],
)
def test_what_is_no_fhir_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(RecordError) as error:
        list(pieces_of(text.encode(), "file, line 3"))
    assert "file, line 3" in str(error.value) and says in str(error.value)


def test_a_document_of_lines_is_one_input() -> None:
    """A result that names nobody belongs to the one Patient of the file, as in a single record."""
    stray = {key: value for key, value in albumin("x").items() if key != "subject"}
    data = "\n".join(map(json.dumps, (patient("p"), stray))).encode()
    (piece,) = pieces_of_document(data, "p.json")
    assert isinstance(piece, Piece) and piece.key == "p"
    assert read(piece.data) == {"Observation/x-a"}
