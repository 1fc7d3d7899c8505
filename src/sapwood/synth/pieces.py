"""The pieces of FHIR that invented entries share: the mark of test data, categories, answers, days, numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from .content import Measure

Resource = dict[str, Any]

_TEST = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
}
META: dict[str, Any] = {"security": [_TEST], "tag": [_TEST]}
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
LABORATORY = [{"coding": [{"system": CATEGORIES, "code": "laboratory"}]}]
VITAL = [{"coding": [{"system": CATEGORIES, "code": "vital-signs"}]}]
UCUM = "http://unitsofmeasure.org"
CLINICAL = {
    code: {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": code}]}
    for code in ("active", "recurrence", "remission", "resolved", "inactive")
}
VERIFIED = {
    code: {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": code}]}
    for code in ("confirmed", "provisional", "differential", "refuted", "entered-in-error")
}
ANSWERS = {
    True: (
        {"coding": [{"system": "http://snomed.info/sct", "code": "10828004"}], "text": "positive"},
        {"text": "positive"},
        {"text": "Positive"},
    ),
    False: (
        {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}], "text": "negative"},
        {"text": "negative"},
        {"text": "Negative"},
    ),
}
WEAK = ({"text": "weakly positive"}, {"text": "partial positive"})
THERE = {True: ({"text": "present"},), False: ({"text": "absent"},)}
_LOINC = "http://loinc.org"
VARIANT = {"coding": [{"system": _LOINC, "code": "69548-6", "display": "Genetic variant assessment"}]}
PRESENT = {"coding": [{"system": _LOINC, "code": "LA9633-4", "display": "Present"}]}
_GENE = {"coding": [{"system": _LOINC, "code": "48018-6", "display": "Gene studied [ID]"}]}
_DAYS: dict[int, str] = {}


def iso(day: int) -> str:
    """A day as FHIR writes it."""
    text = _DAYS.get(day)
    if text is None:
        text = _DAYS[day] = date.fromordinal(day).isoformat()
    return text


def printed(value: float, places: int) -> float | int:
    return round(value) if places == 0 else round(value, places)


def limits(measure: Measure, times: float, places: int, unit: str) -> list[Resource]:
    """The limits that a laboratory prints beside a value, in the value's unit."""
    if measure.high is None or not times:
        return []
    named = {"unit": unit} if unit else {}
    low = {"low": {"value": printed(measure.low * times, places), **named}} if measure.low else {}
    return [{**low, "high": {"value": printed(measure.high * times, places), **named}}]


def studied(gene: str, code: str) -> Resource:
    """The part of a variant that names its gene."""
    named = {"system": "http://www.genenames.org/geneId", "code": code, "display": gene}
    return {"code": _GENE, "valueCodeableConcept": {"coding": [named]}}
