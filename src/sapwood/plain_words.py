"""Plan -> the same plan in words for patients and care partners, as data that every format writes alike.

The words are the pack's (its keys `patient`); what is ours is the frame around them. A line without such words is left
out and counted, never shown in a clinician's words. What somebody declined gets no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sapwood.asking import Question
from sapwood.definitions import Step
from sapwood.duties import AlertStanding, OptionStanding, TaskStanding, Weighed
from sapwood.follow_up import FollowUpStanding
from sapwood.pathway import NO_SIGNAL, TrackStanding, is_open
from sapwood.plan import Plan
from sapwood.trials import TrialStanding

_Line = TypeVar("_Line")
_MONTHS = "January February March April May June July August September October November December".split()
_NAMED = 4
_SOURCES = 4
_WHY = 2


@dataclass(frozen=True, slots=True)
class Said:
    """One line for a patient: what it is about, and what there is to say of it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An option for a patient: what it is, how it stands, what is good to know for and against it.

    `standing` is possible, not_now or cannot_tell; `sentence` says it with its reasons.
    """

    title: str
    about: str
    standing: str
    sentence: str
    change: tuple[str, ...]
    good: tuple[str, ...]
    mind: tuple[str, ...]


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


# --- the sentences ---------------------------------------------------------------------------------


def day_words(day: date) -> str:
    """A day as people write it: 3 March 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def fact_words(plan: Plan, names: Iterable[str]) -> tuple[str, ...]:
    """The patient's names of facts, each once, those without one left out."""
    facts = plan.facts.pack.facts
    return tuple(
        dict.fromkeys(facts[name].patient for name in names if name in facts and facts[name].patient)
    )


def alert_words(standing: AlertStanding) -> Said | None:
    """What an alert says to the person; of one that cannot be assessed, what the team checks."""
    words = standing.alert.patient
    text = words.text if standing.state == "raised" else words.unknown
    return Said(words.title, text) if text else None


def task_words(standing: TaskStanding) -> Said | None:
    """What a task means to the person."""
    words = standing.task.patient
    return Said(words.title, words.text) if words.title and words.text else None


def track_words(standing: TrackStanding) -> Said | None:
    """Where something that runs beside the steps stands."""
    return Said(standing.patient_title, standing.patient) if standing.patient else None


def question_words(plan: Plan, question: Question) -> str:
    """A question in the person's own words, or what they can bring; empty where it is not for them to answer."""
    ask = plan.facts.pack.facts[question.fact].ask
    return (ask.patient or ask.bring) if ask is not None else ""


def option_words(plan: Plan, standing: OptionStanding) -> Choice | None:
    """An option: could be a choice, not now and what would change it, or what is still missing."""
    words = standing.option.patient
    if not (words.title and words.text):
        return None
    kind, sentence = "possible", "This could be a choice to talk about."
    change: tuple[str, ...] = ()
    if standing.standing == "ruled_out":
        kind = "not_now"
        reasons = [point.patient for point in standing.against if point.gate and point.patient]
        sentence = f"Not now{_because(reasons)}."
        change = standing.patient_reversible_by
    elif standing.standing == "cannot_tell":
        kind = "cannot_tell"
        sentence = f"Your team does not know yet{_still_missing(plan, standing.missing)}."
    speaking = (
        tuple(point.patient for point in points if not point.gate and point.patient)
        for points in (standing.for_, standing.against)
    )
    good, mind = speaking
    return Choice(words.title, words.text, kind, sentence, change, good, mind)


def alike(choices: Iterable[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """Choices in their order, those that are not now for the same reason put together, to be said once."""
    groups: dict[object, list[Choice]] = {}
    for number, choice in enumerate(choices):
        key = (choice.sentence, choice.change) if choice.standing == "not_now" else number
        groups.setdefault(key, []).append(choice)
    return tuple(tuple(group) for group in groups.values())


def _because(reasons: Sequence[str]) -> str:
    """`, because it needs this; and because of that`."""
    clauses = [_clause(reason) for reason in dict.fromkeys(reasons)]
    return f", because {'; and because '.join(clauses)}" if clauses else ""


def _clause(sentence: str) -> str:
    """A sentence as part of another: its first letter small where it is a little word, no full stop."""
    first = sentence.split(maxsplit=1)[0] if sentence else ""
    little = {"It", "You", "Your", "The", "A", "An", "This", "There", "We", "Its", "No", "Not", "Only", "In"}
    text = sentence[:1].lower() + sentence[1:] if first.rstrip(",") in little else sentence
    return text.rstrip().rstrip(".")


def _still_missing(plan: Plan, missing: Sequence[str]) -> str:
    names = fact_words(plan, missing)
    if not names:
        return ""
    more = f"; and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f", because these are still missing: {'; '.join(names[:_NAMED])}{more}"


def follow_up_words(plan: Plan, standing: FollowUpStanding) -> Said | None:
    """What comes round, with its days; what is late is said without blame."""
    words = standing.item.patient
    if not words.title:
        return None
    begins, ends = standing.begins, standing.ends
    if begins is None or ends is None or standing.status == "cannot_tell":
        text = f"There is no date for this yet{_still_missing(plan, standing.missing)}. Your team can tell you when."
    elif standing.status == "overdue":
        text = f"This was planned by {day_words(ends)}. Ask your team for a new date."
    elif standing.status == "due":
        text = f"This is due now, and no later than {day_words(ends)}."
    elif begins == ends:
        text = f"This is due on {day_words(ends)}."
    else:
        text = f"This is due between {day_words(begins)} and {day_words(ends)}."
    often = f" It comes round {standing.every}." if standing.every not in ("", "once") else ""
    about = f"{words.text} " if words.text else ""
    return Said(words.title, f"{about}{text}{often}")


def trial_words(plan: Plan, standing: TrialStanding) -> Said | None:
    """A study that was looking for people: whether it may fit, which only its team can say."""
    words = standing.trial.patient
    if not (words.title and words.text):
        return None
    if standing.fit == "may_fit":
        fit = "It may fit."
    elif standing.fit == "cannot_tell":
        fit = f"It is not clear yet if it may fit{_still_missing(plan, standing.missing)}."
    else:
        fit = f"It does not seem to fit now{_because([point.patient for point in standing.fails if point.patient])}."
    seen = f"It was looking for people on {_written_day(standing.trial.status_as_of)}."
    number = f"Its number is {standing.trial.nct}."
    return Said(words.title, f"{words.text} {fit} Only the study team can say. {seen} {number}")


def _written_day(text: str) -> str:
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return text


# --- the plan --------------------------------------------------------------------------------------


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
    asked = () if silent or plan.deceased else plan.questions
    follow_up = [one for one in plan.follow_up if one.status not in ("declined", "done")]
    statuses = [one.status for one in plan.tasks] + [one.status for one in plan.follow_up]
    refused = "declined" in (*statuses, *(one.status for one in plan.position.tracks))
    sources = () if silent else _sources(plan)
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
        due=kept.all(task_words(one) for one in tasks["due"]),
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
    choices = []
    for standing in plan.options:
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
    return bool(plan.trials) or any(one.option.kind == "trial" for one in plan.options)


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
