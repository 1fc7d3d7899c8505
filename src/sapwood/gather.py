"""Every resource of an input -> those of one person, each once, and what was left out and why."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sapwood.errors import Problem, RecordError
from sapwood.shapes import NOT_CLINICAL, SHARED, Resource, as_r4, unlike_r4
from sapwood.unwrap import Deletion, Located, Notes, name_of, safe_id, tail_of, unwrap
from sapwood.values import read_moment

_PLAIN_BUNDLES = frozenset({"collection", "transaction", "batch", "document", "message", "searchset"})
_QUICK_TYPES = frozenset(
    """Condition Procedure MedicationAdministration MedicationRequest MedicationStatement DiagnosticReport
    ServiceRequest""".split()
)
_VERSION = re.compile(r"[0-9]{1,18}\Z")
_NAME_ONE = "Name one with --patient ID"


class Gathered(NamedTuple):
    """One person's resources in file order, the Patient apart; `located` holds the Patient too."""

    patient: Resource | None
    resources: list[Resource]
    located: list[Located]
    counts: dict[str, int]


class Plain(NamedTuple):
    """What `gather_plain` found: one person, their resources, and an index by (system, code)."""

    patient: Resource
    resources: list[Resource]
    coded: dict[tuple[str, str], list[Resource]]


def gather_plain(value: Any) -> Plain | None:
    """The commonest input in one quick pass: a Bundle of one Patient and resources that all name them.

    `None` for anything else, however slightly different: `gather` decides then, and agrees about these.
    Everything is in one loop because a registry reads millions of these.
    """
    resources: list[Resource] = []
    ids: set[str] = set()
    coded: dict[tuple[str, str], list[Resource]] = {}
    try:
        entries = value["entry"]
        first = entries[0]
        patient = first["resource"]
        own = patient["id"]
        if (
            value["resourceType"] != "Bundle"
            or value["type"] not in _PLAIN_BUNDLES
            or "link" in value
            or patient["resourceType"] != "Patient"
            or "link" in patient
            or type(own) is not str
            or not own
        ):
            return None
        mine, url = f"Patient/{own}", first.get("fullUrl")
        for entry in entries[1:]:
            resource = entry["resource"]
            kind = resource["resourceType"]
            reference = resource["subject"]["reference"]
            if reference != mine and (reference != url or not url):
                return None
            if kind == "Observation":
                if "focus" in resource:
                    return None
                code = resource["code"]
            elif kind in _QUICK_TYPES:
                if unlike_r4(resource, kind):
                    return None
                code = resource.get("code") or resource["medicationCodeableConcept"]
            else:
                return None
            ids.add(resource["id"])
            resources.append(resource)
            for coding in code.get("coding", ()):
                key = coding["system"], coding["code"]
                same = coded.get(key)
                if same is None:
                    if type(key[0]) is str and type(key[1]) is str:
                        coded[key] = [resource]
                elif same[-1] is not resource:
                    same.append(resource)
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    return Plain(patient, resources, coded) if len(ids) == len(resources) else None


def gather(values: list[Any], patient: str | None, notes: Notes, where: str) -> Gathered:
    """One person's resources; refuses when there is no resource, or it is not clear who is meant."""
    found = unwrap(values, notes)
    if not found.located:
        raise RecordError(_nothing_there(values, found.outcomes, where))
    counts = {"read": len(found.located)}
    patients = [item for item in found.located if item.resource["resourceType"] == "Patient"]
    patients = _once_each(patients, found.deletions, notes, counts)
    others = [item for item in found.located if item.resource["resourceType"] != "Patient"]
    people = _People(patients, others)
    chosen = people.choose(patient, notes, where)
    kept = []
    for item in others:
        reason = chosen.why_not(item.resource)
        if reason is None:
            kept.append(item)
        else:
            counts[reason] = counts.get(reason, 0) + 1
            what, remedy = _LEFT_OUT[reason]
            notes.add(name_of(item.resource, item.place), what, remedy)
    kept = _once_each(kept, found.deletions, notes, counts)
    kept = [_in_r4(item, notes) for item in kept]
    located = sorted([*([chosen.patient] if chosen.patient else []), *kept])
    counts["kept"] = len(located)
    own = chosen.patient.resource if chosen.patient else None
    if own is not None and "link" in own:
        counts["patient_links"] = 1
        what = "links to other Patient records, which were not followed"
        notes.add("Patient", what, "Read those records too")
    return Gathered(own, [item.resource for item in kept], located, counts)


def _nothing_there(values: list[Any], outcomes: int, where: str) -> Problem:
    if outcomes:
        what = "there is only a server's message (OperationOutcome)"
        return Problem(where, what, "Ask for the record again")
    value = values[0] if values else None
    remedy = "Export the record as FHIR R4 JSON: a Bundle, a list of resources, or one resource a line"
    if type(value) is dict and "resourceType" not in value:
        return Problem(where, "this is JSON, but an object without a `resourceType` is not FHIR", remedy)
    if type(value) is dict:
        return Problem(where, "this is FHIR, but there is no resource in it that could be read", remedy)
    if type(value) is list:
        return Problem(where, "this is a JSON list, but no item of it is a FHIR resource", remedy)
    return Problem(where, "this is JSON, but neither an object nor a list, so not FHIR", remedy)


_LEFT_OUT = {
    "other_patient": (
        "about another person than the patient; left out",
        "If it is the same person, give both the same Patient reference",
    ),
    "other_subject": ("about a group, a device or a place; left out", "Nothing to do"),
    "no_subject": ("names no patient, and the record mentions several people; left out", "Add its `subject`"),
}


def subjects_of(resource: Resource) -> list[str]:
    """Whom a resource says it is about: references as written, or identifiers as `system|value`."""
    for element in ("subject", "patient", "beneficiary", "for", "individual"):
        given = resource.get(element)
        if given is None:
            continue
        found = []
        for item in given if type(given) is list else [given]:
            reference = item.get("reference") if type(item) is dict else item
            if type(reference) is str and reference.strip():
                found.append(reference.strip())
            elif type(item) is dict and (identifier := _identifier(item.get("identifier"))):
                found.append(identifier)
        if found:
            return found
    return []


def _identifier(given: object) -> str | None:
    if type(given) is dict and type(given.get("value")) is str and given["value"]:
        system = given.get("system")
        return f"{system if type(system) is str else ''}|{given['value']}"
    return None


def _kind_of(reference: str) -> str:
    tail = tail_of(reference)
    return tail.partition("/")[0] if tail else ""


def _names_of(item: Located) -> set[str]:
    """Every way in which other resources may refer to a Patient."""
    names = set()
    own = item.resource.get("id")
    if type(own) is str and own:
        names |= {f"Patient/{own}", f"urn:uuid:{own}", f"urn:oid:{own}"}
    if item.url:
        names |= {item.url, tail_of(item.url) or item.url}
    identifiers = item.resource.get("identifier")
    for identifier in identifiers if type(identifiers) is list else []:
        names.add(_identifier(identifier) or "")
    names.discard("")
    return names


class _Chosen(NamedTuple):
    patient: Located | None
    names: set[str]
    alone: bool
    """Whether nobody else is mentioned, so that a resource naming nobody is this person's."""

    def why_not(self, resource: Resource) -> str | None:
        """Why a resource is not this person's, as a key of `_LEFT_OUT`; `None` when it is."""
        if resource["resourceType"] in SHARED:
            return None
        subjects = [s for s in subjects_of(resource) if not s.startswith("#")]
        if not subjects:
            if not self.alone and resource["resourceType"] not in NOT_CLINICAL:
                return "no_subject"
        elif not any(self.is_me(subject) for subject in subjects):
            return "other_subject" if _kind_of(subjects[0]) not in ("", "Patient") else "other_patient"
        focus = resource.get("focus") if resource["resourceType"] == "Observation" else None
        for item in focus if type(focus) is list else []:
            about = item.get("reference") if type(item) is dict else None
            if type(about) is not str or self.is_me(about):
                continue
            if _kind_of(about) in ("Patient", "RelatedPerson"):
                return "other_patient"
        return None

    def is_me(self, reference: str) -> bool:
        return reference in self.names or tail_of(reference) in self.names


class _People:
    """Everybody an input is about: its Patients, and the patients that are named but not in it."""

    def __init__(self, patients: list[Located], others: list[Located]) -> None:
        self.patients = [(item, _names_of(item)) for item in patients]
        known = set().union(*(names for _, names in self.patients))
        absent: dict[str, None] = {}
        for item in others:
            if item.resource["resourceType"] in SHARED:
                continue
            for subject in subjects_of(item.resource):
                if subject in known or subject.startswith("#"):
                    continue
                tail = tail_of(subject)
                if tail in known:
                    continue
                if _kind_of(subject) in ("", "Patient"):
                    absent[tail or subject] = None
        self.absent = list(absent)

    def choose(self, named: str | None, notes: Notes, where: str) -> _Chosen:
        if named is not None:
            return self._named(named.strip(), where)
        count = len(self.patients) or len(self.absent)
        if count > 1:
            raise RecordError(Problem(where, f"{count} patients{self._ids()}", _NAME_ONE))
        if not self.patients:
            what = "there is no Patient resource, so age and sex are unknown"
            notes.add("the record", what, "Add the Patient to the record")
            return _Chosen(None, set(self.absent), True)
        item, names = self.patients[0]
        nameless = not item.url and not item.resource.get("id")
        if nameless and len(self.absent) == 1:
            what = "the Patient has no id; the one patient that the resources name was taken to be meant"
            notes.add("Patient", what, "Give the Patient its id")
            return _Chosen(item, {*names, *self.absent}, True)
        return _Chosen(item, names, not self.absent)

    def _named(self, named: str, where: str) -> _Chosen:
        def fits(names: set[str]) -> bool:
            tail = tail_of(named) if "/" in named else None
            wanted = {named, f"Patient/{named}", f"urn:uuid:{named}", tail}
            return not wanted.isdisjoint(names) or any(name.endswith(f"|{named}") for name in names)

        people: list[tuple[Located | None, set[str]]] = [*self.patients, *((None, {a}) for a in self.absent)]
        found = [person for person in people if fits(person[1])]
        if not found:
            what = f"the patient named is not in it; it holds {len(people)} patient{'s' * (len(people) != 1)}"
            raise RecordError(Problem(where, what + self._ids(), _NAME_ONE))
        if len(found) > 1:
            what = f"the patient named could be any of {len(found)} patients"
            raise RecordError(Problem(where, what + self._ids(), "Name one by its resource id: --patient ID"))
        item, names = found[0]
        return _Chosen(item, names, len(people) == 1)

    def _ids(self) -> str:
        ids = [safe_id(item.resource.get("id")) for item, _ in self.patients]
        ids += [safe_id(name.partition("/")[2]) for name in self.absent if name.startswith("Patient/")]
        shown = [own for own in ids if own]
        if not shown:
            return ""
        more = len(self.patients) + len(self.absent) - len(shown[:5])
        return f" (ids: {', '.join(shown[:5])}{f' and {more} more' if more > 0 else ''})"


def newest_of_each(items: list[Located], notes: Notes, counts: dict[str, int]) -> list[Located]:
    """Each resource once, in its newest version; what was there more than once is noted and counted."""
    return _once_each(items, [], notes, counts)


def _once_each(
    items: list[Located], deletions: list[Deletion], notes: Notes, counts: dict[str, int]
) -> list[Located]:
    """Each resource once, in its newest version; deleted ones not at all."""
    kept: dict[int, Located] = {}
    by_key: dict[tuple[str, str], int] = {}
    for item in items:
        keys = _keys_of(item)
        places = (by_key[key] for key in keys if key in by_key)
        first = next((place for place in places if _may_be_one(kept[place], item)), None)
        if first is None:
            kept[item.place] = item
            first = item.place
        else:
            kept[first] = _newer(kept[first], item, notes, counts)
        for key in keys:
            by_key.setdefault(key, first)
    for deletion in deletions:
        kind, _, own = deletion.tail.partition("/")
        place = by_key.get((kind, own))
        if place in kept and _deleted_last(kept[place], deletion):
            name = name_of(kept[place].resource, place)
            notes.add(name, "was deleted on its server; left out", "Nothing to do")
            counts["deleted"] = counts.get("deleted", 0) + 1
            del kept[place]
    return list(kept.values())


def _keys_of(item: Located) -> list[tuple[str, str]]:
    kind, own = item.resource["resourceType"], item.resource.get("id")
    keys = [(kind, own)] if type(own) is str else []
    return [*keys, (kind, item.url)] if item.url else keys


def _may_be_one(one: Located, other: Located) -> bool:
    """Two ids that differ are two resources, whatever address their entries give."""
    ids = one.resource.get("id"), other.resource.get("id")
    return None in ids or ids[0] == ids[1]


def _newer(one: Located, other: Located, notes: Notes, counts: dict[str, int]) -> Located:
    if _same(one.resource, other.resource):
        counts["duplicates"] = counts.get("duplicates", 0) + 1
        notes.add(name_of(one.resource, one.place), "is there more than once; read once", "Nothing to do")
        return one
    counts["older_versions"] = counts.get("older_versions", 0) + 1
    what = "is there in several versions; the newest was read"
    if not one.history:
        what = "is there more than once with different content; the newest was read"
    notes.add(name_of(one.resource, one.place), what, "Check that the newest is right")
    for age in (_updated, _version):
        ages = age(one), age(other)
        if ages[0] is not None and ages[1] is not None and ages[0] != ages[1]:
            return one if ages[0] > ages[1] else other
    return one if one.history else other  # a history lists the newest first


def _same(one: Resource, other: Resource) -> bool:
    try:
        return one == other
    except RecursionError:
        return False


def _updated(item: Located) -> Any:
    meta = item.resource.get("meta")
    moment = read_moment(meta.get("lastUpdated")) if type(meta) is dict else None
    moment = moment or read_moment(item.changed)
    return moment.last if moment else None


def _version(item: Located) -> Any:
    meta = item.resource.get("meta")
    version = meta.get("versionId") if type(meta) is dict else None
    return int(version) if type(version) is str and _VERSION.match(version) else None


def _deleted_last(item: Located, deletion: Deletion) -> bool:
    updated, deleted = _updated(item), read_moment(deletion.changed)
    if updated is not None and deleted is not None and updated != deleted.last:
        return bool(deleted.last > updated)
    return deletion.place < item.place


def _in_r4(item: Located, notes: Notes) -> Located:
    kind = item.resource["resourceType"]
    if not unlike_r4(item.resource, kind):
        return item
    reading = as_r4(item.resource, kind)
    for what, remedy in reading.notes:
        notes.add(name_of(item.resource, item.place), what, remedy)
    return item._replace(resource=reading.resource)
