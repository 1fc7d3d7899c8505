"""Several files of one person: nothing is lost between them, and nothing is settled that they disagree about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sapwood import extract, load_pack, parse_record
from sapwood.record import Record
from sapwood.several import put_together, unlike

LOINC = "http://loinc.org"
ALBUMIN, CREATININE = ("1751-7", "Albumin", "g/dL"), ("2160-0", "Creatinine", "mg/dL")


def file(*resources: dict[str, Any], own: str = "p", **patient: Any) -> Record:
    person = {"resourceType": "Patient", "id": own, "gender": "female", "birthDate": "1955-02-03", **patient}
    person = {key: value for key, value in person.items() if value is not None}
    entries = [
        {"resource": {"subject": {"reference": f"Patient/{own}"}, **resource}} for resource in resources
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": person}, *entries]}
    return parse_record(json.dumps(bundle).encode())


def lab(
    own: str, test: tuple[str, str, str], value: float, day: str = "2026-03-01", **more: Any
) -> dict[str, Any]:
    code, text, unit = test
    return {
        "resourceType": "Observation",
        "id": own,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}], "text": text},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        **more,
    }


def joined(*records: Record) -> Record:
    return put_together([(f"file {number}", record) for number, record in enumerate(records, 1)])


def ids(record: Record) -> list[str]:
    return [resource["id"] for resource in record.resources]


def test_facts_of_both_files_are_there() -> None:
    one = file(lab("a", ALBUMIN, 3.6))
    other = file(lab("b", CREATININE, 0.9), own="q")
    facts = extract(joined(one, other), load_pack("bpdcn"), as_of="2026-03-02")
    assert facts.fact("albumin").text.startswith("serum albumin: 3.6 g/dL")
    assert facts.fact("creatinine").text.endswith("0.9 mg/dL on 2026-03-01")
    assert facts.fact("age_years").known
    assert facts.record.origins == {"Observation/a": "file 1", "Observation/b": "file 2"}


def test_one_file_is_read_as_it_is() -> None:
    one = file(lab("a", ALBUMIN, 3.6))
    assert put_together([("file 1", one)]) is one


def test_the_same_thing_twice_is_read_once() -> None:
    record = joined(file(lab("a", ALBUMIN, 3.6)), file(lab("a", ALBUMIN, 3.6)))
    assert ids(record) == ["a"]
    assert record.counts["duplicates"] == 1
    assert any("more than once" in problem.what for problem in record.problems)


def test_a_newer_version_from_one_server_counts() -> None:
    wrong = lab("a", ALBUMIN, 3.6, meta={"versionId": "1"})
    right = lab("a", ALBUMIN, 2.6, meta={"versionId": "2"})
    for records in ((file(wrong), file(right)), (file(right), file(wrong))):
        record = joined(*records)
        assert [str(resource["valueQuantity"]["value"]) for resource in record.resources] == ["2.6"]
        assert any(
            "several versions" in problem.what or "different content" in problem.what
            for problem in record.problems
        )


def test_one_id_on_two_servers_is_two_things_and_what_refers_to_it_still_does() -> None:
    specimen = {"resourceType": "Specimen", "id": "1", "type": {"text": "skin biopsy"}}
    marrow = {"resourceType": "Specimen", "id": "1", "type": {"text": "bone marrow"}}
    one = file(specimen, lab("x", ALBUMIN, 3.6, specimen={"reference": "Specimen/1"}))
    other = file(marrow, lab("x", CREATININE, 0.9, specimen={"reference": "Specimen/1"}), own="q")
    record = joined(one, other)
    assert ids(record) == ["1", "x", "1.2", "x.2"]
    assert record.resources[3]["specimen"]["reference"] == "Specimen/1.2"
    assert record.resolve("Specimen/1.2", record.resources[3])["type"]["text"] == "bone marrow"
    assert record.resources[1]["specimen"]["reference"] == "Specimen/1"


def test_servers_that_call_the_person_alike_are_told_apart_by_identifiers_and_codes() -> None:
    a = file(lab("1", ALBUMIN, 3.6), identifier=[{"system": "urn:a", "value": "7"}])
    b = file(lab("1", ALBUMIN, 2.6), identifier=[{"system": "urn:b", "value": "8"}])
    assert ids(joined(a, b)) == ["1", "1.2"]
    c = file(lab("1", CREATININE, 0.9))
    assert ids(joined(file(lab("1", ALBUMIN, 3.6)), c)) == ["1", "1.2"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"birthDate": "1956-02-03"}, ("birthDate",)),
        ({"birthDate": "1955"}, ()),
        ({"birthDate": None}, ()),
        ({"gender": "male"}, ("gender",)),
        ({"gender": "unknown"}, ()),
        ({"name": [{"family": "Berg"}]}, ("name",)),
        ({"name": [{"family": "ADLER "}]}, ()),
    ],
)
def test_what_speaks_against_one_person(changed: dict[str, Any], said: tuple[str, ...]) -> None:
    one = file(name=[{"family": "Adler"}])
    assert unlike(one, file(**changed)) == said


def test_what_files_disagree_about_stays_unknown_and_is_said() -> None:
    record = joined(file(), file(birthDate="1956-02-03", gender="male", own="q"))
    assert record.birth_date is None and record.gender is None
    assert sum("not the same in every file" in problem.what for problem in record.problems) == 2
    facts = extract(record, load_pack("bpdcn"), as_of="2026-03-02")
    assert not facts.fact("age_years").known


def test_the_fuller_birth_date_counts() -> None:
    assert joined(file(birthDate="1955-02-03"), file(birthDate="1955")).birth_date == "1955-02-03"


def test_a_death_in_any_file_is_a_death_unless_a_later_one_says_they_live() -> None:
    dead, alive = file(deceasedDateTime="2026-03-01"), file(deceasedBoolean=False)
    assert joined(alive, dead).patient["deceasedDateTime"] == "2026-03-01"
    assert joined(dead, file()).patient["deceasedDateTime"] == "2026-03-01"
    record = joined(dead, alive)
    assert "deceasedDateTime" not in record.patient and "deceasedBoolean" not in record.patient
    assert any("earlier one that they have died" in problem.what for problem in record.problems)


def test_what_one_file_could_not_read_is_told_with_its_name() -> None:
    odd = parse_record(b'[{"resourceType": "Patient", "id": "p"}, 7]')
    record = joined(file(), odd)
    assert any(problem.where.startswith("file 2") for problem in record.problems)
