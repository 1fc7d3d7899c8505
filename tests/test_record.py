"""What the reader takes, whose record it is, and what it leaves out and says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_records import PATIENT, bundle, ids, observation, parse, refusal, said

from sapwood.record import parse_record, read_record

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "document", "message"])
def test_every_type_of_bundle_is_read(kind: str) -> None:
    record = parse(bundle(PATIENT, observation(), kind=kind))
    assert record.patient == PATIENT
    assert ids(record) == ["o1"]
    assert record.problems == ()
    assert record.counts == {"read": 2, "kept": 2}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([PATIENT, observation()]),
        json.dumps(PATIENT) + "\r\n\n" + json.dumps(observation()) + "\n",
        json.dumps(bundle(bundle(PATIENT), bundle(bundle(observation())))),
        json.dumps([bundle(PATIENT), [observation()]]),
        json.dumps(
            {
                "resourceType": "Parameters",
                "parameter": [
                    {"name": "a", "resource": PATIENT},
                    {"name": "b", "part": [{"name": "c", "resource": bundle(observation())}]},
                ],
            }
        ),
    ],
    ids=["list", "ndjson", "nested bundles", "list of bundles", "parameters"],
)
def test_other_wrappings_are_read(text: str) -> None:
    record = parse_record(text)
    assert (record.patient, ids(record), record.problems) == (PATIENT, ["o1"], ())


def test_one_resource_alone_is_a_record() -> None:
    assert parse(PATIENT).patient == PATIENT
    record = parse(observation())
    assert record.patient is None
    assert ids(record) == ["o1"]
    assert "no Patient resource, so age and sex are unknown" in said(record)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_with_a_mark_or_a_plain_pattern_are_decoded(encoding: str) -> None:
    text = json.dumps([PATIENT, observation(code={"text": "Übelkeit"})], ensure_ascii=False)
    record = parse_record(text.encode(encoding))
    assert record.worded[0][0] == "übelkeit"


def test_numbers_keep_their_printed_digits() -> None:
    text = json.dumps(bundle(PATIENT, observation())).replace('"final"', '"final", "v": [4.10, 1e-3, 7, 0.1]')
    values = parse_record(text).resources[0]["v"]
    assert [str(value) for value in values] == ["4.10", "0.001", "7", "0.1"]
    assert type(values[0]) is Decimal
    assert type(values[2]) is int


@pytest.mark.parametrize(
    "number", ["1e999999999", "1e99999999999999999999", "-1e5000", "1e-999999", "1." + "1" * 900]
)
def test_a_number_no_measurement_could_have_is_not_read(number: str) -> None:
    """Such a number could cost unbounded memory as a fraction; its fact is then missing, not wrong."""
    text = json.dumps(bundle(PATIENT, observation(valueQuantity={"value": 1})))
    record = parse_record(text.replace('"value": 1', f'"value": {number}'))
    assert record.resources[0]["valueQuantity"]["value"] is None
    assert "a number too large or too long to be a measurement" in said(record)


def test_a_bad_line_is_counted_and_the_rest_is_read() -> None:
    lines = [
        json.dumps(PATIENT),
        "{oops",
        json.dumps(observation()),
        "NaN",
        json.dumps(observation("o2"))[:-3],
    ]
    record = parse_record("\n".join(lines))
    assert ids(record) == ["o1"]
    assert [problem.where for problem in record.problems] == ["line 2", "line 4", "line 5"]
    assert "cut off" in record.problems[2].what


def test_what_is_no_resource_is_counted() -> None:
    value = bundle(PATIENT, observation(), None, "words", 7, {"id": "x"})
    value["entry"] += [None, "text", {"response": {"status": "201"}}]
    record = parse(value)
    assert ids(record) == ["o1"]
    assert {problem.where for problem in record.problems} >= {"entry 3 and 4 more", "entry 6", "entry 9"}
    assert "an object without a `resourceType`" in said(record)
    assert "a server's answer and no resource" in said(record)


def test_a_searchset_leaves_out_the_servers_remarks_and_says_what_is_missing() -> None:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "diagnostics": "Jane Roe"}],
    }
    included = {"resourceType": "Practitioner", "id": "dr"}
    value = bundle(PATIENT, observation(), included, outcome, kind="searchset")
    value["entry"][3]["search"] = {"mode": "outcome"}
    value["link"] = [{"relation": "next", "url": "http://example.org/2"}]
    record = parse(value)
    assert ids(record) == ["o1", "dr"]
    assert "may be incomplete" in said(record)
    assert "one page of a longer answer" in said(record)
    assert "Jane" not in said(record)


def history(*entries: tuple[str, Any, str]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [
            {
                **({"resource": resource} if resource else {}),
                "request": {"method": method, "url": "Observation/o1"},
                "response": {"lastModified": changed},
            }
            for method, resource, changed in entries
        ],
    }


def test_of_a_history_the_newest_version_counts() -> None:
    older, newer = observation(valueInteger=1), observation(valueInteger=2)
    for entries in (
        (("PUT", newer, "2025-02-01T00:00:00Z"), ("POST", older, "2025-01-01T00:00:00Z")),
        (("POST", older, "2025-01-01T00:00:00Z"), ("PUT", newer, "2025-02-01T00:00:00+01:00")),
        (("PUT", newer, ""), ("POST", older, "")),
    ):
        record = parse([PATIENT, history(*entries)])
        assert [resource["valueInteger"] for resource in record.resources] == [2]
        assert record.counts["older_versions"] == 1
        assert "the newest was read" in said(record)


def test_what_its_server_deleted_is_left_out() -> None:
    deleted = ("DELETE", None, "2025-02-01T00:00:00Z")
    record = parse([PATIENT, history(deleted, ("POST", observation(), "2025-01-01T00:00:00Z"))])
    assert ids(record) == []
    assert "Observation/o1: was deleted on its server" in said(record)
    restored = parse([PATIENT, history(("PUT", observation(), "2025-03-01T00:00:00Z"), deleted)])
    assert ids(restored) == ["o1"]


def test_identical_duplicates_are_read_once_and_counted() -> None:
    record = parse(bundle(PATIENT, observation(), observation(), PATIENT, observation()))
    assert ids(record) == ["o1"]
    assert record.counts["duplicates"] == 3
    assert "is there more than once; read once" in said(record)


def test_of_different_versions_the_newest_counts_and_otherwise_the_last() -> None:
    def version(value: int, **meta: str) -> dict[str, Any]:
        more: dict[str, Any] = {"meta": meta} if meta else {}
        return observation(valueInteger=value, **more)

    for first, second, wanted in [
        (version(1, lastUpdated="2025-01-02T00:00:00Z"), version(2, lastUpdated="2025-01-01T00:00:00Z"), 1),
        (version(1, versionId="9"), version(2, versionId="10"), 2),
        (version(1, versionId="x"), version(2), 2),
    ]:
        record = parse(bundle(PATIENT, first, second))
        assert [resource["valueInteger"] for resource in record.resources] == [wanted]
        assert "Observation/o1: is there more than once with different content" in said(record)


def test_one_full_url_is_one_resource_unless_the_ids_differ() -> None:
    value = bundle(PATIENT, observation(None), observation(None), observation("a"), observation("b"))
    for entry in value["entry"][1:3]:
        entry["fullUrl"] = "urn:uuid:1"
    for entry in value["entry"][3:]:
        entry["fullUrl"] = "urn:uuid:2"
    assert ids(parse(value)) == ["-", "a", "b"]


def test_the_same_fault_in_many_places_is_one_problem_with_a_count() -> None:
    record = parse(bundle(PATIENT, *(observation(f"o{n}", code=[]) for n in range(12))))
    (problem,) = record.problems
    assert problem.where == "Observation/o0 and 11 more"
    assert problem.what == "`code` is a list, not an object"


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ({"code": "x"}, "`code` is text, not an object"),
        ({"code": {"coding": {}}}, "`code.coding` is an object, not a list"),
        ({"code": {"coding": [None]}}, "an item of `code.coding` is null, not an object"),
        ({"code": {"coding": [{"code": 5}]}}, "a system, code or display that is not text"),
        ({"valueQuantity": 3}, "`valueQuantity` is a number, not an object"),
        ({"status": True}, "`status` is true or false, not text"),
        ({"component": {}}, "`component` is an object, not a list"),
        ({"modifierExtension": [{"url": "x"}]}, "may change what this resource means"),
    ],
)
def test_a_wrongly_shaped_part_is_a_problem_and_never_a_crash(part: dict[str, Any], what: str) -> None:
    record = parse(bundle(PATIENT, observation(None, **part)))
    assert f"Observation #2: {what}" in said(record) or what in said(record)
    assert record.problems[0].where == "Observation #2"
    assert len(record.resources) == 1
    assert record.coded is not None
    assert record.worded is not None


def test_a_subject_that_is_text_is_taken_as_the_reference_it_looks_like_and_said() -> None:
    resource = observation()
    resource["subject"] = "Patient/p1"
    record = parse(bundle(PATIENT, resource))
    assert ids(record) == ["o1"]
    assert "`subject` is text, not an object" in said(record)


def test_r5_shapes_of_certain_meaning_are_read_on_a_copy_and_said() -> None:
    subject = {"reference": "Patient/p1"}
    concept = {"coding": [{"system": "urn:rx", "code": "1"}], "text": "tagraxofusp"}
    record = parse(
        bundle(
            PATIENT,
            {
                "resourceType": "MedicationStatement",
                "id": "a",
                "subject": subject,
                "medication": {"concept": concept},
            },
            {
                "resourceType": "MedicationAdministration",
                "id": "b",
                "subject": subject,
                "medication": {"reference": {"reference": "Medication/m"}},
                "occurenceDateTime": "2025-01-01",
            },
            {"resourceType": "Medication", "id": "m", "code": concept},
            {"resourceType": "Procedure", "id": "c", "subject": subject, "occurrenceDateTime": "2025-01-02"},
        )
    )
    assert [resource["id"] for resource in record.coded["urn:rx", "1"]] == ["a", "b"]
    assert record.resources[1]["effectiveDateTime"] == "2025-01-01"
    assert record.resources[3]["performedDateTime"] == "2025-01-02"
    assert "MedicationStatement/a and 1 more: `medication` is as in FHIR R5" in said(record)


def test_r5_shapes_of_uncertain_meaning_are_named() -> None:
    subject = {"reference": "Patient/p1"}
    record = parse(
        bundle(
            PATIENT,
            {"resourceType": "Encounter", "id": "e", "subject": subject, "class": [{"text": "inpatient"}]},
            {"resourceType": "MedicationStatement", "id": "s", "subject": subject, "status": "recorded"},
        )
    )
    assert "Encounter/e: `class` is a list, as in FHIR R5; it was not read" in said(record)
    assert "does not say whether the medicine is taken" in said(record)


def test_elder_ways_to_say_it_did_not_happen_are_never_read_as_if_it_had() -> None:
    subject = {"reference": "Patient/p1"}
    for kind, flag, value, status in [
        ("MedicationAdministration", "wasNotGiven", True, "not-done"),
        ("MedicationStatement", "taken", "n", "not-taken"),
        ("Procedure", "notDone", True, "not-done"),
    ]:
        resource = {"resourceType": kind, "id": "x", "subject": subject, "status": "completed", flag: value}
        assert parse(bundle(PATIENT, resource)).resources[0]["status"] == status
    condition = {"resourceType": "Condition", "id": "c", "subject": subject, "verificationStatus": "refuted"}
    read = parse(bundle(PATIENT, condition)).resources[0]
    assert read["verificationStatus"] == {"coding": [{"code": "refuted"}]}


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


@pytest.mark.parametrize("path", sorted((EXAMPLES / "records").glob("*.json")), ids=lambda path: path.stem)
def test_the_records_of_public_generators_are_read_whole(path: Path) -> None:
    record = read_record(path)
    assert record.patient is not None
    assert record.counts["read"] == record.counts["kept"] == len(record.resources) + 1
    assert record.problems == ()
    assert len(record.coded) > 20


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "cases").glob("*.bundle.json")), ids=lambda path: path.stem
)
def test_the_published_cases_are_read_whole(path: Path) -> None:
    record = read_record(path)
    assert record.patient is not None
    assert record.counts["read"] == record.counts["kept"] == len(record.resources) + 1
    assert record.problems == ()
    assert len(record.worded) == len(record.resources)
