"""The interview's room: few questions, every answer kept as it is sent, nothing taken for a no."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from people import let_in, make_person, make_record, signed_in

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts import consents
from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.journey import actions
from sapwood_web.records import actions as record_actions
from sapwood_web.records.models import Answer, Picture, Record
from sapwood_web.records.reading import Reading

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60


@pytest.fixture
def empty(alice: Person) -> Record:
    """A record of Alice's in which nothing is yet."""
    for purpose in consents.PURPOSES:
        account_actions.decide(alice, purpose, given=True)
    return record_actions.begin_record(alice)


def page(client: Client, record: Record) -> str:
    response = client.get(f"/records/{record.pk}/questions/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def asked(text: str) -> list[str]:
    return re.findall(r'name="fact" value="(\w+)"', text)


def send(client: Client, record: Record, fact: str, deed: str = "keep", **more: Any) -> Any:
    sent = {"fact": fact, "specimen": "", "deed": deed, **more}
    return client.post(f"/records/{record.pk}/questions/", sent)


def test_at_most_three_questions_that_would_change_something(alice: Person, empty: Record) -> None:
    text = page(signed_in(alice), empty)
    assert 1 <= len(asked(text)) <= 3
    assert text.count(">Skip<") == len(asked(text)), "skip is always there"
    assert text.count(">I don’t know<") + text.count(">I don’t have it<") == len(asked(text))
    assert "Your answer could change" in text


def test_an_answer_is_kept_at_once_and_not_asked_again(alice: Person, empty: Record) -> None:
    client = signed_in(alice)
    before = asked(page(client, empty))
    assert "lesion_suspicious" in before
    assert send(client, empty, "lesion_suspicious", value="yes").status_code == 302
    said = empty.answers.get().said
    assert (said["fact"], said["value"], said["by"]) == ("lesion_suspicious", "yes", "patient")
    assert said["when"], "what is said today is of today, not of every day to come"
    after = page(client, empty)
    assert "lesion_suspicious" not in asked(after)
    assert "What you said today" in after


@pytest.mark.parametrize(("deed", "why"), [("skipped", "you left it out"), ("not_known", "you do not know")])
def test_what_is_left_open_stays_unknown_and_can_be_asked_again(
    alice: Person, empty: Record, deed: str, why: str
) -> None:
    client = signed_in(alice)
    send(client, empty, "lesion_suspicious", deed)
    assert not empty.answers.exists()
    assert Reading(empty, timezone.localdate()).facts.value("lesion_suspicious") is None, (
        "unknown is never no"
    )
    text = page(client, empty)
    assert "lesion_suspicious" not in asked(text)
    assert f"({why})" in text and "Nobody takes these for a no." in text
    row = empty.left_open.get()
    client.post(f"/records/{empty.pk}/questions/{row.pk}/again/")
    assert "lesion_suspicious" in asked(page(client, empty))


def test_an_answer_closes_what_was_left_open(alice: Person, empty: Record) -> None:
    client = signed_in(alice)
    send(client, empty, "lesion_suspicious", "not_known")
    send(client, empty, "lesion_suspicious", value="no")
    assert not empty.left_open.exists() and empty.answers.count() == 1


def test_a_photograph_answers_nothing_by_itself(alice: Person, empty: Record) -> None:
    client = signed_in(alice)
    report = next(fact for fact in asked(page(client, empty)) if "Can you bring" in page(client, empty))
    response = send(client, empty, report, "attach", file=SimpleUploadedFile("me.jpg", JPEG))
    assert response.status_code == 302
    picture = empty.pictures.get()
    assert (picture.data, picture.kind) == (JPEG, "image/jpeg")
    assert JPEG not in bytes(picture.sealed)
    assert empty.left_open.get().said["why"] == "will_bring"
    assert not empty.answers.exists(), "the fact stays unknown"


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"MZ\x90", b"hello", b"{}"])
def test_what_is_no_photograph_is_refused_and_nothing_is_kept(
    alice: Person, empty: Record, data: bytes
) -> None:
    client = signed_in(alice)
    response = send(client, empty, "lesion_suspicious", "attach", file=SimpleUploadedFile("x.jpg", data))
    assert response.status_code == 422
    assert "Your file is not a photograph or a PDF. Take a photograph" in response.content.decode()
    assert not Picture.objects.exists() and not empty.left_open.exists()


def test_no_file_is_said_to_be_no_file(alice: Person, empty: Record) -> None:
    client = signed_in(alice)
    for response in (
        send(client, empty, "lesion_suspicious", "attach"),
        client.post(f"/records/{empty.pk}/pictures/", {"about": "a letter"}),
    ):
        assert response.status_code == 422
        assert "No file is chosen yet. Choose a photo or a PDF first." in response.content.decode()


def test_a_photograph_is_for_those_who_may_read_and_goes_by_who_attached_it(record: Record) -> None:
    alice = record.owner
    picture = actions.attach(alice, record, data=JPEG, about="a report")
    dora, ines = make_person("dora@example.org", "clinician"), make_person("ines@example.org", "care_partner")
    let_in(record, dora)
    let_in(record, ines, "add")
    address = f"/records/{record.pk}/pictures/{picture.pk}/"
    shown = signed_in(dora).get(address)
    assert shown.content == JPEG and shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(actor=dora.subject, what=f"picture {picture.pk}").count() == 1
    assert signed_in(ines).post(f"{address}remove/").status_code == 404, "it is not hers"
    assert signed_in(make_person("bob@example.org")).get(address).status_code == 404
    assert signed_in(alice).post(f"{address}remove/").status_code == 302
    assert not Picture.objects.exists()


def test_a_pdf_is_saved_and_never_shown(record: Record) -> None:
    picture = actions.attach(record.owner, record, data=b"%PDF-1.7 ...", about="a letter")
    response = signed_in(record.owner).get(f"/records/{record.pk}/pictures/{picture.pk}/")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'


def test_a_value_it_cannot_have_is_refused_kindly_and_stays_typed(alice: Person, empty: Record) -> None:
    client = signed_in(alice)
    response = send(client, empty, "age_years", value="many")
    assert response.status_code == 422
    assert "This cannot be used (" in response.content.decode()
    assert not empty.answers.exists()


def test_nothing_sent_is_no_answer(alice: Person, empty: Record) -> None:
    response = send(signed_in(alice), empty, "lesion_suspicious")
    assert response.status_code == 422
    assert "Nothing is filled in yet" in response.content.decode()
    assert not empty.answers.exists()


def test_a_value_without_its_day_is_kept_and_does_not_count(alice: Person, record: Record) -> None:
    client = signed_in(alice)
    send(client, record, "weight", value="71 kg", when="")
    assert record.left_open.get().said == {
        "fact": "weight",
        "specimen": "",
        "why": "no_date",
        "value": "71 kg",
        "by": "patient",
    }
    assert "its day is missing" in page(client, record)


def test_a_day_in_words_is_a_day(alice: Person, record: Record) -> None:
    client = signed_in(alice)
    send(client, record, "weight", value="71 kg", when="3 March 2026")
    assert record.answers.last().said["when"] == "2026-03-03"
    response = send(client, record, "weight", value="70 kg", when="last summer")
    assert response.status_code == 422 and "no day we can read" in response.content.decode()


def test_what_is_typed_outlives_the_session(alice: Person, empty: Record, settings: Any) -> None:
    client = signed_in(alice)
    page(client, empty)
    session = client.session
    session["seen"] -= settings.SESSION_IDLE + 1
    session.save()
    response = send(client, empty, "lesion_suspicious", value="yes")
    assert response.headers["Location"].startswith("/enter/login/?next=")
    assert not empty.answers.exists()
    again = page(signed_in(alice), empty)
    assert re.search(r'name="value" value="yes" checked', again), "it is chosen already"


def test_who_may_only_read_is_not_asked_and_who_adds_is_named(record: Record) -> None:
    reader, adder = make_person("r@example.org", "care_partner"), make_person("a@example.org", "care_partner")
    let_in(record, reader)
    grant = let_in(record, adder, "add")
    assert signed_in(reader).get(f"/records/{record.pk}/questions/").status_code == 404
    client = signed_in(adder)
    assert "This is the record of Alice" in page(client, record)
    send(client, record, "lesion_suspicious", value="yes")
    event = Event.objects.get(deed="added a fact", actor=adder.subject)
    assert (event.about, event.why) == (record.subject, f"grant {grant.pk}"), "who acted for whom, and why"


def test_a_guardian_is_told_whose_record_it_is(db: None) -> None:
    ines = make_person("ines@example.org", "care_partner")
    record = make_record(ines, for_child=True)
    assert "This is your child’s record" in page(signed_in(ines), record)


def test_nothing_is_kept_without_consent(alice: Person, empty: Record) -> None:
    account_actions.decide(alice, "keep", given=False)
    assert send(signed_in(alice), empty, "lesion_suspicious", value="yes").status_code == 403
    assert not empty.answers.exists()


def test_an_answer_that_is_not_understood_any_more_stops_nothing(alice: Person, empty: Record) -> None:
    answer = Answer(record=empty, by=alice, at=timezone.now())
    answer.keep({"fact": "no_longer_asked", "value": "yes", "when": "", "by": "patient"})
    answer.save()
    client = signed_in(alice)
    assert asked(page(client, empty))
    for name in ("roadmap", "daily", "card", "facts"):
        assert client.get(f"/records/{empty.pk}/{name}/").status_code == 200, name


def test_a_fact_that_nobody_is_asked_for_is_not_taken(alice: Person, empty: Record) -> None:
    for fact in ("nonsense", "record_first", "crcl_estimate_today"):
        assert send(signed_in(alice), empty, fact, value="1").status_code == 404
