"""What a person types: commands, days in plain words, and a value with its day behind it."""

from __future__ import annotations

import pytest

from sapwood.answers import as_moment
from sapwood.typed import command_in, day_in, with_day
from sapwood.values import Moment


def today() -> Moment:
    moment = as_moment("2026-03-02")
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("skip", "skip"),
        ("I don't know", "not_known"),
        ("i don\N{RIGHT SINGLE QUOTATION MARK}t know.", "not_known"),
        ("Why do you ask?", "why"),
        ("?", "why"),
        ("BACK", "back"),
        (" quit ", "quit"),
        ("help", "help"),
        ("no", ""),
        ("yes", ""),
        ("33 g/L", ""),
        ("", ""),
    ],
)
def test_a_command_is_told_from_an_answer(text: str, command: str) -> None:
    assert command_in(text) == command


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
        ("today", "2026-03-02"),
        ("Yesterday", "2026-03-01"),
        ("March 2026", "2026-03"),
        ("sept 2025", "2025-09"),
        ("1 March 2026", "2026-03-01"),
        ("1st Mar. 2026", "2026-03-01"),
        ("31 February 2026", ""),
        ("01/03/2026", ""),
        ("Marble 2026", ""),
        ("soon", ""),
    ],
)
def test_a_day_is_read_only_where_it_is_plain(text: str, day: str) -> None:
    """01/03/2026 is January to one reader and March to another, so it is asked again."""
    assert day_in(text, today()) == day


@pytest.mark.parametrize(
    ("text", "value", "day"),
    [
        ("33 g/L on 1 March 2026", "33 g/L", "2026-03-01"),
        ("33 g/L @ 2026-03", "33 g/L", "2026-03"),
        ("yes, 2026-03-01", "yes", "2026-03-01"),
        ("3.4 in 2026", "3.4", "2026"),
        ("33 g/L", "33 g/L", ""),
        ("3-4", "3-4", ""),
        ("lives on hope", "lives on hope", ""),
    ],
)
def test_the_day_behind_a_value_is_taken_off(text: str, value: str, day: str) -> None:
    assert with_day(text, today()) == (value, day)
