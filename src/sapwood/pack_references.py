"""Every mention in a pack of something that must exist: evidence, facts, criteria, steps, options, regimens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sapwood.definitions import (
    Alert,
    CriterionDefinition,
    EvidenceDefinition,
    FactDefinition,
    FollowUp,
    HoldRow,
    KnowledgeDefinition,
    Option,
    PackDefinition,
    PathwayDefinition,
    Regimen,
    Seam,
    SignRow,
    Step,
    Task,
    Track,
    TrialsDefinition,
)

Where = Callable[[str, str], str]
Mention = tuple[str, str, str]
"""What sort of thing is mentioned, its id, and where."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the files of a pack hold, before its sentences are read."""

    about: PackDefinition
    facts: Mapping[str, FactDefinition]
    criteria: Mapping[str, CriterionDefinition]
    pathway: PathwayDefinition
    evidence: EvidenceDefinition
    regimens: Mapping[str, Regimen]
    knowledge: KnowledgeDefinition
    trials: TrialsDefinition

    def known(self) -> dict[str, set[str]]:
        """The ids that exist, by sort."""
        return {
            "evidence": set(self.evidence.claims),
            "source": set(self.evidence.sources),
            "criterion": set(self.criteria),
            "fact": set(self.facts) | {"as_of"},
            "step": {step.id for step in self.pathway.steps},
            "alert": {alert.id for alert in self.pathway.alerts},
            "option": {option.id for option in self.pathway.options},
            "regimen": set(self.regimens),
            "code system": set(self.about.codesystems),
            "topic": {topic.id for topic in self.knowledge.topics},
        }


def mentions(content: Content, where: Where) -> Iterator[Mention]:
    """Every mention, in the order of the files."""
    yield from _in_facts(content.facts, where)
    for name, criterion in content.criteria.items():
        yield from (("evidence", claim, where("criteria.yaml", name)) for claim in criterion.evidence)
    yield from _in_pathway(content.pathway, where)
    yield from _in_regimens(content.regimens, where)
    yield from _in_about(content.about, where)
    yield from _in_knowledge_and_trials(content, where)
    for name, claim in content.evidence.claims.items():
        yield "source", claim.source, where("evidence.yaml", name)


def _in_facts(facts: Mapping[str, FactDefinition], where: Where) -> Iterator[Mention]:
    for name, fact in facts.items():
        place = where("facts.yaml", name)
        yield from (("evidence", claim, place) for claim in fact.evidence)
        for other in (fact.before, fact.after, fact.on_day, fact.day_before):
            if other:
                yield "fact", other, place
        if fact.closed_world:
            yield "fact", fact.closed_world.covered_by, place
        sites = [source.at for source in fact.find]
        components = [source.component for source in fact.find]
        for match in (*fact.find, *fact.values.values(), *sites, *components):
            if match is not None:
                yield from (("code system", system, place) for system in match.codes)


def _in_pathway(pathway: PathwayDefinition, where: Where) -> Iterator[Mention]:
    items: tuple[Step | Track | Task | Option | Alert | FollowUp, ...] = (
        *pathway.steps,
        *pathway.tracks,
        *pathway.tasks,
        *pathway.options,
        *pathway.alerts,
        *pathway.follow_up,
    )
    for item in items:
        place = where("pathway.yaml", item.id)
        yield from (("evidence", claim, place) for claim in item.evidence)
        if isinstance(item, Step):
            yield from (("criterion", criterion, place) for criterion in item.focus)
        if isinstance(item, Track) and item.patient_from:
            yield "step", item.patient_from, place
        if isinstance(item, Task | Option | FollowUp):
            yield from (("step", step, place) for step in item.steps if step != "all")
        if isinstance(item, FollowUp):
            yield from (("fact", name.partition(".")[0], place) for name in (item.since, item.last) if name)
        if isinstance(item, Alert):
            yield from (("option", option, place) for option in item.about)
        if isinstance(item, Option):
            yield from (("option", option, place) for option in (*item.exclusive, *item.instead_of))
            yield from (("topic", topic, place) for topic in item.knowledge)
            if item.regimen:
                yield "regimen", item.regimen, place
            for point in (*item.requires, *item.rules_out, *item.for_, *item.against):
                yield from (("evidence", claim, place) for claim in point.evidence)


def _in_regimens(regimens: Mapping[str, Regimen], where: Where) -> Iterator[Mention]:
    for name, regimen in regimens.items():
        place = where(f"regimens/{name}.yaml", "")
        yield from (("evidence", claim, place) for claim in (*regimen.evidence, *regimen.efficacy))
        rows: tuple[HoldRow | SignRow | Seam, ...] = (
            *regimen.hold_table,
            *regimen.cls_table,
            *regimen.seams,
        )
        yield from (("evidence", claim, place) for row in rows for claim in row.evidence)
        yield from (("criterion", criterion, place) for criterion in regimen.gates)
        yield from (("alert", alert, place) for alert in regimen.holds)
        for drug in regimen.drugs:
            yield from (("code system", system, place) for system in drug.codes)


def _in_about(about: PackDefinition, where: Where) -> Iterator[Mention]:
    board, place = about.board, where("pack.yaml", "board")
    yield from (("criterion", said.when, place) for said in (*board.diagnosis, *board.wishes))
    yield from (("criterion", name, place) for name in board.fitness)
    yield from (("fact", name, place) for name in board.facts)
    yield from (("fact", name, place) for name in board.clear)
    yield from (("criterion", name, place) for name in board.clear.values())
    yield from (("criterion", name, where("pack.yaml", "turns_on")) for name in about.turns_on)
    yield from (("criterion", name, where("pack.yaml", "adult_numbers")) for name in about.adult_numbers)
    if about.ended_when:
        yield "fact", about.ended_when, where("pack.yaml", "ended_when")
    if about.adult_when_false:
        yield "criterion", about.adult_when_false, where("pack.yaml", "adult_when_false")


def _in_knowledge_and_trials(content: Content, where: Where) -> Iterator[Mention]:
    for topic in content.knowledge.topics:
        place = where("knowledge.yaml", topic.id)
        yield from (("evidence", claim, place) for claim in topic.rows)
        yield from (("step", step, place) for step in topic.steps if step != "all")
    for trial in content.trials.trials:
        place = where("trials.yaml", trial.nct)
        yield from (("evidence", claim, place) for claim in trial.evidence)
        yield from (("step", step, place) for step in trial.steps if step != "all")
        for point in (*trial.meets, *trial.excludes):
            yield from (("evidence", claim, place) for claim in point.evidence)
