"""Headers, forms, logs, settings: what holds for every page."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from people import ADDRESS, MARKER, make_person, signed_in

from sapwood_web.accounts.models import Person
from sapwood_web.logs import PlainFormatter
from sapwood_web.records import actions
from sapwood_web.records.models import Record
from sapwood_web.vault.keys import new_keys, write_keys

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_every_page_carries_its_headers(alice: Person, record: Record) -> None:
    for client, page in (
        (Client(), "/"),
        (Client(), "/read/"),
        (Client(), "/find/?q=fever"),
        (Client(), "/enter/login/"),
        (Client(raise_request_exception=False), "/nowhere/"),
        (signed_in(alice), f"/records/{record.pk}/"),
    ):
        headers = client.get(page).headers
        kept = {"/": "public, no-cache", "/read/": "public, max-age=300"}
        assert headers["Cache-Control"] == kept.get(page, "no-store")
        policy = headers["Content-Security-Policy"]
        assert (
            "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        )
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_no_page_has_a_script_or_style_of_its_own_or_asks_another_site(alice: Person, record: Record) -> None:
    client = signed_in(alice)
    pages = [
        "/",
        "/account/",
        "/account/consents/",
        "/account/erase/",
        f"/records/{record.pk}/",
        "/enter/second-step/",
    ]
    for page in pages:
        text = client.get(page).content.decode()
        assert not re.search(r"\son\w+=|\sstyle=", text), page
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/json" in script, page
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', text):
            assert not address.startswith(("http", "//")), page


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused(alice: Person, record: Record) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for page in (
        f"/records/{record.pk}/facts/add/",
        "/account/erase/",
        "/account/export/",
        "/account/consents/",
    ):
        assert client.post(page, {"fact": "albumin", "value": "1 g/dL", "sure": "on"}).status_code == 403, (
            page
        )
    assert record.answers.count() == 1


@pytest.mark.django_db
def test_cookies_are_out_of_reach(alice: Person) -> None:
    client = Client()
    client.get("/enter/login/")
    client.post("/enter/login/", {"login": alice.email, "password": "correct horse battery staple"})
    assert {"session", "csrf", "known"} <= set(client.cookies)
    for cookie in client.cookies.values():
        if cookie.value:
            assert cookie["httponly"], cookie.key
            assert cookie["samesite"] == "Lax", cookie.key


@pytest.mark.django_db
def test_logs_and_error_pages_carry_no_word(
    alice: Person, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError(f"{MARKER} {ADDRESS}")

    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PlainFormatter())
    for name in ("", "django"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
    monkeypatch.setattr(actions, "see", fail)
    client = signed_in(alice)
    response = client.get(f"/records/{record.pk}/?{MARKER}")
    assert response.status_code == 500
    assert MARKER.encode() not in response.content and ADDRESS.encode() not in response.content
    client.get(f"/{MARKER}/")
    client.post("/enter/login/", {"login": MARKER, "password": MARKER})
    assert "ValueError at test_safety.py" in written.getvalue(), "it says what failed and where"
    assert MARKER not in written.getvalue() and ADDRESS not in written.getvalue()


def test_a_log_line_says_kind_and_place_and_no_words() -> None:
    try:
        raise KeyError(MARKER)
    except KeyError:
        entry = logging.LogRecord(
            "django.request", logging.ERROR, "f", 1, "Failed: %s", (MARKER,), sys.exc_info()
        )
    line = PlainFormatter().format(entry)
    assert MARKER not in line and "\n" not in line
    assert "KeyError at test_safety.py:" in line


def test_no_address_of_a_page_can_hold_a_fact() -> None:
    from django.urls.converters import UUIDConverter
    from test_routes import PUBLIC_ROUTES, REVIEW_ROUTES, routes

    for name, pattern in routes():
        about_texts = name in PUBLIC_ROUTES or name in REVIEW_ROUTES
        if not about_texts and not name.startswith(("account_", "mfa_")):
            assert all(isinstance(one, UUIDConverter) for one in pattern.pattern.converters.values()), name


@pytest.mark.django_db
def test_the_models_and_their_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_check_deploy_has_nothing_to_say(tmp_path: Path) -> None:
    write_keys(new_keys(), tmp_path / "keys.json")
    environment = {key: one for key, one in os.environ.items() if not key.startswith(("SAPWOOD_", "DJANGO_"))}
    environment |= {
        "SAPWOOD_STATE": str(tmp_path),
        "SAPWOOD_KEYS": str(tmp_path / "keys.json"),
        "SAPWOOD_HOSTS": "sapwood.example.org",
        "DJANGO_SETTINGS_MODULE": "sapwood_web.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "sapwood_web", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.django_db
def test_the_steward_verifies_and_turns_away() -> None:
    steward, new, false = (
        make_person("s@example.org", "steward"),
        make_person("n@example.org", "clinician", ready=False),
        make_person("f@example.org", "clinician", ready=False),
    )
    client = signed_in(steward)
    client.post(f"/steward/people/{new.pk}/", {"real": "yes"})
    client.post(f"/steward/people/{false.pk}/", {"real": "no"})
    new.refresh_from_db()
    false.refresh_from_db()
    assert new.verified_at is not None and new.is_active
    assert false.verified_at is None and not false.is_active


@pytest.mark.django_db
def test_a_closed_account_is_out_at_once() -> None:
    person = make_person("f@example.org", "clinician")
    client = signed_in(person)
    assert client.get("/account/").status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_signing_out_clears_the_browser_and_ends_the_session(alice: Person) -> None:
    client = signed_in(alice)
    stolen = client.cookies["session"].value
    response = client.post("/enter/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    again = Client()
    again.cookies["session"] = stolen
    assert again.get("/account/").status_code == 302


@pytest.mark.django_db
def test_what_reaches_others_has_its_pace(alice: Person, record: Record, settings: Any) -> None:
    settings.PACES = {**settings.PACES, "invite": (2, 60), "export": (1, 60)}
    client = signed_in(alice)
    for number, expected in ((1, 302), (2, 302), (3, 403)):
        typed = {
            "email": f"guest{number}@example.org",
            "invited_as": "clinician",
            "scope": "read",
            "days": "30",
        }
        assert client.post(f"/records/{record.pk}/sharing/invite/", typed).status_code == expected
    assert client.post("/account/export/").status_code == 200
    assert client.post("/account/export/").status_code == 403


@pytest.mark.parametrize("password", ["sapwoodsapwood", "Patient-Doctor-1", "leukaemia123456"])
def test_words_of_this_site_make_no_password(password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_password(password)


def test_every_requirement_of_the_security_page_names_what_exists_or_says_not_met() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert len({number for number, *_ in rows}) == len(rows) == 109
    for number, _, _, evidence in rows:
        named = re.findall(r"`((?:src|tests|docs|\.ci)/[^`:]+)(?:::(\w+))?`", evidence)
        assert named or evidence.startswith(("Not met", "Does not arise", "Partly met")), number
        for path, test in named:
            assert (ROOT / path).exists(), f"{number}: {path}"
            assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), (
                f"{number}: {test}"
            )
