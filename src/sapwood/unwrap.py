"""JSON values -> every FHIR resource in them, each with its place: Bundles, arrays and Parameters opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sapwood.errors import Problem
from sapwood.shapes import TYPES, Resource

_SAFE_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}\Z")
_TAIL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]*/[A-Za-z0-9.\-]{1,64})(?:/_history/[^/]*)?\Z", re.DOTALL)
_LOOK = "Look at this place in the file"


class Located(NamedTuple):
    """A resource with its place in the input (from 1), its Bundle's address for it, and its version there."""

    place: int
    url: str | None
    resource: Resource
    history: bool
    changed: object


class Deletion(NamedTuple):
    """A history entry saying that a resource was deleted on its server."""

    place: int
    tail: str
    changed: object


class Notes:
    """Problems collected while reading: the same fault in many places becomes one, with a count."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str], list[Any]] = {}

    def add(self, where: str, what: str, remedy: str) -> None:
        """Note one fault at one place."""
        seen = self._faults.get((what, remedy))
        if seen is None:
            self._faults[what, remedy] = [where, 1]
        else:
            seen[1] += 1

    def problems(self) -> tuple[Problem, ...]:
        """Each kind of fault once, with its first place and how many more there are."""
        return tuple(
            Problem(where if count == 1 else f"{where} and {count - 1} more", what, remedy)
            for (what, remedy), (where, count) in self._faults.items()
        )


class Unwrapped(NamedTuple):
    """All resources of an input in order, whoever they belong to."""

    located: list[Located]
    deletions: list[Deletion]
    outcomes: int


def safe_id(value: object) -> str | None:
    """An id that may be printed: FHIR's own id characters only."""
    return value if isinstance(value, str) and _SAFE_ID.match(value) else None


def name_of(resource: Resource, place: int) -> str:
    """`Observation/abc`, or `Observation #12` where the id is absent or unfit to print."""
    kind = resource.get("resourceType")
    if type(kind) is not str or kind not in TYPES:
        kind = "Resource"
    own = safe_id(resource.get("id"))
    return f"{kind}/{own}" if own else f"{kind} #{place}"


def tail_of(reference: str) -> str | None:
    """`Observation/abc` of any relative or absolute reference that ends so, with or without a version."""
    match = _TAIL.match(reference)
    return match[1] if match else None


def unwrap(values: list[Any], notes: Notes) -> Unwrapped:
    """Every resource in the values, however Bundles, arrays and Parameters are nested."""
    located: list[Located] = []
    deletions: list[Deletion] = []
    outcomes = place = 0
    # A stack of iterators instead of recursion: nesting in the input must not become nesting here.
    stack: list[Iterator[_Item]] = [iter([_Item(value) for value in values])]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        value = item.value
        if type(value) is list:
            stack.append(iter([_Item(inner, history=item.history) for inner in value]))
            continue
        kind = value.get("resourceType") if type(value) is dict else None
        if kind == "Bundle":
            stack.append(iter(_bundle_items(value, notes, f"entry {place + 1}" if place else "the Bundle")))
            continue
        if kind == "Parameters":
            stack.append(iter(_parameter_items(value)))
            continue
        place += 1
        if kind == "OperationOutcome":
            outcomes += 1
            _note_outcome(value, notes)
        elif type(kind) is str and type(value) is dict:
            if kind not in TYPES:
                notes.add(f"Resource #{place}", "a resource type FHIR does not have", _LOOK)
            located.append(Located(place, item.url, value, item.history, item.changed))
        elif item.deletes is not None and item.history:
            deletions.append(Deletion(place, item.deletes, item.changed))
        else:
            _note_nothing(item, notes, place)
    return Unwrapped(located, deletions, outcomes)


class _Item(NamedTuple):
    value: Any
    url: str | None = None
    history: bool = False
    changed: object = None
    deletes: str | None = None
    answers: bool = False


def _bundle_items(bundle: Resource, notes: Notes, where: str) -> list[_Item]:
    kind = bundle.get("type")
    links = bundle.get("link")
    if type(links) is list and any(type(link) is dict and link.get("relation") == "next" for link in links):
        notes.add(where, "this is one page of a longer answer", "Fetch the other pages too")
    entries = bundle.get("entry", [])
    if type(entries) is not list:
        notes.add(where, "`entry` is not a list", _LOOK)
        return []
    return [_entry_item(entry, kind == "history") for entry in entries]


def _entry_item(entry: object, history: bool) -> _Item:
    if type(entry) is not dict:
        return _Item(None)
    url = entry.get("fullUrl")
    request, response = entry.get("request"), entry.get("response")
    answers = type(response) is dict
    changed = response.get("lastModified") if type(response) is dict else None
    deletes = None
    if type(request) is dict and request.get("method") == "DELETE":
        address = request.get("url")
        deletes = (tail_of(address) if type(address) is str else None) or ""
    resource = entry.get("resource")
    if resource is None and "resourceType" in entry:
        resource = entry  # a resource put where its entry should be
    return _Item(resource, url if type(url) is str else None, history, changed, deletes, answers)


def _parameter_items(parameters: Resource) -> list[_Item]:
    items: list[_Item] = []
    waiting = [parameters.get("parameter")]
    while waiting:
        parts = waiting.pop(0)
        if type(parts) is not list:
            continue
        for part in parts:
            if type(part) is not dict:
                continue
            if "resource" in part:
                items.append(_Item(part["resource"]))
            waiting.append(part.get("part"))
    return items


def _note_outcome(outcome: Resource, notes: Notes) -> None:
    issues = outcome.get("issue")
    severities = [i.get("severity") for i in issues if type(i) is dict] if type(issues) is list else []
    if "error" in severities or "fatal" in severities:
        what = "the server reported an error with this answer, so it may be incomplete"
        notes.add("OperationOutcome", what, "Ask for the record again")
    else:
        notes.add("OperationOutcome", "a remark of the server, left out", "Nothing to do")


def _note_nothing(item: _Item, notes: Notes, place: int) -> None:
    where = f"entry {place}"
    if item.deletes is not None:
        notes.add(where, "asks a server to delete something, and holds no resource", "Nothing to do")
    elif item.answers and item.value is None:
        notes.add(where, "holds a server's answer and no resource", "Export the resources themselves")
    elif type(item.value) is dict:
        notes.add(where, "an object without a `resourceType`, left out", _LOOK)
    else:
        notes.add(where, "holds no resource", _LOOK)
