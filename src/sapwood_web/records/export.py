"""A copy of what is kept: JSON, FHIR, the files as they came, and one page that reads them out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.audit.words import told
from sapwood_web.records.models import Answer, LeftOpen, Record
from sapwood_web.records.pictures import ENDINGS
from sapwood_web.records.reading import pack


def record_export(record: Record, at: datetime) -> bytes:
    """One record as a zip."""
    return _zip({}, [record], at)


def everything_of(person: Person, at: datetime) -> bytes:
    """Everything kept about a person: their account and every record they own, as a zip."""
    account = {
        "id": str(person.pk),
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "joined": person.joined_at.isoformat(),
        "verified": person.verified_at.isoformat() if person.verified_at else None,
        "consents": [
            {
                "purpose": decision.purpose,
                "given": decision.given,
                "at": decision.at.isoformat(),
                "language": decision.language,
                "version": decision.version,
                "text": decision.text,
            }
            for decision in person.consents.all()
        ],
        "access_to_others": [_grant(grant) for grant in person.grants.all()],
        "events": _events(person.subject),
    }
    return _zip(account, list(person.records.all()), at)


def _zip(account: dict[str, Any], records: list[Record], at: datetime) -> bytes:
    told_records = [_record(record) for record in records]
    content = {"made": at.isoformat(), "account": account, "records": told_records}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("index.html", render_to_string("records/export.html", content))
        bundle.writestr("everything.json", json.dumps(content, indent=1, ensure_ascii=False))
        for number, record in enumerate(records, 1):
            folder = f"record-{number}"
            answers = {"resourceType": "Bundle", "type": "collection", "entry": _observations(record)}
            bundle.writestr(f"{folder}/answers.fhir.json", json.dumps(answers, indent=1, ensure_ascii=False))
            for place, upload in enumerate(record.uploads.order_by("at"), 1):
                bundle.writestr(f"{folder}/file-{place}.fhir.json", upload.data)
            for place, picture in enumerate(record.pictures.order_by("at"), 1):
                bundle.writestr(f"{folder}/report-{place}.{ENDINGS[picture.kind]}", picture.data)
            for place, signed in enumerate(record.signed_plans.order_by("at"), 1):
                text = json.dumps(signed.content, indent=1, ensure_ascii=False)
                bundle.writestr(f"{folder}/signed-plan-{place}.json", text)
    return buffer.getvalue()


def _record(record: Record) -> dict[str, Any]:
    return {
        "id": str(record.pk),
        "for_child": record.for_child,
        "begun": record.begun_at.isoformat(),
        "files": [
            {
                "id": str(upload.pk),
                "at": upload.at.isoformat(),
                "bytes": upload.size,
                "used": not upload.set_aside,
            }
            for upload in record.uploads.order_by("at")
        ],
        "answers": [
            {"id": str(answer.pk), "at": answer.at.isoformat(), "title": _title(answer), **answer.said}
            for answer in record.answers.all()
        ],
        "left_open": [
            {"at": row.at.isoformat(), "title": _title(row), **row.said} for row in record.left_open.all()
        ],
        "daily": [{"at": entry.at.isoformat(), **entry.said} for entry in record.daily_entries.all()],
        "reports": [
            {
                "at": picture.at.isoformat(),
                "about": picture.about,
                "kind": picture.kind,
                "bytes": picture.size,
            }
            for picture in record.pictures.order_by("at")
        ],
        "grants": [_grant(grant) for grant in record.grants.all()],
        "invitations": [
            {"email": offer.email, "scope": offer.scope, "at": offer.at.isoformat()}
            for offer in record.invitations.all()
        ],
        "signed_plans": [
            {"id": str(signed.pk), "at": signed.at.isoformat(), "signer": signed.content["signer"]}
            for signed in record.signed_plans.order_by("at")
        ],
        "events": _events(record.subject),
    }


def _grant(grant: Any) -> dict[str, Any]:
    return {
        "id": str(grant.pk),
        "to": grant.person.name or grant.person.email,
        "as": grant.invited_as,
        "scope": grant.scope,
        "from": grant.at.isoformat(),
        "until": grant.expires_at.isoformat(),
        "ended": grant.revoked_at.isoformat() if grant.revoked_at else None,
    }


def _events(subject: Any) -> list[dict[str, str]]:
    events = list(Event.objects.filter(about=subject))
    people = Person.objects.filter(subject__in={event.actor for event in events if event.actor})
    names = {person.subject: person.name or person.email for person in people}
    return [
        {"at": line.at.isoformat(), "who": line.who, "deed": line.deed, "what": line.what, "why": line.why}
        for line in told(events, names)
    ]


def _observations(record: Record) -> list[dict[str, Any]]:
    entries = []
    for answer in record.answers.all():
        said = answer.said
        observation: dict[str, Any] = {
            "resourceType": "Observation",
            "id": str(answer.pk),
            "status": "final",
            "code": {"text": _title(answer)},
            "valueString": said["value"],
            "issued": answer.at.isoformat(timespec="seconds"),
            "performer": [{"display": said["by"]}],
        }
        if said.get("when"):
            observation["effectiveDateTime"] = said["when"]
        entries.append({"fullUrl": f"urn:uuid:{answer.pk}", "resource": observation})
    return entries


def _title(answer: Answer | LeftOpen) -> str:
    definition = pack().facts.get(answer.said["fact"])
    return definition.title if definition else answer.said["fact"]
