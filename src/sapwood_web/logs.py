"""Log lines that say what failed and where, and never what was written: a record or an address may be in it."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class PlainFormatter(logging.Formatter):
    """One line an event; of an exception its kind and its place, never its words."""

    def format(self, record: logging.LogRecord) -> str:
        words = [self.formatTime(record), record.levelname, record.name]
        if record.name.startswith("sapwood"):
            words.append(record.getMessage())  # ours are written to hold random ids only
        else:
            words.append(str(record.msg).split("%", 1)[0].strip()[:80])
            status = getattr(record, "status_code", None)
            words += [f"status {status}"] if status else []
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            words.append(f"{kind.__name__} at {_place(trace)}")
        return " ".join(words).replace("\n", " ")


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-6:] if trace else []
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
