"""Several records of one person -> one: each file read by itself first, then put together, none of it in silence.

Ids are a server's own: where two files come from one server, one id is one resource, of which the newest version
counts; where not, two things with one id stay two. What the files say differently about who the person is stays
unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sapwood.errors import Problem
from sapwood.gather import newest_of_each, subjects_of
from sapwood.record import Record, codings_of, normalise
from sapwood.shapes import Resource
from sapwood.unwrap import Located, Notes, name_of, tail_of
from sapwood.values import read_moment

_WHO = ("birthDate", "gender")
_DEATH = ("deceasedDateTime", "deceasedBoolean")


class Together(Record):
    """Several records as one; `origins` says of each source in which file it was, by that file's name."""

    origins: Mapping[str, str]


def put_together(files: Sequence[tuple[str, Record]]) -> Record:
    """One record of what several files say about one person, the oldest first; each has a name to be told by.

    Whether they are of one person is for the caller to see: `unlike` says what speaks against it.
    """
    if len(files) == 1:
        return files[0][1]
    origins: dict[int, str] = {}
    notes, noted = Notes(), list[Problem]()
    located: list[Located] = []
    servers: list[_Server] = []
    taken: dict[tuple[str, str], list[tuple[int, Resource]]] = {}
    for number, (name, record) in enumerate(files):
        noted += [Problem(f"{name}: {one.where}", one.what, one.remedy) for one in record.noted]
        servers.append(_server_of(record))
        entries = list(_located(record))
        renamed = _renamed(entries, number, servers, taken)
        offset = max((item.place for item in located), default=0)
        for item in entries:
            resource = _with_names(item.resource, renamed) if renamed else item.resource
            own = resource.get("id")
            if type(own) is str:
                taken.setdefault((resource["resourceType"], own), []).append((number, resource))
            origins[id(resource)] = name
            located.append(item._replace(place=item.place + offset, resource=resource))
    counts = {"read": sum(record.counts.get("read", 0) for _, record in files)}
    people = [item for item in located if item.resource["resourceType"] == "Patient"]
    kept = newest_of_each(
        [item for item in located if item.resource["resourceType"] != "Patient"], notes, counts
    )
    patient = _one_person([item.resource for item in people], notes)
    first = [people[0]._replace(resource=patient)] if patient is not None else []
    counts["kept"] = len(kept) + len(first)
    record = Together(
        patient, tuple(item.resource for item in kept), counts, (*noted, *notes.problems()), [*first, *kept]
    )
    record.__dict__["origins"] = {
        record.source_of(item.resource): origins[id(item.resource)] for item in kept
    }
    return record


def unlike(one: Record, other: Record) -> tuple[str, ...]:
    """What two files say differently about who the person is: birthDate, gender, family name; empty where nothing."""
    said = {
        "birthDate": (one.birth_date, other.birth_date),
        "gender": (one.gender, other.gender),
    }
    found = [
        name for name, (mine, theirs) in said.items() if mine and theirs and not _agree(name, mine, theirs)
    ]
    families = [_families(record.patient) for record in (one, other)]
    if all(families) and not families[0] & families[1]:
        found.append("name")
    return tuple(found)


def _families(patient: Resource | None) -> set[str]:
    names = patient.get("name") if patient is not None else None
    return {
        normalise(name["family"])
        for name in (names if type(names) is list else ())
        if type(name) is dict and type(name.get("family")) is str and name["family"].strip()
    }


def _agree(name: str, mine: object, theirs: object) -> bool:
    if mine == theirs or type(mine) is not str or type(theirs) is not str:
        return mine == theirs
    if name == "gender":
        return "unknown" in (mine, theirs)
    first, second = read_moment(mine), read_moment(theirs)
    if first is None or second is None:
        return True  # what is no date is told elsewhere
    return first.first_day <= second.last_day and second.first_day <= first.last_day


def _located(record: Record) -> Iterator[Located]:
    for place, entry in enumerate(record.entries, 1):
        if isinstance(entry, Located):
            yield entry
        else:
            url = entry.get("fullUrl")
            yield Located(place, url if type(url) is str else None, entry["resource"], False, None)


class _Server(NamedTuple):
    """How one server names the person: ids or references, and the Patient's identifiers."""

    names: frozenset[str]
    identifiers: frozenset[str]

    def is_also(self, other: _Server) -> bool:
        """Whether two files came from one server: they name the person alike, and no identifier speaks against it."""
        same = bool(self.names & other.names)
        return same and (
            not self.identifiers or not other.identifiers or bool(self.identifiers & other.identifiers)
        )


def _server_of(record: Record) -> _Server:
    patient = record.patient
    if patient is None:
        names = {tail_of(one) or one for resource in record.resources for one in subjects_of(resource)}
        return _Server(frozenset(names), frozenset())
    own, given = patient.get("id"), patient.get("identifier")
    identifiers = {
        f"{one.get('system')}|{one.get('value')}"
        for one in (given if type(given) is list else ())
        if type(one) is dict and one.get("value")
    }
    names = {f"Patient/{own}"} if type(own) is str and own else set()
    return _Server(frozenset(names), frozenset(identifiers))


def _renamed(
    entries: Sequence[Located],
    number: int,
    servers: Sequence[_Server],
    taken: Mapping[tuple[str, str], Sequence[tuple[int, Resource]]],
) -> dict[tuple[str, str], str]:
    """New ids for what has the id of something else: of another server, or of another code on the same one."""
    names: dict[tuple[str, str], str] = {}
    for item in entries:
        kind, own = item.resource["resourceType"], item.resource.get("id")
        if kind == "Patient" or type(own) is not str:
            continue
        for earlier, resource in taken.get((kind, own), ()):
            one_thing = servers[earlier].is_also(servers[number]) and _one_code(resource, item.resource)
            if resource != item.resource and not one_thing:
                names[kind, own] = f"{own[:58]}.{number + 1}"
    return names


def _one_code(one: Resource, other: Resource) -> bool:
    """Whether two resources may be versions of one: no code or words of theirs say that they are of two things."""
    mine, theirs = _codes(one), _codes(other)
    return not mine or not theirs or bool(mine & theirs)


def _codes(resource: Resource) -> set[str]:
    concept = resource.get("code", resource.get("medicationCodeableConcept"))
    if type(concept) is not dict:
        return set()
    found = {
        f"{coding.get('system')}|{coding.get('code')}" for coding in codings_of(concept) if coding.get("code")
    }
    return found | ({normalise(concept["text"])} if type(concept.get("text")) is str else set())


def _with_names(value: Any, renamed: Mapping[tuple[str, str], str]) -> Any:
    """The same JSON, with the new ids where a resource has one or refers to one."""
    if type(value) is list:
        return [_with_names(item, renamed) for item in value]
    if type(value) is not dict:
        return value
    new = {key: _with_names(item, renamed) for key, item in value.items()}
    kind, own = value.get("resourceType"), value.get("id")
    if type(kind) is str and type(own) is str and (kind, own) in renamed:
        new["id"] = renamed[kind, own]
    reference = value.get("reference")
    tail = tail_of(reference) if type(reference) is str else None
    if tail is not None:
        kind, _, own = tail.partition("/")
        if (kind, own) in renamed:
            new["reference"] = f"{kind}/{renamed[kind, own]}"
    return new


def _one_person(patients: Sequence[Resource], notes: Notes) -> Resource | None:
    """The Patient of all files: what the newest says, and nothing where they disagree about who it is."""
    if not patients:
        return None
    merged: Resource = {}
    for patient in patients:
        merged |= {key: value for key, value in patient.items() if key not in (*_WHO, *_DEATH)}
    for name in _WHO:
        said = [patient[name] for patient in patients if patient.get(name)]
        if any(not _agree(name, mine, theirs) for mine in said for theirs in said):
            notes.add(
                name_of(merged, 1),
                f"`{name}` is not the same in every file; none of them is used",
                "Find out which is right, and leave out the file that is wrong",
            )
        elif said:
            merged[name] = max(
                said, key=lambda text: (text != "unknown", len(text) if type(text) is str else 0)
            )
    merged |= _death_of(patients, notes)
    return merged


def _death_of(patients: Sequence[Resource], notes: Notes) -> Resource:
    """What the files say of a death: one that any of them reports, unless a later file says that they live."""
    found: Resource = {}
    for patient in patients:
        said = {key: patient[key] for key in _DEATH if key in patient}
        lives = said.get("deceasedBoolean") is False and "deceasedDateTime" not in said
        if lives and found and found.get("deceasedBoolean") is not False:
            notes.add(
                name_of(patient, 1),
                "a later file says that the person lives, an earlier one that they have died",
                "Find out which is right, and leave out the file that is wrong",
            )
            return {}
        found = {**said} or found
    return found
