"""Reviews: by a verified clinician, of exactly these words, kept apart from the text, shown with its day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from people import make_person, signed_in
from people_of_the_library import make_talk

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.models import Person
from sapwood_web.accounts.permissions import NotYoursError
from sapwood_web.accounts.policies import NotNowError
from sapwood_web.library import actions, content, reviewing
from sapwood_web.library.models import Passage, Review

pytestmark = pytest.mark.django_db
PAGE = "/reviews/article/its_name/"


def text() -> reviewing.Text:
    return reviewing.text_of_article(content.library().articles["its_name"])


@pytest.fixture
def clinician() -> Person:
    return make_person("okafor@example.org", "clinician", name="Dr Okafor")


def test_a_clinicians_review_is_shown_with_its_day_and_a_name_only_where_they_agreed(
    clinician: Person,
) -> None:
    client = signed_in(clinician)
    said = {"read": "on", "content": text().content}
    assert client.post(PAGE, said).status_code == 302
    shown = Client().get("/read/its_name/").content.decode()
    assert "Reviewed by a clinician on" in shown and "Okafor" not in shown
    client.post(PAGE, {**said, "named": "on"})
    assert "by Dr Okafor" in Client().get("/read/its_name/").content.decode()
    assert "Not yet reviewed" in Client().get("/read/why_it_took_long/").content.decode()


def test_it_covers_these_words_and_no_later_ones(clinician: Person) -> None:
    actions.review(clinician, text(), content=text().content, named=False)
    page = content.library().articles["its_name"]
    changed = reviewing.text_of_article(replace(page, body=page.body + "\nOne more word."))
    stands = reviewing.Reviews()
    assert stands.of(text()).good
    assert not stands.of(changed).good
    assert stands.of(changed).words.startswith("Changed since a clinician reviewed it on")


def test_a_text_that_changed_while_it_was_read_is_not_reviewed(clinician: Person) -> None:
    with pytest.raises(NotNowError, match="changed while you read it"):
        actions.review(clinician, text(), content="0" * 64, named=False)
    assert not Review.objects.exists()


def test_one_must_say_that_one_has_read_it(clinician: Person) -> None:
    response = signed_in(clinician).post(PAGE, {"content": text().content})
    assert response.status_code == 422 and not Review.objects.exists()


def test_a_talk_that_is_changed_waits_again(clinician: Person) -> None:
    talk = make_talk()
    actions.review(
        clinician, reviewing.text_of_talk(talk), content=reviewing.text_of_talk(talk).content, named=False
    )
    assert "Reviewed by a clinician on" in Client().get("/talks/an-example/").content.decode()
    Passage.objects.filter(seconds=750).update(said="Nobody.")
    assert "Changed since a clinician reviewed it" in Client().get("/talks/an-example/").content.decode()


@pytest.mark.parametrize("role", ["patient", "researcher", "steward"])
def test_nobody_else_reviews(role: str) -> None:
    person = make_person("visitor@example.org", role)
    response = signed_in(person).post(PAGE, {"read": "on", "content": text().content})
    assert response.status_code == 404
    with pytest.raises(NotYoursError):
        actions.review(person, text(), content=text().content, named=False)
    assert not Review.objects.exists()


def test_a_clinician_whom_nobody_verified_does_not() -> None:
    with pytest.raises(NotYoursError):
        actions.review(
            make_person("new@example.org", "clinician", ready=False),
            text(),
            content=text().content,
            named=True,
        )


def test_it_is_taken_back_by_its_clinician_or_a_steward_and_nobody_else(clinician: Person) -> None:
    other = make_person("other@example.org", "clinician")
    steward = make_person("steward@example.org", "steward")
    for person, status in ((other, 404), (clinician, 302), (steward, 302)):
        made = actions.review(clinician, text(), content=text().content, named=False)
        response = signed_in(person).post(f"/reviews/{made.pk}/withdraw/")
        assert response.status_code == status
        made.refresh_from_db()
        assert (made.withdrawn_at is not None) == (status == 302)
        Review.objects.all().delete()


def test_the_queue_counts_what_is_reviewed(clinician: Person) -> None:
    client = signed_in(clinician)
    assert "0 of" in client.get("/reviews/").content.decode()
    actions.review(clinician, text(), content=text().content, named=False)
    shown = client.get("/reviews/").content.decode()
    assert "1 of" in shown and "What it is called, and nothing you did" in shown


def test_when_the_clinician_leaves_the_name_goes_and_the_review_stays(clinician: Person) -> None:
    actions.review(clinician, text(), content=text().content, named=True)
    account_actions.erase(clinician)
    shown = Client().get("/read/its_name/").content.decode()
    assert "Reviewed by a clinician on" in shown and "Okafor" not in shown
