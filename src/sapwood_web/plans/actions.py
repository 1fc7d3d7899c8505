"""Signing a plan: the only deed here that writes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood.contract import as_dict
from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.models import Person, display
from sapwood_web.audit.actions import record_event
from sapwood_web.plans.models import SignedPlan
from sapwood_web.plans.pages import BoardPage, basis_of
from sapwood_web.records.models import Record
from sapwood_web.records.reading import Reading


def sign(person: Person, record: Record, reading: Reading, *, basis: str, note: str = "") -> SignedPlan:
    """Keeps the plan as it stands with the name of the clinician who signs it.

    NotNowError where the record is no longer what `basis` says they saw, or where they may not sign.
    """
    permissions.check("sign", record, person, timezone.now())
    content = _content(person, reading, note)  # takes its time, and so before the transaction
    return _keep(person, record, reading, basis, content)


@transaction.atomic
def _keep(
    person: Person, record: Record, reading: Reading, basis: str, content: dict[str, Any]
) -> SignedPlan:
    access = permissions.check("sign", record, person, timezone.now())
    policies.check_may_sign(person)
    policies.check_keeping(record)
    if basis != basis_of(reading):
        raise policies.NotNowError(
            _("The record changed after you opened the plan. Read it again, then sign what you read."), "home"
        )
    signed = SignedPlan(record=record, signer=person.subject, at=timezone.now())
    signed.keep(content)
    signed.save()
    what = f"plan {signed.pk} {content['digest'][:32]}"
    record_event("signed a plan", actor=person.subject, about=record.subject, what=what, why=access.why)
    return signed


def _content(person: Person, reading: Reading, note: str) -> dict[str, Any]:
    plan, pack = as_dict(reading.plan), reading.facts.pack
    content: dict[str, Any] = {
        "plan": plan,
        "page": BoardPage(reading, "").as_shown(),
        "signer": display(person),
        "note": note,
        "pack": {"id": pack.about.id, "version": pack.about.version, "content": pack.hash},
        "as_of": reading.as_of.isoformat(),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    return {**content, "digest": digest}
