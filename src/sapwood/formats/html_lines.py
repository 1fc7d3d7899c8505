"""Of the page: the lines of treatment as bars over time, each dose a mark, with a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sapwood.lines import Line
from sapwood.plan import Plan

_WIDTH, _LEFT, _RIGHT, _ROW = 340, 8, 8, 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of treatment: where its bar lies, its doses, and what the table says of it."""

    number: int
    title: str
    start: str
    doses: str
    response: str
    note: str
    y: int
    begins: float | None = None
    ends: float | None = None
    given: tuple[float, ...] = ()
    held: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """All lines on one scale, from the first dose to the day of the plan."""

    bars: tuple[Bar, ...]
    first: str
    last: str
    height: int
    drawn: bool
    width: int = _WIDTH
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT


def timeline_of(plan: Plan) -> Timeline | None:
    """The lines of treatment on record; nothing where there are none."""
    lines = plan.facts.treatment.lines
    if not lines:
        return None
    today = plan.facts.as_of.first_day
    starts = [line.start for line in lines if line.start is not None]
    first = min(starts, default=today)
    span = max((today - first).days, 1)

    def x(day: date) -> float:
        share = min(max((day - first).days / span, 0), 1)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    bars = []
    for place, line in enumerate(lines):
        given = sorted({dose.day for dose in line.doses})
        ends = [dose.last_day for dose in line.doses]
        last = max((end for end in ends if end is not None), default=None)
        held = sorted({day for cycle in line.cycles for day in cycle.held})
        bars.append(
            Bar(
                line.number,
                line.title,
                line.start.isoformat() if line.start else "undated",
                _doses(line),
                line.response or ("told in words that were not read" if line.response_unread else ""),
                "order as the text gives it" if line.ordered_by_text else "",
                20 + place * _ROW,
                x(line.start) if line.start else None,
                x(min(last, today)) if last else None,
                tuple(x(day) for day in given if day <= today),
                tuple(x(day) for day in held if day <= today),
            )
        )
    return Timeline(
        tuple(bars), first.isoformat(), today.isoformat(), 20 + len(bars) * _ROW + 18, bool(starts)
    )


def _doses(line: Line) -> str:
    cycles = len(line.cycles) or line.cycles_stated
    parts = [f"{cycles} cycle{'s' if cycles != 1 else ''}"] if cycles else []
    if line.start:
        parts.append(f"{line.given} given, {line.held} held")
    return "; ".join(parts)
