"""Times as records write them, and how they are shown again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sapwood.values import day_moment, read_moment


@pytest.mark.parametrize(
    ("text", "first_day", "last_day", "exact"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), False),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), False),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), False),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), False),
        ("2026-03-02", date(2026, 3, 2), date(2026, 3, 2), False),
        ("2026-03-02T08:30:00Z", date(2026, 3, 2), date(2026, 3, 2), True),
        ("2026-03-02T08:30", date(2026, 3, 2), date(2026, 3, 2), True),
        ("2026-03-02T23:30:00.123-05:00", date(2026, 3, 2), date(2026, 3, 2), True),
    ],
)
def test_read(text: str, first_day: date, last_day: date, exact: bool) -> None:
    """A year or a month is the range of its days; days stay as the record wrote them."""
    moment = read_moment(text)
    assert moment is not None
    assert (moment.first_day, moment.last_day, moment.exact) == (first_day, last_day, exact)


def test_an_offset_moves_the_instant_not_the_day() -> None:
    """Late on 2 March in New York is 3 March in UTC, and still 2 March in the record."""
    moment = read_moment("2026-03-02T23:30:00-05:00")
    assert moment is not None
    assert moment.first == datetime(2026, 3, 3, 4, 30, tzinfo=UTC)
    assert moment.first_day == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        None,
        20260302,
        "",
        "soon",
        "26-03-02",
        "2026-13",
        "2026-13-45",
        "2026-02-30",
        "2026-03-02 08:30",
        "2026-03-02T25:00:00Z",
        "2026-03-02\n",
        "0000",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-05:00",
    ],
)
def test_refused(text: object) -> None:
    """What is no date is no date: never a guess, never a traceback."""
    assert read_moment(text) is None


@pytest.mark.parametrize("text", ["2026", "2026-02", "2024-02", "2026-12", "2026-03-02"])
def test_shown_as_written(text: str) -> None:
    """A partial date is shown as partial."""
    assert str(read_moment(text)) == text


def test_other_spans_show_both_ends() -> None:
    """A span that is no year and no month shows its first and last day."""
    assert str(day_moment(date(2026, 3, 2), date(2026, 3, 5))) == "2026-03-02/2026-03-05"
    assert str(day_moment(date(2025, 1, 1), date(2026, 12, 31))) == "2025-01-01/2026-12-31"
