"""What no page for patients says, and what to say instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sapwood.errors import Problem

NEVER = {
    r"\b(?:in)?eligib\w*": "Say that it may fit, and that only the study team can say.",
    r"\bsurviv\w*[^.\n]*\d|\d[^.\n]*\bsurviv\w*|\d+ ?% (?:die|live)\b": "Give no survival figure unasked.",
    r"\byou should have\b|\byou failed\b|\bif you had only\b|\byour own fault\b": "Take the blame out.",
    r"\bguarantee\w*|\bwill (?:cure|be cured)\b|\bwill be (?:fine|all right)\b": "Promise nothing.",
    r"\bfailed (?:treatment|therapy|chemotherapy)\b": "Say that the treatment did not work, not the person.",
}


def never_said(text: str, where: str) -> Iterator[Problem]:
    """Each place at which a text says what no page for patients says."""
    for pattern, remedy in NEVER.items():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield Problem(where, f"holds `{' '.join(match[0].split())}`", remedy)
