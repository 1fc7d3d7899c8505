"""What to ask next: each unknown fact ranked by what its answer would change.

Decided by trying: each answer a fact could have is put in its place, and what follows is worked out anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sapwood.criteria.settle import candidate_answers
from sapwood.criteria.tree import bases_in
from sapwood.definitions import FactDefinition
from sapwood.facts import Facts, Group
from sapwood.follow_up import undated
from sapwood.pathway import Position, stands_on
from sapwood.truth import Truth, some
from sapwood.values import Value

_FIRST = 5


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

    __slots__ = ("answer", "fact", "facts", "group", "plain", "resting", "within")

    def __init__(
        self, facts: Facts, fact: str, answer: Value, group: Group | None, within: Group | None
    ) -> None:
        super().__init__()
        self.facts, self.fact, self.answer = facts, fact, answer
        self.group, self.within = group, within
        self.plain = facts.values if within is None else facts.values_in(within)
        self.resting = facts.pack.dependent_names.get(fact, frozenset())

    def __missing__(self, name: str) -> Value:
        if name in self.resting:
            value = self._work_out(name)
        elif name.startswith(self.fact) and name.partition(".")[0] == self.fact and self._answered():
            value = self.answer if name == self.fact else _attribute(name)
        else:
            value = self.plain[name]
        self[name] = value
        return value

    def _answered(self) -> bool:
        return self.group is None or self.group is self.within

    def _work_out(self, name: str) -> Value:
        facts = self.facts
        sentence = facts.pack.sentences[name]
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


def ask_next(
    position: Position, *, only_turning: bool = False, without: Collection[tuple[str, str]] = ()
) -> tuple[Question, ...]:
    """Unknown facts whose answer would change something now, the most telling first.

    Ranked by whether an answer moves the position, then by how many of the step's own criteria, and of all
    criteria and options, it changes, then by settling sets, then by pack order. While a criterion the pack turns
    on is unknown, one of the first five questions belongs to it; with `only_turning`, all of them do. Last come the
    days without which a follow-up has no date. What is asked already, as pairs of fact and specimen, is left out
    by `without`.
    """
    verdicts, facts = position.verdicts, position.verdicts.facts
    watched = dict(_watched(position))
    open_now = [name for name in watched if verdicts.truth(name) is None]
    key = [name for name in facts.pack.about.turns_on if verdicts.truth(name) is None]
    focus = {name for step in position.pathway.steps if step.id in position.here for name in step.focus}
    turning = [
        name for name in dict.fromkeys((*key, *focus)) if name in watched and verdicts.truth(name) is None
    ]
    settling = {name: set(verdicts[name].missing) for name in turning}
    order = {name: number for number, name in enumerate(facts.pack.facts)}
    steps = {f"step:{step.id}:{sort}" for step in position.pathway.steps for sort in ("opens", "closes")}
    ranked: list[tuple[tuple[int, ...], Question]] = []
    for fact, definition in facts.pack.facts.items():
        if definition.ask is None:
            continue
        dependents = [name for name in open_now if fact in facts.pack.base_facts[name]]
        asked_in = _unknown_in(facts, fact, definition, without) if dependents else _Known
        if asked_in is _Known:
            continue
        group = asked_in if isinstance(asked_in, Group) else None
        changed = _changed(facts, fact, definition, group, dependents)
        moves = bool(changed & steps) and _moves(position, fact, definition, group)
        alone = [watched[name] for name in dependents if name in changed and watched[name]]
        together = [name for name in turning if fact in settling[name]]
        names = tuple(dict.fromkeys((["position"] if moves else []) + (alone or together)))
        if not names:
            continue
        share = sum(fact in one for name in turning for one in verdicts[name].settle.true)
        rank = (-int(moves), -len(changed & focus), -share, -len(alone), -len(together), order[fact])
        label = _label(group) if group is not None else ""
        ranked.append((rank, Question(fact, definition.ask.text, definition.ask.of, names, label)))
    ranked.sort(key=lambda entry: entry[0])
    questions = _various([question for _, question in ranked], facts)
    if only_turning:
        return tuple(
            question for question in questions if any(question.fact in settling[name] for name in key)
        )
    for name in key:
        belonging = [question for question in questions if question.fact in settling[name]]
        if belonging and not any(question in belonging for question in questions[:_FIRST]):
            questions.remove(belonging[0])
            questions.insert(_FIRST - 1, belonging[0])
    asked = {question.fact for question in questions}
    days = [one for one in _days(position, without) if one.fact not in asked]
    return (*questions, *days)


def _days(position: Position, without: Collection[tuple[str, str]]) -> Iterator[Question]:
    """The days without which the follow-up that concerns the person has no date."""
    facts = position.verdicts.facts
    items: dict[str, list[str]] = {}
    for item, names in undated(position):
        for name in names:
            items.setdefault(name, []).append(item.id)
    for name, ids in items.items():
        definition = facts.pack.facts[name]
        if definition.ask is not None and _unknown_in(facts, name, definition, without) is None:
            yield Question(name, definition.ask.text, definition.ask.of, tuple(ids))


def _next_open(position: Position) -> tuple[str, ...]:
    """The steps that could open next: the first of those whose opening is not known."""
    return tuple(step.id for step in position.unclear[:1])


def _watched(position: Position) -> Iterator[tuple[str, str]]:
    """Sentences whose change would matter now, each with the id it is reported under.

    These are the steps, and what concerns the person where they stand: options, tasks, follow-up, alerts, and every
    criterion that those, the steps' own questions or the pack's turning points read.
    """
    facts, pathway = position.verdicts.facts, position.pathway
    now: dict[str, str] = {}
    for step in pathway.steps:
        now |= {f"step:{step.id}:opens": "", f"step:{step.id}:closes": ""}
    for option in pathway.options:
        if position.concerns(option.steps):
            now[f"option:{option.id}:offered"] = option.id
            for sort in ("requires", "rules_out"):
                for number in range(len(getattr(option, sort))):
                    now[f"option:{option.id}:{sort}:{number}"] = option.id
    far = {step.id for step in pathway.steps} - {*position.here, *_next_open(position)}
    read = [name for name in now if name.split(":")[1] not in far or not name.startswith("step:")]
    read += facts.pack.about.turns_on
    read += [name for step in pathway.steps if step.id in position.here for name in step.focus]
    for task in pathway.tasks:
        if position.concerns(task.steps):
            read += [f"task:{task.id}:applies", f"task:{task.id}:done"]
    for item in pathway.follow_up:
        if position.concerns(item.steps):
            read += [f"follow_up:{item.id}:applies", f"follow_up:{item.id}:done"]
    for alert in pathway.alerts:
        if position.verdicts.truth(f"alert:{alert.id}:applies") is True:
            read.append(f"alert:{alert.id}:when")
    criteria: dict[str, None] = {}
    while read:
        name = read.pop()
        if name in facts.pack.criteria:
            if name in criteria:
                continue
            criteria[name] = None
        sentence = facts.pack.sentences.get(name)
        read += bases_in(sentence.tree) if sentence is not None else []
    yield from ((name, name) for name in facts.pack.criteria if name in criteria)
    yield from now.items()


def _various(questions: list[Question], facts: Facts) -> list[Question]:
    """Other ways to learn the same thing about a person come after everything new; stains stay together."""
    told: set[tuple[str, ...]] = set()
    new: list[Question] = []
    again: list[Question] = []
    for question in questions:
        by_specimen = facts.pack.facts[question.fact].per == "specimen"
        (again if question.would_change in told and not by_specimen else new).append(question)
        told.add(question.would_change)
    return new + again


class _Known:
    """Stands for a fact that need not be asked: it is known, or does not apply."""


def _unknown_in(
    facts: Facts, name: str, definition: FactDefinition, without: Collection[tuple[str, str]]
) -> Group | type[_Known] | None:
    """The specimen in which a fact is unknown, or `None` for the person."""
    if definition.per == "person":
        fact = facts.fact(name)
        known = fact.known or fact.state == "not_applicable" or (name, "") in without
        return _Known if known else None
    return next(
        (
            group
            for group in facts.groups
            if (name, _label(group)) not in without and not facts.fact(name, group).known
        ),
        _Known,
    )


def _label(group: Group) -> str:
    return group.label if group.key else ""


def _answers(facts: Facts, name: str, definition: FactDefinition) -> Iterable[Value]:
    trees = facts.pack.comparisons.get(name, ()) if name in facts.pack.dependents else ()
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
