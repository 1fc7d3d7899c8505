"""Sessions: hashed in the table, seen one by one by their owner, ended one by one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from people import make_person, signed_in

from sapwood_web.accounts.models import Person, Session
from sapwood_web.accounts.sessions import SessionStore, browser_words, hashed
from sapwood_web.audit.models import Event
from sapwood_web.vault.keys import new_key

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
    " Safari/537.36"
)


def token_of(client: Client) -> str:
    return client.cookies[site.SESSION_COOKIE_NAME].value


def test_a_stolen_table_of_sessions_opens_none(alice: Person) -> None:
    client = signed_in(alice)
    client.get("/account/")
    token = token_of(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_session")
        dump = repr(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone()[0] == 0, "nothing is kept in the old place"
    assert token not in dump and hashed(token) in dump
    thief = Client()
    thief.cookies[site.SESSION_COOKIE_NAME] = hashed(token)
    assert thief.get("/account/").status_code == 302, "what stands in the table is no token"


def test_each_session_is_seen_and_ended_alone(alice: Person) -> None:
    here, there = signed_in(alice), signed_in(alice)
    here.get("/account/", headers={"user-agent": CHROME})
    there.get("/account/", headers={"user-agent": FIREFOX})
    page = re.sub(r"<[^>]*>", " ", here.get("/account/").content.decode())
    assert re.search(r"Chrome, Windows\s+this browser", page)
    assert re.search(r"Firefox, Android\s+last used", page)
    other = Session.objects.get(token=hashed(token_of(there)))
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert there.get("/account/").status_code == 302, "out at once"
    assert here.get("/account/").status_code == 200, "and nobody else"
    assert Event.objects.filter(deed="ended a session", actor=alice.subject).count() == 1


def test_nobody_ends_anothers_session(alice: Person) -> None:
    client = signed_in(alice)
    row = Session.objects.get(token=hashed(token_of(client)))
    bob = signed_in(make_person("bob@example.org"))
    assert bob.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert str(row.pk) not in bob.get("/account/").content.decode()
    assert client.get("/account/").status_code == 200


def test_a_session_ended_elsewhere_does_not_come_back(alice: Person) -> None:
    client = signed_in(alice)
    session = client.session
    session["more"] = 0
    Session.objects.all().delete()
    session["more"] = 1
    with pytest.raises(Exception, match=r"^$") as ended:
        session.save()
    assert ended.typename == "UpdateError"
    assert not Session.objects.exists()


def test_sessions_go_with_their_person(alice: Person) -> None:
    client = signed_in(alice)
    client.get("/account/")
    alice.delete()
    assert not Session.objects.exists()
    assert client.get("/account/").status_code == 302


def test_a_turned_key_ends_no_session_and_a_dropped_one_does(alice: Person, settings: Any) -> None:
    client = signed_in(alice)
    keys = settings.KEYS
    settings.KEYS = replace(keys, sessions=(new_key(32), *keys.sessions))
    assert client.get("/account/").status_code == 200
    settings.KEYS = replace(keys, sessions=(new_key(32),))
    assert client.get("/account/").status_code == 302


def test_sessions_that_have_ended_are_cleared_away(alice: Person) -> None:
    client = signed_in(alice)
    session = client.session
    session.set_expiry(-5)
    session.save()
    SessionStore.clear_expired()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"), [(FIREFOX, "Firefox, Android"), (CHROME, "Chrome, Windows"), ("", ""), ("curl/8", "")]
)
def test_a_browser_is_told_in_two_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
