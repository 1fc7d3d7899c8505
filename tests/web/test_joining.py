"""Joining, signing in, second steps, limits: as a browser does it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from people import PASSWORD, make_person, signed_in

from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event

ADDRESS = "newcomer.marker@example.org"


def join(client: Client, email: str = ADDRESS, role: str = "patient") -> Any:
    return client.post(
        "/enter/signup/",
        {
            "email": email,
            "password1": PASSWORD,
            "password2": PASSWORD,
            "role": role,
            "name": "Newcomer Marker",
        },
    )


def code_in_the_mail() -> str:
    found = re.search(r"^([A-Z0-9]{3,6}-?[A-Z0-9]{3,6})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, "no code in the mail"
    return found[1]


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/enter/login/", {"login": email, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                texts += [
                    bytes(v).decode("latin1") if isinstance(v, (bytes, memoryview)) else str(v) for v in row
                ]
    return "\n".join(texts).lower()


@pytest.mark.django_db
def test_joining_asks_for_the_code_in_the_mail_and_leaves_no_address_behind() -> None:
    client = Client()
    assert join(client).status_code == 302
    assert not is_in(client), "nobody comes in before the address is confirmed"
    assert "marker" not in everything_in_the_database()
    response = client.post("/enter/confirm-email/", {"code": code_in_the_mail()})
    assert response.status_code == 302
    assert is_in(client)
    person = Person.objects.get(email=ADDRESS)
    assert (person.role, person.name) == ("patient", "Newcomer Marker")
    assert "marker" not in everything_in_the_database()
    assert [event.deed for event in Event.objects.order_by("at")] == [
        "joined",
        "confirmed their address",
        "signed in",
    ]


@pytest.mark.django_db
def test_a_wrong_code_lets_nobody_in() -> None:
    client = Client()
    join(client)
    client.post("/enter/confirm-email/", {"code": "AAA-AAA"})
    assert not is_in(client)


@pytest.mark.django_db
def test_joining_twice_looks_the_same_and_tells_the_owner() -> None:
    make_person(ADDRESS)
    client = Client()
    first, second = join(Client(), "other@example.org"), join(client)
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert Person.objects.filter(email=ADDRESS).count() == 1
    assert ADDRESS in mail.outbox[-1].to


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["steward", "nonsense"])
def test_nobody_joins_as_a_steward(role: str) -> None:
    assert join(Client(), role=role).status_code == 200, "the form comes back"
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_letters_of_either_case_are_one_address() -> None:
    make_person(ADDRESS)
    client = Client()
    sign_in(client, ADDRESS.upper())
    assert is_in(client)


def totp(person: Person) -> str:
    """A second factor; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_now(secret: str) -> str:
    return f"{hotp_value(secret, int(timezone.now().timestamp()) // 30):06d}"


@pytest.mark.django_db
def test_a_second_factor_is_asked_for_and_lies_sealed() -> None:
    person = make_person(ADDRESS)
    secret = totp(person)
    assert secret.lower() not in everything_in_the_database()
    client = Client()
    response = sign_in(client, ADDRESS)
    assert response.headers["Location"].startswith("/enter/second-step/authenticate/")
    assert not is_in(client)
    client.post("/enter/second-step/authenticate/", {"code": "000000"})
    assert not is_in(client)
    client.post("/enter/second-step/authenticate/", {"code": code_now(secret)})
    assert is_in(client)


@pytest.mark.django_db
def test_a_recovery_code_works_once() -> None:
    person = make_person(ADDRESS)
    totp(person)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        sign_in(client, ADDRESS)
        client.post("/enter/second-step/authenticate/", {"code": code})
        assert is_in(client) is expected


@pytest.mark.django_db
def test_a_password_reset_never_bypasses_the_second_factor() -> None:
    person = make_person(ADDRESS)
    totp(person)
    client = Client()
    client.post("/enter/password/reset/", {"email": ADDRESS})
    client.post("/enter/password/reset/confirm/", {"code": code_in_the_mail()})
    new = "another long enough secret"
    client.post("/enter/password/reset/complete/", {"password1": new, "password2": new})
    assert not is_in(client)
    person.refresh_from_db()
    assert person.check_password(new), "the reset itself worked"
    response = sign_in(client, ADDRESS, new)
    assert response.headers["Location"].startswith("/enter/second-step/authenticate/")
    assert not is_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["clinician", "researcher", "steward"])
def test_professionals_set_up_a_second_factor_before_anything_else(role: str) -> None:
    person = make_person(ADDRESS, role, ready=False)
    client = signed_in(person)
    for page in ("/invitations/", "/records/begin/", "/steward/people/", "/steward/trail/"):
        assert client.get(page).headers.get("Location") == "/account/safer/", page
    assert client.get("/enter/second-step/totp/activate/").status_code == 200
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": ""})
    assert client.get("/invitations/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_authenticator_through_the_page() -> None:
    person = make_person(ADDRESS)
    client = signed_in(person)
    page = client.get("/enter/second-step/totp/activate/")
    secret = page.context["form"].secret
    response = client.post("/enter/second-step/totp/activate/", {"code": code_now(secret)})
    assert response.status_code == 302
    assert {one.type for one in Authenticator.objects.filter(user=person)} == {"totp", "recovery_codes"}
    assert secret.lower() not in everything_in_the_database()
    assert Event.objects.filter(deed="added a second factor", actor=person.subject).exists()


@pytest.mark.django_db
def test_strangers_cannot_lock_the_owner_out() -> None:
    make_person(ADDRESS)
    owner = Client()
    sign_in(owner, ADDRESS)
    owner.post("/enter/logout/")
    stranger = Client()
    for _ in range(12):
        sign_in(stranger, ADDRESS, "wrong wrong wrong")
    sign_in(stranger, ADDRESS)
    assert not is_in(stranger), "guessing is slowed down, even when it hits"
    sign_in(owner, ADDRESS)
    assert is_in(owner), "the owner's own browser still gets in"


@pytest.mark.django_db
def test_a_browser_known_for_one_account_is_a_stranger_to_another() -> None:
    make_person(ADDRESS)
    make_person("mallory@example.org")
    mallory = Client()
    sign_in(mallory, "mallory@example.org")
    mallory.post("/enter/logout/")
    stranger = Client()
    for _ in range(12):
        sign_in(stranger, ADDRESS, "wrong wrong wrong")
    sign_in(mallory, ADDRESS)
    assert not is_in(mallory)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(target: str) -> None:
    make_person(ADDRESS)
    response = Client().post("/enter/login/", {"login": ADDRESS, "password": PASSWORD, "next": target})
    assert response.headers["Location"] == "/"


@pytest.mark.django_db
def test_signing_out_everywhere_ends_the_other_browser_too() -> None:
    person = make_person(ADDRESS)
    here, there = signed_in(person), Client()
    sign_in(there, ADDRESS)
    assert is_in(there)
    here.post("/account/end-sessions/")
    assert not is_in(here)
    assert not is_in(there)


@pytest.mark.django_db
def test_a_new_address_counts_once_it_is_confirmed() -> None:
    person = make_person(ADDRESS)
    client = signed_in(person)
    client.post("/enter/email/", {"action_add": "", "email": "moved.marker@example.org"})
    person.refresh_from_db()
    assert person.email == ADDRESS
    client.post("/enter/confirm-email/", {"code": code_in_the_mail()})
    person.refresh_from_db()
    assert person.email == "moved.marker@example.org"
    assert "marker" not in everything_in_the_database()


@pytest.mark.django_db
def test_mails_say_nothing_of_health_browser_or_network() -> None:
    person = make_person(ADDRESS)
    client = signed_in(person)
    new = "another long enough secret"
    client.post(
        "/enter/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        HTTP_USER_AGENT="Marker",
    )
    text = str(mail.outbox[-1].body)
    assert "Marker" not in text and "127.0.0.1" not in text
    assert not re.search(r"cancer|leuk|blood|bpdcn|disease|illness", text, re.IGNORECASE)
