"""The short way to a plain fact's value: codes only, one resource type, instants in UTC, nothing unusual.

A registry asks the same few questions of millions of ordinary records. Where a record is ordinary the value is
read here, from its sketches; wherever anything is unusual the answer is `LONG_WAY`, and `finding` and `choosing`
decide. Reasons, sources and rejected entries always come the long way. Property tests hold the two ways to the
same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import DecimalException
from functools import lru_cache
from typing import Any, Protocol

from msgspec import UNSET

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.tree import Literal, Tree
from sapwood.decode import read_json
from sapwood.definitions import FactDefinition, Source
from sapwood.elements import hedged_text
from sapwood.pack import Pack
from sapwood.readings import Refusal, read_element
from sapwood.sketch import Condition, Key, MedicationAdministration, Observation, Sketch, value_of, words_of
from sapwood.sources import Place, extraction_of
from sapwood.spans import duration
from sapwood.statuses import counting_statuses, pending_statuses
from sapwood.values import Moment, Value

LONG_WAY = object()
NOTHING = object()
"""Nothing at all is recorded: what that means is for the fact's closed world to say."""
Index = Mapping[Key, list[Sketch] | None]
Peek = Callable[["Looked"], Any]

_KINDS: Mapping[str, type] = {
    "Observation": Observation,
    "Condition": Condition,
    "MedicationAdministration": MedicationAdministration,
}
_PENDING = pending_statuses()


class Looked(Protocol):
    """Where a shortcut looks: a record's sketches, and the limits in time."""

    @property
    def index(self) -> Index:
        """The sketches by (system, code)."""

    @property
    def limits(self) -> Limits:
        """What `as_of` allows."""


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


_newest: list[Limits] = []


def limits_of(as_of: Moment) -> Limits:
    """The limits at a moment; the last are kept, because a registry asks about one moment for everybody."""
    if not _newest or _newest[0].as_of is not as_of:
        _newest[:] = [Limits(as_of)]
    return _newest[0]


def _zulu(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _exists(when: str) -> bool:
    """Whether a text of twenty characters is an instant there was, like `2026-03-02T07:40:00Z`."""
    try:
        datetime.fromisoformat(when)
    except ValueError:
        return False
    return when[4::3] == "--T::Z"


def shortcuts_of(pack: Pack) -> Mapping[str, Peek]:
    """The facts of a pack that can be read the short way; made once and kept with the pack."""
    ready: dict[str, Peek] | None = pack.__dict__.get("shortcuts")
    if ready is None:
        extraction = extraction_of(pack)
        peeks = {
            name: peek_for(fact, extraction.places[name], extraction.hedges)
            for name, fact in pack.facts.items()
        }
        peeks |= {
            name: _constantly(pack.sentences[name].tree) for name, fact in pack.facts.items() if fact.derived
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
    if fact.which == "latest" and kinds == {"Observation"}:
        given = any(place.source.value is not None or place.source.status for place in places)
        return None if given else _latest_observation(fact, places)
    if fact.which == "any" and fact.type == "boolean" and len(kinds) == 1 and kinds <= set(_KINDS):
        return _any_presence(fact, places, kinds.pop(), hedges)
    return None


def _constantly(tree: Tree) -> Peek | None:
    """For a fact that is derived from nothing (`record_covers: TRUE`), what it always is."""
    if not isinstance(tree, Literal):
        return None
    value = compile_tree(tree)({})
    return lambda looked: value


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


def _reader(fact: FactDefinition) -> Callable[[Observation], Any]:
    """Reads an Observation's one value as this fact's type; values recur, so the last thousand are kept."""

    @lru_cache(maxsize=1024)
    def reading(value: tuple[str, bytes]) -> Any:
        try:
            found = read_element(value[0], read_json(value[1]), fact)
        except DecimalException:
            return LONG_WAY
        return LONG_WAY if isinstance(found, Refusal) else found

    def read(sketch: Observation) -> Any:
        value = value_of(sketch)
        return LONG_WAY if value is None else reading(value)

    return read


def _latest_observation(fact: FactDefinition, places: tuple[Place, ...]) -> Peek:
    keys = tuple(key for place in places for key in place.keys)
    statuses = frozenset(counting_statuses("Observation"))
    span, closed = fact.within, fact.closed_world is not None
    read = _reader(fact)

    def peek(looked: Looked) -> Any:
        index, limits = looked.index, looked.limits
        last, since = limits.last, ""
        if span:
            if not limits.exact:
                return LONG_WAY
            since = limits.since(span)
        newest = ""
        chosen: Observation | None = None
        tied = False
        outside = []
        for key in keys:
            sketches = index[key]
            if sketches is None:
                return LONG_WAY
            for sketch in sketches:
                if type(sketch) is not Observation:
                    continue
                when = sketch.when
                if when is UNSET or len(when) != 20:
                    return LONG_WAY
                if when > last or when < since:
                    outside.append(when)
                    continue
                status = sketch.status
                if status not in statuses:
                    if status is UNSET or (closed and status in _PENDING):
                        return LONG_WAY
                    continue
                if when < newest:
                    continue
                tied = when == newest and chosen is not sketch
                newest, chosen = when, sketch
        if chosen is None:
            if not all(map(_exists, outside)):
                return LONG_WAY
            return NOTHING if closed else None
        return LONG_WAY if tied or not _exists(newest) else read(chosen)

    return peek


def _any_presence(
    fact: FactDefinition, places: tuple[Place, ...], kind: str, hedges: tuple[str, ...]
) -> Peek | None:
    span, wanted = fact.within, _KINDS[kind]
    if span and wanted is Condition:
        return None
    closed = fact.closed_world is not None
    asked: dict[Key, list[tuple[Callable[[Any], bool | None], Any]]] = {}
    for place in places:
        for key in place.keys:
            asked.setdefault(key, []).append((_status_of(kind, place.source, closed), place.source.value))
    read = _reader(fact)

    def peek(looked: Looked) -> Any:
        index, limits = looked.index, looked.limits
        last, since = limits.last, ""
        if span:
            if not limits.exact:
                return LONG_WAY
            since = limits.since(span)
        found: Value = None
        outside = []
        for key, sources in asked.items():
            sketches = index[key]
            if sketches is None:
                return LONG_WAY
            for sketch in sketches:
                if type(sketch) is not wanted:
                    continue
                when = sketch.when
                if when is UNSET or len(when) != 20:
                    return LONG_WAY
                if when > last or when < since:
                    outside.append(when)
                    continue
                for counts, fixed in sources:
                    state = counts(sketch)
                    if state is False:
                        continue
                    if (
                        state is None
                        or sketch.odd
                        or not _exists(when)
                        or hedged_text(words_of(sketch), hedges)
                    ):
                        return LONG_WAY
                    said: Any = True if fixed is None else fixed
                    if fixed is None and type(sketch) is Observation:
                        said = read(sketch)
                        if said is LONG_WAY:
                            return LONG_WAY
                    if said is True:
                        found = True
                    elif found is None:
                        found = False
        if found is not True and not all(map(_exists, outside)):
            return LONG_WAY
        return NOTHING if found is None and closed else found

    return peek


def _status_of(kind: str, source: Source, closed: bool) -> Callable[[Any], bool | None]:
    """Whether a resource counts by its status; `None` where the long way must say."""
    open_still = _PENDING if closed else frozenset()
    if kind == "Condition":
        verifications = tuple(source.verification) or ("confirmed",)
        clinicals = tuple(source.clinical) or ("active", "recurrence", "relapse")

        def condition(sketch: Condition) -> bool | None:
            try:
                verification = sketch.verification_status.coding[0].code  # type: ignore[union-attr]
                clinical = sketch.clinical_status.coding[0].code  # type: ignore[union-attr]
            except (AttributeError, IndexError):
                return None
            if verification == "entered-in-error":
                return False
            if verification in verifications and clinical in clinicals:
                return True
            return None if verification in open_still or clinical in open_still else False

        return condition
    statuses = frozenset(source.status or counting_statuses(kind))

    def status(sketch: Observation | MedicationAdministration) -> bool | None:
        given = sketch.status
        if given in statuses:
            return True
        return None if given is UNSET or given in open_still else False

    return status
