"""The record of one invented person as it grows: FHIR R4 resources, with the mess that records have."""

from __future__ import annotations

from typing import Any

from .closing import close_entry
from .content import Place, Term, load_content
from .dice import Dice
from .pieces import (
    ANSWERS,
    CLINICAL,
    LABORATORY,
    META,
    PRESENT,
    THERE,
    UCUM,
    VARIANT,
    VERIFIED,
    VITAL,
    WEAK,
    Resource,
    iso,
    limits,
    printed,
    studied,
)


class Chart:
    """One person's entries in the order in which they are made; nothing after `until` is kept."""

    def __init__(self, person: str, dice: Dice, until: int, place: str) -> None:
        self.person = person
        self.dice = dice
        self.until = until
        self.content = load_content()
        self.place: Place = self.content.places[place]
        self.entries: list[tuple[str, Resource]] = []
        self._made: list[int] = []  # the day on which each entry was made
        self._count = 0
        self.own: dict[str, float] = {}  # what is usual for this person
        self._subject = {"reference": f"Patient/{person}"}

    def move_to(self, place: str) -> None:
        """From here on the person is seen somewhere else."""
        self.place = self.content.places[place]

    def end(self, day: int) -> None:
        """Nothing is known after a day; what was written of later days is taken back."""
        if day < self.until:
            self.until = day
            kept = [entry for entry, made in zip(self.entries, self._made, strict=True) if made <= day]
            self._made = [made for made in self._made if made <= day]
            self.entries = [(kind, close_entry(resource, day)) for kind, resource in kept]

    def values(self, picture: str) -> dict[str, float]:
        """The values of a named picture, such as the counts after chemotherapy, drawn from its ranges."""
        ranges = self.content.values[picture]
        return {name: self.dice.between(*between) for name, between in ranges.items()}

    def value(self, picture: str, name: str) -> float:
        """One value of a named picture."""
        return self.dice.between(*self.content.values[picture][name])

    # ------------------------------------------------------------------ one entry

    def add(self, kind: str, day: int, body: Resource, *, whose: str = "subject") -> str:
        """One entry that is there from a day on; its id, or nothing where that lies after the record's end."""
        if day > self.until:
            return ""
        resource = {"resourceType": kind, "id": "", "meta": META, **body, whose: self._subject}
        own = self._keep(kind, resource, day)
        if kind not in ("Consent", "Specimen") and self.dice.chance("duplicate"):
            self._keep(kind, dict(resource), day)
        return own

    def _keep(self, kind: str, resource: Resource, day: int) -> str:
        own = resource["id"] = f"{self.person}-{self._count}"
        self._count += 1
        self.entries.append((kind, resource))
        self._made.append(day)
        return own

    def term(self, name: str, *, alone: bool = False) -> Resource:
        """What an entry calls something here: coded with words, or by a place's habit words or a code alone."""
        term = self.content.terms[name]
        return self._concept(term, alone)

    def _concept(self, term: Term, alone: bool) -> Resource:
        if term.bare is not None:
            if alone and self.dice.between(0, 1) < self.place.code_only:
                return term.bare
            if self.dice.between(0, 1) >= self.place.text_only:
                return self.dice.one_of(term.coded)
        return self.dice.one_of(term.texts)

    def _observed(self, body: Resource, day: int, at: str, reported: int) -> str:
        dice = self.dice
        if dice.chance("preliminary"):
            body["status"] = "preliminary"
        elif dice.chance("amended"):
            body["status"] = "amended"
        undated = dice.chance("undated")
        if not undated:
            body["effectiveDateTime"] = f"{iso(day)}T{at}:00Z" if at else iso(day)
        if not dice.chance("undated_wholly" if undated else "no_issued"):
            body["issued"] = f"{iso(day + reported)}T{at or '16:30'}:30Z"
        return self.add("Observation", day + reported, body)

    # ------------------------------------------------------------------ numbers

    def measure(self, name: str, day: int, value: float, at: str = "", *, below: bool = False) -> str:
        """A laboratory value or vital sign; `value` is in the test's first unit, and known to lie `below` it."""
        measure = self.content.measures[name]
        dice = self.dice
        body: Resource = {
            "status": "final",
            "category": VITAL if measure.vital else LABORATORY,
            "code": self._concept(measure.term, False),
        }
        unit = dice.one_of(measure.units[self.place.units])
        number = printed(value * unit.times if unit.times else value * 9 / 5 + 32, unit.places)
        quantity: Resource = {"value": number, "comparator": "<"} if below else {"value": number}
        if not dice.chance("no_unit"):
            if unit.shown:
                quantity["unit"] = unit.shown
            if unit.code:
                quantity |= {"system": UCUM, "code": unit.code}
        normal = limits(measure, unit.times, unit.places, unit.shown)
        if normal and dice.chance("range_written"):
            body["referenceRange"] = normal
        if dice.chance("entered_in_error"):
            wrong = {"valueQuantity": {**quantity, "value": printed(number * 10, unit.places)}}
            self.add(
                "Observation",
                day,
                {**body, **wrong, "status": "entered-in-error", "effectiveDateTime": iso(day)},
            )
        if dice.chance("written_as_text"):
            body["valueString"] = f"{'<' * below}{number} {unit.shown}".rstrip()
        else:
            body["valueQuantity"] = quantity
        return self._observed(body, day, at, 0)

    def pressure(self, day: int, systolic: float, diastolic: float, at: str = "") -> str:
        """A blood pressure as one entry of two parts."""
        parts = (
            ("8480-6", "Systolic blood pressure", systolic),
            ("8462-4", "Diastolic blood pressure", diastolic),
        )
        body: Resource = {
            "status": "final",
            "category": VITAL,
            "code": {
                "coding": [{"system": "http://loinc.org", "code": "85354-9"}],
                "text": "Blood pressure panel",
            },
            "component": [
                {
                    "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": text},
                    "valueQuantity": {
                        "value": round(value),
                        "unit": "mmHg",
                        "system": UCUM,
                        "code": "mm[Hg]",
                    },
                }
                for code, text, value in parts
            ],
        }
        return self._observed(body, day, at, 0)

    # ------------------------------------------------------------------ words

    def finding(
        self,
        name: str,
        day: int,
        value: Any,
        *,
        specimen: str = "",
        reported: int = 1,
        weak: bool = False,
        there: bool = False,
    ) -> str:
        """A result in words: yes or no, a number, or a text; `there` writes yes and no as present and absent."""
        term = self.content.terms[f"finding.{name}"]
        body: Resource = {"status": "final", "category": LABORATORY, "code": self._concept(term, False)}
        if isinstance(value, bool):
            answers = WEAK if weak and value else (THERE if there else ANSWERS)[value]
            body["valueCodeableConcept"] = self.dice.one_of(answers)
        elif isinstance(value, int):
            body["valueInteger"] = value
        else:
            body["valueString"] = value
        if specimen and not self.dice.chance("no_specimen"):
            body["specimen"] = {"reference": f"Specimen/{specimen}"}
        return self._observed(body, day, "", reported)

    def noted(self, name: str, day: int) -> str:
        """Something that was done or decided: an entry that says yes."""
        body: Resource = {
            "status": "final",
            "code": self.term(f"finding.{name}"),
            "valueCodeableConcept": {"text": "yes"},
        }
        return self._observed(body, day, "", 0)

    def variant(self, name: str, day: int, mutated: bool, reported: int = 14) -> str:
        """A gene's result: as an assessed variant where it is mutated at a place that codes, else in words."""
        term = self.content.terms[f"finding.{name}"]
        if mutated and term.gene and self.dice.between(0, 1) >= self.place.text_only:
            gene, code = term.gene
            body: Resource = {
                "status": "final",
                "category": LABORATORY,
                "code": VARIANT,
                "valueCodeableConcept": PRESENT,
                "component": [studied(gene, code)],
            }
            return self._observed(body, day, "", reported)
        return self.finding(name, day, mutated, reported=reported)

    # ------------------------------------------------------------------ the other kinds

    def condition(
        self,
        name: str,
        day: int,
        *,
        onset: int | None = None,
        over: int | None = None,
        clinical: str = "active",
        verified: str = "confirmed",
        site: str = "",
        coded_only: bool = False,
    ) -> str:
        """A diagnosis or complaint, recorded on a day."""
        term = self.content.terms[f"condition.{name}"]
        bare = term.bare if coded_only and term.bare else None
        body: Resource = {
            "code": bare or self.term(f"condition.{name}", alone=True),
            "verificationStatus": VERIFIED[verified],
        }
        if over is not None and over <= self.until:
            body |= {"clinicalStatus": CLINICAL["resolved"], "abatementDateTime": iso(over)}
        elif verified != "entered-in-error":
            body["clinicalStatus"] = CLINICAL[clinical]
        if onset is not None:
            body["onsetDateTime"] = iso(onset)
        if site:
            body["bodySite"] = [{"text": site}]
        if not self.dice.chance("undated"):
            body["recordedDate"] = iso(day)
        return self.add("Condition", day, body)

    def procedure(
        self, name: str, day: int, *, note: str = "", status: str = "completed", why: str = ""
    ) -> str:
        """Something done, or not done and why."""
        body: Resource = {"status": status, "code": self.term(f"procedure.{name}")}
        if not self.dice.chance("undated"):
            body["performedDateTime"] = iso(day)
        if note:
            body["note"] = [{"text": note}]
        if why:
            body["statusReason"] = {"text": why}
        return self.add("Procedure", day, body)

    def ask_for(self, name: str, day: int, *, status: str = "active") -> str:
        """A request for something to be done."""
        body = {
            "status": status,
            "intent": "order",
            "code": self.term(f"procedure.{name}"),
            "authoredOn": iso(day),
        }
        return self.add("ServiceRequest", day, body)

    def report(
        self, words: str, day: int, results: list[str], *, specimen: str = "", conclusion: str = ""
    ) -> str:
        """A report that lists results; final where all of it is there."""
        body: Resource = {
            "status": "final",
            "code": {"text": words},
            "effectiveDateTime": iso(day),
            "issued": f"{iso(day + 2)}T12:00:00Z",
        }
        found = [{"reference": f"Observation/{one}"} for one in results if one]
        if found:
            body["result"] = found
        if specimen:
            body["specimen"] = [{"reference": f"Specimen/{specimen}"}]
        if conclusion:
            body["conclusion"] = conclusion
        return self.add("DiagnosticReport", day + 2, body)

    def specimen(self, kind: str, day: int, site: str = "") -> str:
        """A piece of the person that is looked at."""
        collection: Resource = {"collectedDateTime": iso(day)}
        if site:
            collection["bodySite"] = {"text": site}
        return self.add("Specimen", day, {"type": {"text": kind}, "collection": collection})

    def visit(self, name: str, day: int, last: int | None = None) -> str:
        """A visit, or a stay to a last day."""
        stay = name == "admission"
        period = {"start": iso(day), "end": iso(min(last if last is not None else day, self.until))}
        body = {
            "status": "finished",
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": "IMP" if stay else "AMB",
            },
            "type": [self.content.encounters[name]],
            "period": period,
        }
        return self.add("Encounter", day, body)

    def order(self, drug: str, day: int, *, status: str = "active", why: str = "") -> str:
        """An order for a drug; `why` tells why it was stopped or cancelled."""
        body: Resource = {
            "status": status,
            "intent": "order",
            "medicationCodeableConcept": self.term(f"drug.{drug}"),
            "authoredOn": iso(day),
        }
        if why:
            body["statusReason"] = {"text": why}
        return self.add("MedicationRequest", day, body)

    def taken(self, drug: str, first: int, last: int | None) -> str:
        """A drug that is taken, from a day to another or still."""
        period = {"start": iso(first)}
        over = last is not None and last <= self.until
        if over:
            assert last is not None
            period["end"] = iso(last)
        body = {
            "status": "completed" if over else "active",
            "medicationCodeableConcept": self.term(f"drug.{drug}"),
            "effectivePeriod": period,
            "dateAsserted": iso(first),
        }
        return self.add("MedicationStatement", first, body)

    def dose(self, drug: str, day: int, at: str, *, held: str | None = None, why: str = "") -> str:
        """One dose given, `why` where that is written; or held, with the reason where there is one in writing."""
        body: Resource = {
            "status": "completed" if held is None else "not-done",
            "medicationCodeableConcept": self.term(f"drug.{drug}"),
            "effectiveDateTime": f"{iso(day)}T{at}:00Z",
        }
        if held:
            body["statusReason"] = [{"text": held}]
        if why:
            body["reasonCode"] = [{"text": why}]
        return self.add("MedicationAdministration", day, body)

    def adverse(self, name: str, day: int, severity: str) -> str:
        """An adverse event."""
        body = {
            "actuality": "actual",
            "event": self.term(f"condition.{name}"),
            "date": iso(day),
            "recordedDate": iso(day),
            "severity": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/adverse-event-severity",
                        "code": severity,
                    }
                ]
            },
        }
        return self.add("AdverseEvent", day, body)

    def vaccine(self, day: int) -> str:
        """A vaccination."""
        body = {
            "status": "completed",
            "vaccineCode": {"text": self.dice.one_of(self.content.vaccines)},
            "occurrenceDateTime": iso(day),
        }
        return self.add("Immunization", day, body, whose="patient")

    def consent(self, day: int, allows: bool) -> str:
        """A decision about research: allowed or refused."""
        system = "http://terminology.hl7.org/CodeSystem/"
        body = {
            "status": "active",
            "scope": {"coding": [{"system": f"{system}consentscope", "code": "research"}]},
            "category": [{"coding": [{"system": f"{system}consentcategorycodes", "code": "research"}]}],
            "dateTime": iso(day),
            "policyRule": {"coding": [{"system": f"{system}consentpolicycodes", "code": "cric"}]},
            "provision": {"type": "permit" if allows else "deny"},
        }
        return self.add("Consent", day, body, whose="patient")
