"""Whatever happens to grants, and in whatever order: exactly the right people can read at the end."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import make_person, signed_in

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.consents import PURPOSES
from sapwood_web.accounts.models import Person
from sapwood_web.records import actions
from sapwood_web.records.models import Record

GUESTS = ("bob", "carol", "dora")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("invite"),
            st.sampled_from(GUESTS),
            st.sampled_from(["read", "add", "act"]),
            st.sampled_from(actions.GRANT_DAYS),
        ),
        st.tuples(
            st.sampled_from(["accept", "decline", "revoke", "leave", "withdraw", "erase"]),
            st.sampled_from(GUESTS),
        ),
        st.tuples(st.just("wait"), st.sampled_from([1, 13, 15, 29, 31, 89, 366])),
        st.tuples(st.just("share"), st.booleans()),
    ),
    max_size=14,
)


class UndoneError(Exception):
    """Ends one example, and takes back what it did."""


class World:
    """The site, and beside it what ought to be true, kept in the plainest way there is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.alice = make_person("alice@example.org")
        for purpose in PURPOSES:
            account_actions.decide(self.alice, purpose, given=True)
        self.record = actions.begin_record(self.alice)
        self.people: dict[str, Person] = {
            name: make_person(f"{name}@example.org", "clinician" if name == "dora" else "care_partner")
            for name in GUESTS
        }
        self.offers: dict[str, list[tuple[datetime, int]]] = {name: [] for name in GUESTS}
        self.open_until: dict[str, list[datetime]] = {name: [] for name in GUESTS}
        self.sharing = True

    def do(self, step: tuple[Any, ...]) -> None:
        with suppress(policies.NotNowError, permissions.NotYoursError):
            getattr(self, step[0])(*step[1:])

    def invite(self, name: str, scope: str, days: int) -> None:
        invited_as = "clinician" if name == "dora" else "care_partner"
        actions.invite(
            self.alice,
            self.record,
            email=f"{name}@example.org",
            invited_as=invited_as,
            scope=scope,
            days=days,
        )
        self.offers[name].append((self.now + timedelta(days=actions.INVITATION_DAYS), days))

    def _open(self, name: str) -> list[tuple[datetime, int]]:
        return [offer for offer in self.offers[name] if self.now < offer[0]]

    def accept(self, name: str) -> None:
        if name not in self.people:
            return
        for invitation in actions.invitations_for(self.people[name]):
            actions.accept(self.people[name], invitation)
        self.open_until[name] += [self.now + timedelta(days=days) for _, days in self._open(name)]
        self.offers[name] = []

    def decline(self, name: str) -> None:
        if name not in self.people:
            return
        for invitation in actions.invitations_for(self.people[name]):
            actions.decline(self.people[name], invitation)
        self.offers[name] = []

    def withdraw(self, name: str) -> None:
        for invitation in self.record.invitations.filter(email=f"{name}@example.org"):
            try:
                actions.withdraw(self.alice, invitation)
            except policies.NotNowError:
                continue
        self.offers[name] = []

    def revoke(self, name: str) -> None:
        if name in self.people:
            for grant in self.record.grants.filter(person=self.people[name]):
                actions.revoke(self.alice, grant)
            self.open_until[name] = []

    def leave(self, name: str) -> None:
        if name in self.people:
            for grant in self.record.grants.filter(person=self.people[name]):
                actions.revoke(self.people[name], grant)
            self.open_until[name] = []

    def erase(self, name: str) -> None:
        if name in self.people:
            account_actions.erase(self.people.pop(name))
            self.open_until[name] = []

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def share(self, given: bool) -> None:
        account_actions.decide(self.alice, "share", given=given)
        self.sharing = given

    def ought_to_read(self) -> set[str]:
        guests = {name for name in self.people if any(self.now < end for end in self.open_until[name])}
        return {"alice"} | (guests if self.sharing else set())

    def can_read(self) -> set[str]:
        names = {person.pk: name for name, person in self.people.items()} | {self.alice.pk: "alice"}
        return {names[pk] for pk in permissions.readers(self.record, self.now)}


@pytest.mark.django_db
@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_ends_with_exactly_the_right_readers(steps: list[tuple[Any, ...]]) -> None:
    with pytest.raises(UndoneError), transaction.atomic():
        world = World()
        with patch("django.utils.timezone.now", lambda: world.now):
            for step in steps:
                # An accept while sharing is off is refused whole, and changes nothing.
                if step[0] == "accept" and not world.sharing:
                    continue
                world.do(step)
                assert world.can_read() == world.ought_to_read(), step
                for name, person in world.people.items():
                    opened = permissions.access_to(world.record, person, world.now) is not None
                    assert opened == (name in world.ought_to_read())
        raise UndoneError


def test_an_invitation_is_bound_to_its_address(alice: Person, record: Record) -> None:
    actions.invite(alice, record, email="Bob@Example.org", invited_as="care_partner", scope="read", days=30)
    bob, eve = make_person("bob@example.org", "care_partner"), make_person("eve@example.org", "care_partner")
    invitation = record.invitations.get()
    assert actions.invitations_for(eve) == []
    with pytest.raises(permissions.NotYoursError):
        actions.accept(eve, invitation)
    assert signed_in(eve).post(f"/invitations/{invitation.pk}/accept/").status_code == 404
    actions.accept(bob, invitation)
    assert permissions.access_to(record, bob, invitation.at) is not None
    with pytest.raises(policies.NotNowError):
        actions.accept(bob, invitation)


def test_an_address_that_is_not_confirmed_takes_up_nothing(alice: Person, record: Record) -> None:
    actions.invite(alice, record, email="bob@example.org", invited_as="care_partner", scope="read", days=30)
    bob = make_person("bob@example.org", "care_partner")
    bob.emailaddress_set.update(verified=False)
    assert actions.invitations_for(bob) == []
    with pytest.raises(permissions.NotYoursError):
        actions.accept(bob, record.invitations.get())


def test_a_clinician_who_is_not_verified_takes_up_nothing(alice: Person, record: Record) -> None:
    actions.invite(alice, record, email="dora@example.org", invited_as="clinician", scope="read", days=30)
    dora = make_person("dora@example.org", "clinician", ready=False)
    with pytest.raises(policies.NotNowError, match="steward"):
        actions.accept(dora, record.invitations.get())


def test_the_mail_of_an_invitation_names_nobody_and_holds_no_secret(
    alice: Person, record: Record, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite(
            alice, record, email="bob@example.org", invited_as="care_partner", scope="read", days=30
        )
    body = f"{mail.outbox[-1].subject} {mail.outbox[-1].body}"
    assert "Alice" not in body and str(record.pk) not in body and str(record.invitations.get().pk) not in body


def test_withdrawing_consent_to_share_closes_every_grant_at_once(alice: Person, record: Record) -> None:
    actions.invite(alice, record, email="bob@example.org", invited_as="care_partner", scope="act", days=30)
    bob = make_person("bob@example.org", "care_partner")
    actions.accept(bob, record.invitations.get())
    client = signed_in(bob)
    assert client.get(f"/records/{record.pk}/").status_code == 200
    account_actions.decide(alice, "share", given=False)
    assert client.get(f"/records/{record.pk}/").status_code == 404
