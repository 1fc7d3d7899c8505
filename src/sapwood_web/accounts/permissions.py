"""Who may. This file and policies.py decide every access to a record; nothing else does.

Each deed on a record asks for a scope. The person whose account keeps the record has them all. Anyone else has the
one their grant names, and those below it, while the grant lasts. A steward's role opens no record.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sapwood_web.accounts import policies
from sapwood_web.accounts.models import Person, Role
from sapwood_web.records.models import Grant, Record

READ, ADD, ACT, OWN = 1, 2, 3, 4
SCOPES = {"read": READ, "add": ADD, "act": ACT}
"""The scopes of a grant; each holds those before it."""

DEEDS = {
    "see": READ,
    "sign": READ,
    "answer": ADD,
    "attach": ADD,
    "upload": ACT,
    "export": ACT,
    "see who looked": OWN,
    "share": OWN,
    "erase": OWN,
}
"""What can be done with a record, and the scope that it takes."""

CLINICIANS_DEEDS = ("sign",)
"""What only a clinician does, whoever the record belongs to."""

STEWARDS_DEEDS = ("verify people", "read the trail", "load packs", "publish")


class NotYoursError(Exception):
    """This person may not, and is not told whether there is such a thing."""


@dataclass(frozen=True, slots=True)
class Access:
    """Why a person may do something with a record, in words the trail keeps."""

    record: Record
    scope: int
    why: str
    grant: uuid.UUID | None = None

    def may(self, deed: str) -> bool:
        """Whether it reaches that far."""
        return self.scope >= DEEDS[deed]


def access_to(record: Record, person: Person, at: datetime) -> Access | None:
    """What opens this record to this person at that moment; nothing, where nothing does."""
    if not person.is_active:
        return None
    if record.owner_id == person.pk:
        return Access(record, OWN, "guardian" if record.for_child else "own record")
    for grant in Grant.objects.filter(record=record, person=person).order_by("-scope"):
        if policies.in_force(grant, at):
            return Access(record, SCOPES[grant.scope], f"grant {grant.pk}", grant.pk)
    return None


def check(deed: str, record: Record, person: Person, at: datetime) -> Access:
    """The access that allows a deed; NotYoursError where there is none."""
    access = access_to(record, person, at)
    if access is None or not access.may(deed):
        raise NotYoursError
    if deed in CLINICIANS_DEEDS and person.role != Role.CLINICIAN:
        raise NotYoursError
    return access


def readers(record: Record, at: datetime) -> set[uuid.UUID]:
    """Everyone who may read this record at that moment."""
    people = Person.objects.filter(grants__record=record) | Person.objects.filter(pk=record.owner_id)
    return {person.pk for person in people.distinct() if access_to(record, person, at) is not None}


def check_steward(deed: str, person: Person) -> str:
    """Why a steward may do what only stewards do; NotYoursError for anyone else."""
    if deed in STEWARDS_DEEDS and person.is_active and person.role == Role.STEWARD:
        return "steward"
    raise NotYoursError


def check_reviewer(person: Person) -> str:
    """Why somebody may say that a page is right: a clinician whom a steward verified; NotYoursError for others."""
    if person.is_active and person.role == Role.CLINICIAN and not policies.waits_for_steward(person):
        return "clinician"
    raise NotYoursError
