"""Talks: written by stewards in our own words, with the place in the recording, shown when they are ready."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from people import make_person, signed_in
from people_of_the_library import make_talk

from sapwood_web.accounts.policies import NotNowError
from sapwood_web.library import actions
from sapwood_web.library.forms import time_words
from sapwood_web.library.models import Talk

pytestmark = pytest.mark.django_db


def typed(**changed: Any) -> dict[str, Any]:
    talk = {
        "title": "Asking for a second look",
        "speaker": "Dr Ada Example",
        "about_speaker": "invented",
        "day": "2026-03-02",
        "minutes": "50",
        "recording": "https://videos.example.org/1",
        "summary": "A second look helps.",
        "invented": "on",
        "passages-TOTAL_FORMS": "3",
        "passages-INITIAL_FORMS": "0",
        "passages-0-time": "1:02:30",
        "passages-0-question": "Who looks?",
        "passages-0-said": "An expert.",
        "passages-1-time": "12:30",
        "passages-1-question": "Why?",
        "passages-1-said": "It is rare.",
    }
    return {**talk, **changed}


@pytest.fixture
def desk() -> Client:
    return signed_in(make_person("steward@example.org", "steward"))


def test_a_steward_writes_one_and_shows_it(desk: Client) -> None:
    response = desk.post("/steward/talks/new/", typed())
    assert response.status_code == 302, response.content.decode()
    talk = Talk.objects.get()
    assert talk.slug == "asking-for-a-second-look" and talk.published_at is None
    assert [(one.seconds, one.question) for one in talk.passages.all()] == [
        (750, "Why?"),
        (3750, "Who looks?"),
    ]
    page = f"/talks/{talk.slug}/"
    assert Client().get(page).status_code == 404, "not shown yet"
    desk.post(f"/steward/talks/{talk.pk}/publish/", {"shown": "yes"})
    shown = Client().get(page).content.decode()
    assert shown.index("at 12:30") < shown.index("at 1:02:30")
    assert "Dr Ada Example" in shown and "2 March 2026" in shown and "50 minutes" in shown
    assert "This talk is an invented example." in shown
    assert 'href="https://videos.example.org/1" rel="noreferrer"' in shown and "videos.example.org" in shown
    assert "<iframe" not in shown and "<video" not in shown, "nothing is asked of another site unasked"
    desk.post(f"/steward/talks/{talk.pk}/publish/", {"shown": "no"})
    assert Client().get(page).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"passages-0-time": "soon"}, "Write minutes and seconds"),
        ({"passages-0-said": ""}, "Fill in all three"),
        ({"recording": "http://videos.example.org/1"}, "begins with https://"),
        ({"recording": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"summary": "This will cure you."}, "Promise nothing."),
        ({"passages-1-said": "You failed treatment."}, "Take the blame out."),
        ({"title": ""}, "Title"),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_typed_is_lost(
    changed: dict[str, str], said: str, desk: Client
) -> None:
    response = desk.post("/steward/talks/new/", typed(**changed))
    assert response.status_code == 422
    assert said in response.content.decode() and "An expert." in typed()["passages-0-said"]
    assert not Talk.objects.exists()


def test_changing_one_keeps_its_address_and_empties_what_was_emptied(desk: Client) -> None:
    talk = make_talk()
    shown = desk.get(f"/steward/talks/{talk.pk}/").content.decode()
    assert 'value="12:30"' in shown and 'value="2026-03-02"' in shown
    response = desk.post(
        f"/steward/talks/{talk.pk}/",
        typed(title="Another", **{"passages-0-time": "", "passages-0-question": "", "passages-0-said": ""}),
    )
    assert response.status_code == 302
    talk.refresh_from_db()
    assert (talk.title, talk.slug) == ("Another", "an-example")
    assert [one.question for one in talk.passages.all()] == ["Why?"]


def test_two_talks_of_one_title_have_two_addresses(desk: Client) -> None:
    desk.post("/steward/talks/new/", typed())
    desk.post("/steward/talks/new/", typed())
    assert set(Talk.objects.values_list("slug", flat=True)) == {
        "asking-for-a-second-look",
        "asking-for-a-second-look-2",
    }


def test_a_recording_without_a_word_of_what_was_said_is_not_shown() -> None:
    steward = make_person("steward@example.org", "steward")
    talk = make_talk(published_at=None, summary="")
    with pytest.raises(NotNowError, match="say in short what was said"):
        actions.publish_talk(steward, talk, shown=True)


def test_a_talk_to_come_is_announced_and_takes_questions() -> None:
    make_talk(day=timezone.now().date() + timedelta(days=9), recording="", summary="")
    shown = Client().get("/talks/").content.decode()
    assert "To come" in shown and shown.index("Quorfing") < shown.index("To hear again")
    assert "This talk is still to come." in Client().get("/talks/an-example/").content.decode()


def test_without_any_the_page_says_so() -> None:
    assert "No talk is recorded yet." in Client().get("/talks/").content.decode()


def test_what_a_steward_types_is_text() -> None:
    make_talk(title="<b>x</b>", speaker="<i>y</i>", summary="<script>alert(1)</script>", day=date(2026, 1, 1))
    shown = Client().get("/talks/an-example/").content.decode()
    assert "<script>alert" not in shown and "<b>x" not in shown and "<i>y" not in shown


@pytest.mark.parametrize("seconds", [0, 59, 750, 3750])
def test_a_place_in_a_recording_reads_as_it_is_written(seconds: int) -> None:
    assert time_words(seconds) in ("0:00", "0:59", "12:30", "1:02:30")
