"""Of the bundle: what of the record the plan rests on, cut down to what says the same facts.

Every resource that was looked at for a fact or for treatment goes along, also one that was not understood: without it
the silence of the bundle could be read as "no". Names, notes, narratives and everything nobody read stay behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sapwood.elements import clinical_time, known_time
from sapwood.events import TYPES
from sapwood.facts import Facts
from sapwood.formats.fhir_parts import Resource, absent, absent_extension, is_id, origin
from sapwood.formats.fhir_shapes import shaped
from sapwood.values import is_later

_SHARED = (
    *("status", "statusReason", "category", "code", "bodySite", "outcome", "severity", "interpretation"),
    *("effectiveDateTime", "effectivePeriod", "effectiveInstant", "performedDateTime", "performedPeriod"),
    *("onsetDateTime", "onsetPeriod", "abatementDateTime", "abatementPeriod", "recordedDate", "issued"),
    *("authoredOn", "dateAsserted", "date", "started", "period", "occurrenceDateTime", "occurrencePeriod"),
    *("intent", "doNotPerform", "clinicalStatus", "verificationStatus", "dataAbsentReason", "component"),
    *("referenceRange", "medicationCodeableConcept", "medicationReference", "type", "actuality", "event"),
    *("seriousness", "criticality", "vaccineCode", "class", "lifecycleStatus", "description", "relationship"),
    *("condition", "conclusionCode", "conclusion", "procedureCode", "serviceType", "startDate", "statusDate"),
)
_CARRIED = {
    *("Observation", "Condition", "Procedure", "DiagnosticReport", "MedicationAdministration", "Encounter"),
    *("MedicationStatement", "MedicationRequest", "AllergyIntolerance", "AdverseEvent", "ServiceRequest"),
    *(
        "Specimen",
        "ImagingStudy",
        "Immunization",
        "Flag",
        "Goal",
        "FamilyMemberHistory",
        "QuestionnaireResponse",
    ),
}
_PERSON = {
    "AllergyIntolerance": "patient",
    "Immunization": "patient",
    "FamilyMemberHistory": "patient",
}
_NEEDS = {
    "Observation": ("status",),
    "Procedure": ("status",),
    "DiagnosticReport": ("status",),
    "MedicationStatement": ("status",),
    "MedicationAdministration": ("status",),
    "MedicationRequest": ("status", "intent"),
    "ServiceRequest": ("status", "intent"),
    "Encounter": ("status", "class"),
    "AdverseEvent": ("actuality",),
    "Immunization": ("status",),
    "Flag": ("status", "code"),
    "Goal": ("lifecycleStatus", "description"),
    "ImagingStudy": ("status",),
    "QuestionnaireResponse": ("status",),
    "FamilyMemberHistory": ("status", "relationship"),
}
_UNSURE = {
    "Procedure": "unknown",
    "MedicationAdministration": "unknown",
    "DiagnosticReport": "unknown",
}
_UNCONFIRMED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_TELLING = (
    *("value", "code", "status", "effective", "performed", "onset", "abatement", "verificationStatus"),
    *(
        "clinicalStatus",
        "issued",
        "recordedDate",
        "authoredOn",
        "date",
        "bodySite",
        "medication",
        "component",
    ),
)
"""Elements without which a resource says something else: where one of them is wrongly shaped, it does not count."""
_NOTHING: tuple[Any, ...] = (None, "", [], {})


class Carried:
    """The resources of a record as they go along, under their own ids, and what had to stay behind."""

    def __init__(self, facts: Facts, person: Resource) -> None:
        self.facts = facts
        self.person = person
        self.resources: list[Resource] = []
        self.by_source: dict[str, Resource] = {}
        self.left: list[str] = []
        self._ids: dict[str, set[str]] = {}
        self._copied: dict[int, Resource] = {}
        for resource in _looked_at(facts):
            self._carry(resource)
        for copy in self.resources:
            _point(copy, self.names)

    @property
    def names(self) -> Mapping[str, str]:
        """For each reference as the record writes it, the reference in the bundle."""
        return {source: f"{one['resourceType']}/{one['id']}" for source, one in self.by_source.items()}

    def doubt(self, names: Iterable[str]) -> None:
        """Makes of these resources ones that do not count, and still keep silence from being read as "no"."""
        for name in set(names):
            for copy in [one for one in self.resources if f"{one['resourceType']}/{one['id']}" == name]:
                if not _doubted(copy, copy["resourceType"]):
                    self.resources.remove(copy)
                    self.left.append(f"{name}: could not be written as R4 asks")

    def _carry(self, resource: Resource) -> None:
        record, kind = self.facts.record, str(resource.get("resourceType"))
        source = record.source_of(resource)
        if kind not in _CARRIED or id(resource) in self._copied:
            if kind not in (*_CARRIED, "Patient"):
                self.left.append(f"{source}: a {kind} is not carried")
            return
        copy = self._copy(resource, kind)
        if copy is None:
            self.left.append(f"{source}: could not be written as R4 asks")
            return
        self._copied[id(resource)] = copy
        self.by_source[source] = copy
        self.resources.append(copy)

    def _copy(self, resource: Resource, kind: str) -> Resource | None:
        copy: Resource = {"resourceType": kind, "id": self._id(resource, kind)}
        copy["meta"] = origin("carried", self.facts.record.source_of(resource))
        amiss = False
        for key, content in resource.items():
            kept = key in _SHARED or (key.startswith("value") and kind == "Observation")
            if kept and (cut := _cut(content)) not in _NOTHING:
                made = shaped(kind, key, cut)
                if made is not None:
                    copy[key] = made
                elif key.startswith(_TELLING):
                    amiss = True
        if "modifierExtension" in resource or "implicitRules" in resource:
            copy["modifierExtension"] = [{"url": "urn:sapwood:modified", "valueBoolean": True}]
        if kind in TYPES or any("note" in place for place in _noted(resource, self.facts)):
            notes = [note.get("text") for note in _list(resource.get("note")) if isinstance(note, dict)]
            copy["note"] = [{"text": text} for text in notes if isinstance(text, str)]
        dosage = shaped(kind, "dosage", _cut(resource.get("dosage") or {}))
        if dosage is not None:
            copy["dosage"] = dosage
        if "medicationReference" in copy:
            del copy["medicationReference"]
            main = self.facts.record.main_code(resource)
            copy |= (
                {"medicationCodeableConcept": _cut(main)}
                if main
                else {"medicationReference": absent_extension()}
            )
        copy[_PERSON.get(kind, "subject")] = {"reference": f"Patient/{self.person['id']}"}
        if kind == "Specimen":
            copy = self._specimen(copy, resource)
        if kind in ("Observation", "DiagnosticReport"):
            specimen = _reference(resource.get("specimen")) or self.facts.finder.specimens.reported(resource)
            whole = self.facts.record.resolve(specimen, resource)
            if whole is not None:
                copy["specimen"] = {"reference": self.facts.record.source_of(whole)}
                self._carry(whole)
            elif specimen:
                copy["specimen"] = {"display": "not in the record"}
            if kind == "DiagnosticReport" and "specimen" in copy:
                copy["specimen"] = [copy["specimen"]]
        if self.facts.finder.assurance(resource) == "patient":
            key = {"Observation": "performer", "Condition": "asserter"}.get(kind, "informationSource")
            person = {"reference": f"Patient/{self.person['id']}"}
            if kind in ("Observation", "Condition", "MedicationStatement"):
                copy[key] = [person] if key == "performer" else person
        if amiss and not _doubted(copy, kind):
            return None
        return _completed(copy, kind)

    def _specimen(self, copy: Resource, resource: Resource) -> Resource:
        collection = resource.get("collection")
        copy.pop("description", None)
        if isinstance(collection, dict):
            cut = _cut(collection)
            parts = {
                key: shaped("Specimen", key, cut[key])
                for key in ("collectedDateTime", "bodySite")
                if key in cut
            }
            if kept := {key: part for key, part in parts.items() if part is not None}:
                copy["collection"] = kept
        return copy

    def _id(self, resource: Resource, kind: str) -> str:
        taken = self._ids.setdefault(kind, set())
        own = resource.get("id")
        name = str(own) if is_id(own) and own not in taken else f"r{len(taken) + 1}"
        while name in taken:
            name += "x"
        taken.add(name)
        return name


def _looked_at(facts: Facts) -> Iterator[Resource]:
    """Every resource that was looked at for a fact or for treatment, in the order of the record."""
    for name, definition in facts.pack.facts.items():
        if definition.find:
            facts.found(name)
    used = set(facts.finder.used)
    used.update(id(event.resource) for event in facts.treatment.events if event.resource is not None)
    unread = {problem.where for problem in facts.treatment.unread}
    for resource in facts.record.resources:
        if id(resource) not in used and facts.record.source_of(resource) not in unread:
            continue
        when = clinical_time(resource)
        if is_later(when, facts.as_of) or is_later(known_time(resource), facts.as_of):
            continue
        if when is None and facts.replay and resource.get("resourceType") != "Specimen":
            continue
        yield resource


def _noted(resource: Resource, facts: Facts) -> Iterable[tuple[str, ...]]:
    """Whether some fact reads the notes of resources of this type."""
    kind = resource.get("resourceType")
    return [
        ("note",)
        for definition in facts.pack.facts.values()
        for source in definition.find
        if source.note_words and kind in source.types
    ]


# --- cutting down ------------------------------------------------------------------------------------


def _cut(content: Any) -> Any:
    """The same content without extensions, ids of elements, names beside references, and what is empty."""
    if isinstance(content, list):
        return [cut for item in content if (cut := _cut(item)) not in _NOTHING]
    if isinstance(content, dict):
        named = "reference" in content
        return {
            key: cut
            for key, item in content.items()
            if key not in ("extension", "id", "userSelected", "assigner")
            and not key.startswith("_")
            and not (named and key == "display")
            and (cut := _cut(item)) not in _NOTHING
        }
    return content


def _point(content: Any, names: Mapping[str, str]) -> None:
    """Turns each reference to a carried resource to its new id, and takes out those to anything else."""
    if isinstance(content, list):
        for item in content:
            _point(item, names)
    elif isinstance(content, dict):
        target = content.get("reference")
        if isinstance(target, str) and not target.startswith("Patient/"):
            if target in names:
                content["reference"] = names[target]
            elif target not in names.values():
                del content["reference"]
                content["display"] = "not in the bundle"
        for item in content.values():
            _point(item, names)


def _list(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [] if content is None else [content]


def _reference(content: Any) -> str:
    for one in _list(content):
        if isinstance(one, dict) and isinstance(one.get("reference"), str):
            return str(one["reference"])
    return ""


def _doubted(copy: Resource, kind: str) -> bool:
    """Makes of a wrongly shaped resource one that never counts, and still keeps silence from being read as "no"."""
    if kind == "Specimen":
        return True
    if kind == "Observation":
        for key in [key for key in copy if key.startswith("value") or key in ("component", "interpretation")]:
            del copy[key]
        copy["dataAbsentReason"] = absent("error")
        return True
    if kind == "Condition":
        copy["verificationStatus"] = {"coding": [{"system": _UNCONFIRMED, "code": "unconfirmed"}]}
        return True
    if kind in _UNSURE:
        copy["status"] = _UNSURE[kind]
        return True
    return False


def _completed(copy: Resource, kind: str) -> Resource | None:
    """The copy with what R4 asks for, as absent with its reason; nothing where that cannot be."""
    for key in _NEEDS.get(kind, ()):
        if key not in copy:
            if key not in ("status", "intent", "actuality", "lifecycleStatus"):
                return None
            copy[f"_{key}"] = absent_extension()
    if kind == "MedicationAdministration" and not any(key.startswith("effective") for key in copy):
        copy["effectivePeriod"] = absent_extension()
    if (
        kind in TYPES
        and kind.startswith("Medication")
        and not any(key.startswith("medication") for key in copy)
    ):
        copy["medicationReference"] = absent_extension()
    if kind in ("Observation", "DiagnosticReport") and "code" not in copy:
        return None
    return copy
