"""What changed, in words for a clinician and for a patient: one sentence a change, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sapwood.changes import Change, Changes
from sapwood.choosing import plain, unit_words
from sapwood.fact import STATE_WORDS, Fact
from sapwood.fact_changes import FactChange
from sapwood.plain_words import day_words
from sapwood.values import Moment

HEADINGS = {
    "position": "Where on the pathway",
    "gap": "Where on the pathway",
    "line": "Treatment",
    "alert": "Alerts",
    "option": "Options",
    "task": "Tasks",
    "follow_up": "Follow-up",
    "track": "Beside the steps",
    "trial": "Trials",
    "criterion": "Rules that turned",
}
PATIENT_HEADINGS = {
    **HEADINGS,
    "position": "Where you stand",
    "gap": "Where you stand",
    "alert": "Please note",
    "option": "Choices to talk about",
    "task": "To do",
    "track": "What goes on beside it",
    "trial": "Studies",
}
_STATES = {
    "": "not shown here",
    "recommended": "recommended",
    "possible": "possible",
    "cannot_tell": "cannot tell yet",
    "ruled_out": "not now",
    "may_fit": "may fit",
    "does_not_fit": "does not fit",
}
_SEVERITIES = {"urgent": "URGENT", "stop": "STOP", "hold": "HOLD", "warn": "WARNING"}


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words, under its heading, with the reasons for it."""

    heading: str
    text: str
    because: tuple[str, ...] = ()


def summary(changes: Changes, audience: str) -> str:
    """One sentence: since when, and whether anything changed."""
    days = changes.days
    span = f" ({days} day{'s' if days != 1 else ''})" if days > 0 else ""
    since = str(changes.since)
    if audience == "patient":
        since = day_words(changes.since.first_day)
    if changes.nothing:
        return f"Nothing has changed since {since}{span}."
    if audience == "patient" and unworded(changes):
        return f"Some things have changed since {since}{span}."
    if not any(True for _ in said_changes(changes, audience)):
        return f"Since {since}{span}, nothing has changed in what there is to do."
    return f"This is what changed since {since}{span}."


def said_changes(changes: Changes, audience: str) -> Iterator[Told]:
    """Every change that matters, in words; what came or went with the position is drawn together."""
    headings = PATIENT_HEADINGS if audience == "patient" else HEADINGS
    together: dict[tuple[str, str], list[Change]] = {}
    for change in changes.shown:
        if change.moved:
            together.setdefault((change.sort, _moved(change)), []).append(change)
    told: set[tuple[str, str]] = set()
    for change in changes.shown:
        if change.moved:
            key = (change.sort, _moved(change))
            if key in told:
                continue
            told.add(key)
            text = _moved_words(together[key], audience)
            if text:
                yield Told(headings[change.sort], text)
            continue
        text = change_words(change, audience)
        if text:
            yield Told(headings[change.sort], text, because_words(change, changes.days, audience))


def _moved(change: Change) -> str:
    if change.sort in ("option", "trial", "track"):
        return "here" if change.after else "gone"
    return change.after


def _moved_words(found: list[Change], audience: str) -> str:
    """What came or went because the person stands elsewhere now, in one sentence."""
    sort, kind = found[0].sort, _moved(found[0])
    titles = "; ".join(one.title for one in found)
    if audience == "patient":
        titles = "; ".join(one.patient.title for one in found if one.patient.title)
        words = {
            ("option", "here"): "Treatments to talk about at this step",
            ("option", "gone"): "No longer a question at this step",
            ("task", "due"): "New at this step",
            ("task", "done"): "Done already",
            ("follow_up", "due"): "It is time for",
            ("follow_up", "overdue"): "It is time for",
            ("trial", "here"): "Studies that may be worth asking about (only the study team can say)",
        }.get((sort, kind))
        return f"{words}: {titles}." if words and titles else ""
    words = {
        ("track", "here"): "From now on",
        ("option", "here"): "Weighed at this position",
        ("option", "gone"): "No longer weighed here",
        ("task", "due"): "Due at this position",
        ("task", "done"): "Done already",
        ("task", "declined"): "Declined",
        ("task", "cannot_tell"): "At this position, if it applies",
        ("trial", "here"): "Weighed at this position",
        ("trial", "gone"): "No longer weighed here",
        ("follow_up", "due"): "Due at this position",
        ("follow_up", "overdue"): "Overdue at this position",
    }.get((sort, kind), "No longer concerns this position")
    if kind == "here":
        titles = "; ".join(
            f"{one.title} ({_STATES.get(one.after, one.after.replace('_', ' '))})" for one in found
        )
    return f"{words}: {titles}"


# --- one change -------------------------------------------------------------------------------------


def change_words(change: Change, audience: str) -> str:
    """One change in one sentence; nothing where it is not for this audience."""
    return _to_patient(change) if audience == "patient" else _to_clinician(change)


def _to_clinician(change: Change) -> str:
    title, before, after = change.title, change.before, change.after
    if change.sort == "position":
        return f"{before} -> {after}"
    if change.sort == "gap":
        still = "still open behind" if before else "open again behind"
        return f"{still}: {title}" if after else f"no longer open behind: {title}"
    if change.sort == "line":
        if title.startswith("best"):
            return f"{title}: {before or 'none'} -> {after}"
        return f"new: {title}" if after else f"no longer on record: {title}"
    if change.sort == "alert":
        if not after:
            return f"cleared: {title}"
        if after == "silent":
            return f"no longer raised, but not settled either: {title}"
        word = _SEVERITIES.get(change.severity, "")
        return f"{word}{' (cannot tell)' if after == 'cannot_tell' else ''}: {change.text or title}"
    if change.sort == "task":
        words = {
            "due": "now due",
            "done": "done",
            "declined": "declined",
            "cannot_tell": "no longer clear whether it applies",
        }
        return f"{words.get(after, 'no longer applies')}: {title}"
    if change.sort == "follow_up":
        words = {"due": "now due", "overdue": "overdue", "planned": "next", "cannot_tell": "cannot be dated"}
        window = f" ({change.text})" if change.text else ""
        return f"{words.get(after, after or 'no longer comes round')}: {title}{window}"
    if change.sort == "track":
        return (
            f"{title}: {before.replace('_', ' ')} -> {after.replace('_', ' ')}"
            if before
            else f"{title}: {after}"
        )
    name = f"{title} ({change.id})" if change.sort == "trial" else title
    return f"{name}: {_STATES.get(before, before)} -> {_STATES.get(after, after)}"


def _to_patient(change: Change) -> str:
    """In the pack's words for patients; what has none is left out, and counted by `unworded`."""
    words, after, title = change.patient, change.after, change.patient.title
    if change.sort == "line":
        if change.title.startswith("best"):
            return "How the treatment worked is now in your record. Your team can tell you what it means."
        return "A new treatment is in your record." if after else ""
    if change.sort == "alert":
        if after == "silent":
            return f"Not settled yet: {title}. Your team can check it again." if title else ""
        if after:
            return words.text if after == "raised" else words.unknown
        return f"No longer a concern: {title}." if title else ""
    if change.sort == "track":
        return f"{title}: {words.text}" if title and words.text else ""
    if not title:
        return ""
    if change.sort == "position":
        return f"You are now here: {title}. {words.text}".strip()
    if change.sort == "gap":
        return f"Still open from before: {title}." if after else f"Complete now: {title}."
    said = _PATIENT.get((change.sort, after), "")
    return said.format(title=title, when=f" ({change.text})" if change.text else "")


_PATIENT = {
    ("option", "recommended"): "{title}: this could be a choice to talk about.",
    ("option", "possible"): "{title}: this could be a choice to talk about.",
    ("option", "cannot_tell"): "{title}: your team does not know yet if this could be a choice.",
    ("option", "ruled_out"): "{title}: not now.",
    ("task", "due"): "To do now: {title}.",
    ("task", "done"): "Done: {title}.",
    ("follow_up", "due"): "It is time for this: {title}{when}.",
    ("follow_up", "overdue"): "It is time for this: {title}. Ask your team for a date.",
    ("follow_up", "planned"): "Next: {title}{when}.",
    ("follow_up", "done"): "Done: {title}.",
    ("trial", "may_fit"): "{title}: it may fit. Only the study team can say.",
    ("trial", "does_not_fit"): "{title}: it does not seem to fit now. Only the study team can say.",
}


def unworded(changes: Changes) -> int:
    """How many changes that a patient would be told have no words for patients yet."""
    quiet = {("task", "declined"), ("follow_up", "declined")}
    told = [
        change
        for change in changes.shown
        if change.sort != "criterion" and (change.sort, change.after) not in quiet
    ]
    facts = [change for change in changes.facts if not change.after.definition.patient]
    sorts = {sort for sort, _ in _PATIENT} - {"trial"}
    return len(facts) + sum(
        not change_words(change, "patient")
        for change in told
        if change.sort not in sorts or (change.sort, change.after) in _PATIENT
    )


def because_words(change: Change, days: int, audience: str) -> tuple[str, ...]:
    """Why something changed: the facts behind it, or that time has passed."""
    reasons = []
    if change.by_time and days > 0:
        reasons.append(f"{days} day{'s have' if days != 1 else ' has'} passed")
    for fact in change.because:
        words = fact_words(fact, audience)
        if words and not (change.by_time and fact.kind == "record"):
            reasons.append(words)
    return tuple(reasons)


# --- one fact -----------------------------------------------------------------------------------------


def fact_words(change: FactChange, audience: str) -> str:
    """What became of one fact, in one sentence."""
    new, old = change.after, change.before
    name = new.definition.patient if audience == "patient" else new.definition.title
    if not name:
        return ""
    specimen = new.specimen or old.specimen
    if specimen and specimen != "no specimen named":
        name = f"{name} ({specimen})"
    said = _patient_fact(change, name) if audience == "patient" else _clinician_fact(change, name)
    if change.late and said:
        if audience == "patient":
            return f"{said} (from {_day(new)}; it reached your record later)"
        return f"{said} (dated {new.when}; in the record only since then)"
    if change.undated and said:
        told = "without a date, so a look back leaves it out"
        return f"{said} ({'without a date' if audience == 'patient' else told})"
    return said


def _clinician_fact(change: FactChange, name: str) -> str:
    new, old = change.after, change.before
    day = f", {new.when}" if _dated(new) and not change.late else ""
    was = f", {old.when}" if _dated(old) else ""
    return {
        "new": f"{name}: {_value(new)}{day}",
        "changed": f"{name}: {_value(old)}{was} -> {_value(new)}{day}",
        "again": f"{name}: still {_value(new)}, measured again{day}",
        "older": f"{name}: {_value(old)} -> {_value(new)}",
        "too_old": f"{name}: {_value(old)}{was}, no longer counts ({_aside(new)})",
        "gone": f"{name}: was {_value(old)}{was}; now {STATE_WORDS[new.state]}",
        "disputed": f"{name}: {STATE_WORDS[new.state]}{f' ({new.note})' if new.note else ''}"
        + (f"; was {_value(old)}{was}" if old.known else ""),
        "presumed": f"{name}: nothing recorded, and the record covers the time: counts as no",
        "unpresumed": f"{name}: the silence of the record no longer counts as no",
        "record": f"{name}: {_value(new) if new.known else STATE_WORDS[new.state]}",
    }[change.kind]


def _patient_fact(change: FactChange, name: str) -> str:
    new, old = change.after, change.before
    day = f", {_day(new)}" if _dated(new) and not change.late else ""
    was = f", {_day(old)}" if _dated(old) else ""
    return {
        "new": f"{name}: {_value(new, True)}{day}",
        "changed": f"{name}: now {_value(new, True)}{day}; before, {_value(old, True)}{was}",
        "again": f"{name}: still {_value(new, True)}{day}",
        "too_old": f"{name}: the last answer ({_value(old, True)}{was}) is now too old to go by",
        "gone": f"{name}: this is no longer in your record",
        "disputed": f"{name}: entries in your record do not agree; your team can look at them",
    }.get(change.kind, "")


def _value(fact: Fact, plain_day: bool = False) -> str:
    unit = unit_words(fact.definition.unit) if fact.definition.kind == "number" else ""
    if plain_day and isinstance(fact.value, Moment):
        return _written(fact.value)
    value = plain(fact.value).replace("_", " ") if fact.known else STATE_WORDS[fact.state]
    return f"{value} {unit}".strip()


def _aside(fact: Fact) -> str:
    """Why a value was put aside."""
    return fact.note or next((why for _, why in fact.rejected), STATE_WORDS[fact.state])


def _day(fact: Fact) -> str:
    """The day of a value as people write it."""
    return _written(fact.when) if fact.when is not None else "no date"


def _written(when: Moment) -> str:
    return day_words(when.first_day) if when.first_day == when.last_day else str(when)


def _dated(fact: Fact) -> bool:
    """Whether a day is to be said beside the value; a value that is itself a day needs none."""
    return fact.when is not None and fact.definition.type != "instant"
