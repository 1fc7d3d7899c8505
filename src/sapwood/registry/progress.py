"""How far a build is, for the person who waits: a bar with the rate and the time left, on a terminal only."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 24


class Progress:
    """Says how far each stage is; silent where nobody watches."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.shown = self.stream.isatty()
        self.title, self.unit = "", ""
        self.total = self.done = 0
        self.began = self.last = 0.0

    def stage(self, title: str, total: int, unit: str) -> None:
        """A new stage begins."""
        self.close()
        self.title, self.total, self.unit, self.done = title, total, unit, 0
        self.began = time.monotonic()
        self.last = 0.0
        self._show()

    def add(self, amount: int) -> None:
        """So much more is done."""
        self.done += amount
        if time.monotonic() - self.last > 0.2:
            self._show()

    def close(self) -> None:
        """The stage is over."""
        if self.title and self.shown:
            self._show()
            self.stream.write("\n")
        self.title = ""

    def _show(self) -> None:
        if not self.shown:
            return
        self.last = time.monotonic()
        self.stream.write("\r" + self.line(self.last - self.began) + "\x1b[K")
        self.stream.flush()

    def line(self, seconds: float) -> str:
        """The stage after so many seconds, in one line."""
        share = min(1.0, self.done / self.total) if self.total else 1.0
        bar = "#" * round(share * _WIDTH)
        rate = self.done / seconds if seconds > 0 else 0.0
        left = f", {_clock((self.total - self.done) / rate)} left" if rate and self.done < self.total else ""
        scale, word = (1e6, "MB") if self.unit == "bytes" else (1.0, self.unit)
        shown = f"{rate / scale:.1f}" if rate / scale < 100 else f"{rate / scale:,.0f}"
        return f"{self.title:<12} [{bar:<{_WIDTH}}] {share:4.0%}  {shown} {word}/s{left}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
