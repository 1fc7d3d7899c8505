"""Finding resources by code, words, reference and type, and naming where they came from."""

from __future__ import annotations

from typing import Any

import pytest
from small_records import LOINC, PATIENT, bundle, observation, parse, said

from sapwood.record import normalise


def test_resources_are_found_by_every_code_once() -> None:
    code = {"coding": [{"system": LOINC, "code": "1"}, {"system": LOINC, "code": "1"}, {"code": "local"}]}
    record = parse(bundle(PATIENT, observation("a", code=code), observation("b")))
    assert [r["id"] for r in record.coded[LOINC, "1"]] == ["a"]
    assert [r["id"] for r in record.coded["", "local"]] == ["a"]
    assert [r["id"] for r in record.coded[LOINC, "1751-7"]] == ["b"]


def test_the_main_code_is_where_each_type_keeps_it() -> None:
    text = {"text": "X"}
    places: list[tuple[str, dict[str, Any]]] = [
        ("MedicationStatement", {"medicationCodeableConcept": text}),
        ("AdverseEvent", {"event": text}),
        ("Immunization", {"vaccineCode": text}),
        ("Specimen", {"type": text}),
        ("Encounter", {"type": [text]}),
        ("FamilyMemberHistory", {"condition": [{"code": text}]}),
        ("MedicationRequest", {"medicationReference": {"display": "X"}}),
    ]
    for kind, part in places:
        resource = {"resourceType": kind, "subject": {"reference": "Patient/p1"}, **part}
        record = parse(bundle(PATIENT, resource))
        assert record.main_code(record.resources[0]) == text, kind
        assert record.worded == [("x", record.resources[0])]


def test_a_contained_medication_is_found_and_named_after_its_container() -> None:
    request = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "subject": {"reference": "Patient/p1"},
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Azacitidine"}}],
        "medicationReference": {"reference": "#m"},
    }
    record = parse(bundle(PATIENT, request))
    assert record.text_of(record.resources[0]) == "azacitidine"
    contained = record.resolve("#m", record.resources[0])
    assert contained is not None
    assert record.source_of(contained) == "MedicationRequest/r (contained)"
    assert record.resolve("#", contained) is record.resources[0]


def test_references_resolve_however_they_are_written() -> None:
    value = bundle(PATIENT, {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p1"}})
    value["entry"][1]["fullUrl"] = "http://example.org/fhir/Specimen/s1"
    record = parse(value)
    specimen = record.resources[0]
    reference: Any
    for reference in (
        "Specimen/s1",
        "http://example.org/fhir/Specimen/s1",
        "Specimen/s1/_history/2",
        "urn:uuid:s1",
    ):
        assert record.resolve(reference, PATIENT) is specimen, reference
    for reference in ("Specimen/s2", "#s1", "", None, 5, "Specimen?identifier=x"):
        assert record.resolve(reference, specimen) is None, reference
    assert record.resolve("Patient/p1", specimen) is record.patient


def test_circles_of_references_end() -> None:
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "medicationReference": {"reference": "Medication/m"},
    }
    statement = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "subject": {"reference": "Patient/p1"},
        "medicationReference": {"reference": "MedicationStatement/s"},
        "contained": [medication],
    }
    first = observation("a", hasMember=[{"reference": "Observation/b"}])
    second = observation("b", hasMember=[{"reference": "Observation/a"}])
    record = parse(bundle(PATIENT, statement, medication, first, second))
    assert record.main_code(record.resources[0]) is None
    assert "the medicine it refers to is not in the record" in said(record)


def test_a_source_is_an_id_only_where_an_id_cannot_be_a_name() -> None:
    record = parse([observation("ab-1.2"), PATIENT, observation("Jane Roe"), observation(None), {**PATIENT}])
    sources = [record.source_of(resource) for resource in record.resources]
    assert sources == ["Observation/ab-1.2", "Observation #3", "Observation #4"]
    odd = parse([PATIENT, {"resourceType": "JaneRoe"}])
    assert odd.source_of(odd.resources[0]) == "Resource #2"
    assert "a resource type FHIR does not have" in said(odd)


def test_people_and_shared_things_are_kept_but_are_no_clinical_facts() -> None:
    code = {"coding": [{"system": LOINC, "code": "z"}], "text": "z"}
    medication = {"resourceType": "Medication", "id": "m", "code": code}
    record = parse(bundle(PATIENT, medication, {"resourceType": "Organization", "id": "o"}))
    assert record.coded == {}
    assert record.worded == []
    assert record.of_type("Medication") == [medication]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Flow\tCytometry:  CD123 (bright)", "flow cytometry cd123 bright"),
        ("non‑Hodgkin", "non-hodgkin"),
        ("10 µmol/L", "10 μmol/l"),
        ("ﬁbrin_ogen", "fibrin ogen"),
        ("Straße", "strasse"),
        ("CD4+/CD56-", "cd4+/cd56-"),
        ("blas\u00adtic\u200b", "blastic"),
        ("...", ""),
    ],
)
def test_words_are_compared_in_one_form(text: str, words: str) -> None:
    assert normalise(text) == words
    assert normalise(words) == words


def test_the_quick_path_and_the_careful_path_agree() -> None:
    """The quick pass over the commonest Bundle must give what the careful reading gives."""
    resources = [
        observation(f"o{n}", code={"coding": [{"system": LOINC, "code": str(n % 3)}]}) for n in range(9)
    ]
    subject = {"reference": "Patient/p1"}
    rx = {"coding": [{"system": "urn:rx", "code": "1"}]}
    resources.append(
        {"resourceType": "MedicationRequest", "id": "m", "subject": subject, "medicationCodeableConcept": rx}
    )
    quick = parse(bundle(PATIENT, *resources))
    careful = parse([bundle(PATIENT, *resources)])
    assert "coded" in vars(quick)
    assert "coded" not in vars(careful)
    for attribute in ("patient", "resources", "counts", "problems", "coded", "worded"):
        assert getattr(quick, attribute) == getattr(careful, attribute), attribute
    assert [quick.source_of(r) for r in quick.resources] == [careful.source_of(r) for r in careful.resources]
