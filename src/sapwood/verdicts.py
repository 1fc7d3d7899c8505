"""Criteria + Facts -> Verdicts: each answer with the facts that decided it, or could decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sapwood.choosing import plain, unit_words
from sapwood.criteria.evaluate import Atom, deciding, phrase
from sapwood.criteria.settle import Settling, settling
from sapwood.criteria.tree import Named, Tree, bases_in
from sapwood.definitions import CriterionDefinition
from sapwood.facts import Fact, Facts, Group, Values
from sapwood.truth import WORDS, Truth
from sapwood.values import Value


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decided, or left open, a verdict: a fact or criterion, its value, and the words for it."""

    name: str
    is_criterion: bool
    value: str
    relation: str
    text: str
    rule_set: str = ""
    sources: tuple[str, ...] = ()
    specimen: str = ""


class Verdict:
    """The answer to one sentence about one person; its reasons are worked out when asked for."""

    def __init__(self, name: str, facts: Facts) -> None:
        self.name = name
        self.facts = facts
        self.sentence = facts.pack.sentences[name]
        self.values, value = _as_shown(name, facts)
        self.value: Truth = value if isinstance(value, bool) else None

    @property
    def word(self) -> str:
        """`true`, `false` or `unknown`."""
        return WORDS[self.value]

    @property
    def definition(self) -> CriterionDefinition | None:
        """The criterion's definition, where the sentence is one."""
        return self.facts.pack.criteria.get(self.name)

    @cached_property
    def groups(self) -> tuple[Group | None, ...]:
        """The specimens that decided it, or `None` alone for a sentence about the person."""
        if not self.sentence.per_specimen:
            return (None,)
        return tuple(
            group for group in self.facts.groups if self.facts.values_in(group)[self.name] is self.value
        )

    @cached_property
    def because(self) -> tuple[Reason, ...]:
        """What decided it; where unknown, what left it open."""
        reasons: dict[Reason, None] = {}
        for group in self.groups:
            values = self.facts.values_in(group) if group is not None else self.values
            for atom in deciding(self.sentence.tree, values):
                for reason in reasons_of(atom, self.facts, group, values):
                    reasons[reason] = None
        return tuple(reasons)

    @cached_property
    def settle(self) -> Settling:
        """The smallest sets of unknown facts that could settle it, each way."""
        if self.value is not None:
            return Settling((), (), False, False)
        best: Settling | None = None
        for group in self._seen_from:
            found = settle_in(self.facts, self.sentence.tree, group)
            if best is None or _size(found) < _size(best):
                best = found
        return best or Settling((), (), False, False)

    @property
    def _seen_from(self) -> tuple[Group | None, ...]:
        """The specimens in which to look for what is missing, or `None` alone where no specimen matters."""
        pack = self.facts.pack
        specimens = any(pack.facts[base].per == "specimen" for base in pack.base_facts[self.name])
        return self.facts.groups if specimens and not self.sentence.per_specimen else self.groups

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could settle it, each once."""
        return tuple(
            dict.fromkeys(
                fact for sets in (self.settle.true, self.settle.false) for one in sets for fact in one
            )
        )


def _as_shown(name: str, facts: Facts) -> tuple[Values, Value]:
    """A verdict as it may be shown, and the values behind it: the patient's own word opens no gate, clears no hold."""
    value = facts.values[name]
    role = facts.pack.roles.get(name)
    if role is not None and value is (role == "gate") and facts.trusted[name] is not value:
        return facts.trusted, None
    return facts.values, value


def _size(found: Settling) -> tuple[int, int]:
    sizes = [len(one) for one in (*found.true, *found.false)]
    return (min(sizes, default=99), sum(sizes))


class Verdicts(Mapping[str, Verdict]):
    """The verdicts of every criterion and of every sentence of the pathway, each worked out on first use."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._verdicts: dict[str, Verdict] = {}

    def __getitem__(self, name: str) -> Verdict:
        if name not in self._verdicts:
            self._verdicts[name] = Verdict(name, self.facts)
        return self._verdicts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.pack.criteria)

    def __len__(self) -> int:
        return len(self.facts.pack.criteria)

    def truth(self, name: str) -> Truth:
        """The answer alone."""
        value = self.facts.values[name]
        return value if isinstance(value, bool) else None


def evaluate_all(criteria: Mapping[str, CriterionDefinition], facts: Facts) -> Verdicts:
    """Every criterion's verdict on these facts."""
    verdicts = Verdicts(facts)
    for name in criteria:
        verdicts.truth(name)
    return verdicts


def wording(facts: Facts) -> Mapping[str, tuple[str, str]]:
    """For every name, the words and the unit that people read."""
    return _Wording(facts)


class _Wording(dict[str, tuple[str, str]]):
    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.pack = facts.pack

    def __missing__(self, name: str) -> tuple[str, str]:
        if name in self.pack.facts:
            fact = self.pack.facts[name]
            words = fact.title, unit_words(fact.unit)
        elif name in self.pack.criteria:
            criterion = self.pack.criteria[name]
            words = criterion.title or criterion.means, ""
        else:
            words = {"as_of": "today"}.get(name, name.replace("_", " ")), ""
        self[name] = words
        return words


def settle_in(facts: Facts, tree: Tree, group: Group | None) -> Settling:
    """The settling sets of a tree, as the person or one specimen sees it."""
    pack = facts.pack
    values = facts.values_in(group) if group is not None else facts.values

    def expand(name: str) -> Tree | None:
        sentence = pack.sentences.get(name)
        return sentence.tree if sentence is not None and not _answered(facts, name, group) else None

    def unknown(name: str) -> bool:
        if name == "as_of":
            return False
        fact = facts.fact(name, group)
        return not fact.known and fact.state != "not_applicable"

    def words(name: str) -> tuple[str, ...]:
        return tuple(str(word) for word in pack.facts[name].values) if name in pack.facts else ()

    return settling(tree, values, expand=expand, unknown=unknown, words=words)


def _answered(facts: Facts, name: str, group: Group | None) -> bool:
    return name in facts.pack.facts and facts.fact(name, group).known


def reasons_of(atom: Atom, facts: Facts, group: Group | None, values: Values) -> Iterator[Reason]:
    """The reasons behind one deciding part of a sentence."""
    tree = atom.tree
    words = wording(facts).__getitem__
    label = group.label if group is not None else ""
    if isinstance(tree, Named) and tree.name in facts.pack.criteria:
        criterion = facts.pack.criteria[tree.name]
        means = (
            criterion.means
            if atom.value is not False
            else criterion.false_means or f"not so: {criterion.means}"
        )
        text = f"{means}" if atom.value is not None else f"not known: {criterion.title or criterion.means}"
        yield Reason(tree.name, True, WORDS[atom.value], "is", text, criterion.rule_set, (), label)
        return
    relation = phrase(tree, words)
    for base in dict.fromkeys(name.split(".")[0] for name in atom.names or bases_in(tree)):
        if base == "as_of":
            continue
        if base not in facts.pack.facts:
            criterion = facts.pack.criteria[base]
            yield Reason(base, True, WORDS[facts.values[base]], relation, criterion.means, criterion.rule_set)  # type: ignore[index]
            continue
        fact = facts.fact(base, group)
        yield Reason(
            base,
            False,
            plain(fact.value) if fact.known else fact.state,
            relation,
            reason_text(fact, relation, atom.value),
            "",
            fact.sources,
            label if fact.definition.per == "specimen" else "",
        )


def reason_text(fact: Fact, relation: str, value: Truth) -> str:
    """One reason in words: what is on record, held against what the sentence asks."""
    where = f" ({fact.specimen})" if fact.specimen and fact.specimen != "no specimen named" else ""
    if value is None:
        return (
            f"{fact.text}{where}; asked for: {relation}"
            if isinstance(fact.value, Decimal)
            else f"{fact.text}{where}"
        )
    if fact.definition.type == "boolean":
        return f"{fact.text}{where}"
    holds = "" if value else "not "
    return f"{fact.text}{where}; {holds}{relation}"
