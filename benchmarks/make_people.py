"""Invents people with the data the seven rules ask for: `make_people.py N FOLDER [SEED]`, the same for the same seed.

Deliberately awkward: about one datum in twelve is missing, one albumin in five is in g/L, some results are
preliminary or entered in error, some diagnoses refuted or resolved, some doses not given, some people minors.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

AS_OF = datetime(2025, 6, 30, 12, tzinfo=UTC)
LOINC, LOCAL, UCUM = "http://loinc.org", "http://example.org/lab", "http://unitsofmeasure.org"
ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
STATUSES = ("final",) * 22 + ("amended", "preliminary", "entered-in-error")


class Person:
    """One invented person and their resources."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.chance = chance
        self.id = f"q{number:06d}"
        self.taken: set[int] = set()
        self.resources: list[dict[str, Any]] = []

    def happens(self, share: float) -> bool:
        """Whether something that befalls a share of people befalls this one."""
        return self.chance.random() < share

    def ago(self, fewest: float, most: float) -> str:
        """An instant that many days before the day of the rules, to the minute, never the same twice."""
        while True:
            minutes = self.chance.randint(int(fewest * 1440), int(most * 1440))
            if minutes not in self.taken:
                self.taken.add(minutes)
                return (AS_OF - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def add(self, kind: str, **content: Any) -> None:
        """One more resource about this person."""
        own = f"{self.id}-{len(self.resources)}"
        subject = {"reference": f"Patient/{self.id}"}
        self.resources.append({"resourceType": kind, "id": own, **content, "subject": subject})

    def result(self, code: dict[str, Any], days: tuple[float, float], **value: Any) -> None:
        """One more result."""
        status = self.chance.choice(STATUSES)
        self.add("Observation", status=status, code=code, effectiveDateTime=self.ago(*days), **value)

    def bundle(self) -> dict[str, Any]:
        """The person as a collection Bundle, the Patient first and the rest in no order."""
        born = AS_OF - timedelta(days=self.chance.randint(8 * 365, 88 * 365))
        patient = {"resourceType": "Patient", "id": self.id, "gender": self.chance.choice(["male", "female"])}
        if not self.happens(0.01):
            patient["birthDate"] = born.date().isoformat()
        self.chance.shuffle(self.resources)
        entries = [{"resource": resource} for resource in (patient, *self.resources)]
        return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def coded(system: str, code: str, words: str) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def amount(value: float, unit: str) -> dict[str, Any]:
    """A Quantity in a UCUM unit."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def invent(number: int, chance: random.Random) -> dict[str, Any]:
    """One person's Bundle."""
    person = Person(number, chance)
    recent = 0 if person.happens(0.12) else chance.randint(1, 2)
    for days in ((8, 720),) * 4 + ((0, 6.9),) * recent:
        albumin = round(chance.gauss(3.6, 0.5), 1)
        given = amount(round(albumin * 10, 1), "g/L") if person.happens(0.2) else amount(albumin, "g/dL")
        person.result(coded(LOINC, "1751-7", "Albumin"), days, valueQuantity=given)
    for _ in range(0 if person.happens(0.08) else chance.randint(3, 4)):
        grade = chance.choices(range(5), [20, 35, 25, 14, 6])[0]
        person.result(coded(LOINC, "89247-1", "ECOG"), (0, 720), valueInteger=grade)
    for _ in range(0 if person.happens(0.08) else chance.randint(2, 3)):
        fraction = amount(chance.randint(28, 70), "%")
        person.result(coded(LOINC, "10230-1", "LVEF"), (0, 720), valueQuantity=fraction)
    for marker in ("CD123", "CD4", "CD56"):
        if not person.happens(0.07):
            said = ("10828004", "Positive") if person.happens(0.9) else ("260385009", "Negative")
            answer = coded(SNOMED, *said)
            person.result(coded(LOCAL, marker, marker), (300, 720), valueCodeableConcept=answer)
    for code, words, unit in (
        ("6690-2", "WBC", "10*3/uL"),
        ("718-7", "Hgb", "g/dL"),
        ("777-3", "Plt", "10*3/uL"),
    ):
        for _ in range(2):
            value = amount(round(chance.uniform(1, 20), 1), unit)
            person.result(coded(LOINC, code, words), (0, 720), valueQuantity=value)
    if not person.happens(0.1):
        diagnose(person, "C86.4", "BPDCN", "active", chance.choices(["confirmed", "provisional"], [95, 5])[0])
    if person.happens(0.12):
        said = chance.choice(["confirmed", "confirmed", "refuted", "entered-in-error"])
        diagnose(person, "C79.32", "CNS disease", chance.choice(["active", "resolved"]), said)
    for code, words in (("I10", "Hypertension"), ("E11.9", "Diabetes")):
        diagnose(person, code, words, "active", "confirmed")
    for days in ((20, 300),) * 3 + (((0, 13.9),) if person.happens(0.25) else ()):
        status = "completed" if person.happens(0.9) else "not-done"
        drug, when = coded(RXNORM, "2105839", "tagraxofusp"), person.ago(*days)
        person.add(
            "MedicationAdministration", status=status, medicationCodeableConcept=drug, effectiveDateTime=when
        )
    return person.bundle()


def diagnose(person: Person, code: str, words: str, clinical: str, verification: str) -> None:
    """One more diagnosis."""
    person.add(
        "Condition",
        clinicalStatus={"coding": [{"code": clinical}]},
        verificationStatus={"coding": [{"code": verification}]},
        code=coded(ICD, code, words),
        onsetDateTime=person.ago(300, 720),
    )


def make_people(count: int, folder: Path, seed: int = 7) -> None:
    """Writes bundles.ndjson, a Bundle a line."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    with (folder / "bundles.ndjson").open("w") as file:
        for number in range(count):
            file.write(json.dumps(invent(number, chance), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    make_people(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 7)
