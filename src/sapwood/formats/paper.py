"""Lines of text at most 80 columns wide, which read without colour."""

from __future__ import annotations

import textwrap
import unicodedata

WIDTH = 80
_STEERING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_FILLER = "\ue000"
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
    """A text without control characters and line breaks, so that a record cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in _STEERING else letter for letter in text)


def wrap(text: str, first: str, rest: str) -> list[str]:
    """Lines at most 80 columns wide; a letter that takes two columns counts as two."""
    wide = not text.isascii() and any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    if wide:  # a filler stands for the second column while the text is broken
        text = "".join(
            _FILLER + letter if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text
        )
    lines = textwrap.wrap(
        text, WIDTH - wide, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
    return [line.replace(_FILLER, "") for line in lines] if wide else lines


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

    def say(
        self,
        text: str,
        *,
        indent: int = 0,
        hang: int = 0,
        style: str = "",
        mark: str = "",
        end: tuple[str, str] = ("", ""),
    ) -> None:
        """A paragraph, wrapped; `mark` stands before it, `end` (words, style) after it, `hang` sets lines in."""
        first = " " * indent + mark
        rest = " " * (indent + max(hang, len(mark)))
        wrapped = wrap(clean(text + end[0]), first, rest) or [first.rstrip()]
        if end[0] and wrapped[-1].endswith(end[0]):
            wrapped[-1] = wrapped[-1].removesuffix(end[0]) + self.style(end[0], end[1])
        self.lines += [self.style(line, style) if style else line for line in wrapped]

    def row(self, left: str, right: str, *, indent: int = 2, width: int = 26, style: str = "") -> None:
        """A name and what is said of it, in two columns."""
        name = clean(left)
        if len(name) > width - 1:
            self.say(name, indent=indent, hang=2)
            self.say(right, indent=indent + 4)
            return
        start = " " * indent + name.ljust(width)
        wrapped = wrap(clean(right), start, " " * (indent + width)) or [start.rstrip()]
        if style and wrapped[0].startswith(start):
            wrapped[0] = start + self.style(wrapped[0][len(start) :], style)
        self.lines += wrapped

    def text(self) -> str:
        """Everything collected, as one text."""
        return "\n".join(self.lines) + "\n"
