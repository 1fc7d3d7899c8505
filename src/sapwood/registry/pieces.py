"""Input as it came -> pieces: some JSON of one person each, the bytes unchanged wherever that is possible."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sapwood.decode import decode
from sapwood.errors import Problem, RecordError
from sapwood.shapes import NOT_CLINICAL
from sapwood.unwrap import Located, Notes, Unwrapped, tail_of, unwrap

from .owners import REFERRED, Owner, key_of_urn, owner_of, owner_of_resource

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NOBODY = "names no patient"
_GIVE = "Give it the `subject` it is about"


class Piece(NamedTuple):
    """Some JSON of one person: a resource, or a Bundle of theirs.

    Without `key` it is still to be found whose it is, by `name`; with `shared`, by who refers to it.
    """

    data: bytes
    key: str = ""
    name: str = ""
    shared: str = ""
    patient: bool = False
    refers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Aside(NamedTuple):
    """Something that was not kept: why, and which type of resource (empty where it is none)."""

    kind: str
    problem: Problem


def pieces_of(data: bytes, where: str) -> Iterator[Piece | Aside]:
    """The pieces in one JSON text: a resource, a Bundle of any kind, a list of them.

    Raises RecordError where it cannot be read; what is nobody's comes as `Aside`, never silently.
    """
    bundle = _plain_bundle(data)
    if bundle is not None:
        yield bundle
        return
    found = owner_of(data, where)
    if type(found) is Owner:
        yield from _single(data, found, where)
    else:
        yield from _opened([found], where, data, data)


def pieces_of_document(data: bytes, where: str) -> Iterator[Piece | Aside]:
    """The pieces of a whole file: one JSON text, or one a line."""
    bundle = _plain_bundle(data)
    if bundle is not None:
        yield bundle
        return
    decoded = decode(data, where)
    for problem in decoded.problems:
        yield Aside("", Problem(f"{where}, {problem.where}", problem.what, problem.remedy))
    yield from _opened(decoded.values, where, data, data if len(decoded.values) == 1 else None)


def _single(data: bytes, owner: Owner, where: str) -> Iterator[Piece | Aside]:
    if owner.kind == "Patient" and not owner.key:
        problem = Problem(where, "a Patient without an id, to which nothing can belong", "Give it its id")
        yield Aside("Patient", problem)
    elif owner.key or owner.name:
        patient = owner.kind == "Patient"
        yield Piece(data, owner.key, owner.name, "", patient, owner.refers, owner.names)
    elif owner.shared:
        yield Piece(data, shared=owner.shared)
    else:
        yield Aside(owner.kind, Problem(where, _NOBODY, _GIVE))


# --- Bundles ------------------------------------------------------------------------------------


class _Subject(Struct, gc=False):
    reference: str


class _Resource(Struct, gc=False, rename={"kind": "resourceType"}):
    kind: str
    id: str | UnsetType = UNSET
    subject: _Subject | UnsetType = UNSET


class _Entry(Struct, gc=False, rename={"url": "fullUrl"}):
    resource: _Resource
    url: str | UnsetType = UNSET


class _Bundle(Struct, gc=False, rename={"kind": "resourceType"}):
    kind: str
    entry: list[_Entry]


_BUNDLE = msgspec.json.Decoder(_Bundle)


def _plain_bundle(data: bytes) -> Piece | None:
    """The commonest file: a Bundle that starts with its Patient, and everything else names that Patient."""
    if b'"Bundle"' not in data:
        return None
    try:
        bundle = _BUNDLE.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if bundle.kind != "Bundle" or not bundle.entry:
        return None
    first, *others = bundle.entry
    own = first.resource.id
    if first.resource.kind != "Patient" or own is UNSET or not own:
        return None
    mine = {f"Patient/{own}", first.url}
    for entry in others:
        subject, kind = entry.resource.subject, entry.resource.kind
        if subject is UNSET or subject.reference not in mine or kind in ("Patient", "Bundle", *REFERRED):
            return None
    return Piece(data, own, patient=True)


def _opened(values: list[Any], where: str, text: bytes, data: bytes | None) -> Iterator[Piece | Aside]:
    """The resources of any other input: `data` as it is where all of it is one person's, else a Bundle for each.

    `text` is all of the input, by which people without any id are told apart.
    """
    notes = Notes()
    found = unwrap(values, notes)
    if not found.located and not found.outcomes:
        remedy = "Export it as FHIR R4 JSON: a Bundle, or one resource a line"
        raise RecordError(Problem(where, "there is no FHIR resource in it", remedy))
    opened = _Opened(found, where, text, data)
    if opened.data is None:  # otherwise the same is noted when the person's record is read
        for problem in notes.problems():
            yield Aside("", Problem(f"{where}, {problem.where}", problem.what, problem.remedy))
    yield from opened.pieces()


class _Opened:
    """The resources of one Bundle or list, by person."""

    def __init__(self, found: Unwrapped, where: str, text: bytes, data: bytes | None) -> None:
        self.found = found
        self.where = where
        self.text = text
        self.owners = [owner_of_resource(item.resource) for item in found.located]
        self.keys: dict[str, str] = {}
        self.names: dict[str, list[str]] = {}
        for item, owner in zip(found.located, self.owners, strict=True):
            if owner.kind == "Patient":
                key = self._key_of_patient(owner, item)
                local = {f"Patient/{key}", f"urn:uuid:{key}", f"urn:oid:{key}", *owner.names}
                if item.url:
                    local |= {item.url, tail_of(item.url) or item.url}
                for name in local:
                    self.keys[name] = key if self.keys.get(name, key) == key else ""
                self.names.setdefault(key, []).extend(owner.names)
        self.alone = next(iter(self.names)) if len(self.names) == 1 else ""
        self.whose = [self._whose(place, owner) for place, owner in enumerate(self.owners)]
        one_person = len({one for one in self.whose if any(one)}) == 1 and not any(
            name for _, name in self.whose
        )
        self.data = data if one_person else None

    def pieces(self) -> Iterator[Piece | Aside]:
        """One Bundle for each person; and what is nobody's."""
        mine: dict[tuple[str, str], list[int]] = {}
        shared: dict[str, int] = {}
        nobodys: list[str] = []
        for place, owner in enumerate(self.owners):
            key, name = self.whose[place]
            if key or name:
                mine.setdefault((key, name), []).append(place)
            elif owner.shared or self.found.located[place].url:
                shared[owner.shared or f"#{place}"] = place
            else:
                nobodys.append(owner.kind)
        if self.data is not None:
            yield self._piece(next(iter(mine))[0], "", list(range(len(self.owners))))
            return
        yield from (Aside(kind, Problem(self.where, _NOBODY, _GIVE)) for kind in nobodys)
        used: set[int] = set()
        for (key, name), places in mine.items():
            wanted = self._referred(places, shared)
            used |= wanted
            yield self._piece(key, name, sorted([*places, *wanted]))
        for target, place in shared.items():
            if place in used:
                continue
            resource = self.found.located[place].resource
            if target[0] != "#":
                yield Piece(_ENCODER.encode(resource), shared=target)
            else:
                kind = resource["resourceType"]
                yield Aside(kind, Problem(self.where, _NOBODY, _GIVE))

    def _whose(self, place: int, owner: Owner) -> tuple[str, str]:
        """The key of a person, or a name still to be looked up elsewhere."""
        if owner.kind == "Patient":
            return self._key_of_patient(owner, self.found.located[place]), ""
        if owner.key:
            return self.keys.get(f"Patient/{owner.key}", owner.key) or owner.key, ""
        if owner.name:
            key = self.keys.get(owner.name, "")
            return (key, "") if key else ("", owner.name)
        if self.alone and not owner.shared and owner.kind not in NOT_CLINICAL:
            return self.alone, ""  # names nobody, in a record of one person
        return "", ""

    def _key_of_patient(self, owner: Owner, item: Located) -> str:
        """A Patient's id, or its address; without either, a key of the whole input, which nobody else has."""
        own = owner.key or key_of_urn(item.url or "")
        return own or f"unnamed-{hashlib.sha256(self.text).hexdigest()[:20]}-{item.place}"

    def _referred(self, places: Iterable[int], shared: dict[str, int]) -> set[int]:
        """The shared resources that a person's resources refer to, here in the same input."""
        if not shared:
            return set()
        by_name = {target: place for target, place in shared.items() if target[0] != "#"}
        for place in shared.values():
            if url := self.found.located[place].url:
                by_name[url] = place
                by_name.setdefault(tail_of(url) or url, place)
        found: set[int] = set()
        for place in places:
            for reference in _references(self.found.located[place].resource):
                target = by_name.get(reference, by_name.get(tail_of(reference) or ""))
                if target is not None:
                    found.add(target)
        return found

    def _piece(self, key: str, name: str, places: list[int]) -> Piece:
        located = [self.found.located[place] for place in places]
        owners = [self.owners[place] for place in places]
        refers = tuple(dict.fromkeys(target for owner in owners for target in owner.refers))
        here = {
            f"{item.resource['resourceType']}/{item.resource.get('id')}"
            for item in located
            if item.resource["resourceType"] in REFERRED
        }
        return Piece(
            self._json(located),
            key,
            name,
            patient=any(owner.kind == "Patient" for owner in owners),
            refers=tuple(target for target in refers if target not in here),
            names=tuple(dict.fromkeys(self.names.get(key, ()))),
        )

    def _json(self, located: list[Located]) -> bytes:
        if self.data is not None:
            return self.data
        history = any(item.history for item in located)
        entries = [_entry(item) for item in located]
        if history:
            tails = {f"{item.resource['resourceType']}/{item.resource.get('id')}" for item in located}
            entries += [
                {"request": {"method": "DELETE", "url": one.tail}, "response": {"lastModified": one.changed}}
                for one in self.found.deletions
                if one.tail in tails
            ]
        bundle = {"resourceType": "Bundle", "type": "history" if history else "collection", "entry": entries}
        return _ENCODER.encode(bundle)


def _entry(item: Located) -> dict[str, Any]:
    entry: dict[str, Any] = {"fullUrl": item.url} if item.url else {}
    entry["resource"] = item.resource
    if item.changed is not None:
        entry["response"] = {"lastModified": item.changed}
    return entry


def _references(content: Any) -> Iterator[str]:
    """Every reference within a resource."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if type(one) is dict:
            reference = one.get("reference")
            if type(reference) is str:
                yield reference
            waiting.extend(one.values())
        elif type(one) is list:
            waiting.extend(one)
