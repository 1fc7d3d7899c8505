"""A record: files, typed facts, what was understood, who looked, copies, erasure."""

from __future__ import annotations

import html
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from people import ADDRESS, FILE, MARKER, let_in, make_person, make_record, signed_in

from sapwood.errors import AnswerError, RecordError
from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts import consents, policies
from sapwood_web.accounts.models import Consent, Draft, Person
from sapwood_web.audit.models import Event
from sapwood_web.journey import actions as rooms
from sapwood_web.records import actions
from sapwood_web.records.models import Answer, Record, Upload


def send(client: Client, record: Record, data: bytes) -> Any:
    return client.post(f"/records/{record.pk}/upload/", {"file": SimpleUploadedFile("my name.json", data)})


def test_what_was_understood_from_where_and_what_was_not(alice: Person, record: Record) -> None:
    client = signed_in(alice)
    assert "too old to count" in client.get(f"/records/{record.pk}/").content.decode()
    today = timezone.localdate().isoformat()
    actions.add_answer(alice, record, fact="albumin", value="2.7 g/dL", when=today)
    page = html.unescape(client.get(f"/records/{record.pk}/").content.decode())
    assert "the patient's own word; a clinical source says it too" in page, "what does not count, and why"
    dora = make_person("dora@example.org", "clinician")
    let_in(record, dora, "add")
    answer = actions.add_answer(dora, record, fact="albumin", value="2.8 g/dL", when=today)
    page = client.get(f"/records/{record.pk}/").content.decode()
    assert "2.8 g/dL" in page, "a clinician's newer value counts"
    assert f"answer/{answer.pk}" in page, "and it says where it comes from"


def test_a_correction_stands_beside_what_it_corrects(alice: Person, record: Record) -> None:
    client = signed_in(alice)
    response = client.post(
        f"/records/{record.pk}/facts/add/", {"fact": "albumin", "value": "2.9 g/dL", "when": "2026-03-03"}
    )
    assert response.status_code == 302
    assert record.uploads.get().data == FILE, "the file is as it came"
    assert sorted(answer.said["value"] for answer in record.answers.all()) == ["2.9 g/dL", "3.1 g/dL"]
    said = record.answers.last().said
    assert said == {"fact": "albumin", "value": "2.9 g/dL", "when": "2026-03-03", "by": "patient"}


def test_a_clinicians_fact_is_a_clinicians_and_a_care_partners_is_not(record: Record) -> None:
    for role, by in (("clinician", "clinician"), ("care_partner", "patient")):
        person = make_person(f"{role}@example.org", role)
        let_in(record, person, "add")
        answer = actions.add_answer(person, record, fact="albumin", value="3.0 g/dL")
        assert answer.said["by"] == by


@pytest.mark.parametrize("value", ["plenty", "3.6 parsecs", "99999 g/dL"])
def test_a_value_the_fact_cannot_have_is_refused_with_what_to_do(
    alice: Person, record: Record, value: str
) -> None:
    with pytest.raises(AnswerError):
        actions.add_answer(alice, record, fact="albumin", value=value)
    response = signed_in(alice).post(f"/records/{record.pk}/facts/add/", {"fact": "albumin", "value": value})
    assert response.status_code == 422
    assert value in response.content.decode(), "what was typed is still there"
    assert record.answers.count() == 1


HOSTILE = {
    "a PDF": b"%PDF-1.7 hello",
    "half a file": FILE[: len(FILE) // 2],
    "nothing": b"{}",
    "another thing": b'{"hello": "world"}',
    "too deep": b'{"a":' * 80 + b"1" + b"}" * 80,
    "very deep": b"[" * 100_000 + b"]" * 100_000,
    "not text": bytes(range(256)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_record_is_refused_whole(alice: Person, record: Record, name: str) -> None:
    with pytest.raises(RecordError):
        actions.keep_upload(alice, record, HOSTILE[name])
    response = send(signed_in(alice), record, HOSTILE[name])
    assert response.status_code == 422
    assert record.uploads.get().data == FILE


def test_a_file_that_is_too_large_is_refused(alice: Person, record: Record, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 100_000
    data = FILE[:-2] + b" " * 200_000 + FILE[-2:]
    with pytest.raises(RecordError, match="larger than"):
        actions.keep_upload(alice, record, data)
    response = send(signed_in(alice), record, data)
    assert response.status_code == 422
    assert "larger than" in response.content.decode()
    settings.UPLOAD_LIMIT = 10_000
    assert send(signed_in(alice), record, data).status_code == 400, "and far too large is not even read"
    assert record.uploads.count() == 1


def test_a_file_is_kept_to_the_byte(alice: Person, record: Record) -> None:
    other = FILE.replace(b"3.6", b"3.20")
    assert send(signed_in(alice), record, other).status_code == 302
    newest = record.uploads.first()
    response = signed_in(alice).get(f"/records/{record.pk}/files/{newest.pk}/")
    assert response.content == other
    assert response.headers["Content-Disposition"] == 'attachment; filename="record.json"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_hostile_text_is_inert_on_every_page(alice: Person, record: Record) -> None:
    evil = '"><script>alert(1)</script>{{ 7|add:7 }}'
    data = json.loads(FILE)
    data["entry"][1]["resource"]["id"] = evil
    data["entry"][1]["resource"]["valueQuantity"]["unit"] = evil
    data["entry"][1]["resource"]["code"]["text"] = evil
    account_actions.rename(alice, evil)
    actions.keep_upload(alice, record, json.dumps(data).encode())
    client = signed_in(alice)
    for page in ("", "facts/", "files/", "sharing/", "who-looked/", "facts/add/"):
        assert b"<script>alert" not in client.get(f"/records/{record.pk}/{page}").content, page
    for page in ("/", "/account/"):
        assert b"<script>alert" not in client.get(page).content


def test_the_owner_sees_who_looked_at_what_and_why(alice: Person, record: Record) -> None:
    dora = make_person("dora@example.org", "clinician", name="Dr Dora")
    grant = let_in(record, dora)
    signed_in(dora).get(f"/records/{record.pk}/")
    page = signed_in(alice).get(f"/records/{record.pk}/who-looked/").content.decode()
    assert "Dr Dora" in page and "you shared it with them" in page
    event = Event.objects.get(actor=dora.subject, deed="looked")
    assert (event.about, event.what, event.why) == (record.subject, "the record", f"grant {grant.pk}")


def contents(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_a_copy_of_everything(alice: Person, record: Record) -> None:
    from fhir.resources.R4B.bundle import Bundle

    rooms.leave_open(alice, record, fact="weight", why="skipped")
    rooms.keep_day(alice, record, {"day": "2026-03-01", "temperature": "38.2 °C"})
    rooms.attach(alice, record, data=b"%PDF-1.7", about="a letter")
    files = contents(signed_in(alice).post("/account/export/"))
    assert files["record-1/report-1.pdf"] == b"%PDF-1.7"
    kept = json.loads(files["everything.json"])["records"][0]
    assert [one["why"] for one in kept["left_open"]] == ["skipped"]
    assert [one["temperature"] for one in kept["daily"]] == ["38.2 °C"]
    assert [one["about"] for one in kept["reports"]] == ["a letter"]
    assert files["record-1/file-1.fhir.json"] == FILE
    everything = json.loads(files["everything.json"])
    assert everything["account"]["email"] == ADDRESS
    assert [one["value"] for one in everything["records"][0]["answers"]] == ["3.1 g/dL"]
    assert {one["purpose"] for one in everything["account"]["consents"]} == set(consents.PURPOSES)
    Bundle.model_validate(json.loads(files["record-1/answers.fhir.json"]))
    assert b"3.1 g/dL" in files["index.html"] and b"<script" not in files["index.html"]
    assert Event.objects.filter(deed="took a copy", about=record.subject).count() == 1


def test_who_may_act_takes_a_copy_of_the_record_and_not_of_the_account(record: Record) -> None:
    ines = make_person("ines@example.org", "care_partner")
    let_in(record, ines, "act")
    files = contents(signed_in(ines).post(f"/records/{record.pk}/export/"))
    assert json.loads(files["everything.json"])["account"] == {}
    assert files["record-1/file-1.fhir.json"] == FILE


def test_erasure_is_told_first_and_then_real(alice: Person, record: Record, settings: Any) -> None:
    client = signed_in(alice)
    page = client.get("/account/erase/").content.decode()
    assert "What goes" in page and "What stays, and why" in page
    assert client.post("/account/erase/").status_code == 200, "not without the tick"
    sealed, kept = record.uploads.get().sealed, record
    client.post("/account/erase/", {"sure": "on"})
    assert not Person.objects.filter(pk=alice.pk).exists()
    assert not Record.objects.exists() and not Upload.objects.exists() and not Answer.objects.exists()
    assert {alice.data_key, record.data_key} <= settings.KEY_STORE.erased()
    with pytest.raises(Exception, match=r"^$") as gone:
        kept.open(f"upload:{record.pk}", sealed)
    assert gone.typename == "KeyGoneError"
    assert Event.objects.filter(deed="erased everything", actor=alice.subject).exists(), "the trail stays"
    assert client.get("/account/").status_code == 302


def test_erasing_one_record_leaves_the_account(alice: Person, record: Record) -> None:
    other = make_record(alice, for_child=True)
    signed_in(alice).post(f"/records/{record.pk}/erase/", {"sure": "on"})
    assert list(Record.objects.all()) == [other]
    assert Person.objects.filter(pk=alice.pk).exists()


def test_an_erasure_cut_short_is_finished(alice: Person, record: Record, settings: Any) -> None:
    settings.KEY_STORE.destroy([alice.data_key, record.data_key])  # and then the power failed
    assert signed_in(alice).get(f"/records/{record.pk}/").status_code == 404
    assert account_actions.finish_erasures() >= 1
    assert not Person.objects.filter(pk=alice.pk).exists() and not Record.objects.exists()


def test_a_stolen_database_shows_no_word(alice: Person, record: Record) -> None:
    actions.invite(
        alice, record, email="guest-marker@example.org", invited_as="clinician", scope="read", days=30
    )
    client = signed_in(alice)
    client.get(f"/records/{record.pk}/")
    account_actions.keep_draft(alice, "/somewhere/", {"value": [MARKER], "fact": ["albumin"]})
    rooms.leave_open(alice, record, fact="albumin", why="no_date", value=f"{MARKER} 3.1 g/dL")
    rooms.keep_day(alice, record, {"day": "1955-02-03", "weight": "71.5 g/dL"})
    rooms.attach(alice, record, data=b"%PDF-" + MARKER.encode(), about=f"Albumin {MARKER}")
    with connection.cursor() as cursor:
        dump = b""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                dump += b"\n".join(
                    bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row
                )
    for word in (
        MARKER,
        "albumin",
        "Albumin",
        "g/dL",
        "3.1 g",  # a bare 3.1 stands in one of a hundred times of day
        "1751-7",
        "marker",
        "Alice",
        "bpdcn",
        "BPDCN",
        "1955-02",
    ):
        assert word.encode() not in dump, word


def test_consent_is_asked_kept_and_taken_back(alice: Person) -> None:
    client = signed_in(alice)
    assert b"questions for you" in client.get("/").content
    client.post("/account/consents/", {"purpose": "keep", "given": "yes"})
    kept = Consent.objects.get()
    assert (kept.purpose, kept.given, kept.language) == ("keep", True, "en-gb")
    assert kept.text == str(consents.PURPOSES["keep"].text)
    assert consents.allows(alice, "keep")
    client.post("/account/consents/", {"purpose": "keep", "given": "no"})
    assert not consents.allows(alice, "keep")
    assert Consent.objects.count() == 2, "both decisions stay"


def test_a_changed_text_asks_again(alice: Person, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    assert consents.allows(alice, "keep")
    changed = replace(consents.PURPOSES["keep"], text="Another text.")
    monkeypatch.setitem(consents.PURPOSES, "keep", changed)
    assert not consents.allows(alice, "keep")
    assert consents.standings(alice)["keep"].to_ask
    with pytest.raises(policies.NotNowError):
        actions.add_answer(alice, record, fact="albumin", value="3 g/dL")


def test_nothing_is_kept_without_consent(alice: Person, record: Record) -> None:
    account_actions.decide(alice, "keep", given=False)
    client = signed_in(alice)
    response = send(client, record, FILE)
    assert response.status_code == 403
    assert b"/account/consents/" in response.content, "and it says what would change that"
    assert record.uploads.count() == 1
    assert client.get(f"/records/{record.pk}/").status_code == 200, (
        "what is there can still be seen, copied, erased"
    )


def test_what_was_typed_outlives_the_session(alice: Person, record: Record, settings: Any) -> None:
    client = signed_in(alice)
    page = f"/records/{record.pk}/facts/add/"
    client.get(page)
    session = client.session
    session["seen"] -= settings.SESSION_IDLE + 1
    session.save()
    response = client.post(page, {"fact": "albumin", "value": "2.75 g/dL", "when": "2026-03-04"})
    assert response.headers["Location"].startswith("/enter/login/?next=")
    assert record.answers.count() == 1, "nothing was done by a session that had run out"
    assert client.get(page).status_code == 302, "and it is over"
    assert b"2.75" not in bytes(Draft.objects.get().sealed)
    again = signed_in(alice).get(page).content.decode()
    assert "2.75 g/dL" in again and "2026-03-04" in again
    assert not Draft.objects.exists()


def test_a_session_ends_after_a_day_however_busy(alice: Person, settings: Any) -> None:
    client = signed_in(alice)
    client.get("/account/")
    session = client.session
    session["begun"] -= settings.SESSION_LONGEST + 1
    session.save()
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_a_guardians_deeds_say_who_acted_and_why() -> None:
    ines = make_person("ines@example.org", "care_partner")
    record = make_record(ines, for_child=True)
    events = Event.objects.filter(about=record.subject).order_by("at")
    assert [(event.deed, event.actor, event.why) for event in events] == [
        ("began a record", ines.subject, "guardian"),
        ("uploaded a file", ines.subject, "guardian"),
        ("added a fact", ines.subject, "guardian"),
    ]


def test_records_of_the_shared_cases_are_understood(alice: Person) -> None:
    folder = Path(__file__).parents[2] / "examples"
    for purpose in consents.PURPOSES:
        account_actions.decide(alice, purpose, given=True)
    record = actions.begin_record(alice)
    assert send(signed_in(alice), record, (folder / "demo.json").read_bytes()).status_code == 302
    page = signed_in(alice).get(f"/records/{record.pk}/")
    assert page.status_code == 200
    assert "Observation/" in page.content.decode()
