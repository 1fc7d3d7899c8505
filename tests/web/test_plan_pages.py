"""The clinician's rooms: the plan of today and of an earlier day, facts with a reason, signatures, one's people."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from people import MARKER, let_in, make_person, make_record, signed_in

from sapwood_web.accounts import policies
from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.plans import actions
from sapwood_web.plans.models import SignedPlan
from sapwood_web.plans.pages import BoardPage, anchor_of, basis_of
from sapwood_web.records import actions as record_actions
from sapwood_web.records.models import Record
from sapwood_web.records.reading import Reading

ORDER = ("position", "markers", "sites", "fitness", "options", "tracks", "trials", "tasks", "labs")
BUNDLE = "examples/demo.json"


@pytest.fixture
def dora(record: Record) -> Person:
    """A clinician with whom Alice shares her record."""
    person = make_person("dora@example.org", "clinician", name="Dr Dora")
    let_in(record, person, "add")
    return person


@pytest.fixture
def full(alice: Person, record: Record, root: Any) -> Record:
    """Alice's record with a whole journey in it."""
    for upload in record.uploads.all():
        record_actions.remove_upload(alice, upload)
    record_actions.keep_upload(alice, record, (root / BUNDLE).read_bytes())
    return record


def page_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_the_plan_stands_in_the_order_of_a_board(dora: Person, full: Record) -> None:
    response = signed_in(dora).get(f"/records/{full.pk}/plan/")
    page = page_of(response)
    assert response.status_code == 200
    assert re.search(r"<h1>\d+ year old man: BPDCN, confirmed", page), "one sentence stands first"
    places = [page.index(f'<section id="{part}"') for part in ORDER]
    assert places == sorted(places)
    assert page.index("Today's decision") < places[1], "the decision stands before the markers"
    assert "the person stands here" in page, "the pathway's drawing has words"


def test_a_plan_is_light_to_carry(dora: Person, full: Record) -> None:
    response = signed_in(dora).get(f"/records/{full.pk}/plan/", headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) < 60_000, "heavy for a slow phone"


def test_a_reason_leads_to_the_entry_it_rests_on(dora: Person, full: Record) -> None:
    client = signed_in(dora)
    page = client.get(f"/records/{full.pk}/plan/").content.decode()
    led = set(re.findall(r'href="entries/#(e-\w+)"', page))
    there = set(re.findall(r'id="(e-\w+)"', client.get(f"/records/{full.pk}/plan/entries/").content.decode()))
    assert led, "no reason leads anywhere"
    assert led <= there, "a reason leads to an entry that is not on the page"


def test_a_look_at_a_plan_is_in_the_trail(dora: Person, full: Record) -> None:
    signed_in(dora).get(f"/records/{full.pk}/plan/")
    event = Event.objects.filter(about=full.subject, actor=dora.subject).first()
    assert event is not None
    assert (event.deed, event.what) == ("looked", "the plan")


def test_an_earlier_day_counts_only_what_was_on_record_by_then(
    alice: Person, dora: Person, full: Record
) -> None:
    client = signed_in(dora)
    before = page_of(client.get(f"/records/{full.pk}/plan/?as_of=2026-02-01"))
    assert "This is the plan as it was." in before
    assert "BPDCN, confirmed" not in before, "the diagnosis came later"
    today = timezone.localdate().isoformat()
    record_actions.add_answer(alice, full, fact="ecog", value="3", when="2026-01-15")
    again = page_of(client.get(f"/records/{full.pk}/plan/?as_of=2026-02-01"))
    assert "ECOG" not in _facts_of(again), f"told on {today}, and shown as known in February"


def _facts_of(page: str) -> str:
    return page[page.index('id="position"') : page.index("Ask first")] if "Ask first" in page else ""


def test_what_changed_since_a_day_says_because_of_what(dora: Person, full: Record) -> None:
    page = page_of(signed_in(dora).get(f"/records/{full.pk}/plan/?as_of=2026-03-02&since=2026-02-01"))
    assert "What has changed" in page
    part = page[page.index('id="changes"') :]
    assert '<ul class="because">' in part[: part.index("</section>")], "a change without its facts"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("as_of=2999-01-01", "This day is still to come"),
        ("as_of=2026-02-01&since=2026-02-02", "Choose an earlier one"),
        ("as_of=yesterday", "date"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(query: str, words: str, dora: Person, full: Record) -> None:
    response = signed_in(dora).get(f"/records/{full.pk}/plan/?{query}")
    assert response.status_code == 422
    assert words in page_of(response)


def test_a_patient_is_told_first_whom_the_page_is_for(alice: Person, full: Record) -> None:
    client = signed_in(alice)
    page = page_of(client.get(f"/records/{full.pk}/plan/"))
    assert "This page is written for clinicians" in page
    assert "Options side by side" not in page
    assert "Options side by side" in page_of(client.get(f"/records/{full.pk}/plan/?open=yes"))


def test_a_fact_is_stated_with_a_reason_beside_what_stood_before(dora: Person, full: Record) -> None:
    client = signed_in(dora)
    today = timezone.localdate().isoformat()
    address = f"/records/{full.pk}/plan/fact/"
    without = client.post(address, {"fact": "albumin", "value": "2.4 g/dL", "when": today})
    assert without.status_code == 422, "a fact without a reason"
    typed = {"fact": "albumin", "value": "2.4 g/dL", "when": today, "reason": "read to me by the laboratory"}
    assert client.post(address, typed).status_code == 302
    said = full.answers.last().said
    assert (said["by"], said["reason"]) == ("clinician", "read to me by the laboratory")
    assert full.uploads.count() == 1, "what came stays"
    assert "2.4 g/dL" in Reading(full, timezone.localdate()).facts.fact("albumin").text
    entries = page_of(client.get(f"/records/{full.pk}/plan/entries/"))
    assert "reason: read to me by the laboratory" in entries
    assert "typed by Dr Dora (clinician)" in entries


def test_a_value_in_an_unknown_unit_is_refused_in_words(dora: Person, full: Record) -> None:
    typed = {"fact": "albumin", "value": "34 stone", "reason": "a slip"}
    response = signed_in(dora).post(f"/records/{full.pk}/plan/fact/", typed)
    assert response.status_code == 422
    assert full.answers.count() == 1


def sign_as(person: Person, record: Record, note: str = "") -> SignedPlan:
    reading = Reading(record, timezone.localdate())
    return actions.sign(person, record, reading, basis=basis_of(reading), note=note)


def test_a_plan_is_signed_as_it_was_shown_and_stays(alice: Person, dora: Person, full: Record) -> None:
    client = signed_in(dora)
    page = client.get(f"/records/{full.pk}/plan/").content.decode()
    found = re.search(r'name="basis" value="(\w+)"', page)
    assert found is not None
    response = client.post(f"/records/{full.pk}/plan/sign/", {"basis": found[1], "note": "Discussed today."})
    signed = full.signed_plans.get()
    assert response.headers["Location"] == f"/records/{full.pk}/plan/signed/{signed.pk}/"
    content = signed.content
    assert content["signer"] == "Dr Dora"
    assert content["pack"]["content"] == Reading(full, date(2026, 3, 2)).facts.pack.hash
    assert content["plan"]["facts"]["site_skin"]["state"] == "known"
    record_actions.add_answer(alice, full, fact="ecog", value="1", when=timezone.localdate().isoformat())
    assert full.signed_plans.get().content == content, "the record went on, and the signed plan with it"
    kept = page_of(client.get(f"/records/{full.pk}/plan/signed/{signed.pk}/"))
    assert "Signed by Dr Dora" in kept
    assert "Discussed today." in kept
    assert "Options side by side" in kept
    event = Event.objects.get(deed="signed a plan")
    assert content["digest"][:32] in event.what, "the trail holds the fingerprint"


def test_what_changed_after_it_was_shown_is_not_signed(alice: Person, dora: Person, full: Record) -> None:
    reading = Reading(full, timezone.localdate())
    basis = basis_of(reading)
    record_actions.add_answer(alice, full, fact="ecog", value="1", when="2026-03-01")
    response = signed_in(dora).post(f"/records/{full.pk}/plan/sign/", {"basis": basis})
    assert response.status_code == 403
    assert "The record changed after you opened the plan" in page_of(response)
    assert not full.signed_plans.exists()


def test_only_a_confirmed_clinician_signs(full: Record) -> None:
    waiting = make_person("waiting@example.org", "clinician", ready=True)
    let_in(full, waiting)
    waiting.verified_at = None
    with pytest.raises(policies.NotNowError, match="confirmed"):
        policies.check_may_sign(waiting)


def test_the_database_refuses_to_change_a_signed_plan(dora: Person, full: Record) -> None:
    signed = sign_as(dora, full)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        SignedPlan.objects.filter(pk=signed.pk).update(at=timezone.now() - timedelta(days=1))
    assert SignedPlan.objects.get(pk=signed.pk).at == signed.at


def test_a_signed_plan_says_nothing_in_the_database(dora: Person, full: Record) -> None:
    sign_as(dora, full, note=MARKER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM plans_signedplan")
        sealed = bytes(cursor.fetchone()[0])
    assert MARKER.encode() not in sealed
    assert b"albumin" not in sealed


def test_a_signed_plan_goes_with_its_record_and_in_its_copy(
    alice: Person, dora: Person, full: Record
) -> None:
    signed = sign_as(dora, full)
    response = signed_in(alice).post(f"/records/{full.pk}/export/")
    copy = zipfile.ZipFile(io.BytesIO(response.content))
    assert json.loads(copy.read("record-1/signed-plan-1.json"))["digest"] == signed.content["digest"]
    record_actions.erase_record(alice, full)
    assert not SignedPlan.objects.exists()


def test_ones_people_stand_with_the_most_urgent_first(alice: Person, dora: Person, full: Record) -> None:
    bob = make_person("bob@example.org", name="Bob")
    let_in(make_record(bob), dora)
    page = page_of(signed_in(dora).get("/people-of-mine/"))
    assert "Alice" in page
    assert "Bob" in page
    assert "First treatment, choice and safe start" in page, "the step"
    looked = Event.objects.filter(actor=dora.subject, what="the list of people")
    assert looked.count() == 2, "each of them can see that the list was opened"
    for grant in dora.grants.all():
        record_actions.revoke(dora, grant)
    assert "Alice" not in page_of(signed_in(dora).get("/people-of-mine/"))


def test_what_is_signed_is_what_was_shown(full: Record) -> None:
    page = BoardPage(Reading(full, timezone.localdate()), "/entries/")
    shown = page.as_shown()
    assert shown["headline"] == page.board.headline
    assert [part["id"] for part in shown["parts"]] == [part.id for part in page.parts]
    assert anchor_of("Observation/a") != anchor_of("Observation/b")
