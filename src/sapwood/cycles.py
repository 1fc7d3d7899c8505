"""Days of doses become cycles; where the record leaves it open whether a cycle is new, that is said, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sapwood.definitions import Regimen
from sapwood.values import Moment

_LENGTH = 28
_PAUSE = 7


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: its first dose, and the days with doses given and held; `uncertain` where it may be two."""

    number: int
    start: Moment
    given: tuple[date, ...]
    held: tuple[date, ...]
    uncertain: bool = False
    days_known: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """One dose, or a time with doses on days that are not told: from `start` to `end` (`None`: not known)."""

    start: Moment
    end: Moment | None
    single: bool
    vague: bool = False  # its first day is not known
    begun_before: bool = False  # only its end is told

    @property
    def day(self) -> date:
        """The first day it can mean."""
        return self.start.first_day

    @property
    def last_day(self) -> date | None:
        """The last day it can mean."""
        return self.end.last_day if self.end is not None else None


@dataclass(slots=True)
class _Growing:
    parts: list[Stretch]
    mark: date
    last: date | None
    uncertain: bool = False
    held: list[date] = field(default_factory=list)


def earliest(moments: Sequence[Moment]) -> Moment | None:
    """The time of the first of several, as exactly as they tell it."""
    if not moments:
        return None
    return Moment(*(min(getattr(moment, part) for moment in moments) for part in Moment.__slots__))


def latest(moments: Sequence[Moment]) -> Moment | None:
    """The time of the last of several, as exactly as they tell it."""
    if not moments:
        return None
    return Moment(*(max(getattr(moment, part) for moment in moments) for part in Moment.__slots__))


def cycles_of(
    stretches: Sequence[Stretch], held: Sequence[date], regimen: Regimen | None
) -> tuple[Cycle, ...]:
    """The cycles of one line, counted from the first dose given; a held day begins none."""
    length = (regimen.cycle_days if regimen else None) or _LENGTH
    window = (regimen.dose.window_days if regimen and regimen.dose else None) or length // 2
    growing: list[_Growing] = []
    for part in sorted(stretches, key=lambda one: (one.day, one.start.first)):
        now = growing[-1] if growing else None
        if now is None or _clearly_new(part, now, window, length):
            now = _Growing([], part.day, part.last_day)
            growing.append(now)
        now.parts.append(part)
        end = part.last_day
        now.last = max(now.last, end) if now.last is not None and end is not None else None
        if part.vague or end is None or (end - now.parts[0].day).days >= window:
            now.uncertain, now.mark = True, end or part.day
    for day in held:
        for one in reversed(growing):
            if one is growing[0] or one.parts[0].day <= day:
                one.held.append(day)
                break
    return tuple(_cycle(number, one) for number, one in enumerate(growing, start=1))


def _clearly_new(part: Stretch, now: _Growing, window: int, length: int) -> bool:
    """Whether a dose begins a cycle: past the window, half a cycle from its start, and after a pause."""
    if now.last is None or (part.day - now.parts[0].day).days < window:
        return False
    return 2 * (part.day - now.mark).days >= length and (part.day - now.last).days >= _PAUSE


def _cycle(number: int, one: _Growing) -> Cycle:
    start = earliest([part.start for part in one.parts])
    assert start is not None, "a cycle begins with a dose"
    days = tuple(sorted({part.day for part in one.parts if part.single}))
    known = all(part.single for part in one.parts)
    return Cycle(number, start, days, tuple(one.held), one.uncertain, known)
