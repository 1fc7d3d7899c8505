"""Consent to research: only what is plainly said, in force, newest; unknown is not consent."""

from __future__ import annotations

from typing import Any

import pytest
from registries import bundle_of, patient

from sapwood.record import parse_record
from sapwood.registry.consent import research_consent
from sapwood.values import read_moment

AS_OF = read_moment("2026-06-01")


def consent(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "id": f"c{number}",
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]
        },
        "category": [{"text": "research"}],
        "patient": {"reference": "Patient/p"},
        "dateTime": "2026-01-01",
        "provision": {"type": "permit"},
        **more,
    }


def said(*consents: dict[str, Any]) -> str:
    assert AS_OF is not None
    return research_consent(parse_record(bundle_of([patient("p"), *consents])), AS_OF)


def deny(number: int, **more: Any) -> dict[str, Any]:
    return consent(number, provision={"type": "deny"}, **more)


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ([consent()], "permit"),
        ([], ""),
        ([deny(1)], "deny"),
        ([consent(status="inactive")], ""),
        ([consent(status="proposed")], ""),
        ([consent(status="entered-in-error")], ""),
        ([consent(scope={"coding": [{"code": "patient-privacy"}]})], ""),
        ([consent(provision={})], ""),
        ([consent(provision={"type": "permit", "provision": [{"type": "deny"}]})], ""),
        ([consent(modifierExtension=[{"url": "x", "valueBoolean": True}])], ""),
        ([consent(dateTime=None)], ""),
        ([deny(1, dateTime=None), consent(2)], "deny"),
        ([consent(), deny(2, dateTime="2026-03-01")], "deny"),
        ([deny(1), consent(2, dateTime="2026-03-01")], "permit"),
        ([consent(), deny(2)], "deny"),
        ([consent(), deny(2, dateTime="2026-07-01")], "permit"),  # after the day of the registry
        ([deny(1), consent(2, dateTime="2026")], "deny"),  # may be either way round
        ([consent(provision={"type": "permit", "period": {"end": "2026-02-01"}})], ""),
        ([consent(provision={"type": "permit", "period": {"end": "2027-02-01"}})], "permit"),
        ([consent(provision={"type": "permit", "period": {"start": "2026-07-01"}})], ""),
        ([consent(provision={"type": "permit", "period": {"end": "whenever"}})], ""),
    ],
)
def test_consent(consents: list[dict[str, Any]], expected: str) -> None:
    assert said(*consents) == expected


def test_somebody_else_s_consent_is_not_theirs() -> None:
    assert said(consent(patient={"reference": "Patient/other"})) == ""
