"""Every route for every kind of person: own, shared, ended, run out, a stranger's. A route not listed here fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter
from django.utils import timezone
from people import ADDRESS, MARKER, let_in, make_person, make_record, signed_in

from sapwood_web.accounts.models import Person
from sapwood_web.journey import actions as journey
from sapwood_web.plans.actions import sign
from sapwood_web.plans.models import SignedPlan
from sapwood_web.plans.pages import basis_of
from sapwood_web.records.models import Grant, Invitation, Record
from sapwood_web.records.reading import Reading

READ, ADD, ACT, OWN = "read", "add", "act", "own"
LADDER = (READ, ADD, ACT, OWN)

RECORD_ROUTES = {
    "record": ("get", READ),
    "roadmap": ("get", READ),
    "daily": ("get", READ),
    "record_card": ("get", READ),
    "figures": ("get", READ),
    "pictures": ("get", READ),
    "picture": ("get", READ),
    "interview": ("get", ADD),
    "ask_again": ("post", ADD),
    "remove_picture": ("post", ADD),
    "remove_day": ("post", ADD),
    "files": ("get", READ),
    "answers": ("get", READ),
    "answer": ("get", ADD),
    "remove_answer": ("post", ADD),
    "upload": ("get", ACT),
    "file": ("get", ACT),
    "use_file": ("post", ACT),
    "remove_file": ("post", ACT),
    "export_record": ("post", ACT),
    "sharing": ("get", OWN),
    "invite": ("get", OWN),
    "withdraw": ("post", OWN),
    "end_grant": ("post", OWN),
    "who_looked": ("get", OWN),
    "plan": ("get", READ),
    "entries": ("get", READ),
    "override": ("get", ADD),
    "signed_plans": ("get", READ),
    "signed_plan": ("get", READ),
    "signed_plan_file": ("get", ACT),
    "sign": ("post", READ),
    "erase_record": ("get", OWN),
}
"""Routes of a record: how they are opened, and from which scope on."""

CLINICIANS_ROUTES = {"sign"}
"""Routes of a record that only a clinician takes, and not its owner."""

OWN_ROUTES = {"account", "safer", "consents", "end_sessions", "export", "erase", "begin", "invitations"}
"""Routes that show or change nothing but the account of whoever is signed in."""

BOUND_ROUTES = {"accept", "decline", "leave", "end_session"}
"""Routes of a row bound to one person; nobody else's."""

MY_PEOPLE = {"my_people"}
"""For clinicians: the records that are shared with them."""

STEWARD_ROUTES = {
    "people": "get",
    "verify": "post",
    "trail": "get",
    "editions": "get",
    "edition": "get",
    "edition_step": "post",
    "questions_desk": "get",
    "question_desk": "get",
    "remove_question": "post",
    "talks_desk": "get",
    "new_talk": "get",
    "edit_talk": "get",
    "publish_talk": "post",
}
"""For stewards only, and how they are opened."""

REVIEW_ROUTES = {"reviews": "get", "review": "get", "withdraw_review": "post"}
"""For stewards and verified clinicians; about texts, never about people."""

CLINICIAN_ROUTES = {"plan_changes"}
"""For verified clinicians; what it shows is of the records shared with them."""

OPEN_ROUTES = {"home"}
"""Open to everyone; what it shows is one's own."""

PUBLIC_ROUTES = {
    "red_flags",
    "articles",
    "article",
    "card",
    "questions",
    "words",
    "talks",
    "talk",
    "trials",
    "studies",
    "study",
    "find",
    "ask",
    "asked",
    "for_clinicians",
    "for_researchers",
}
"""Open to everyone, the same for everyone; tests/web/library holds that they set no cookie."""


def routes(resolver: Any = None) -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        else:
            yield pattern.name or "", pattern


ALL_ROUTES = sorted({name for name, _ in routes()})


def test_every_route_is_listed() -> None:
    ours = {name for name in ALL_ROUTES if not name.startswith(("account_", "mfa_"))}
    listed = {*RECORD_ROUTES, *OWN_ROUTES, *BOUND_ROUTES, *MY_PEOPLE, *STEWARD_ROUTES, *REVIEW_ROUTES}
    listed |= {*CLINICIAN_ROUTES, *OPEN_ROUTES, *PUBLIC_ROUTES}
    assert ours == listed, "list a new route here, with who may open it"


def test_every_route_of_a_record_takes_its_id() -> None:
    for name, _ in routes():
        if name in RECORD_ROUTES:
            assert reverse(name, kwargs=arguments_of(name)).startswith("/records/")


def arguments_of(name: str, world: dict[str, Any] | None = None) -> dict[str, Any]:
    world = world or {}
    nothing = uuid.uuid4()
    found = {}
    for candidate, pattern in routes():
        if candidate == name:
            found = {
                key: world.get(key, 1 if isinstance(converter, IntConverter) else nothing)
                for key, converter in pattern.pattern.converters.items()
            }
    if name in RECORD_ROUTES:
        found["record_id"] = world.get("record_id", nothing)
    return found


@pytest.fixture
def world(record: Record) -> dict[str, Any]:
    invitation = Invitation.objects.create(
        record=record,
        email="someone-else@example.org",
        invited_as="care_partner",
        scope="read",
        at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=3),
        grant_days=30,
    )
    grant = let_in(record, make_person("third@example.org", "care_partner"), days=3)
    return {
        "record": record,
        "record_id": record.pk,
        "upload_id": record.uploads.get().pk,
        "answer_id": record.answers.get().pk,
        "invitation_id": invitation.pk,
        "grant_id": grant.pk,
        "plan_id": signed_by_a_third(record).pk,
        "person_id": make_person("waiting@example.org", "clinician", ready=False).pk,
        "session_id": uuid.uuid4(),
        "picture_id": journey.attach(record.owner, record, data=b"\xff\xd8\xff", about=MARKER).pk,
        "left_id": journey.leave_open(record.owner, record, fact="weight", why="skipped").pk,
        "entry_id": journey.keep_day(record.owner, record, {"day": "2026-03-01", "weight": "70 kg"}).pk,
    }


def signed_by_a_third(record: Record) -> SignedPlan:
    signer = make_person("signer@example.org", "clinician")
    let_in(record, signer)
    reading = Reading(record, timezone.localdate())
    return sign(signer, record, reading, basis=basis_of(reading))


def visitor(kind: str, record: Record) -> Person:
    """Someone who is not the owner; the kind says why they should or should not get in."""
    role, _, how = kind.partition(" ")
    person = make_person("visitor@example.org", role, ready="unready" not in how)
    scope = next((scope for scope in LADDER if scope in how.split()), None)
    if scope:
        grant = let_in(record, person, scope)
        if "revoked" in how:
            grant.revoked_at = timezone.now()
        if "expired" in how:
            grant.expires_at = timezone.now() - timedelta(seconds=1)
        grant.save()
    if "own" in how.split() and role in ("patient", "care_partner"):
        make_record(person, for_child=role == "care_partner")
    return person


REACH = {
    "patient": None,
    "care_partner": None,
    "clinician": None,
    "researcher": None,
    "steward": None,
    "patient read": READ,
    "care_partner read": READ,
    "care_partner add": ADD,
    "care_partner act": ACT,
    "clinician read": READ,
    "clinician add": ADD,
    "clinician act": ACT,
    "care_partner act revoked": None,
    "care_partner act expired": None,
    "clinician act revoked": None,
    "clinician act expired": None,
    "clinician act unready": None,
}
"""Visitors, and how far they should get."""


def ask(client: Client, name: str, world: dict[str, Any]) -> Any:
    address = reverse(name, kwargs=arguments_of(name, world))
    posted = BOUND_ROUTES | {"export", "withdraw_review"} | {
        one for one, how in STEWARD_ROUTES.items() if how == "post"
    }  # fmt: skip
    method = RECORD_ROUTES.get(name, ("post" if name in posted else "get", ""))[0]
    return getattr(client, method)(address)


def shows_something(response: Any) -> bool:
    body = b"".join(response) if response.streaming else response.content
    return any(word.encode() in body for word in (MARKER, "3.1 g/dL", ADDRESS, "albumin", "Albumin"))


@pytest.mark.parametrize("kind", REACH)
def test_a_visitor_gets_exactly_as_far_as_the_grant(kind: str, world: dict[str, Any]) -> None:
    client = signed_in(visitor(kind, world["record"]))
    reach = REACH[kind]
    order = sorted(RECORD_ROUTES, key=lambda name: RECORD_ROUTES[name][0])  # looks first: a post may remove
    for name in order:
        _, needed = RECORD_ROUTES[name]
        response = ask(client, name, world)
        may = reach is not None and LADDER.index(reach) >= LADDER.index(needed)
        if name in CLINICIANS_ROUTES and not kind.startswith("clinician"):
            may = False
        if may and name in ("remove_answer", "remove_picture", "remove_day"):
            may = False  # what somebody else added is for the owner to remove
        if may:
            assert response.status_code in (200, 302), f"{kind} was kept out of {name}"
        else:
            refused = response.status_code == 404 or "/account/safer/" in response.headers.get("Location", "")
            assert refused, f"{kind} reached {name}: {response.status_code}"
            assert not shows_something(response), f"{name} tells {kind} what it should not"
    assert Record.objects.filter(pk=world["record_id"]).exists()


def test_the_owner_reaches_everything(alice: Person, world: dict[str, Any]) -> None:
    client = signed_in(alice)
    for name in sorted(RECORD_ROUTES, key=lambda name: RECORD_ROUTES[name][0]):
        response = ask(client, name, world)
        expected = (404,) if name in CLINICIANS_ROUTES else (200, 302)
        assert response.status_code in expected, f"{name}: {response.status_code}"


@pytest.mark.parametrize("name", [name for name in ALL_ROUTES if name not in OPEN_ROUTES | PUBLIC_ROUTES])
def test_nobody_signed_in_sees_nothing(name: str, world: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    kwargs = {"pk": 1} if name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else arguments_of(name, world)
    address = reverse(name, kwargs=kwargs)
    for method in ("get", "post"):
        response = getattr(client, method)(address)
        assert not shows_something(response), f"{name} tells strangers what it should not"
        if not name.startswith(("account_", "mfa_")):
            assert response.status_code in (302, 405), f"{name} opened: {response.status_code}"
            if response.status_code == 302:
                assert response.headers["Location"].startswith("/enter/login/")


@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "researcher", "steward"])
def test_stewards_pages_are_for_stewards_and_show_no_record(role: str, world: dict[str, Any]) -> None:
    client = signed_in(make_person("visitor@example.org", role))
    for name, how in STEWARD_ROUTES.items():
        response = ask(client, name, world)
        there = name in ("people", "trail", "verify", "editions", "questions_desk", "talks_desk", "new_talk")
        may = role == "steward" and there
        assert response.status_code == (404 if not may else 302 if how == "post" else 200), name
        assert not shows_something(response)


@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "researcher", "steward"])
def test_the_list_of_people_is_a_clinicians_and_holds_only_what_is_shared(
    role: str, world: dict[str, Any]
) -> None:
    response = ask(signed_in(make_person("visitor@example.org", role)), "my_people", world)
    assert response.status_code == (200 if role == "clinician" else 404)
    assert not shows_something(response)


@pytest.mark.parametrize(
    "role", ["patient", "care_partner", "clinician", "clinician unready", "researcher", "steward"]
)
def test_reviewing_is_for_clinicians_and_stewards_and_shows_no_record(
    role: str, world: dict[str, Any]
) -> None:
    kind, _, how = role.partition(" ")
    client = signed_in(make_person("visitor@example.org", kind, ready=not how))
    for name in REVIEW_ROUTES:
        response = ask(client, name, world)
        if how:
            assert response.status_code == 302 and "/reviews/" not in response.headers["Location"], name
        else:
            may = role in ("clinician", "steward") and name == "reviews"
            assert response.status_code == (200 if may else 404), name
        assert MARKER not in response.content.decode()


@pytest.mark.parametrize("role", ["patient", "care_partner", "researcher", "steward"])
def test_changed_plans_are_for_clinicians(role: str, world: dict[str, Any]) -> None:
    assert ask(signed_in(make_person("visitor@example.org", role)), "plan_changes", world).status_code == 404


@pytest.mark.parametrize(
    "kind", ["clinician", "clinician read", "clinician read revoked", "clinician read expired"]
)
def test_a_clinician_is_told_of_changed_plans_of_those_who_share_only(
    kind: str, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sapwood_web.editions import active, views

    now = active.active()
    monkeypatch.setattr(views, "_pair", lambda: (now, now))
    response = ask(signed_in(visitor(kind, world["record"])), "plan_changes", world)
    assert response.status_code == 200
    assert (str(world["record_id"]) in response.content.decode()) == (kind == "clinician read")


@pytest.mark.parametrize("name", sorted(PUBLIC_ROUTES))
def test_public_pages_say_nothing_of_anybody(name: str, alice: Person, world: dict[str, Any]) -> None:
    known = {**world, "slug": "none", "name": "its_name"}
    for client in (Client(), signed_in(alice)):
        response = ask(client, name, known)
        assert response.status_code in (200, 404), name
        body = response.content.decode()
        assert not any(word in body for word in (MARKER, "3.1 g/dL", ADDRESS)), name


@pytest.mark.parametrize("name", sorted(BOUND_ROUTES))
@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "steward"])
def test_what_is_bound_to_one_person_is_nobody_elses(name: str, role: str, world: dict[str, Any]) -> None:
    client = signed_in(make_person("visitor@example.org", role))
    assert ask(client, name, world).status_code == 404
    assert Invitation.objects.get(pk=world["invitation_id"]).answered_at is None
    assert Grant.objects.get(pk=world["grant_id"]).revoked_at is None


@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "researcher", "steward"])
def test_ones_own_pages_show_nobody_elses_record(role: str, world: dict[str, Any]) -> None:
    client = signed_in(make_person("visitor@example.org", role))
    for name in sorted((OWN_ROUTES | OPEN_ROUTES) - {"end_sessions"}):
        response = ask(client, name, world)
        assert response.status_code in (200, 404, 405), f"{name}: {response.status_code}"
        assert not shows_something(response), name


@pytest.mark.parametrize(
    "name",
    [
        "file",
        "use_file",
        "remove_file",
        "remove_answer",
        "withdraw",
        "end_grant",
        "signed_plan",
        "signed_plan_file",
        "picture",
        "remove_picture",
        "remove_day",
        "ask_again",
    ],
)
def test_a_row_of_another_record_is_not_reached_through_ones_own(name: str, world: dict[str, Any]) -> None:
    """Bob's record in the address, Alice's row behind it."""
    bob = make_person("bob@example.org")
    mine = make_record(bob)
    response = ask(signed_in(bob), name, {**world, "record_id": mine.pk})
    assert response.status_code == 404
    assert not shows_something(response)
    assert world["record"].uploads.count() == world["record"].answers.count() == 1


def test_what_is_absent_and_what_is_anothers_look_the_same(world: dict[str, Any]) -> None:
    client = signed_in(make_person("visitor@example.org"))
    for name in RECORD_ROUTES:
        theirs, absent = ask(client, name, world), ask(client, name, {})
        assert (theirs.status_code, page(theirs)) == (absent.status_code, page(absent)), name


def page(response: Any) -> bytes:
    """What it shows, without the token against forged requests, which differs each time."""
    return re.sub(rb'value="[0-9A-Za-z]{64}"', b"", response.content)
