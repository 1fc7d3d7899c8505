"""The search: forgives spelling on both databases, finds everything that is published, keeps nothing typed."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from people import make_person
from people_of_the_library import make_talk, send

from sapwood_web.audit.models import Event
from sapwood_web.library import actions, spelling
from sapwood_web.library.search import search

pytestmark = pytest.mark.django_db


def titles(query: str) -> list[str]:
    return [hit.title for hit in search(query).hits]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tagroxofusp", "Tagraxofusp (Elzonris)"),
        ("tagraxofusb", "Tagraxofusp (Elzonris)"),
        ("leukemia", "leukaemia, leukemia"),
        ("leukaemia", "leukaemia, leukemia"),
        ("luekemia", "leukaemia, leukemia"),
        ("stem sell transplant", "stem cell transplant, donor transplant, transplant"),
        ("TRANSPLANTS", "Transplant, for people who are well enough"),
        ("capilary leek", "What is capillary leak?"),
        ("remision", "What does remission mean?"),
        ("bone marow biospy", "The tests, and why"),
        ("pivekimb", "Pivekimab (Decnupaz)"),
        ("fertilty", "Fertility, before treatment starts"),
        ("how long will i live", "How long will I live?"),
        ("is it catching?", "Is it catching?"),
        ("wieght up in one day", "Is this an emergency, and whom do I call tonight?"),
    ],
)
def test_typical_misspellings_find_what_was_meant(typed: str, meant: str) -> None:
    assert any(title.startswith(meant[:28]) for title in titles(typed)[:8]), titles(typed)


def test_both_spellings_of_a_word_find_the_same() -> None:
    assert set(titles("leukemia")) == set(titles("leukaemia"))


def test_it_says_which_word_it_looked_for() -> None:
    assert search("tagroxofusp").corrected == (("tagroxofusp", "tagraxofusp"),)
    assert search("stem sell transplant").corrected == (("sell", "cell"),)
    assert search("remission").corrected == ()


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "the of and", "?!*", '"', "NEAR(a b)", "title:x", "a OR", "'; DROP TABLE x", "-x", "x" * 500, "\x00"],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    search(typed)
    assert Client().get("/find/", {"q": typed}).status_code == 200


def test_a_word_unlike_any_other_finds_nothing_and_says_so() -> None:
    assert "Nothing fits" in Client().get("/find/", {"q": "xyzzyplugh"}).content.decode()


def test_talks_and_answered_questions_are_found_as_long_as_they_are_published() -> None:
    steward = make_person("steward@example.org", "steward")
    assert titles("snibbling") == []
    talk = make_talk(published_at=None)
    actions.publish_talk(steward, talk, shown=True)
    assert titles("snibling") == ["Quorfing the marrow"]
    actions.publish_talk(steward, talk, shown=False)
    assert titles("snibbling") == []
    question = send("What of my zorkmids?")
    assert titles("zorkmids") == [], "what was sent is never found"
    actions.answer_question(
        steward, question, words="What of zorkmids?", answer="They rest.", talk=None, link=str
    )
    assert titles("zorkmid") == ["What of zorkmids?"]
    question.refresh_from_db()
    actions.remove_question(steward, question)
    assert titles("zorkmids") == []


def test_what_is_found_is_shown_as_text() -> None:
    steward = make_person("steward@example.org", "steward")
    words = "Is <script>alert(1)</script> quaffable?"
    actions.answer_question(steward, send(), words=words, answer="No <b>.", talk=None, link=str)
    shown = Client().get("/find/", {"q": "quaffable <img src=x>"}).content.decode()
    assert "&lt;script&gt;" in shown and "<script>" not in shown and "<img src=x" not in shown


def test_what_was_typed_is_in_no_log_no_trail_and_no_cache(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("django", "django.request", "sapwood"):
        logging.getLogger(logger).setLevel(logging.INFO)
    before = Event.objects.count()
    response = Client().get("/find/", {"q": "mysecretquery"})
    assert "mysecretquery" in response.content.decode(), "it stands in the field again"
    assert response.headers["Cache-Control"] == "no-store"
    assert "mysecretquery" not in caplog.text
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("cell", "cell", 0),
        ("sell", "cell", 1),
        ("biospy", "biopsy", 1),
        ("cat", "cart", 1),
        ("abc", "xyz", 3),
    ],
)
def test_letters_put_in_left_out_changed_or_swapped_count_one_each(one: str, other: str, away: int) -> None:
    assert spelling.distance(one, other, 3) == spelling.distance(other, one, 3) == away
    assert spelling.distance(one, other, 0) == (0 if one == other else 1)
