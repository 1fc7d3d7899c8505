"""Of the bundle: facts that people answered, written as a record would hold them; what cannot be so is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sapwood.answers import Answer
from sapwood.concepts import holds_phrase, tokens
from sapwood.definitions import FactDefinition, Regimen, Source
from sapwood.events import Event
from sapwood.facts import Facts
from sapwood.formats.fhir_parts import Resource, absent, absent_extension, day_of, id_of, origin
from sapwood.sources import extraction_of
from sapwood.spans import duration
from sapwood.values import Moment, Range, Value

UCUM = "http://unitsofmeasure.org"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_RESPONSES = {
    "CR": "complete remission",
    "PR": "partial remission",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NR": "no response",
}
_KINDS = (
    *("Observation", "Condition", "Procedure", "AllergyIntolerance", "MedicationStatement"),
    *("DiagnosticReport", "MedicationRequest", "ServiceRequest"),
)


class Answered:
    """What was answered, as resources, where a record can say it; `made` has them by fact."""

    def __init__(self, facts: Facts, person: Resource) -> None:
        self.facts = facts
        self.person = {"reference": f"Patient/{person['id']}"}
        self.resources: list[Resource] = []
        self.made: dict[str, Resource] = {}
        self._specimens: dict[str, Resource] = {}
        for number, answer in enumerate(facts.answers, start=1):
            if answer.fact == "lines":
                self.resources += list(self._treatment(answer, number))
                continue
            made = self._fact(answer, number)
            if made is not None:
                self.resources.append(made)
                self.made[answer.fact] = made

    # --- facts ------------------------------------------------------------------------------------------

    def _fact(self, answer: Answer, number: int) -> Resource | None:
        """An answer as a resource, or nothing where a record has no way to say it."""
        definition = self.facts.pack.facts[answer.fact]
        when = self._when(answer, definition)
        where = self._where(answer.specimen) if definition.per == "specimen" else {}
        if when is not None and where is not None:
            for kind, source in _places(definition, answer.value):
                resource = self._resource(kind, source, definition, answer, when)
                if resource is not None:
                    return {**resource, "id": id_of("answer", str(number), answer.fact), **where}
        return None

    def _when(self, answer: Answer, definition: FactDefinition) -> str | None:
        """The day an answer is about: its own, the one its fact asks for, the day of the plan for what soon grows old.

        Empty where nobody said a day and none is needed: "done" without a day must not read as "done today". `None`
        where the fact turns on a day that is not known.
        """
        if answer.when is not None:
            return day_of(answer.when) or None
        if definition.before or definition.after:
            return None
        if definition.on_day or definition.day_before:
            value = self.facts.values[definition.on_day or definition.day_before]
            if not isinstance(value, Moment):
                return None
            return (value.first_day - timedelta(days=1 if definition.day_before else 0)).isoformat()
        lasting = definition.kind != "number" and duration(definition.holds) is None
        return "" if lasting else day_of(self.facts.as_of)

    def _resource(
        self, kind: str, source: Source, definition: FactDefinition, answer: Answer, when: str
    ) -> Resource | None:
        coded = self._concept(kind, source, definition)
        if coded is None:
            return None
        own_word = answer.by == "patient"
        day = day_of(answer.value) if source.path and isinstance(answer.value, Moment) else when
        made: Resource = {"resourceType": kind, "id": "", "meta": origin("answered", answer.source)}
        subject = {"subject": self.person}
        if kind == "Observation":
            made |= {"status": "final", "code": coded, **subject, **_dated("effectiveDateTime", day)}
            if source.value_words:
                made["valueString"] = source.value_words[0]
            elif not source.path:
                made |= _value(answer.value, definition)
                limits = {key: getattr(answer, key) for key in ("low", "high")}
                ranges = {key: _quantity(end, definition) for key, end in limits.items() if end is not None}
                made |= {"referenceRange": [ranges]} if ranges else {}
            made |= {"performer": [self.person]} if own_word else {}
        elif kind == "Condition":
            made |= {
                "clinicalStatus": _term("condition-clinical", source.clinical, "active"),
                "verificationStatus": _term("condition-ver-status", source.verification, "confirmed"),
                "code": coded,
                **subject,
                **_dated("onsetDateTime", day),
            }
            made |= {"asserter": self.person} if own_word else {}
        elif own_word:
            return None  # these could not say whose word it is
        elif kind == "Procedure":
            status = source.status[0] if source.status else "completed"
            made |= {"status": status, "code": coded, **subject, **_dated("performedDateTime", day)}
        elif kind == "AllergyIntolerance":
            made |= {
                "verificationStatus": _term("allergyintolerance-verification", [], "confirmed"),
                "code": coded,
                "patient": self.person,
                **_dated("recordedDate", when),
            }
        elif kind == "MedicationStatement":
            status = source.status[0] if source.status else "active"
            made |= {
                "status": status,
                "medicationCodeableConcept": coded,
                **subject,
                **_dated("effectiveDateTime", when),
            }
        elif kind == "DiagnosticReport":
            made |= {"status": "final", "code": coded, **subject, **_dated("effectiveDateTime", when)}
        else:
            status = source.status[0] if source.status else "active"
            made |= {
                "status": status,
                "intent": "order",
                "medicationCodeableConcept" if kind == "MedicationRequest" else "code": coded,
                **subject,
                **_dated("authoredOn", when),
            }
        if source.category:
            made["category"] = [{"coding": [{"code": code} for code in source.category[:1]]}]
        return made

    def _concept(self, kind: str, source: Source, definition: FactDefinition) -> Resource | None:
        """Codes of a source, or its words, that mean this fact and as few others as can be."""
        extraction = extraction_of(self.facts.pack)
        found: list[tuple[int, Resource]] = []
        for system, codes in source.codes.items():
            uri = self.facts.pack.about.codesystems[system][0]
            for code in codes:
                meant = {
                    place.fact
                    for places in extraction.places.values()
                    for place in places
                    if kind in place.types and (uri, code) in place.keys
                }
                text = source.words[0] if kind != "Observation" and source.words else definition.title
                found.append((len(meant), {"coding": [{"system": uri, "code": code}], "text": text}))
        if not found:
            for word in source.words:
                text_words = tokens(word)
                meant = {
                    place.fact
                    for places in extraction.places.values()
                    for place in places
                    if kind in place.types
                    and holds_phrase(text_words, place.source.words)
                    and not holds_phrase(text_words, place.source.without)
                }
                found.append((len(meant), {"text": word}))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _where(self, specimen: str) -> Resource | None:
        """The specimen an answer is about, as an element; `None` where the bundle cannot say it."""
        if not specimen:
            return {}
        key = next((one.key for one in self.facts.groups if one.label.casefold() == specimen.casefold()), "")
        if "|" in key:
            return None
        if key.startswith("specimen:"):
            return {"specimen": {"reference": key.removeprefix("specimen:")}}
        if key.startswith("site:"):
            return {"bodySite": {"text": specimen}}
        if specimen not in self._specimens:
            made: Resource = {
                "resourceType": "Specimen",
                "id": id_of("answered", str(len(self._specimens) + 1)),
                "meta": origin("answered"),
                "type": {"text": specimen},
                "subject": self.person,
            }
            self._specimens[specimen] = made
            self.resources.append(made)
        return {"specimen": {"reference": f"Specimen/{self._specimens[specimen]['id']}"}}

    # --- treatment --------------------------------------------------------------------------------------

    def _treatment(self, answer: Answer, number: int) -> Iterator[Resource]:
        for place, event in enumerate(answer.value, start=1):
            if not isinstance(event, Event) or len(event.regimens) != 1:
                continue
            regimen = self.facts.pack.regimens[next(iter(event.regimens))]
            made: Resource = {"id": id_of("line", str(number), str(place))}
            made |= {"meta": origin("answered", answer.source), "subject": self.person}
            made["medicationCodeableConcept"] = {"text": _named(regimen)}
            when = day_of(event.when) if event.when is not None else ""
            if event.kind == "planned":
                kind = {"resourceType": "MedicationRequest", "status": "active", "intent": "order"}
                made |= {"authoredOn": when} if when else {}
            elif event.kind == "held" or when:
                status = "not-done" if event.kind == "held" else "completed"
                kind = {"resourceType": "MedicationAdministration", "status": status}
                made |= {"effectiveDateTime": when} if when else {"effectivePeriod": absent_extension()}
            else:
                kind = {"resourceType": "MedicationStatement", "status": "completed"}
            note = _note(event, regimen)
            yield {**kind, **made, **({"note": [{"text": note}]} if note else {})}


def kept_open(facts: Facts, again: Facts, person: Resource) -> Iterator[Resource]:
    """What keeps the bundle's silence from being read as "no": each fact it would answer anew, as not known."""
    subject = {"reference": f"Patient/{person['id']}"}
    lines = False
    for name, definition in facts.pack.facts.items():
        closed = definition.closed_world
        if closed is None or definition.per != "person":
            continue
        read = again.fact(name)
        if read.assurance != "assumed" or read.value == facts.fact(name).value:
            continue
        lines = lines or bool(definition.from_lines)
        for source in definition.find:
            made: Resource = {"id": id_of("open", name), "meta": origin("answered"), "subject": subject}
            text = source.words[0] if source.words else ""
            if not text or source.path or source.note_words or source.value_words:
                continue
            if "Observation" in source.types:
                yield {
                    "resourceType": "Observation",
                    **made,
                    "status": "final",
                    "code": {"text": text},
                    "dataAbsentReason": absent(),
                }
                break
            if "Condition" in source.types:
                unsure = _term("condition-ver-status", [], "unconfirmed")
                yield {
                    "resourceType": "Condition",
                    **made,
                    "verificationStatus": unsure,
                    "code": {"text": text},
                }
                break
            if "Procedure" in source.types:
                yield {"resourceType": "Procedure", **made, "status": "unknown", "code": {"text": text}}
                break
            if "MedicationRequest" in source.types:
                named = {"medicationCodeableConcept": {"text": text}}
                yield {
                    "resourceType": "MedicationRequest",
                    **made,
                    "status": "draft",
                    "intent": "plan",
                    **named,
                }
                break
    if lines and not facts.treatment.unread:
        yield {
            "resourceType": "MedicationStatement",
            "id": "open-treatment",
            "meta": origin("answered"),
            "status": "unknown",
            "medicationReference": absent_extension(),
            "subject": subject,
        }


def _places(definition: FactDefinition, value: Value) -> Iterator[tuple[str, Source]]:
    """The sources that can hold a value as it is, the plainest first; none where a record cannot say it."""
    usable = [one for one in definition.find if not (one.note_words or one.component or one.at)]
    plain = [one for one in usable if not one.value_words and one.take == "value"]
    for source in plain:
        if "Observation" in source.types and source.value is None and not source.path:
            yield "Observation", source
    for kind in _KINDS:
        for source in plain:
            if kind not in source.types:
                continue
            if source.path:
                if isinstance(value, Moment) and definition.type == "instant":
                    yield kind, source
            elif _fixed(source, definition, value) and (kind != "Observation" or source.value is not None):
                yield kind, source
    for source in usable:
        if source.value_words and "Observation" in source.types and _fixed(source, definition, value):
            yield "Observation", source


def _fixed(source: Source, definition: FactDefinition, value: Value) -> bool:
    """Whether an entry of a source says this value by being there."""
    fixed = source.value if source.value is not None else definition.type == "boolean" or None
    return fixed is value if isinstance(value, bool) else value is not None and fixed == value


def _dated(key: str, day: str) -> Resource:
    """A date as an element, where there is one."""
    return {key: day} if day else {}


def _value(value: Any, definition: FactDefinition) -> Resource:
    """A value as an Observation holds it."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, Moment):
        return {"valueDateTime": day_of(value)}
    if isinstance(value, Range):
        low, high = value.low, value.high
        if high is None and low is not None:
            return {
                "valueQuantity": {**_quantity(low, definition), "comparator": ">" if value.low_open else ">="}
            }
        if high is not None and (low is None or (low == 0 and value.high_open)):
            return {
                "valueQuantity": {
                    **_quantity(high, definition),
                    "comparator": "<" if value.high_open else "<=",
                }
            }
        return {"valueRange": {"low": _quantity(low, definition), "high": _quantity(high, definition)}}
    if isinstance(value, Decimal):
        return {"valueQuantity": _quantity(value, definition)}
    if definition.type == "code":
        match = definition.values.get(value)
        text = match.words[0] if match is not None and match.words else str(value)
        return {"valueCodeableConcept": {"text": text}}
    return {"valueString": str(value)}


def _quantity(value: Any, definition: FactDefinition) -> Resource:
    number = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    unit = definition.unit if definition.type == "quantity" else "1"
    return {"value": number, "unit": unit, "system": UCUM, "code": unit}


def _term(system: str, given: list[str], default: str) -> Resource:
    code = next((one for one in given if one), default)
    return {"coding": [{"system": f"{_TERMS}/{system}", "code": code}]}


def _named(regimen: Regimen) -> str:
    """The words by which records name a regimen, or its drugs."""
    if regimen.names:
        return regimen.names[0]
    return " and ".join(drug.words[0] for drug in regimen.drugs if drug.words) or regimen.title


def _note(event: Event, regimen: Regimen) -> str:
    """What the text of a record says beside a treatment: which line, how many cycles, the response."""
    parts = [f"line {event.number}: {_named(regimen)}"] if event.number is not None else []
    parts += [f"{event.cycles} cycles"] if event.cycles else []
    words = _RESPONSES.get(event.response)
    parts += [f"response: {words}"] if words else []
    return "; ".join(parts)
