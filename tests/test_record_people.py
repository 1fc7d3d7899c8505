"""Whose record it is: one person, the one who is named, or a refusal."""

from __future__ import annotations

import pytest
from small_records import PATIENT, bundle, ids, observation, parse, refusal, said

SECOND = {"resourceType": "Patient", "id": "p2", "identifier": [{"system": "urn:mrn", "value": "77"}]}
TWO = bundle(
    PATIENT,
    SECOND,
    observation("a"),
    observation("b", "Patient/p2"),
    observation("c", "http://example.org/fhir/Patient/p2/_history/3"),
    observation("d", {"identifier": {"system": "urn:mrn", "value": "77"}}),
    observation("e", None),
    {"resourceType": "Medication", "id": "m"},
    observation("g", "Group/all"),
)


def test_several_patients_are_refused_until_one_is_named() -> None:
    sentence = refusal(TWO)
    assert "2 patients (ids: p1, p2). Name one with --patient ID" in sentence


def test_at_most_five_ids_are_listed_and_none_that_could_be_a_name() -> None:
    people = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(8)]
    assert "8 patients (ids: p0, p1, p2, p3, p4 and 3 more)" in refusal(people)
    named = [{"resourceType": "Patient", "id": own} for own in ("Roe, Jane", "x y")]
    assert "Roe" not in refusal(named)


@pytest.mark.parametrize(
    "named", ["p2", "Patient/p2", "http://example.org/fhir/Patient/p2", "77", "urn:mrn|77"]
)
def test_a_named_patient_gets_their_own_resources_and_the_rest_is_counted(named: str) -> None:
    record = parse(TWO, patient=named)
    assert record.patient is not None
    assert record.patient["id"] == "p2"
    assert ids(record) == ["b", "c", "d", "m"]
    assert record.counts["other_patient"] == 1
    assert record.counts["no_subject"] == 1
    assert record.counts["other_subject"] == 1
    assert "about another person than the patient; left out" in said(record)


def test_a_patient_who_is_not_there_is_refused_without_repeating_the_name() -> None:
    sentence = refusal(TWO, patient="Jane Roe")
    assert "the patient named is not in it; it holds 2 patients" in sentence
    assert "Roe" not in sentence


def test_a_patient_may_be_named_by_the_address_of_their_entry() -> None:
    value = bundle({"resourceType": "Patient"}, SECOND, observation("a", "urn:uuid:0a"))
    value["entry"][0]["fullUrl"] = "urn:uuid:0a"
    record = parse(value, patient="urn:uuid:0a")
    assert ids(record) == ["a"]


def test_with_one_patient_a_resource_that_names_nobody_is_theirs() -> None:
    assert ids(parse(bundle(PATIENT, observation("a"), observation("b", None)))) == ["a", "b"]


def test_with_somebody_else_mentioned_a_resource_that_names_nobody_is_left_out() -> None:
    record = parse(
        bundle(PATIENT, observation("a"), observation("b", None), observation("c", "Patient/baby"))
    )
    assert ids(record) == ["a"]
    assert record.counts["no_subject"] == 1


def test_an_observation_that_focuses_on_somebody_else_is_not_the_patients() -> None:
    donor = observation("d", focus=[{"reference": "RelatedPerson/donor"}])
    record = parse(bundle(PATIENT, observation("a"), donor))
    assert ids(record) == ["a"]


def test_without_a_patient_resource_one_subject_is_enough_and_two_are_refused() -> None:
    record = parse([observation("a", "Patient/x"), observation("b", "https://h.example/Patient/x")])
    assert record.patient is None
    assert ids(record) == ["a", "b"]
    assert "2 patients (ids: x, y)" in refusal([observation("a", "Patient/x"), observation("b", "Patient/y")])
    assert ids(parse([observation("a", "Patient/x"), observation("b", "Patient/y")], patient="y")) == ["b"]


def test_a_patient_without_an_id_takes_the_one_subject_everything_names() -> None:
    record = parse([{"resourceType": "Patient", "gender": "male"}, observation("a", "Patient/x")])
    assert ids(record) == ["a"]
    assert "the Patient has no id" in said(record)


def test_links_between_patients_are_counted_not_followed() -> None:
    record = parse(bundle({**PATIENT, "link": [{"other": {"reference": "Patient/p9"}}]}, observation()))
    assert ids(record) == ["o1"]
    assert record.counts["patient_links"] == 1
