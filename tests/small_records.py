"""Small invented records, and what the reader says about them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sapwood.errors import RecordError
from sapwood.record import Record, parse_record

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "gender": "female",
    "birthDate": "1950-02-03",
}
LOINC = "http://loinc.org"


def observation(own: str | None = "o1", subject: Any = "Patient/p1", **more: Any) -> dict[str, Any]:
    """An albumin of 3.6, about the patient unless told otherwise."""
    resource = {"resourceType": "Observation", "status": "final", **more}
    resource.setdefault("code", {"coding": [{"system": LOINC, "code": "1751-7"}], "text": "Albumin"})
    if own:
        resource["id"] = own
    if subject is not None:
        resource["subject"] = {"reference": subject} if isinstance(subject, str) else subject
    return resource


def bundle(*resources: Any, kind: str = "collection", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources], **more}


def parse(value: Any, **more: Any) -> Record:
    return parse_record(json.dumps(value), **more)


def refusal(data: Any, **more: Any) -> str:
    """The one sentence with which an input is refused."""
    with pytest.raises(RecordError) as caught:
        parse_record(data if isinstance(data, bytes | str) else json.dumps(data), **more)
    (problem,) = caught.value.problems
    assert problem.where and problem.what and problem.remedy
    return str(problem)


def ids(record: Record) -> list[str]:
    return [resource.get("id", "-") for resource in record.resources]


def said(record: Record) -> str:
    return "\n".join(map(str, record.problems))
