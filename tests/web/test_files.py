"""Several files of one record: all are read together, one of somebody else is set aside, nothing in silence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from people import FILE, signed_in

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts import consents
from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.records import actions
from sapwood_web.records.models import Record

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.json"))


def other_hospital(**patient: Any) -> bytes:
    content = json.loads(FILE)
    person, lab = (entry["resource"] for entry in content["entry"])
    person |= {"id": "q", **patient}
    lab |= {
        "subject": {"reference": "Patient/q"},
        "effectiveDateTime": timezone.localdate().isoformat(),
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}], "text": "Creatinine"},
        "valueQuantity": {
            "value": 0.9,
            "unit": "mg/dL",
            "system": "http://unitsofmeasure.org",
            "code": "mg/dL",
        },
    }
    return json.dumps(content).encode()


def send(person: Person, record: Record, data: bytes) -> str:
    sent = {"file": SimpleUploadedFile("my name.json", data)}
    response = signed_in(person).post(f"/records/{record.pk}/upload/", sent, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_all_files_count_together_and_each_fact_says_which_it_is_from(alice: Person, record: Record) -> None:
    page = send(alice, record, other_hospital())
    assert "erum albumin" in page and "0.9 mg/dL" in page
    assert "file 1" in page
    assert "Observation/alb.2 (file 2)" in page, "one id on two servers is two results"
    assert page.count(">used<") == 2


def test_a_file_about_somebody_else_is_set_aside_and_a_person_decides(alice: Person, record: Record) -> None:
    page = send(alice, record, other_hospital(birthDate="1985-07-07"))
    assert "Another name, date of birth or sex stands in it" in page
    client = signed_in(alice)
    upload = record.uploads.first()
    assert "0.9 mg/dL" not in client.get(f"/records/{record.pk}/").content.decode()
    client.post(f"/records/{record.pk}/files/{upload.pk}/use/", {"use": "yes"})
    page = client.get(f"/records/{record.pk}/").content.decode()
    assert "0.9 mg/dL" in page
    assert "birthDate` is not the same in every file; none of them is used" in page, (
        "and is not settled quietly"
    )
    client.post(f"/records/{record.pk}/files/{upload.pk}/use/", {"use": "no"})
    assert "0.9 mg/dL" not in client.get(f"/records/{record.pk}/").content.decode()
    assert "You left it out." in client.get(f"/records/{record.pk}/files/").content.decode()
    deeds = Event.objects.filter(what=f"file {upload.pk}").order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["uploaded a file", "took a file in", "set a file aside"]


def test_removing_one_file_leaves_the_others(alice: Person, record: Record) -> None:
    send(alice, record, other_hospital())
    client = signed_in(alice)
    first = record.uploads.last()
    client.post(f"/records/{record.pk}/files/{first.pk}/remove/")
    page = client.get(f"/records/{record.pk}/").content.decode()
    assert "3.6 g/dL" not in page and "0.9 mg/dL" in page
    assert Event.objects.filter(deed="removed a file", what=f"file {first.pk}").count() == 1


def test_with_every_file_left_out_the_typed_facts_are_there(alice: Person, record: Record) -> None:
    actions.count_upload(alice, record.uploads.get(), counts=False)
    page = signed_in(alice).get(f"/records/{record.pk}/")
    assert page.status_code == 200 and "erum albumin" in page.content.decode()
    page = send(alice, record, other_hospital(birthDate="1985-07-07"))
    assert "0.9 mg/dL" in page, "there is nothing for it to be unlike"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_published_case_comes_in_or_is_refused_with_what_to_do(alice: Person, path: Path) -> None:
    for purpose in consents.PURPOSES:
        account_actions.decide(alice, purpose, given=True)
    record = actions.begin_record(alice)
    client = signed_in(alice)
    response = client.post(
        f"/records/{record.pk}/upload/", {"file": SimpleUploadedFile("case.json", path.read_bytes())}
    )
    if path.name.count(".") == 1:  # the case in its own words, which is no health record
        assert response.status_code == 422
        assert "Export" in response.content.decode()
        assert not record.uploads.exists()
        return
    assert response.status_code == 302
    for page in ("", "files/"):
        assert client.get(f"/records/{record.pk}/{page}").status_code == 200
    text = client.get(f"/records/{record.pk}/").content.decode()
    assert re.search(r"(Observation|Condition)[ /]", text), "something was understood, and from where"
