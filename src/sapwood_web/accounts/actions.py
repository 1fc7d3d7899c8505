"""Everything that changes an account: one deed, one transaction, one event of the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.consents import PURPOSES
from sapwood_web.accounts.models import Consent, Draft, Person, Role, Session
from sapwood_web.audit.actions import record_event

JOINING: tuple[Any, ...] = (Role.PATIENT, Role.CARE_PARTNER, Role.CLINICIAN, Role.RESEARCHER)
"""As what somebody may join; stewards are made by a command on the server."""


@transaction.atomic
def join(person: Person, *, role: str, name: str) -> None:
    """Saves someone who signs up, with a data key of their own."""
    person.role = role if role in JOINING else Role.PATIENT
    Person.objects.keep_new(person, name=name)
    record_event("joined", actor=person.subject, about=person.subject, what=person.role, why="themself")


@transaction.atomic
def rename(person: Person, name: str) -> None:
    """Changes what they wish to be called."""
    person.call(name)
    person.save(update_fields=["sealed_name"])
    record_event("changed their name", actor=person.subject, about=person.subject, why="themself")


@transaction.atomic
def decide(person: Person, purpose: str, *, given: bool) -> Consent:
    """Keeps one decision with the text as it stands, its language and the moment."""
    asked = PURPOSES[purpose]
    decision = Consent.objects.create(
        person=person,
        purpose=purpose,
        given=given,
        text=str(asked.text),
        version=asked.version,
        language=get_language() or "en",
        at=timezone.now(),
    )
    deed = "allowed" if given else "withdrew"
    record_event(deed, actor=person.subject, about=person.subject, what=f"consent {purpose}", why="themself")
    return decision


@transaction.atomic
def verify(steward: Person, person: Person, *, real: bool) -> None:
    """A steward says whether a clinician or researcher is one; where not, the account is closed."""
    why = permissions.check_steward("verify people", steward)
    if person.role not in policies.VERIFIED:
        raise permissions.NotYoursError
    person.verified_at = timezone.now() if real else None
    person.is_active = real
    person.save(update_fields=["verified_at", "is_active"])
    record_event(
        "verified" if real else "turned away",
        actor=steward.subject,
        about=person.subject,
        what=person.role,
        why=why,
    )


@transaction.atomic
def end_sessions(person: Person) -> None:
    """Signs them out everywhere at once."""
    person.sessions_ended += 1
    person.save(update_fields=["sessions_ended"])
    record_event("ended all sessions", actor=person.subject, about=person.subject, why="themself")


@transaction.atomic
def end_session(person: Person, session: Session) -> None:
    """Signs one of their browsers out at once; NotYoursError where it is not theirs."""
    if session.person_id != person.pk:
        raise permissions.NotYoursError
    session.delete()
    record_event("ended a session", actor=person.subject, about=person.subject, why="themself")


@transaction.atomic
def keep_draft(person: Person, page: str, typed: Mapping[str, list[str]]) -> None:
    """Keeps what was typed on a page when the session ran out, sealed, for their return."""
    sealed = settings.KEY_STORE.seal(
        person.data_key, f"draft:{person.pk}:{page}", json.dumps(dict(typed)).encode()
    )
    Draft.objects.update_or_create(
        person=person, page=page, defaults={"at": timezone.now(), "sealed": sealed}
    )
    record_event("kept a draft", actor=person.subject, about=person.subject, why="session ran out")


@transaction.atomic
def take_draft(person: Person, page: str) -> dict[str, list[str]]:
    """What they had typed on that page, given back once; empty where there is nothing."""
    draft = Draft.objects.filter(person=person, page=page).first()
    if draft is None:
        return {}
    typed = json.loads(settings.KEY_STORE.open(person.data_key, f"draft:{person.pk}:{page}", draft.sealed))
    draft.delete()
    record_event("took up a draft", actor=person.subject, about=person.subject, why="themself")
    return {str(name): [str(value) for value in values] for name, values in typed.items()}


def erase(person: Person) -> None:
    """Erases a person and every record they own: the keys first, for good, then every row.

    Cut short after the keys, `finish_erasures` does the rest.
    """
    keys = [person.data_key, *person.records.values_list("data_key", flat=True)]
    with transaction.atomic():
        record_event("erased everything", actor=person.subject, about=person.subject, why="themself")
    settings.KEY_STORE.destroy(keys)
    finish_erasures()


@transaction.atomic
def finish_erasures() -> int:
    """Removes every row whose key is on the erasure list: after an erasure, and after a backup came back."""
    erased = settings.KEY_STORE.erased()
    gone = 0
    for model in (*(one for one in apps.get_models() if _has_key(one) and one is not Person), Person):
        for row in model.objects.all().only("pk", "data_key").iterator():
            if row.data_key in erased:
                row.delete()
                gone += 1
    return gone


def _has_key(model: Any) -> bool:
    """Whether what its rows say is sealed under a key of their own."""
    return any(field.name == "data_key" for field in model._meta.get_fields())


def what_goes(person: Person) -> dict[str, int]:
    """What an erasure takes away, counted."""
    from sapwood_web.plans.models import SignedPlan
    from sapwood_web.records.models import Answer, DailyEntry, Grant, Invitation, LeftOpen, Picture, Upload

    records = person.records.all()
    return {
        "records": records.count(),
        "files": Upload.objects.filter(record__in=records).count(),
        "facts": Answer.objects.filter(record__in=records).count(),
        "open": LeftOpen.objects.filter(record__in=records).count(),
        "days": DailyEntry.objects.filter(record__in=records).count(),
        "pictures": Picture.objects.filter(record__in=records).count(),
        "plans": SignedPlan.objects.filter(record__in=records).count(),
        "grants": Grant.objects.filter(record__in=records).count(),
        "invitations": Invitation.objects.filter(record__in=records).count(),
        "decisions": person.consents.count(),
        "seen": person.grants.count(),
    }
