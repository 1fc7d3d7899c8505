"""Of the bundle: whether what a record says is shaped as R4 asks, among the elements that go along."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

_CONCEPTS = frozenset(
    "code category bodySite interpretation clinicalStatus verificationStatus dataAbsentReason type event vaccineCode "
    "medicationCodeableConcept valueCodeableConcept statusReason outcome seriousness procedureCode serviceType "
    "conclusionCode relationship description route method site".split()
)
_QUANTITIES = ("valueQuantity", "low", "high", "doseQuantity", "rateQuantity")
_PERIODS = (
    "effectivePeriod",
    "performedPeriod",
    "onsetPeriod",
    "abatementPeriod",
    "occurrencePeriod",
    "period",
)
_LISTED = {
    "Observation": ("category", "interpretation", "referenceRange", "component"),
    "Condition": ("category", "bodySite"),
    "Procedure": ("bodySite",),
    "DiagnosticReport": ("category", "conclusionCode"),
    "ServiceRequest": ("category", "bodySite"),
    "MedicationRequest": ("category", "statusReason"),
    "MedicationAdministration": ("statusReason",),
    "MedicationStatement": ("statusReason", "dosage"),
    "AllergyIntolerance": ("category",),
    "AdverseEvent": ("category",),
    "Encounter": ("type",),
    "ImagingStudy": ("procedureCode",),
    "Goal": ("category",),
    "Flag": ("category",),
    "FamilyMemberHistory": ("condition",),
    "component": ("interpretation", "referenceRange"),
}
_PLAIN_CODES = (("AllergyIntolerance", "category"), ("AllergyIntolerance", "type"))
_CODING = ("system", "version", "code", "display")
_INSIDE = {
    "component": (
        "code",
        "value*",
        "interpretation",
        "dataAbsentReason",
        "referenceRange",
    ),
    "referenceRange": ("low", "high", "type", "text"),
    "valueRange": ("low", "high"),
    "dosage": ("text", "route", "site", "method"),
    "condition": ("code", "onsetString"),
    "class": _CODING,
}
_DATES = re.compile(
    r"(date|dateTime|authoredOn|issued|started|start|end|dateAsserted|instant)\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?\Z")


def shaped(kind: str, key: str, content: Any) -> Any:
    """An element of a resource of this type as R4 asks; `None` where nothing of it is."""
    several = key in _LISTED.get(kind, ())
    items = content if isinstance(content, list) else [content]
    if key in _CONCEPTS and (kind, key) not in _PLAIN_CODES:
        items = [item for item in items if isinstance(item, dict)]
    found = [one for item in items if (one := _shaped(key, item)) is not None]
    if not found or (not several and len(found) > 1):
        return None
    return found if several else found[0]


def _shaped(key: str, content: Any) -> Any:
    if key in _CONCEPTS and isinstance(content, dict):
        return _concept(content)
    if key in _QUANTITIES:
        return _quantity(content) if isinstance(content, dict) else None
    if key in _PERIODS:
        return _period(content) if isinstance(content, dict) else None
    if key in (
        "component",
        "referenceRange",
        "valueRange",
        "dosage",
        "condition",
        "class",
    ):
        return _parts(key, content) if isinstance(content, dict) else None
    if _DATES.search(key):
        return content if isinstance(content, str) and exists(content) else None
    if key == "valueBoolean" or key == "doNotPerform":
        return content if isinstance(content, bool) else None
    if key == "valueInteger":
        return content if isinstance(content, int) and not isinstance(content, bool) else None
    if isinstance(content, dict):
        return content if isinstance(content.get("reference"), str) else None
    return content if isinstance(content, str) and content.strip() else None


def exists(text: str) -> bool:
    """Whether a text is a date as R4 writes it, of a day that exists."""
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat((text[:10] + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _concept(content: dict[str, Any]) -> dict[str, Any] | None:
    codings = content.get("coding")
    kept = [
        {
            part: text
            for part, text in one.items()
            if part in _CODING and isinstance(text, str) and text.strip()
        }
        for one in (codings if isinstance(codings, list) else [])
        if isinstance(one, dict)
    ]
    made: dict[str, Any] = {"coding": coded} if (coded := [one for one in kept if one]) else {}
    text = content.get("text")
    return (made | ({"text": text} if isinstance(text, str) and text.strip() else {})) or None


def _quantity(content: dict[str, Any]) -> dict[str, Any] | None:
    value = content.get("value")
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    texts = {key: content[key] for key in ("unit", "system", "code", "comparator") if key in content}
    return {"value": value} | {key: text for key, text in texts.items() if isinstance(text, str) and text}


def _period(content: dict[str, Any]) -> dict[str, Any] | None:
    """A period with both of its ends sound; one impossible end makes all of it unsure."""
    ends: dict[str, Any] = {key: content[key] for key in ("start", "end") if key in content}
    return ends if ends and all(isinstance(end, str) and exists(end) for end in ends.values()) else None


def _parts(key: str, content: dict[str, Any]) -> dict[str, Any] | None:
    """An element with elements inside: those of them that are sound."""
    allowed = _INSIDE[key]
    made = {
        inner: shaped_inside
        for inner, item in content.items()
        if (inner in allowed or ("value*" in allowed and inner.startswith("value")))
        and (shaped_inside := shaped(key, inner, item)) is not None
    }
    return made or None
