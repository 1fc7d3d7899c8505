"""The words and codes of FHIR concepts: as written, as tokens, and held against a pack's phrases and codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from sapwood.definitions import Match
from sapwood.record import normalise

Resource = dict[str, Any]


def listed(content: Any) -> list[Any]:
    """A FHIR element that may be one or several, as a list."""
    if content is None:
        return []
    return content if isinstance(content, list) else [content]


def concept_text(content: Any) -> str:
    """The words of a CodeableConcept, Coding or string, as written; empty where there are none."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        text = content.get("text") or content.get("display")
        if isinstance(text, str) and text:
            return text
        codings = content.get("coding")
        for coding in codings if isinstance(codings, list) else ():
            if isinstance(coding, dict) and isinstance(coding.get("display"), str):
                return str(coding["display"])
    return ""


def codes_of(content: Any) -> list[tuple[str, str]]:
    """The (system, code) pairs of a CodeableConcept or Coding."""
    if not isinstance(content, dict):
        return []
    codings = content.get("coding")
    found = []
    for coding in codings if isinstance(codings, list) else [content]:
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            found.append((str(coding.get("system", "")), coding["code"]))
    return found


_TOKEN = re.compile(r"[^\W_]+")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, without case and punctuation: `CD4+/CD56+` is `cd4 cd56`."""
    return tuple(_TOKEN.findall(normalise(text)))


@cache
def phrases_of(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Phrases as tokens."""
    return tuple(tokens(word) for word in words)


def holds_phrase(text: tuple[str, ...], words: list[str] | tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, whole words only."""
    for phrase in phrases_of(tuple(words)):
        size = len(phrase)
        if size and any(text[start : start + size] == phrase for start in range(len(text) - size + 1)):
            return True
    return False


def masked(text: tuple[str, ...], phrases: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """A text with nothing left in the place of the phrases, longest first."""
    words = list(text)
    for phrase in sorted(phrases, key=len, reverse=True):
        size = len(phrase)
        for start in range(len(words) - size + 1):
            if tuple(words[start : start + size]) == phrase:
                words[start : start + size] = [""] * size
    return tuple(words)


def beside(text: tuple[str, ...], words: list[str]) -> set[str]:
    """The words of a text that stand beside the phrases in it, figures left out."""
    taken: set[int] = set()
    for phrase in phrases_of(tuple(words)):
        size = len(phrase)
        for start in range(len(text) - size + 1 if size else 0):
            if text[start : start + size] == phrase:
                taken.update(range(start, start + size))
    return {word for place, word in enumerate(text) if place not in taken and not word.isdigit()}


def matches(content: Any, match: Match, systems: dict[str, list[str]]) -> bool:
    """Whether a concept carries one of the codes, or its text one of the phrases."""
    if match.codes:
        wanted = {
            (uri, code) for name, codes in match.codes.items() for uri in systems[name] for code in codes
        }
        if any(pair in wanted for pair in codes_of(content)):
            return True
    return bool(match.words) and holds_phrase(tokens(concept_text(content)), match.words)
