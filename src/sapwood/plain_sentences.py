"""What one line of a plan says to a patient: an option, an alert, a task, a track, a question, a date, a study.

The words are the pack's; where it has none, there is nothing to say, and `plain_words.py` counts the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sapwood.asking import Question
from sapwood.duties import AlertStanding, OptionStanding, TaskStanding
from sapwood.follow_up import FollowUpStanding
from sapwood.pathway import TrackStanding
from sapwood.plan import Plan
from sapwood.trials import TrialStanding

_MONTHS = "January February March April May June July August September October November December".split()
_NAMED = 4


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
    elif any(one.state == "raised" for one in plan.held(standing)):
        sentence = "It has to wait for now. What needs attention now, at the top, says why."
    elif plan.held(standing):
        sentence = "This could be a choice to talk about. Before a dose, your team checks a few things."
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
        text = (
            f"This was planned by {day_words(ends)}, and can still be done. Ask your team if you need a date."
        )
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
