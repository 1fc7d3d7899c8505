"""People, records and grants for the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.consents import PURPOSES
from sapwood_web.accounts.models import Person
from sapwood_web.records import actions as record_actions
from sapwood_web.records.models import Grant, Record

PASSWORD = "correct horse battery staple"
MARKER = "Zyxblastoma"
ADDRESS = "marker-alice@example.org"
FILE = (
    b'{"resourceType": "Bundle", "type": "collection", "entry": ['
    b'{"resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1955-02-03",'
    b' "name": [{"family": "Zyxblastoma"}]}},'
    b'{"resource": {"resourceType": "Observation", "id": "alb", "status": "final",'
    b' "code": {"coding": [{"system": "http://loinc.org", "code": "1751-7"}], "text": "Albumin Zyxblastoma"},'
    b' "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2026-03-01",'
    b' "valueQuantity": {"value": 3.6, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}}}]}'
)

Make = Callable[..., Person]


def make_person(email: str, role: str = "patient", *, ready: bool = True, name: str = "") -> Person:
    """Someone with a confirmed address; `ready` has a second factor and a steward's word where the role asks."""
    person = Person(email=email)
    person.set_password(PASSWORD)
    account_actions.join(person, role=role, name=name)
    person.role = role
    professional = role in ("clinician", "researcher", "steward")
    person.verified_at = timezone.now() if ready and professional else None
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    if ready and professional:
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": ""})
    return person


def make_record(person: Person, *, for_child: bool = False) -> Record:
    """A record whose owner allows everything, with one file and one typed fact."""
    for purpose in PURPOSES:
        account_actions.decide(person, purpose, given=True)
    record = record_actions.begin_record(person, for_child=for_child)
    record_actions.keep_upload(person, record, FILE)
    record_actions.add_answer(person, record, fact="albumin", value="3.1 g/dL", when="2026-03-02")
    return record


def let_in(record: Record, person: Person, scope: str = "read", *, days: int = 30, **changes: Any) -> Grant:
    """A grant as if an invitation had been accepted."""
    now = timezone.now()
    return Grant.objects.create(
        record=record,
        person=person,
        scope=scope,
        invited_as="clinician" if person.role == "clinician" else "care_partner",
        at=now,
        expires_at=now + timedelta(days=days),
        **changes,
    )


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in, and just gave their password."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    session = client.session
    now = timezone.now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": now, "reauthenticated": True}]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()
    return client
