"""The short way to a plain fact's value: codes only, one resource type, instants in UTC, nothing unusual.

A registry asks the same few questions of millions of ordinary records. Where a record is ordinary the value is
read here; wherever anything is unusual the answer is `LONG_WAY`, and `finding` and `choosing` decide. Reasons,
sources and rejected entries always come the long way. A property test holds the two ways to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sapwood.choosing import duration
from sapwood.definitions import FactDefinition, Source
from sapwood.finding import Place, counting_statuses, extraction_of, hedged_text, text_of
from sapwood.pack import Pack
from sapwood.readings import Refusal, Resource, read_value
from sapwood.values import Moment, Value, read_moment

LONG_WAY = object()
NOTHING = object()
"""Nothing at all is recorded: what that means is for the fact's closed world to say."""
Index = Mapping[tuple[str, str], list[Resource]]
Peek = Callable[[Index, "Limits"], Any]
_UNUSUAL = (
    "issued",
    "performer",
    "informationSource",
    "asserter",
    "recorder",
    "source",
    "dataAbsentReason",
    "recordedDate",
    "recorded",
    "authoredOn",
    "dateAsserted",
)
_ANY_MONTH_HAS = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
).fullmatch
_TIMES = {
    "Observation": "effectiveDateTime",
    "MedicationAdministration": "effectiveDateTime",
    "Condition": None,
}


@lru_cache(maxsize=64)
def limits_of(as_of: Moment) -> Limits:
    """The limits at a moment; kept, because a registry asks about one moment for everybody."""
    return Limits(as_of)


class Limits:
    """`as_of` and spans before it as texts that compare with `2026-03-02T07:40:00Z`."""

    def __init__(self, as_of: Moment) -> None:
        self.as_of = as_of
        self.exact = as_of.exact
        self.last = _zulu(as_of.first) if as_of.exact else f"{as_of.last_day.isoformat()}T24"
        self._since: dict[str, str] = {}

    def since(self, span: str) -> str:
        """The text of the moment so long before `as_of`."""
        if span not in self._since:
            length = duration(span)
            assert length is not None
            self._since[span] = _zulu(self.as_of.first - length)
        return self._since[span]


def _exists(when: str) -> bool:
    """Whether a text of that length is an instant there was; most months need no calendar."""
    return _ANY_MONTH_HAS(when) is not None or read_moment(when) is not None


def _zulu(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))


def shortcuts_of(pack: Pack) -> Mapping[str, Peek]:
    """The facts of a pack that can be read the short way; made once and kept with the pack."""
    ready: dict[str, Peek] | None = pack.__dict__.get("shortcuts")
    if ready is None:
        extraction = extraction_of(pack)
        peeks = {
            name: peek_for(fact, extraction.places[name], extraction.hedges)
            for name, fact in pack.facts.items()
        }
        ready = pack.__dict__["shortcuts"] = {name: peek for name, peek in peeks.items() if peek is not None}
    return ready


def peek_for(fact: FactDefinition, places: tuple[Place, ...], hedges: tuple[str, ...]) -> Peek | None:
    """A function that reads this fact the short way, or `None` where the fact itself is out of the ordinary."""
    if fact.per != "person" or not places or fact.holds != "always" or fact.undated != "accept":
        return None
    if fact.before or fact.after or fact.on_day or fact.day_before or fact.not_when or fact.from_lines:
        return None
    if any(not _plain(place.source) or place.phrases for place in places):
        return None
    kinds = {kind for place in places for kind in place.types}
    if fact.which == "latest" and kinds == {"Observation"} and all(p.source.value is None for p in places):
        return _latest_observation(fact, places)
    if fact.which == "any" and fact.type == "boolean" and len(kinds) == 1 and kinds <= set(_TIMES):
        return _any_presence(fact, places, kinds.pop(), hedges)
    return None


def _plain(source: Source) -> bool:
    return not (
        source.words
        or source.without
        or source.value_words
        or source.note_words
        or source.component
        or source.at
        or source.category
        or source.path
        or source.take != "value"
        or not source.codes
        or len(source.types) != 1
    )


def _latest_observation(fact: FactDefinition, places: tuple[Place, ...]) -> Peek:
    keys = tuple(key for place in places for key in place.keys)
    statuses = frozenset(counting_statuses("Observation"))
    if any(place.source.status for place in places):
        return lambda index, limits: LONG_WAY
    span, closed = fact.within, fact.closed_world is not None

    def peek(index: Index, limits: Limits) -> Any:
        last = limits.last
        if span:
            if not limits.exact:
                return LONG_WAY
            since = limits.since(span)
        else:
            since = ""
        newest = ""
        chosen: Resource | None = None
        tied = False
        for key in keys:
            for resource in index.get(key, ()):
                if resource["resourceType"] != "Observation":
                    continue
                when = resource.get("effectiveDateTime")
                if type(when) is not str or len(when) != 20 or when[19] != "Z":
                    return LONG_WAY
                if when > last or when < since:
                    if not _exists(when):
                        return LONG_WAY
                    continue
                status = resource.get("status")
                if status not in statuses:
                    if closed or status is None:
                        return LONG_WAY
                    continue
                if when < newest:
                    continue
                tied = when == newest and chosen is not resource
                newest, chosen = when, resource
        if chosen is None:
            return NOTHING if closed else None
        if tied or read_moment(newest) is None or any(key in chosen for key in _UNUSUAL):
            return LONG_WAY
        value = read_value(chosen, fact)
        return LONG_WAY if isinstance(value, Refusal) else value

    return peek


def _any_presence(
    fact: FactDefinition, places: tuple[Place, ...], kind: str, hedges: tuple[str, ...]
) -> Peek | None:
    span, time = fact.within, _TIMES[kind]
    if span and time is None:
        return None
    asked = tuple((place.keys, _status_of(kind, place.source), place.source.value) for place in places)
    closed = fact.closed_world is not None

    def peek(index: Index, limits: Limits) -> Any:
        if span and not limits.exact:
            return LONG_WAY
        since = limits.since(span) if span else ""
        found: Value = None
        for keys, counts, fixed in asked:
            for key in keys:
                for resource in index.get(key, ()):
                    if resource["resourceType"] != kind:
                        continue
                    state = counts(resource)
                    if state is None or any(entry in resource for entry in _UNUSUAL):
                        return LONG_WAY
                    if not state:
                        if closed:
                            return LONG_WAY
                        continue
                    when = resource.get(time) if time else resource.get("onsetDateTime")
                    if type(when) is not str or len(when) != 20 or when[19] != "Z":
                        return LONG_WAY
                    if not _exists(when):
                        return LONG_WAY
                    if when > limits.last or when < since:
                        continue
                    if hedged_text(text_of(resource), hedges):
                        return LONG_WAY
                    said: Any = True if fixed is None else fixed
                    if fixed is None and kind == "Observation":
                        said = read_value(resource, fact)
                        if isinstance(said, Refusal):
                            return LONG_WAY
                    if said is True:
                        found = True
                    elif found is None:
                        found = False
        return NOTHING if found is None and closed else found

    return peek


def _status_of(kind: str, source: Source) -> Callable[[Resource], bool | None]:
    """Whether a resource counts by its status; `None` where the long way must say."""
    if kind == "Condition":
        verifications = tuple(source.verification) or ("confirmed",)
        clinicals = tuple(source.clinical) or ("active", "recurrence", "relapse")

        def condition(resource: Resource) -> bool | None:
            try:
                verification = resource["verificationStatus"]["coding"][0]["code"]
                clinical = resource["clinicalStatus"]["coding"][0]["code"]
            except (KeyError, TypeError, IndexError):
                return None
            if verification == "entered-in-error":
                return False
            return verification in verifications and clinical in clinicals

        return condition
    statuses = frozenset(source.status or counting_statuses(kind))

    def status(resource: Resource) -> bool | None:
        content = resource.get("status")
        return content in statuses if content is not None else None

    return status
