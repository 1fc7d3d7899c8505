"""Position -> Plan: where the person stands, what to do, what to ask, the options, and why; with its evidence.

`contract.as_dict` writes it as the JSON that other programs read.
"""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.asking import Question, ask_next
from sapwood.definitions import Regimen, Topic
from sapwood.doses import DoseStep, dose_steps
from sapwood.duties import (
    AlertStanding,
    OptionStanding,
    TaskStanding,
    weigh_alerts,
    weigh_options,
    weigh_tasks,
)
from sapwood.facts import Facts
from sapwood.follow_up import FollowUpStanding, weigh_follow_up
from sapwood.pathway import Position
from sapwood.trials import TrialStanding, weigh_trials
from sapwood.verdicts import Verdicts


@dataclass(frozen=True)
class Plan:
    """Everything there is to say about one person at one time."""

    position: Position
    facts: Facts
    options: tuple[OptionStanding, ...]
    tasks: tuple[TaskStanding, ...]
    alerts: tuple[AlertStanding, ...]
    questions: tuple[Question, ...]
    follow_up: tuple[FollowUpStanding, ...] = ()
    trials: tuple[TrialStanding, ...] = ()

    @property
    def verdicts(self) -> Verdicts:
        """The verdict of every criterion."""
        return self.position.verdicts

    @property
    def deceased(self) -> bool:
        """Whether the person is known to have died."""
        return has_ended(self.facts)

    @property
    def adult_numbers(self) -> bool:
        """Whether numbers meant for adults may be shown: only for a person known to be an adult."""
        rule = self.facts.pack.about.adult_when_false
        return not rule or self.verdicts.truth(rule) is False

    def regimen(self, standing: OptionStanding) -> Regimen | None:
        """The regimen behind an option."""
        return self.facts.pack.regimens.get(standing.option.regimen)

    def schedule(self, standing: OptionStanding) -> tuple[str, ...]:
        """The schedule of an option as its source gives it; for adults only."""
        regimen = self.regimen(standing)
        lines = tuple(standing.option.schedule) or (tuple(regimen.schedule) if regimen else ())
        if lines and not self.adult_numbers:
            return (self.facts.pack.about.adult_only_text,)
        return lines

    def label_rules(self, standing: OptionStanding) -> Regimen | None:
        """The label's own tables for an option that is not ruled out; for adults only."""
        regimen = self.regimen(standing)
        if (
            regimen is None
            or not regimen.hold_table
            or not self.adult_numbers
            or standing.standing == "ruled_out"
        ):
            return None
        return regimen

    def hidden(self, criterion: str) -> bool:
        """Whether a criterion's numbers must not be shown to this person, because they are for adults."""
        return not self.adult_numbers and criterion in self.facts.pack.about.adult_numbers

    def dose(self, standing: OptionStanding) -> tuple[DoseStep, ...]:
        """The labelled dose worked out step by step, or the reason why it is not shown."""
        regimen = self.regimen(standing)
        if regimen is None or regimen.dose is None:
            return ()
        return dose_steps(regimen.dose, self.facts, adult=self.adult_numbers)

    def not_loaded(self, standing: OptionStanding) -> tuple[str, ...]:
        """What this pack does not know about an option, said openly."""
        regimen = self.regimen(standing)
        return tuple(regimen.not_loaded) if regimen else ()

    def monitoring(self, standing: OptionStanding) -> tuple[str, ...]:
        """What to watch while an option is given."""
        regimen = self.regimen(standing)
        more = (*regimen.before_each_dose, *regimen.monitoring) if regimen else ()
        return tuple(dict.fromkeys((*standing.option.monitoring, *more)))

    def held(self, standing: OptionStanding) -> tuple[AlertStanding, ...]:
        """The alerts that stop an option's next dose: those raised, and the holds that cannot be assessed yet."""
        return tuple(
            one
            for one in self.alerts
            if standing.option.id in one.alert.about
            and (
                one.alert.severity in ("hold", "stop")
                or (one.alert.severity == "urgent" and one.state == "raised")
            )
        )

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What is known side by side, of the step a person stands on and of the options that are open to them."""
        if self.deceased:
            return ()
        named = {topic for one in self.options for topic in one.option.knowledge}
        here = self.position.step
        return tuple(
            topic
            for topic in self.facts.pack.topics
            if topic.id in named or here in topic.steps or "all" in topic.steps
        )

    @property
    def points_somewhere(self) -> bool:
        """Whether a record without a sign holds what might become one: a true part of a first step still open."""
        facts = self.facts
        for step in self.position.unclear[:1]:
            for name in facts.pack.base_facts[f"step:{step.id}:opens"]:
                definition = facts.pack.facts[name]
                groups = facts.groups if definition.per == "specimen" else (None,)
                if definition.find and any(facts.fact(name, group).value is True for group in groups):
                    return True
        return False

    def cited(self) -> tuple[str, ...]:
        """The ids of every claim this plan rests on."""
        cited: dict[str, None] = {}
        for name in self.verdicts:
            if not self.hidden(name):
                cited.update(dict.fromkeys(self.facts.pack.criteria[name].evidence))
        for standing in self.options:
            cited.update(dict.fromkeys(standing.option.evidence))
            for point in (*standing.for_, *standing.against, *standing.open_):
                cited.update(dict.fromkeys(point.evidence))
            regimen = self.regimen(standing)
            if regimen and self.adult_numbers:
                cited.update(dict.fromkeys((*regimen.evidence, *regimen.efficacy)))
        for task in self.tasks:
            cited.update(dict.fromkeys(task.task.evidence))
        for alert in self.alerts:
            cited.update(dict.fromkeys(alert.alert.evidence))
        for track in self.position.tracks:
            cited.update(dict.fromkeys(track.evidence))
        for item in self.follow_up:
            cited.update(dict.fromkeys(item.item.evidence))
        for trial in self.trials:
            cited.update(dict.fromkeys(trial.trial.evidence))
            for point in (*trial.meets, *trial.fails, *trial.unknown):
                cited.update(dict.fromkeys(point.evidence))
        for topic in self.topics:
            cited.update(dict.fromkeys(topic.rows))
        return tuple(cited)

    def used(self) -> int:
        """How many resources of the record were read as facts or treatment."""
        for name, definition in self.facts.pack.facts.items():
            if definition.find:
                self.facts.found(name)
        used = set(self.facts.finder.used)
        used.update(id(event.resource) for event in self.facts.treatment.events if event.resource is not None)
        used.update([id(self.facts.record.patient)] if self.facts.record.patient is not None else [])
        return len(used)


def has_ended(facts: Facts) -> bool:
    """Whether the person has died: then nothing is offered or due any more."""
    rule = facts.pack.about.ended_when
    return bool(rule) and facts.values[rule] is True


def make_plan(position: Position, facts: Facts) -> Plan:
    """The plan that follows from a position and the facts behind it."""
    if has_ended(facts):
        return Plan(position, facts, (), (), (), ask_next(position, only_turning=True))
    return Plan(
        position,
        facts,
        weigh_options(position),
        weigh_tasks(position),
        weigh_alerts(position),
        ask_next(position),
        weigh_follow_up(position),
        weigh_trials(position),
    )
