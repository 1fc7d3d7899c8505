"""A pack's sources made ready for any number of records: their codes and phrases as the index has them."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.concepts import tokens
from sapwood.definitions import FactDefinition, Source
from sapwood.pack import Pack


@dataclass(frozen=True, slots=True)
class Place:
    """One source of one fact, made ready."""

    fact: str
    definition: FactDefinition
    source: Source
    types: frozenset[str]
    keys: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, ...], ...]


class Extraction:
    """A pack's sources made ready for any number of records."""

    def __init__(self, pack: Pack) -> None:
        self.systems = pack.about.codesystems
        self.hedges = tuple(pack.about.hedges)
        self.populations = pack.about.populations
        self.places: dict[str, tuple[Place, ...]] = {}
        self.starts: dict[str, list[tuple[tuple[str, ...], Place]]] = {}
        self.known_codes: set[tuple[str, str]] = set()
        self.facts_by_key: dict[tuple[str, str], set[str]] = {}
        self.facts_by_type: dict[str, set[str]] = {}  # of sources that name neither codes nor words
        for name, fact in pack.facts.items():
            self.places[name] = tuple(self._place(name, fact, source) for source in fact.find)

    def _place(self, name: str, fact: FactDefinition, source: Source) -> Place:
        keys = tuple(
            (uri, code)
            for system, codes in source.codes.items()
            for uri in self.systems[system]
            for code in codes
        )
        phrases = tuple(tokens(word) for word in source.words)
        place = Place(name, fact, source, frozenset(source.types), keys, phrases)
        if "Observation" in place.types:
            self.known_codes.update(keys)
        for key in keys:
            self.facts_by_key.setdefault(key, set()).add(name)
        for kind in place.types if not keys and not phrases else ():
            self.facts_by_type.setdefault(kind, set()).add(name)
        for phrase in phrases:
            if phrase:
                self.starts.setdefault(phrase[0], []).append((phrase, place))
        return place


def extraction_of(pack: Pack) -> Extraction:
    """The pack's sources made ready; made once and kept with the pack."""
    ready: Extraction | None = pack.__dict__.get("extraction")
    if ready is None:
        ready = Extraction(pack)
        pack.__dict__["extraction"] = ready
    return ready
