"""The criteria language: an SQL boolean sentence in, a checked tree out, or every problem in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import SentenceError
from .reading import DIALECT, Reader, problem_at
from .tree import (
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Name,
    Named,
    Not,
    Or,
    Score,
    Tree,
    bases_in,
    kind_of,
    names_in,
    write,
)
from .words import NAME_PARTS, Word, cut

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = [
    "And",
    "Arithmetic",
    "AtLeast",
    "Compare",
    "DaysBetween",
    "In",
    "Literal",
    "Name",
    "Named",
    "Not",
    "Or",
    "Score",
    "Tree",
    "bases_in",
    "kind_of",
    "names_in",
    "parse",
    "write",
]


CHECK = "Check the parentheses, and that AND, OR or a comparison stands between any two values"


def parse(sentence: str, names: Mapping[str, Name], *, where: str, kind: str | None = "boolean") -> Tree:
    """The checked tree of a sentence; raises `SentenceError` with every problem found."""
    words, faults = cut(sentence, names)
    problems = [problem_at(where, fault.fragment, fault.what, fault.remedy) for fault in faults]
    if any(fault.stops for fault in faults):
        raise SentenceError(*problems)
    reader = Reader(names, where, problems)
    try:
        tree = reader.read(_structure(words, where))
    except SentenceError as error:
        raise SentenceError(*reader.problems, *error.problems) from None
    except RecursionError:
        raise SentenceError(problem_at(where, "", "the sentence is too deeply nested", NAME_PARTS)) from None
    if tree is None and not reader.problems:
        reader.refuse(" ".join(word.text for word in words), "the sentence cannot be read", CHECK)
    if tree is not None and kind is not None:
        reader.check_kind(tree, kind)
    if tree is None or reader.problems:
        raise SentenceError(*reader.problems)
    return tree


def _structure(words: list[Word], where: str) -> exp.Expr:
    """The sentence as sqlglot reads it, names quoted so that none is taken for a word of SQL."""
    from sqlglot import errors, exp, parse_one

    text = " ".join(_quoted(word) if word.kind in ("name", "function") else word.text for word in words)
    try:
        return parse_one(text, into=exp.Condition, dialect=DIALECT)
    except errors.SqlglotError as error:
        near = next((str(e.get("highlight", "")) for e in getattr(error, "errors", ())), "").replace('"', "")
        what = f"the sentence cannot be read near `{near}`" if near else "the sentence cannot be read"
        plain = " ".join(word.text for word in words)
        raise SentenceError(problem_at(where, plain, what, CHECK)) from None


def _quoted(word: Word) -> str:
    return ".".join(f'"{part}"' for part in word.text.split("."))
