"""What a fact's value can be in logic: a number or a time, each possibly known only as a range.

A boolean is `True` or `False`, a code or text is a `str`, a number is a `Decimal` (exact, from the
printed digits) or a `Range`, a time is a `Moment`. Unknown is `None` everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Range:
    """A number known only within limits; `None` is no limit; an open limit is not itself possible."""

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A time known to lie between two instants (both possible, UTC), and its days as the record wrote them."""

    first: datetime
    last: datetime
    first_day: date
    last_day: date

    @property
    def exact(self) -> bool:
        """Whether the time of day is known."""
        return self.first == self.last

    def __str__(self) -> str:
        if self.first_day == self.last_day:
            return self.first_day.isoformat()
        if (self.first_day.day, self.first_day.month, self.last_day.month, self.last_day.day) == (
            1,
            1,
            12,
            31,
        ):
            if self.first_day.year == self.last_day.year:
                return f"{self.first_day.year:04}"
        elif self.first_day.day == 1 and (self.first_day.year, self.first_day.month) == (
            self.last_day.year,
            self.last_day.month,
        ):
            return f"{self.first_day.year:04}-{self.first_day.month:02}"
        return f"{self.first_day.isoformat()}/{self.last_day.isoformat()}"


Value = bool | str | Decimal | Range | Moment | None


def is_later(moment: Moment | None, limit: Moment) -> bool:
    """Surely after a limit; a date-only limit means the end of that day where the record was written."""
    if moment is None:
        return False
    if moment.exact and limit.exact:
        return moment.first > limit.last
    return moment.first_day > limit.last_day


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?\Z")


def day_moment(first_day: date, last_day: date) -> Moment:
    """The whole of some days, from the first minute of the first to the last of the last, in UTC."""
    return Moment(
        datetime.combine(first_day, time.min, UTC),
        datetime.combine(last_day, time.max, UTC),
        first_day,
        last_day,
    )


def read_moment(text: object) -> Moment | None:
    """A FHIR date, dateTime or instant as a `Moment`, or `None` where it is not one (2024-13-45, words).

    A year or a month is the range of its days. A time without an offset is taken as UTC.
    """
    if not isinstance(text, str):
        return None
    if _INSTANT.match(text):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return None
        local_day = instant.date()
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        try:
            instant = instant.astimezone(UTC)
        except OverflowError:
            return None
        return Moment(instant, instant, local_day, local_day)
    match = _PARTIAL.match(text)
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        first_day = date(int(year), int(month or 1), int(day or 1))
        if day:
            last_day = first_day
        elif month:
            last_day = (first_day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        else:
            last_day = date(int(year), 12, 31)
    except (ValueError, OverflowError):
        return None
    return day_moment(first_day, last_day)
