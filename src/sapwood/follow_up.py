"""The follow-up of one person as dated windows: what was done moves the next date.

A window is worked out from the start that the pack names (`since`), or from the last time it was done if that is
later. What has no start cannot be dated, and says so.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sapwood.definitions import FollowUp, Phase
from sapwood.facts import Facts
from sapwood.pathway import Position
from sapwood.values import Moment
from sapwood.verdicts import Reason, Verdicts

ORDER = ("overdue", "due", "cannot_tell", "planned", "declined", "done")
_LENGTH = re.compile(r"(\d+)\s*([dwmy])o?")
_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}


@dataclass(frozen=True, slots=True)
class FollowUpStanding:
    """One thing that comes round, with the window in which it is next due, and why."""

    item: FollowUp
    status: str
    begins: date | None
    ends: date | None
    every: str
    since: Moment | None
    last: Moment | None
    because: tuple[Reason, ...]
    missing: tuple[str, ...]


def weigh_follow_up(position: Position) -> tuple[FollowUpStanding, ...]:
    """The follow-up that concerns this person now: what is late first, then by date."""
    found = [
        standing
        for item in position.pathway.follow_up
        if position.concerns(item.steps) and (standing := _weigh(item, position.verdicts)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.status), one.begins or date.max)))


def _weigh(item: FollowUp, verdicts: Verdicts) -> FollowUpStanding | None:
    facts = verdicts.facts
    applies, done, declined = (
        verdicts[f"follow_up:{item.id}:{sort}"] for sort in ("applies", "done", "declined")
    )
    if applies.value is False:
        return None
    since, last = _moment(facts, item.since), _moment(facts, item.last)
    every = said_every(item, since, last)

    def standing(
        status: str,
        window: tuple[date, date] | None = None,
        because: tuple[Reason, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> FollowUpStanding:
        begins, ends = window or (None, None)
        return FollowUpStanding(item, status, begins, ends, every, since, last, because, missing)

    if done.value is True:
        return standing("done", because=done.because)
    if declined.value is True:
        return standing("declined", because=declined.because)
    if applies.value is None:
        return standing("cannot_tell", because=applies.because, missing=applies.missing)
    unread = _unread(facts, item)
    if unread:
        return standing("cannot_tell", because=applies.because, missing=tuple(unread))
    assert since is not None
    window = _window(item, since, last)
    if window is None:
        return None
    today = facts.as_of.first_day
    status = "planned" if today < window[0] else "overdue" if today > window[1] else "due"
    return standing(status, window, applies.because)


def undated(position: Position) -> Iterator[tuple[FollowUp, tuple[str, ...]]]:
    """The follow-up that applies to this person and has no date, with the facts that it lacks."""
    verdicts = position.verdicts
    for item in position.pathway.follow_up:
        applies, done, declined = (
            verdicts.truth(f"follow_up:{item.id}:{sort}") for sort in ("applies", "done", "declined")
        )
        if position.concerns(item.steps) and applies is True and done is not True and declined is not True:
            unread = dict.fromkeys(_base(name) for name in _unread(verdicts.facts, item))
            if unread:
                yield item, tuple(unread)


def _unread(facts: Facts, item: FollowUp) -> list[str]:
    """The times of a follow-up that are neither known nor surely not on record."""
    unread = [name for name in (item.since, item.last) if name and not _readable(facts, name, item)]
    return unread or ([] if _moment(facts, item.since) is not None else [_base(item.since)])


def _base(name: str) -> str:
    return name.partition(".")[0]


def _moment(facts: Facts, name: str) -> Moment | None:
    value = facts.values[name] if name else None
    return value if isinstance(value, Moment) else None


def _readable(facts: Facts, name: str, item: FollowUp) -> bool:
    """Whether a time is known or surely not on record; a start must be known, and what disagrees is neither."""
    fact = facts.fact(_base(name))
    return fact.known or (
        name == item.last and fact.state in ("missing", "not_applicable") and not fact.rejected
    )


def _window(item: FollowUp, since: Moment, last: Moment | None) -> tuple[date, date] | None:
    """The next window, or `None` where the schedule has run out."""
    start = since.first_day
    if item.at:
        return later_by(start, item.at[0]), later_by(start, item.at[-1])
    base = max(start, last.first_day) if last is not None else start
    phase = _phase(item, start, base)
    return (later_by(base, phase.every[0]), later_by(base, phase.every[-1])) if phase is not None else None


def _phase(item: FollowUp, start: date, base: date) -> Phase | None:
    for phase in item.phases:
        if phase.until == "always" or base < later_by(start, phase.until):
            return phase
    return None


def said_every(item: FollowUp, since: Moment | None, last: Moment | None) -> str:
    """How often, in words: `every 1 to 3 months`."""
    if item.at:
        return "once"
    start = since.first_day if since is not None else None
    base = start if start is None or last is None else max(start, last.first_day)
    phase = item.phases[0] if start is None or base is None else _phase(item, start, base)
    if phase is None:
        return ""
    low, high = (_LENGTH.fullmatch(phase.every[end]) for end in (0, -1))
    assert low is not None and high is not None, "lengths are checked when a pack is read"
    unit = f"{_UNITS[high[2]]}{'s' if int(high[1]) != 1 else ''}"
    if phase.every[0] == phase.every[-1]:
        return f"every {high[1]} {unit}" if int(high[1]) != 1 else f"every {unit}"
    first = low[1] if low[2] == high[2] else f"{low[1]} {_UNITS[low[2]]}{'s' if int(low[1]) != 1 else ''}"
    return f"every {first} to {high[1]} {unit}"


def later_by(day: date, length: str) -> date:
    """The day so much later: `7d`, `2w`, `3mo` or `1y`, by the calendar; a month that is too short ends sooner."""
    found = _LENGTH.fullmatch(length)
    assert found is not None, "lengths are checked when a pack is read"
    count, unit = int(found[1]), found[2]
    if unit in "dw":
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
