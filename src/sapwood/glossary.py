"""The words of a pack that its pages explain where they stand: `glossary.yaml`, plain words for patients."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sapwood.definitions import Definition
from sapwood.pack_content import IDENTIFIER


class WordDefinition(Definition, frozen=True):
    """One word: how it is written, what it means, and the page that says more."""

    id: str
    word: str
    means: str
    also: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    page: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way in which it is written, itself first."""
        return (self.word, *self.also)


class GlossaryDefinition(Definition, frozen=True):
    """What `glossary.yaml` holds."""

    words: tuple[WordDefinition, ...]


@dataclass(frozen=True)
class Glossary:
    """The words of a pack by id, in the order of the alphabet."""

    words: Mapping[str, WordDefinition]

    def found_in(self, text: str) -> Iterator[tuple[int, int, WordDefinition]]:
        """Where words of the glossary stand in a text: begin, end, word; the longest at each place."""
        if self.words:
            for match in self._pattern.finditer(text):
                yield match.start(), match.end(), self._owner(match[0])

    def _owner(self, shown: str) -> WordDefinition:
        return self._forms.get(shown) or self._forms[shown.lower()]

    @cached_property
    def _forms(self) -> Mapping[str, WordDefinition]:
        """By form: as it stands where it is an abbreviation, else in small letters."""
        return {
            form if _is_short(form) else form.lower(): word
            for word in self.words.values()
            for form in word.forms
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted((form for word in self.words.values() for form in word.forms), key=len, reverse=True)
        parts = (re.escape(form) if _is_short(form) else f"(?i:{re.escape(form)})" for form in forms)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])")


NO_WORDS = Glossary({})


def glossary_of(words: tuple[WordDefinition, ...]) -> Glossary:
    """The glossary of these words, in the order of the alphabet."""
    return Glossary({word.id: word for word in sorted(words, key=lambda word: word.word.lower())})


def faults_in(words: tuple[WordDefinition, ...]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with these words by themselves: the id, what, remedy."""
    ids: set[str] = set()
    forms: dict[str, str] = {}
    for word in words:
        if IDENTIFIER.match(word.id) is None:
            yield word.id, "is not a usable id", "Use small letters, digits and single underscores."
        if word.id in ids:
            yield word.id, "stands twice", "Keep one of them."
        ids.add(word.id)
        for form in word.forms:
            owner = forms.setdefault(form if _is_short(form) else form.lower(), word.id)
            if owner != word.id or not form.strip():
                yield word.id, f"`{form}` is a form of `{owner}`", "Give each form to one word."


def _is_short(form: str) -> bool:
    """Whether a form is an abbreviation, such as IT: never the same as small letters."""
    return form.isupper() and len(form) > 1
