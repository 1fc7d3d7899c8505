"""Options, tasks and alerts of a pathway, weighed for one person.

An option's gates are read without the patient's own word, which may close a gate but never open one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sapwood.definitions import Alert, CriterionDefinition, Option, Point, Task
from sapwood.facts import Facts
from sapwood.pathway import Position
from sapwood.truth import Truth
from sapwood.verdicts import Reason, Verdict, Verdicts

SEVERITIES = ("urgent", "stop", "hold", "warn")
TASK_ORDER = ("due", "cannot_tell", "declined", "done", "not_applicable")
_PRESSING = ("now", "today", "within the hour")
STANDING_ORDER = ("recommended", "possible", "cannot_tell", "ruled_out")


@dataclass(frozen=True, slots=True)
class Weighed:
    """One point for or against an option, with what decided it."""

    text: str
    truth: Truth
    because: tuple[Reason, ...]
    evidence: tuple[str, ...]
    gate: bool = False
    patient: str = ""


@dataclass(frozen=True, slots=True)
class OptionStanding:
    """An option's standing, what speaks for and against it, and what would reopen it."""

    option: Option
    standing: str
    for_: tuple[Weighed, ...]
    against: tuple[Weighed, ...]
    open_: tuple[Weighed, ...]
    reversible_by: tuple[str, ...]
    missing: tuple[str, ...]
    patient_reversible_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """A task's status and why."""

    task: Task
    status: str
    because: tuple[Reason, ...]

    @property
    def pressing(self) -> bool:
        """Whether it is due at once: its `due` begins with now, today or within the hour."""
        return self.status == "due" and self.task.due.startswith(_PRESSING)


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """An alert that is raised, or that cannot be assessed."""

    alert: Alert
    state: str
    message: str
    because: tuple[Reason, ...]
    missing: tuple[str, ...]


def closing(facts: Facts, name: str) -> Truth:
    """A verdict that closes an option: anyone's word may make it true, only a clinical source makes it false."""
    full = facts.values[name]
    if full is True:
        return True
    trusted = facts.trusted[name]
    return False if trusted is False else None


def weigh_options(position: Position) -> tuple[OptionStanding, ...]:
    """The options that concern this person now, best standing first, else in pack order."""
    weighed = [
        standing
        for option in position.pathway.options
        if position.concerns(option.steps) and (standing := weigh(option, position.verdicts)) is not None
    ]
    return tuple(sorted(weighed, key=lambda one: STANDING_ORDER.index(one.standing)))


def weigh(option: Option, verdicts: Verdicts) -> OptionStanding | None:
    """One option for this person; `None` where it is not offered to people like them."""
    facts = verdicts.facts
    offered = verdicts.truth(f"option:{option.id}:offered")
    if offered is False:
        return None
    requires = [
        _gate(option, "requires", number, point, verdicts) for number, point in enumerate(option.requires)
    ]
    rules_out = [
        _gate(option, "rules_out", number, point, verdicts) for number, point in enumerate(option.rules_out)
    ]
    failing = [point for point in requires if point.truth is False] + [
        p for p in rules_out if p.truth is True
    ]
    unknown = [point for point in (*requires, *rules_out) if point.truth is None]
    if failing:
        standing = "ruled_out"
    elif unknown or offered is None:
        standing = "cannot_tell"
    else:
        standing = "recommended" if facts.pack.reviewed else "possible"
    speaking = {sort: _points(option, sort, verdicts) for sort in ("for_", "against")}
    missing: dict[str, None] = {}
    for sort in ("requires", "rules_out"):
        for number in range(len(getattr(option, sort))):
            missing.update(dict.fromkeys(verdicts[f"option:{option.id}:{sort}:{number}"].missing))
    reversible = _reversible(failing, facts)
    return OptionStanding(
        option,
        standing,
        tuple(point for point in requires if point.truth is True)
        + tuple(point for point in speaking["for_"] if point.truth is True),
        tuple(failing) + tuple(point for point in speaking["against"] if point.truth is True),
        tuple(unknown) + tuple(point for sort in speaking.values() for point in sort if point.truth is None),
        tuple(one.reversible for one in reversible),
        tuple(missing),
        tuple(dict.fromkeys(one.patient.change for one in reversible if one.patient.change)),
    )


def _gate(option: Option, sort: str, number: int, point: Point, verdicts: Verdicts) -> Weighed:
    name = f"option:{option.id}:{sort}:{number}"
    truth: Truth
    if sort == "requires":
        opened = verdicts.facts.gate(name)
        truth = opened if isinstance(opened, bool) else None
    else:
        truth = closing(verdicts.facts, name)
    return Weighed(
        point.text, truth, verdicts[name].because, tuple(point.evidence), gate=True, patient=point.patient
    )


def _points(option: Option, sort: str, verdicts: Verdicts) -> list[Weighed]:
    points: Sequence[Point] = getattr(option, sort)
    found = []
    for number, point in enumerate(points):
        verdict: Verdict = verdicts[f"option:{option.id}:{sort}:{number}"]
        found.append(
            Weighed(point.text, verdict.value, verdict.because, tuple(point.evidence), patient=point.patient)
        )
    return found


def _reversible(failing: Sequence[Weighed], facts: Facts) -> tuple[CriterionDefinition, ...]:
    """What would reopen an option: the failing criteria of which the pack says how they can change."""
    found: dict[str, CriterionDefinition] = {}

    def gather(names: Sequence[str], depth: int) -> None:
        for name in names:
            criterion = facts.pack.criteria.get(name)
            if criterion is None:
                continue
            if criterion.reversible:
                found.setdefault(criterion.reversible, criterion)
            elif depth < 4:
                verdict = Verdict(name, facts)
                gather([reason.name for reason in verdict.because if reason.is_criterion], depth + 1)

    for point in failing:
        gather([reason.name for reason in point.because], 0)
    return tuple(found.values())


def weigh_tasks(position: Position) -> tuple[TaskStanding, ...]:
    """The tasks that concern this person now, those due first, and of these what is due at once."""
    found = [
        _task(task, position.verdicts) for task in position.pathway.tasks if position.concerns(task.steps)
    ]
    return tuple(sorted(found, key=lambda one: (TASK_ORDER.index(one.status), not one.pressing)))


def _task(task: Task, verdicts: Verdicts) -> TaskStanding:
    applies = verdicts[f"task:{task.id}:applies"]
    done = verdicts[f"task:{task.id}:done"]
    declined = verdicts[f"task:{task.id}:declined"]
    if applies.value is False:
        return TaskStanding(task, "not_applicable", applies.because)
    if done.value is True:
        return TaskStanding(task, "done", done.because)
    if declined.value is True:
        return TaskStanding(task, "declined", declined.because)
    if applies.value is None:
        return TaskStanding(task, "cannot_tell", applies.because)
    return TaskStanding(task, "due", applies.because or done.because)


def weigh_alerts(position: Position) -> tuple[AlertStanding, ...]:
    """Alerts that are raised, then those that cannot be assessed; the most severe first."""
    found = [
        standing
        for alert in position.pathway.alerts
        if (standing := _alert(alert, position.verdicts)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.alert.severity), one.state != "raised")))


def _alert(alert: Alert, verdicts: Verdicts) -> AlertStanding | None:
    applies = verdicts.truth(f"alert:{alert.id}:applies")
    when = verdicts[f"alert:{alert.id}:when"]
    truth = closing(verdicts.facts, f"alert:{alert.id}:when")
    if applies is False or truth is False:
        return None
    if truth is True:
        return AlertStanding(alert, "raised", alert.message, when.because, ())
    holds = alert.severity in ("hold", "stop")
    if (applies is True or holds) and alert.speaks_when_unknown:
        message = alert.unknown_message or f"Cannot be assessed: {alert.title}. Check before going on."
        return AlertStanding(alert, "cannot_tell", message, when.because, when.missing)
    return None
