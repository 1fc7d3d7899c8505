"""A visitor's question: sent without account or cookie, sealed, answered in other words, and gone once answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from people import make_person, signed_in
from people_of_the_library import make_talk, send

from sapwood_web.accounts.actions import finish_erasures
from sapwood_web.accounts.models import Person
from sapwood_web.accounts.permissions import NotYoursError
from sapwood_web.audit.models import Event
from sapwood_web.library import actions
from sapwood_web.library.models import Question

pytestmark = pytest.mark.django_db
WORDS = "May I keep my cat Zyxmew?"
ADDRESS = "asker-zyx@example.org"


def form(client: Client, **changed: Any) -> dict[str, Any]:
    shown = client.get("/ask/").content.decode()
    begun = re.search(r'name="begun" value="([^"]+)"', shown)
    assert begun is not None
    return {"words": WORDS, "address": ADDRESS, "begun": begun[1], **changed}


@pytest.fixture
def steward() -> Person:
    return make_person("steward@example.org", "steward")


def test_it_is_taken_without_account_and_without_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/ask/", form(client))
    assert response.status_code == 302 and response.headers["Location"] == "/ask/thanks/"
    assert not client.cookies
    assert Question.objects.get().sent == {"words": WORDS, "address": ADDRESS}
    event = Event.objects.get(deed="sent a question")
    assert event.actor is None and "Zyxmew" not in f"{event.what}{event.why}"


def test_the_page_asks_for_nothing_about_oneself() -> None:
    shown = Client().get("/ask/").content.decode()
    assert "write nothing about your own health" in shown
    assert 'href="/emergency/"' in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": ""}, "Write your question first."),
        ({"words": "x" * 501}, "at most 500 characters"),
        ({"address": "nobody"}, "Enter a valid email address"),
        ({"begun": "question:forged"}, "This page was open for a long time"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(changed: dict[str, str], said: str) -> None:
    client = Client()
    response = client.post("/ask/", form(client, **changed))
    assert response.status_code == 422
    shown = response.content.decode()
    assert said in shown
    assert changed.get("words", WORDS) in shown and changed.get("address", ADDRESS) in shown
    assert not Question.objects.exists()


def test_a_form_that_was_too_old_is_sent_with_one_more_press() -> None:
    client = Client()
    response = client.post("/ask/", form(client, begun="question:forged"))
    begun = re.search(r'name="begun" value="([^"]+)"', response.content.decode())
    assert begun is not None
    assert client.post("/ask/", {"words": WORDS, "begun": begun[1]}).status_code == 302


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_send_one(headers: dict[str, str]) -> None:
    client = Client()
    assert client.post("/ask/", form(client), headers=headers).status_code == 403
    assert not Question.objects.exists()


def test_they_are_taken_so_often_and_no_oftener() -> None:
    times = settings.VISITORS_PACES["ask"][0]
    client = Client()
    statuses = [client.post("/ask/", form(client)).status_code for _ in range(times + 1)]
    assert statuses == [302] * times + [403]
    assert client.post("/ask/", form(client), REMOTE_ADDR="192.0.2.99").status_code == 302


def test_a_stolen_database_shows_neither_words_nor_address_nor_network() -> None:
    client = Client(REMOTE_ADDR="192.0.2.55")
    client.post("/ask/", form(client))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump = repr(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            )
            for word in ("Zyxmew", "asker-zyx", "192.0.2.55"):
                assert word not in dump, f"{word} in {table}"


@pytest.mark.django_db(transaction=True)
def test_answering_publishes_other_words_tells_who_asked_and_destroys_what_was_sent(steward: Person) -> None:
    question = send(WORDS, ADDRESS)
    key, talk = question.data_key, make_talk()
    client = signed_in(steward)
    shown = client.get(f"/steward/questions/{question.pk}/").content.decode()
    assert "Zyxmew" in shown and ADDRESS not in shown, "a steward reads the question, never the address"
    said = {"words": "May one keep a cat?", "answer": "Often yes.\n\nAsk your team.", "talk": str(talk.pk)}
    assert client.post(f"/steward/questions/{question.pk}/", said).status_code == 302
    question.refresh_from_db()
    assert question.data_key is None and bytes(question.sealed) == b""
    assert question.sent == {"words": "", "address": ""}
    assert key in settings.KEY_STORE.erased()
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS] and f"/questions/#q-{question.pk}" in sent.body
    assert "cat" not in f"{sent.subject}{sent.body}", "the mail says that there is an answer, not to what"
    page = Client().get("/questions/").content.decode()
    assert "May one keep a cat?" in page and "<p>Often yes.</p>" in page and "Zyxmew" not in page
    assert "Not yet reviewed by a clinician" in page[page.index(str(question.pk)) :]
    assert "Quorfing the marrow" in page
    assert "May one keep a cat?" in Client().get("/talks/an-example/").content.decode()


def test_no_address_no_mail(steward: Person, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.answer_question(steward, send(), words="So?", answer="So.", talk=None, link=str)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("You are eligible.", "Say that it may fit"),
        ("About 60% survive for 2 years.", "Give no survival figure unasked."),
        ("This will cure you.", "Promise nothing."),
    ],
)
def test_words_that_stand_on_no_page_for_patients_are_refused(
    answer: str, said: str, steward: Person
) -> None:
    question = send()
    response = signed_in(steward).post(
        f"/steward/questions/{question.pk}/", {"words": "So?", "answer": answer}
    )
    assert response.status_code == 422 and said in response.content.decode()
    question.refresh_from_db()
    assert question.published_at is None


def test_an_answer_is_text_never_html(steward: Person) -> None:
    answer = "<script>alert(1)</script> [x](javascript:alert(1)) [y](https://example.org)"
    actions.answer_question(steward, send(), words="<b>So?</b>", answer=answer, talk=None, link=str)
    page = Client().get("/questions/").content.decode()
    assert "<script>" not in page and 'href="javascript' not in page and "&lt;b&gt;So?" in page


def test_one_is_answered_once_and_mended_after_that(steward: Person) -> None:
    question = send()
    client = signed_in(steward)
    for answer in ("One.", "Two."):
        assert (
            client.post(f"/steward/questions/{question.pk}/", {"words": "So?", "answer": answer}).status_code
            == 302
        )
    deeds = set(Event.objects.filter(actor=steward.subject).values_list("deed", flat=True))
    assert {"answered a question", "changed an answer"} <= deeds
    assert "Two." in Client().get("/questions/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_removing_destroys_the_key(steward: Person) -> None:
    question = send(WORDS)
    key = question.data_key
    assert signed_in(steward).post(f"/steward/questions/{question.pk}/remove/").status_code == 302
    assert not Question.objects.exists() and key in settings.KEY_STORE.erased()


def test_a_backup_brought_back_gives_up_what_was_answered_since() -> None:
    question = send(WORDS)
    settings.KEY_STORE.destroy([question.data_key])
    assert question.sent["words"] == ""
    assert finish_erasures() == 1 and not Question.objects.exists()


@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "researcher"])
def test_nobody_but_a_steward_reads_or_changes_one(role: str) -> None:
    question = send(WORDS)
    person = make_person("visitor@example.org", role)
    client = signed_in(person)
    for method, page in (("get", ""), ("post", ""), ("post", "remove/")):
        response = getattr(client, method)(f"/steward/questions/{question.pk}/{page}")
        assert response.status_code == 404 and b"Zyxmew" not in response.content
    with pytest.raises(NotYoursError):
        actions.answer_question(person, question, words="x", answer="y", talk=None, link=str)
    assert Question.objects.get().published_at is None
