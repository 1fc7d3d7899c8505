"""Plan -> the same plan in words for patients and care partners, as data that every format writes alike.

The words are the pack's (its keys `patient`); what is ours is the frame around them. A line without such words is left
out and counted, never shown in a clinician's words. What somebody declined gets no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sapwood.asking import Question
from sapwood.definitions import Step
from sapwood.duties import AlertStanding, TaskStanding, Weighed
from sapwood.pathway import NO_SIGNAL, TrackStanding, is_open
from sapwood.plain_sentences import (
    Choice,
    Said,
    alert_words,
    alike,
    day_words,
    fact_words,
    follow_up_words,
    option_words,
    question_words,
    task_words,
    track_words,
    trial_words,
)
from sapwood.plan import Plan

__all__ = [
    "Choice",
    "PlainPlan",
    "Said",
    "alert_words",
    "alike",
    "day_words",
    "fact_words",
    "follow_up_words",
    "option_words",
    "plain_plan",
    "question_words",
    "task_words",
    "track_words",
    "trial_words",
]
_Line = TypeVar("_Line")
_SOURCES = 4
_WHY = 2
_MANY = 8


@dataclass(frozen=True, slots=True)
class PlainPlan:
    """A plan in a patient's words, in the order they are needed; `left_out` counts the lines that have none."""

    opening: tuple[str, ...]
    now: tuple[Said, ...]
    before_doses: tuple[str, ...]
    here: Said
    why: tuple[str, ...]
    still_open: tuple[str, ...]
    next: str
    beside: tuple[Said, ...]
    due: tuple[Said, ...]
    due_by: tuple[tuple[str, tuple[Said, ...]], ...]
    from_before: tuple[str, ...]
    perhaps: tuple[str, ...]
    done: tuple[str, ...]
    declined: str
    choices: tuple[Choice, ...]
    ask: tuple[str, ...]
    for_team: tuple[str, ...]
    follow_up: tuple[Said, ...]
    trials: tuple[Said, ...]
    trials_note: str
    know: tuple[Said, ...]
    call: str
    notice: str
    unread: str
    sources: tuple[str, ...]
    more_sources: int
    left_out: int
    ended: bool = False

    @property
    def many_due(self) -> bool:
        """Whether so much is due that it is told by who does it."""
        return len(self.due) > _MANY


class _Kept:
    """Collects the lines that have words, and counts those that have none."""

    def __init__(self) -> None:
        self.left_out = 0

    def all(self, lines: Iterable[_Line | None]) -> tuple[_Line, ...]:
        kept = []
        for line in lines:
            if line is None or line == "":
                self.left_out += 1
            else:
                kept.append(line)
        return tuple(kept)

    def points(self, points: Iterable[Weighed]) -> None:
        self.left_out += sum(not point.patient for point in points)


def plain_plan(plan: Plan) -> PlainPlan:
    """The whole plan in the person's words."""
    kept, about = _Kept(), plan.facts.pack.about
    silent = plan.position.step == NO_SIGNAL and not plan.points_somewhere
    alerts = [alert for alert in plan.alerts if not silent]
    tasks = {status: [one for one in plan.tasks if one.status == status] for status in _TASKS}
    due = [one for one in tasks["due"] if _of_now(plan, one)]
    asked = () if silent or plan.deceased else plan.questions
    follow_up = [one for one in plan.follow_up if one.status not in ("declined", "done")]
    statuses = [one.status for one in plan.tasks] + [one.status for one in plan.follow_up]
    refused = "declined" in (*statuses, *(one.status for one in plan.position.tracks))
    sources = () if silent or plan.deceased else _sources(plan)
    return PlainPlan(
        opening=_opening(plan, kept),
        now=kept.all(alert_words(one) for one in alerts if _acute(one) and one.state == "raised"),
        before_doses=tuple(
            dict.fromkeys(
                one.text
                for one in kept.all(alert_words(a) for a in alerts if _holds(a) and a.state != "raised")
            )
        ),
        here=_here(plan, kept),
        why=_why(plan, kept),
        still_open=() if plan.deceased else kept.all(gap.patient.title for gap in plan.position.gaps),
        next=_next(plan, kept),
        beside=kept.all(track_words(one) for one in _tracks(plan)),
        due=kept.all(task_words(one) for one in due),
        due_by=_by_whom(plan, due),
        from_before=_titles(kept, [one for one in tasks["due"] if not _of_now(plan, one)]),
        perhaps=() if silent else _titles(kept, tasks["cannot_tell"]),
        done=_titles(kept, tasks["done"]),
        declined=_DECLINED if refused else "",
        choices=_choices(plan, kept),
        ask=tuple(dict.fromkeys(words for one in asked if (words := question_words(plan, one)))),
        for_team=_for_team(plan, asked, kept),
        follow_up=kept.all(follow_up_words(plan, one) for one in follow_up),
        trials=kept.all(trial_words(plan, one) for one in plan.trials if one.recruiting),
        trials_note=about.trials_patient if _looks_for_trials(plan) else "",
        know=kept.all(
            alert_words(one)
            for one in alerts
            if not (_acute(one) and one.state == "raised") and not _holds(one)
        ),
        call="" if plan.deceased else about.call_patient,
        notice=about.patient_notice,
        unread=_unread(plan),
        sources=sources[:_SOURCES],
        more_sources=max(0, len(sources) - _SOURCES),
        left_out=kept.left_out,
        ended=plan.deceased,
    )


_TASKS = ("due", "cannot_tell", "done")
_AT_ONCE = "First"
_DECLINED = (
    "Some things are left out because of what you have said you want. "
    "That is your choice, and you can change your mind at any time."
)


def _tracks(plan: Plan) -> list[TrackStanding]:
    """The tracks a patient reads of: none that was declined, and none long before it matters to them."""
    if plan.deceased:
        return []
    order = [step.id for step in plan.position.pathway.steps]
    place = order.index(plan.position.step) if _step(plan) is not None else -1
    late = {track.id: track.patient_from for track in plan.position.pathway.tracks}
    return [
        one
        for one in plan.position.tracks
        if one.status != "declined"
        and (one.text or one.patient)
        and (not late[one.id] or place >= order.index(late[one.id]))
    ]


def _of_now(plan: Plan, standing: TaskStanding) -> bool:
    """Whether a task belongs to the step the person stands on, and not only to one left open behind."""
    steps = standing.task.steps
    return not steps or "all" in steps or plan.position.step in steps


def _by_whom(plan: Plan, due: Sequence[TaskStanding]) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """What is due: at once, then what has no words for who does it, then under the pack's words for that."""
    found: dict[str, list[Said]] = {_AT_ONCE: [], "": []}
    for one in due:
        if (words := task_words(one)) is not None:
            who = _AT_ONCE if one.pressing else plan.facts.pack.about.people.get(one.task.who, "")
            found.setdefault(who, []).append(words)
    return tuple((who, tuple(said)) for who, said in found.items() if said)


def _titles(kept: _Kept, tasks: Iterable[TaskStanding]) -> tuple[str, ...]:
    """The titles of tasks as parts of one sentence, each once."""
    return tuple(dict.fromkeys(_small(title) for title in kept.all(one.task.patient.title for one in tasks)))


def _small(title: str) -> str:
    """A title with a small first letter, but for a name in capitals."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def _acute(standing: AlertStanding) -> bool:
    return standing.alert.severity in ("urgent", "stop", "hold")


def _holds(standing: AlertStanding) -> bool:
    """Whether it is a check before a dose that could not be made."""
    return standing.alert.severity in ("hold", "stop") and standing.state != "raised"


def _step(plan: Plan) -> Step | None:
    """The step the person stands on, where one is open."""
    truth = plan.verdicts.truth
    here = plan.position.step
    if here == NO_SIGNAL or not is_open(here, truth):
        return None
    return next(step for step in plan.position.pathway.steps if step.id == here)


def _opening(plan: Plan, kept: _Kept) -> tuple[str, ...]:
    about, day = plan.facts.pack.about, day_words(plan.facts.as_of.first_day)
    said = [
        f"This page tells you what the record says as of {day}. It is here to help you talk with your team."
    ]
    child = bool(about.adult_when_false) and plan.verdicts.truth(about.adult_when_false) is True
    if plan.deceased:
        return ()
    if child:
        said.append('Where it says "you", it means the child.')
        said += kept.all([about.adult_only_patient])
    return tuple(said)


def _here(plan: Plan, kept: _Kept) -> Said:
    about, step = plan.facts.pack.about, _step(plan)
    if plan.deceased:
        return Said("", "".join(kept.all([about.ended_patient])))
    if plan.position.step == NO_SIGNAL:
        return Said("", "".join(kept.all([about.no_signal_patient])))
    if step is None:
        return Said("", "".join(kept.all([about.closed_patient])))
    words = kept.all([Said(step.patient.title, step.patient.text) if step.patient.text else None])
    return words[0] if words else Said("", "")


def _why(plan: Plan, kept: _Kept) -> tuple[str, ...]:
    """What put the person there, where it is a criterion that is true."""
    if plan.position.step == NO_SIGNAL or plan.deceased:
        return ()
    criteria = plan.facts.pack.criteria
    names = [one.name for one in plan.position.because if one.is_criterion and one.value == "true"]
    return kept.all(criteria[name].patient.text for name in dict.fromkeys(names[:_WHY]))


def _next(plan: Plan, kept: _Kept) -> str:
    step = _step(plan)
    return "".join(kept.all([step.patient.change])) if step is not None and not plan.deceased else ""


def _choices(plan: Plan, kept: _Kept) -> tuple[Choice, ...]:
    """The options; one of which it is not known whether it is for people like them is nothing to read yet."""
    choices = []
    truth = plan.verdicts.truth
    for standing in (one for one in plan.options if truth(f"option:{one.option.id}:offered") is not None):
        choices.append(option_words(plan, standing))
        if choices[-1] is not None:
            gates = [point for point in standing.against if point.gate]
            kept.points((*gates, *(point for point in (*standing.for_, *standing.against) if not point.gate)))
            kept.left_out += bool(standing.reversible_by) and not standing.patient_reversible_by
    return kept.all(choices)


def _for_team(plan: Plan, asked: Sequence[Question], kept: _Kept) -> tuple[str, ...]:
    """What only the team can answer, by the patient's names of it."""
    facts = plan.facts.pack.facts
    names = [one.fact for one in asked if not question_words(plan, one)]
    return tuple(dict.fromkeys(kept.all(facts[name].patient for name in names)))


def _looks_for_trials(plan: Plan) -> bool:
    """Whether where to look for studies is worth a word: not to somebody who does not want one."""
    asked = [one.standing for one in plan.options if one.option.kind == "trial"]
    return (bool(plan.trials) or bool(asked)) and (not asked or any(one != "ruled_out" for one in asked))


def _unread(plan: Plan) -> str:
    count = len(plan.facts.problems)
    if not count:
        return ""
    entries = "1 entry" if count == 1 else f"{count} entries"
    return f"{entries} of the record could not be used. Your team can see which."


def _sources(plan: Plan) -> tuple[str, ...]:
    """What the plan rests on and anyone can look up, the most used first."""
    pack, count = plan.facts.pack, dict[str, int]()
    for claim in plan.cited():
        name = pack.claims[claim].source
        source = pack.sources[name]
        if source.doi or source.pmid or source.url:
            count[name] = count.get(name, 0) + 1
    return tuple(pack.sources[name].citation for name in sorted(count, key=lambda name: -count[name]))
