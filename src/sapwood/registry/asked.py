"""A sentence that somebody asks of a registry: the same small language over facts and criteria, the same errors."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.criteria.language import parse
from sapwood.criteria.tree import Name, Named, bases_in, walk
from sapwood.errors import Problem, SentenceError
from sapwood.pack import Pack, Sentence

from .opened import Registry
from .stages import PLAIN, TRUSTED, Stages
from .wide import wide_of

ASKED = "asked:0"
"""The name of the sentence among the pack's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of how many people a sentence is true, false or unknown, and who they are."""

    people: dict[bool | None, tuple[str, ...]]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        words = {True: "true", False: "false", None: "unknown"}
        return {words[answer]: len(ids) for answer, ids in self.people.items()}


def sentence_of(text: str, pack: Pack) -> Sentence:
    """A sentence over the facts and criteria of a pack; SentenceError names every problem."""
    where = "the sentence"
    tree = parse(text, _names(pack), where=where)
    kept = wide_of(pack)
    problems = []
    for node in (node for node in walk(tree) if isinstance(node, Named)):
        fact = pack.facts.get(node.name)
        if fact is not None and fact.per == "specimen":
            what = f"`{node.name}` is found per specimen, but this sentence speaks of a person"
            remedy = (
                "Ask a criterion that is read within one specimen, such as those with `for_each: specimen`."
            )
            problems.append(Problem(where, what, remedy))
        elif fact is not None and node.key not in kept.person:
            what = f"`{node.key}` is not kept in a registry"
            problems.append(Problem(where, what, "Ask a fact or a limit that a sentence of the pack reads."))
    if problems:
        raise SentenceError(*dict.fromkeys(problems))
    return Sentence(ASKED, text, tree, "boolean")


def ask(registry: Registry, text: str) -> Asked:
    """Of whom a sentence is true, false and unknown; what rests on a gate or hold is unknown where only a patient's
    own word decides it.
    """
    sentence = sentence_of(text, registry.pack)
    said = _said(registry, sentence, PLAIN)
    if registry.own_word and _guarded(registry.pack, sentence):
        trusted = _said(registry, sentence, TRUSTED)
        said |= {person: None for person, answer in trusted.items() if said[person] is not answer}
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for person, answer in said.items():
        found[answer].append(person)
    return Asked({answer: tuple(ids) for answer, ids in found.items()})


def _said(registry: Registry, sentence: Sentence, world: str) -> dict[str, bool | None]:
    stages = Stages(registry.pack, more={ASKED: sentence})
    last = stages.verdicts([ASKED], world)
    query = stages.query(f"SELECT person, {stages.column(ASKED)} FROM {last} ORDER BY person")  # nosec B608: names of the pack
    return dict(registry.rows(query))


def _guarded(pack: Pack, sentence: Sentence) -> bool:
    """Whether a sentence rests on a gate or a hold, which the patient's own word neither opens nor clears."""
    waiting, seen = list(bases_in(sentence.tree)), set()
    while waiting:
        name = waiting.pop()
        if name in pack.roles:
            return True
        if name in pack.criteria and name not in seen:
            seen.add(name)
            waiting += bases_in(pack.sentences[name].tree)
    return False


def _names(pack: Pack) -> dict[str, Name]:
    """What a sentence may do with each name of a pack, as when the pack itself is read."""
    names = {"as_of": Name("moment")}
    for name, fact in pack.facts.items():
        words = tuple(str(word) for word in fact.values) if fact.type == "code" else ()
        attributes = frozenset({"high", "low"}) if fact.type == "quantity" else frozenset()
        names[name] = Name(fact.kind, words, fact.per == "specimen", attributes)
    for name, criterion in pack.criteria.items():
        names[name] = Name("boolean", (), criterion.for_each == "specimen", frozenset(), has_when=False)
    return names
