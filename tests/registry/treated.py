"""An invented person whose first dose could be given: each entry can be changed, moved or left out."""

from __future__ import annotations

from typing import Any

from registries import bundle_of, patient

from sapwood.record import Record, parse_record

Row = dict[str, Any]


def obs(own: str, words: str, value: str | tuple[float, str], day: str, **more: Any) -> Row:
    """A result by its words: a word, or a number with its unit."""
    said = (
        {"valueCodeableConcept": {"text": value}}
        if isinstance(value, str)
        else {"valueQuantity": {"value": value[0], "unit": value[1]}}
    )
    return {
        "resourceType": "Observation",
        "id": own,
        "status": "final",
        "code": {"text": words},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": day,
        **said,
        **more,
    }


def dose(own: str, when: str, *, held: bool = False, drug: str = "tagraxofusp", **more: Any) -> Row:
    """A dose given or held."""
    return {
        "resourceType": "MedicationAdministration",
        "id": own,
        "status": "not-done" if held else "completed",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": when,
        **more,
    }


def person() -> dict[str, Row]:
    """Everything that opens tagraxofusp on 1 May 2026, by id."""
    condition = {
        "resourceType": "Condition",
        "id": "dx",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "Blastic plasmacytoid dendritic cell neoplasm"},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "onsetDateTime": "2026-04-20",
        "recordedDate": "2026-04-20",
    }
    rows = [
        patient("p", gender="male", birthDate="1958-03-03"),
        condition,
        obs("albumin", "albumin", (3.9, "g/dL"), "2026-05-01T07:00:00Z"),
        obs("cd123", "CD123", "positive", "2026-04-18"),
        obs("heart", "cardiac function", "adequate", "2026-04-25"),
        obs("fructose", "hereditary fructose intolerance", "no", "2026-04-25"),
        obs("allergy", "severe hypersensitivity to tagraxofusp", "no", "2026-04-25"),
        dose("first", "2026-05-01T09:00:00Z"),
    ]
    return {row["id"]: row for row in rows}


def read(*rows: Row) -> Record:
    """A record of these."""
    return parse_record(bundle_of(rows))
