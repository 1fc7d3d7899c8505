"""What a person types in an interview: a command, a day in plain words, or a value with its day."""

from __future__ import annotations

import re
from datetime import timedelta

from sapwood.values import Moment, read_moment

_COMMANDS = {
    "skip": ("skip", "s", "pass", "next"),
    "not_known": (
        "i don't know",
        "i dont know",
        "i do not know",
        "don't know",
        "dont know",
        "do not know",
        "not known",
        "unknown",
        "not sure",
        "i am not sure",
        "i'm not sure",
        "unsure",
        "idk",
        "no idea",
    ),
    "back": ("back", "b", "go back"),
    "why": ("why", "why do you ask", "w", "?"),
    "help": ("help", "h"),
    "quit": ("quit", "q", "exit", "leave"),
}
_MEANT = {word: command for command, words in _COMMANDS.items() for word in words}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = "january february march april may june july august september october november december sept".split()
_WORDED = re.compile(r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[a-z]+)\.?,?\s+(?P<year>\d{4})")
_BEHIND = re.compile(r"(?P<value>.+?)(?:\s+(?:on|in)\s+|\s*@\s*)(?P<day>.+)", re.IGNORECASE | re.DOTALL)
_AT_END = re.compile(r"(?P<value>.+?)[,\s]\s*(?P<day>\d{4}-\d{2}(?:-\d{2})?)", re.DOTALL)


def command_in(text: str) -> str:
    """The command that a line is (skip, not_known, back, why, help, quit), or nothing where it is an answer."""
    words = " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower().split())
    return _MEANT.get(words) or _MEANT.get(words.rstrip(" ?.!"), "")


def day_in(text: str, as_of: Moment) -> str:
    """A day, month or year as FHIR writes it (`2026-03`), or nothing; `today` is the day of the plan."""
    words = " ".join(text.lower().rstrip(".").split())
    near = {"today": 0, "now": 0, "yesterday": 1}
    if words in near:
        return (as_of.last_day - timedelta(days=near[words])).isoformat()
    worded = _WORDED.fullmatch(words)
    if worded is not None:
        month = worded["month"]
        if month not in _MONTHS and month not in _FULL:
            return ""
        words = f"{worded['year']}-{_MONTHS.index(month[:3]) + 1:02}"
        words += f"-{int(worded['day']):02}" if worded["day"] else ""
    return words.upper() if read_moment(words.upper()) is not None else ""


def with_day(text: str, as_of: Moment) -> tuple[str, str]:
    """A value and the day written behind it (`33 g/L on 1 March 2026`); no day where none is written."""
    for form in (_BEHIND, _AT_END):
        match = form.fullmatch(text)
        if match is not None:
            day = day_in(match["day"], as_of)
            if day:
                return match["value"].strip(), day
    return text, ""
