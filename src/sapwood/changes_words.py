"""What changed, in words for a clinician and for a patient: one sentence a change, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sapwood.changes import Change, Changes
from sapwood.choosing import plain, unit_words
from sapwood.fact import STATE_WORDS, Fact
from sapwood.fact_changes import FactChange

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
class Said:
    """One change in words, under its heading, with the reasons for it."""

    heading: str
    text: str
    because: tuple[str, ...] = ()


def summary(changes: Changes, audience: str) -> str:
    """One sentence: since when, and whether anything changed."""
    days = changes.days
    span = f" ({days} day{'s' if days != 1 else ''})" if days > 0 else ""
    if changes.nothing:
        if audience == "patient":
            return f"Nothing has changed for you since {changes.since}{span}."
        return f"Nothing has changed since {changes.since}{span}."
    if not any(True for _ in said_changes(changes, audience)):
        return f"Since {changes.since}{span} nothing has changed that would be done differently."
    if audience == "patient":
        return f"This is what changed since {changes.since}{span}."
    return f"Since {changes.since}{span}:"


def said_changes(changes: Changes, audience: str) -> Iterator[Said]:
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
                yield Said(headings[change.sort], text)
            continue
        text = change_words(change, audience)
        if text:
            yield Said(headings[change.sort], text, because_words(change, changes.days, audience))


def _moved(change: Change) -> str:
    if change.sort in ("option", "trial"):
        return "here" if change.after else "gone"
    return change.after


def _moved_words(found: list[Change], audience: str) -> str:
    """What came or went because the person stands elsewhere now, in one sentence."""
    sort, kind = found[0].sort, _moved(found[0])
    titles = "; ".join((one.patient.title if audience == "patient" else "") or one.title for one in found)
    if audience == "patient":
        words = {
            ("option", "here"): "Treatments to talk about at this step",
            ("option", "gone"): "No longer a question at this step",
            ("task", "due"): "New at this step",
            ("task", "done"): "Done already",
            ("follow_up", "due"): "It is time for",
            ("follow_up", "overdue"): "It is time for",
            ("trial", "here"): "Studies that may be worth asking about (only the study team can say)",
        }.get((sort, kind))
        return f"{words}: {titles}." if words else ""
    words = {
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
        titles = "; ".join(f"{one.title} ({_STATES[one.after]})" for one in found)
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
        return f"open again behind: {title}" if after else f"no longer open behind: {title}"
    if change.sort == "line":
        if title.startswith("best"):
            return f"{title}: {before or 'none'} -> {after}"
        return f"new: {title}" if after else f"no longer on record: {title}"
    if change.sort == "alert":
        if not after:
            return f"cleared: {title}"
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
    words, after = change.patient, change.after
    title = words.title or change.title
    if change.sort == "position":
        return f"Where you stand now: {title}. {words.text}".strip()
    if change.sort == "gap":
        return (
            f"Something from an earlier step is still open: {title}." if after else f"Complete now: {title}."
        )
    if change.sort == "line":
        if change.title.startswith("best"):
            return "How the treatment worked is now in your record. Your team can tell you what it means."
        return f"A new treatment has begun: {after}." if after else ""
    if change.sort == "alert":
        if after == "raised":
            return words.text or change.text or title
        return words.unknown if after else f"No longer a concern: {title}."
    if change.sort == "option":
        said = {
            "recommended": "one of the choices to talk about with your team",
            "possible": "one of the choices to talk about with your team",
            "cannot_tell": "it cannot be said yet whether this is a choice for you",
            "ruled_out": "not now",
        }
        return f"{title}: {said[after]}." if after in said else ""
    if change.sort == "task":
        said = {"due": "To do now", "done": "Done"}
        return f"{said[after]}: {title}." if after in said else ""
    if change.sort == "follow_up":
        said = {"due": "It is time for", "overdue": "It is time for", "planned": "Next", "done": "Done"}
        window = f" ({change.text})" if change.text and after in ("due", "planned") else ""
        return f"{said[after]}: {title}{window}." if after in said else ""
    if change.sort == "track":
        return f"{title}: {words.text}" if words.text else ""
    if change.sort == "trial":
        said = {
            "may_fit": "may fit; only the study team can say",
            "does_not_fit": "does not seem to fit now; only the study team can say",
        }
        return f"{title}: {said[after]}." if after in said else ""
    return ""


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
    name = (new.definition.patient if audience == "patient" else "") or new.definition.title
    specimen = new.specimen or old.specimen
    if specimen and specimen != "no specimen named":
        name = f"{name} ({specimen})"
    said = _patient_fact(change, name) if audience == "patient" else _clinician_fact(change, name)
    if change.late and said:
        told = "it reached your record later" if audience == "patient" else "in the record only since then"
        return f"{said} (dated {new.when}; {told})"
    if change.undated and said:
        told = "without a date, so a look back leaves it out"
        return f"{said} ({'without a date' if audience == 'patient' else told})"
    return said


def _clinician_fact(change: FactChange, name: str) -> str:
    new, old = change.after, change.before
    day = f", {new.when}" if new.when is not None and not change.late else ""
    was = f", {old.when}" if old.when is not None else ""
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
    day = f", {new.when}" if new.when is not None and not change.late else ""
    was = f", {old.when}" if old.when is not None else ""
    return {
        "new": f"{name}: {_value(new)}{day}",
        "changed": f"{name}: now {_value(new)}{day}; before, {_value(old)}{was}",
        "again": f"{name}: still {_value(new)}{day}",
        "too_old": f"{name}: the last answer ({_value(old)}{was}) is now too old to go by",
        "gone": f"{name}: this is no longer in your record",
        "disputed": f"{name}: entries in your record do not agree; your team can look at them",
    }.get(change.kind, "")


def _value(fact: Fact) -> str:
    unit = unit_words(fact.definition.unit) if fact.definition.kind == "number" else ""
    value = plain(fact.value).replace("_", " ") if fact.known else STATE_WORDS[fact.state]
    return f"{value} {unit}".strip()


def _aside(fact: Fact) -> str:
    """Why a value was put aside."""
    return fact.note or next((why for _, why in fact.rejected), STATE_WORDS[fact.state])
