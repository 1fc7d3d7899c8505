"""Lengths of time as packs write them, and whether a moment lies within one."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

from sapwood.values import Moment

_DURATION = re.compile(r"(\d+)\s*(h|d|w|mo|y)\Z")
_DAYS = {"d": 1, "w": 7, "mo": 31, "y": 366}


@cache
def duration(text: str) -> timedelta | None:
    """`7d`, `12h`, `3mo`, `2y` as a length of time; `always` and empty are none."""
    if text in ("", "always"):
        return None
    match = _DURATION.match(text)
    if match is None:
        raise ValueError(text)
    if match[2] == "h":
        return timedelta(hours=int(match[1]))
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def within(moment: Moment, span: timedelta, as_of: Moment) -> bool:
    """Whether a moment is surely no older than `span` at `as_of`."""
    if moment.exact and as_of.exact:
        return moment.first >= as_of.first - span
    return moment.first_day >= as_of.last_day - timedelta(days=span.days)
