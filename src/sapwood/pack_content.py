"""A pack ready to be asked: what a haematologist reviews, with every sentence parsed and every name checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.tree import Compare, In, Tree, names_in, walk
from sapwood.definitions import (
    Claim,
    CriterionDefinition,
    EvidenceSource,
    FactDefinition,
    PackDefinition,
    PathwayDefinition,
    Regimen,
    Review,
    Topic,
    Trial,
)
from sapwood.values import Value

HOLDING = ("label", "safety")
"""The rule sets whose criteria keep a dose back; definitions and designs only say what is."""
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A parsed sentence of a pack: its name, its tree, and whether it is read per specimen."""

    name: str
    text: str
    tree: Tree
    kind: str
    per_specimen: bool = False


@dataclass(frozen=True)
class Pack:
    """What a haematologist reviews, ready to be asked: facts, criteria, pathway, regimens, evidence."""

    about: PackDefinition
    facts: Mapping[str, FactDefinition]
    criteria: Mapping[str, CriterionDefinition]
    pathway: PathwayDefinition
    regimens: Mapping[str, Regimen]
    sources: Mapping[str, EvidenceSource]
    claims: Mapping[str, Claim]
    sentences: Mapping[str, Sentence]
    hash: str
    invariants: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    trials: tuple[Trial, ...] = ()
    reviews: tuple[Review, ...] = ()
    _compiled: dict[str, Callable[[Mapping[str, Value]], Value]] = field(default_factory=dict, repr=False)

    @property
    def reviewed(self) -> bool:
        """Whether a clinician signed exactly this content; until then, and after any edit, nothing is recommended."""
        return any(review.content == self.hash for review in self.reviews)

    def compiled(self, name: str) -> Callable[[Mapping[str, Value]], Value]:
        """The sentence of that name as a function of the values."""
        function = self._compiled.get(name)
        if function is None:
            function = self._compiled[name] = compile_tree(self.sentences[name].tree)
        return function

    @cached_property
    def base_facts(self) -> Mapping[str, tuple[str, ...]]:
        """For each sentence, the facts it rests on in the end, in reading order."""
        found: dict[str, tuple[str, ...]] = {}

        def collect(name: str) -> tuple[str, ...]:
            if name in found:
                return found[name]
            bases: dict[str, None] = {}
            for used in names_in(self.sentences[name].tree):
                base = used.split(".")[0]
                if base in self.sentences:
                    bases.update(dict.fromkeys(collect(base)))
                elif base in self.facts:
                    bases[base] = None
            found[name] = tuple(bases)
            return found[name]

        for name in self.sentences:
            collect(name)
        return found

    @cached_property
    def dependents(self) -> Mapping[str, tuple[str, ...]]:
        """For each fact, the sentences that rest on it."""
        dependents: dict[str, list[str]] = {}
        for name, bases in self.base_facts.items():
            for base in bases:
                dependents.setdefault(base, []).append(name)
        return {base: tuple(names) for base, names in dependents.items()}

    @cached_property
    def dependent_names(self) -> Mapping[str, frozenset[str]]:
        """The same, as sets."""
        return {base: frozenset(names) for base, names in self.dependents.items()}

    @cached_property
    def comparisons(self) -> Mapping[str, tuple[Tree, ...]]:
        """For each name as written (`alt`, `alt.high`), the comparisons of all sentences that read it."""
        found: dict[str, list[Tree]] = {}
        for sentence in self.sentences.values():
            for node in walk(sentence.tree):
                if isinstance(node, Compare | In):
                    for name in names_in(node):
                        found.setdefault(name, []).append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """The criteria that open a drug (`gate`) or keep a dose back (`hold`), by what the pathway does with them."""
        gates = {gate for regimen in self.regimens.values() for gate in regimen.gates}
        gates |= {
            point.when
            for option in self.pathway.options
            for point in option.requires
            if point.when in self.criteria
        }
        holds: set[str] = set()
        for alert in self.pathway.alerts:
            if alert.severity in ("hold", "stop"):
                holds |= {
                    name
                    for name in names_in(self.sentences[f"alert:{alert.id}:when"].tree)
                    if name in self.criteria
                }
        holds |= {
            name
            for name in self.criteria
            if holds & set(names_in(self.sentences[name].tree)) and name not in gates
        }
        holds = {name for name in holds if self.criteria[name].rule_set in HOLDING}
        return {**dict.fromkeys(holds, "hold"), **dict.fromkeys(gates, "gate")}

    def __getstate__(self) -> dict[str, Any]:
        """What is kept when a pack is cached: the content, not the functions made from it."""
        state = dict(self.__dict__)
        state["_compiled"] = {}
        for lazy in (
            "base_facts",
            "dependents",
            "dependent_names",
            "comparisons",
            "roles",
            "extraction",
            "shortcuts",
            "ways",
            "plain_facts",
        ):
            state.pop(lazy, None)
        return state
