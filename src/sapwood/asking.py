"""What to ask next: each unknown fact ranked by what its answer would change.

Decided by trying: each answer a fact could have is put in its place, and what follows is worked out anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sapwood.criteria.settle import candidate_answers
from sapwood.definitions import FactDefinition
from sapwood.facts import Facts, Group
from sapwood.pathway import Position, stands_on
from sapwood.truth import Truth, some
from sapwood.values import Value
from sapwood.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth asking for, and what its answer could change: criteria, options, or the position itself."""

    fact: str
    ask: str
    of: str
    would_change: tuple[str, ...]
    specimen: str = ""


class _WhatIf(dict[str, Value]):
    """The values with one fact answered: what does not rest on it is read from the facts as they are."""

    __slots__ = ("answer", "fact", "facts", "group", "within")

    def __init__(
        self, facts: Facts, fact: str, answer: Value, group: Group | None, within: Group | None
    ) -> None:
        super().__init__()
        self.facts, self.fact, self.answer = facts, fact, answer
        self.group, self.within = group, within

    def __missing__(self, name: str) -> Value:
        value = self[name] = self._work_out(name)
        return value

    def _work_out(self, name: str) -> Value:
        facts, base = self.facts, name.split(".")[0]
        if base == self.fact and (self.group is None or self.group is self.within):
            return self.answer if name == base else _attribute(name)
        sentence = facts.pack.sentences.get(name)
        plain = facts.values if self.within is None else facts.values_in(self.within)
        if sentence is None or self.fact not in facts.pack.base_facts[name]:
            return plain[name]
        if sentence.per_specimen and self.within is None:
            return some(self._in(group)[name] for group in facts.groups)  # type: ignore[misc]
        if not sentence.per_specimen and self.within is not None:
            return _WhatIf(facts, self.fact, self.answer, self.group, None)[name]
        return facts.pack.compiled(name)(self)

    def _in(self, group: Group) -> _WhatIf:
        return _WhatIf(self.facts, self.fact, self.answer, self.group, group)


def _attribute(name: str) -> Value:
    """Reference limits come with an asked-for value; trying answers against a limit of one is enough."""
    return Decimal(1) if name.endswith(".high") else None


def ask_next(position: Position) -> tuple[Question, ...]:
    """Unknown facts whose answer would change something now, the most telling first."""
    verdicts, facts = position.verdicts, position.verdicts.facts
    watched = list(_watched(position))
    open_now = [name for name, _ in watched if verdicts.truth(name) is None]
    labels = dict(watched)
    focus = {name for step in position.pathway.steps if step.id in position.here for name in step.focus}
    needed = Counter(
        fact for name in focus | _now(position) if name in open_now for fact in verdicts[name].missing
    )
    order = {name: number for number, name in enumerate(facts.pack.facts)}
    steps = {f"step:{step.id}:{sort}" for step in position.pathway.steps for sort in ("opens", "closes")}
    ranked: list[tuple[tuple[int, ...], Question]] = []
    for fact, definition in facts.pack.facts.items():
        if definition.ask is None:
            continue
        dependents = [name for name in open_now if fact in facts.pack.base_facts[name]]
        if not dependents:
            continue
        group = _unknown_in(facts, fact, definition)
        if group is False:
            continue
        changed = _changed(facts, fact, definition, group, dependents)  # type: ignore[arg-type]
        moves = bool(changed & steps) and _moves(position, fact, definition, group)  # type: ignore[arg-type]
        names = tuple(
            dict.fromkeys(
                (["position"] if moves else [])
                + [labels[n] for n in dependents if n in changed and labels[n]]
            )
        )
        if not names:
            continue
        rank = (
            -int(moves),
            -len(changed & focus),
            -len(names),
            -needed[fact],
            order[fact],
        )
        label = group.label if isinstance(group, Group) and definition.per == "specimen" and group.key else ""
        ranked.append((rank, Question(fact, definition.ask.text, definition.ask.of, names, label)))
    ranked.sort(key=lambda entry: entry[0])
    return tuple(question for _, question in ranked)


def _now(position: Position) -> set[str]:
    return {f"step:{position.step}:closes"}


def _watched(position: Position) -> Iterator[tuple[str, str]]:
    """Sentences whose change would matter now, each with the id it is reported under."""
    facts = position.verdicts.facts
    for criterion in facts.pack.criteria:
        yield criterion, criterion
    for step in position.pathway.steps:
        yield f"step:{step.id}:opens", ""
        yield f"step:{step.id}:closes", ""
    for option in position.pathway.options:
        if position.concerns(option.steps):
            yield f"option:{option.id}:offered", option.id
            for sort in ("requires", "rules_out"):
                for number in range(len(getattr(option, sort))):
                    yield f"option:{option.id}:{sort}:{number}", option.id


def _unknown_in(facts: Facts, name: str, definition: FactDefinition) -> Group | bool | None:
    """The specimen in which a fact is unknown, `None` for the person, `False` where it is known or not applicable."""
    if definition.per == "person":
        fact = facts.fact(name)
        return False if fact.known or fact.state == "not_applicable" else None
    for group in facts.groups:
        if not facts.fact(name, group).known:
            return group
    return False


def _answers(facts: Facts, name: str, definition: FactDefinition) -> Iterable[Value]:
    trees = [facts.pack.sentences[dependent].tree for dependent in facts.pack.dependents.get(name, ())]
    words = tuple(str(word) for word in definition.values)
    return candidate_answers(definition.kind, words, trees, name, as_of=facts.as_of)


def _changed(
    facts: Facts, fact: str, definition: FactDefinition, group: Group | None, dependents: list[str]
) -> set[str]:
    changed: set[str] = set()
    for answer in _answers(facts, fact, definition):
        values = _WhatIf(facts, fact, answer, group, None)
        changed.update(name for name in dependents if name not in changed and values[name] is not None)
    return changed


def _moves(position: Position, fact: str, definition: FactDefinition, group: Group | None) -> bool:
    facts = position.verdicts.facts
    for answer in _answers(facts, fact, definition):
        values = _WhatIf(facts, fact, answer, group, None)

        def truth(name: str, values: _WhatIf = values) -> Truth:
            value = values[name]
            return value if isinstance(value, bool) else None

        if stands_on(position.pathway, truth) != position.step:
            return True
    return False


__all__ = ["Question", "Verdicts", "ask_next"]
