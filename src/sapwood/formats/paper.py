"""Lines of text at most 80 columns wide, which read without colour."""

from __future__ import annotations

import textwrap
import unicodedata

WIDTH = 80
_STYLES = {
    "title": "1",
    "strong": "1",
    "quiet": "2",
    "urgent": "1;31",
    "stop": "1;31",
    "hold": "1;33",
    "warn": "33",
    "good": "32",
    "bad": "31",
    "open": "33",
}


def clean(text: str) -> str:
    """A text without control characters, so that a record cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in text)


class Paper:
    """Collects lines; colour is added around words and never carries meaning alone."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour
        self.lines: list[str] = []

    def style(self, text: str, style: str) -> str:
        """The text in a style, where there is colour."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and style else text

    def heading(self, text: str) -> None:
        """A section's title, after an empty line."""
        self.lines += ["", self.style(text.upper(), "title")]

    def say(self, text: str, *, indent: int = 0, hang: int = 0, style: str = "", mark: str = "") -> None:
        """A paragraph, wrapped; `mark` stands before it and `hang` sets the following lines in."""
        first = " " * indent + mark
        rest = " " * (indent + max(hang, len(mark)))
        wrapped = textwrap.wrap(
            clean(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        ) or [first.rstrip()]
        self.lines += [self.style(line, style) if style else line for line in wrapped]

    def row(self, left: str, right: str, *, indent: int = 2, width: int = 26, style: str = "") -> None:
        """A name and what is said of it, in two columns."""
        name = clean(left)
        if len(name) > width - 1:
            self.say(name, indent=indent, hang=2)
            self.say(right, indent=indent + 4)
            return
        start = " " * indent + name.ljust(width)
        wrapped = textwrap.wrap(
            clean(right),
            WIDTH,
            initial_indent=start,
            subsequent_indent=" " * (indent + width),
            break_on_hyphens=False,
        ) or [start.rstrip()]
        if style and wrapped[0].startswith(start):
            wrapped[0] = start + self.style(wrapped[0][len(start) :], style)
        self.lines += wrapped

    def text(self) -> str:
        """Everything collected, as one text."""
        return "\n".join(self.lines) + "\n"
