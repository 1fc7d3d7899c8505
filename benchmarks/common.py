"""What every runner of the seven rules prints: one line of JSON, with a hash of all the answers."""

from __future__ import annotations

import collections
import hashlib
import json
import resource
from typing import Any

RULES = ("age", "albumin", "ecog", "lvef", "dx", "pheno", "washout", "eligible")
AS_OF = "2025-06-30T12:00:00Z"
BUFFER = 1 << 20
"""Read ahead that much: with Python's own small buffer, a twelfth of the time goes into cutting lines."""
LETTERS = {True: "T", False: "F", None: "U"}


def answers_hash(rows: dict[str, str]) -> str:
    """The first twelve digits of the SHA-1 of the sorted `person,TFU...` lines."""
    lines = "\n".join(f"{person},{answers}" for person, answers in sorted(rows.items()))
    return hashlib.sha1(lines.encode(), usedforsecurity=False).hexdigest()[:12]


def report(engine: str, seconds: float, rows: dict[str, str], **more: Any) -> None:
    """Prints one run: people a second, the hash, and how often each rule was true, false or unknown."""
    tally = {}
    for place, rule in enumerate(RULES):
        counted = collections.Counter(answers[place] for answers in rows.values())
        tally[rule] = {letter: counted[letter] for letter in "TFU"}
    line = {
        "engine": engine,
        "n": len(rows),
        "secs": round(seconds, 3),
        "pps": round(len(rows) / seconds, 1),
        "sha": answers_hash(rows),
        "tally": tally,
        "maxrss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **more,
    }
    print(json.dumps(line))
