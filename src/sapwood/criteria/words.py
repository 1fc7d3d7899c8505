"""A sentence cut into the words it may be made of, with a place and a remedy for every other one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

LONGEST = 2000
"""The most words a sentence may have."""
DEEPEST = 16
"""The most parentheses that may stand inside one another."""

NAME_PARTS = "Name parts of it as criteria of their own"
OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/"})
FUNCTIONS = ("at_least", "score", "days_between")
KEYWORDS = frozenset({"and", "or", "not", "in", "between", "true", "false"})

_TOKEN = re.compile(
    r"""\s+
      | (?P<string>'(?:[^']|'')*')
      | (?P<number>\.?\d[\w.]*)
      | (?P<word>[^\W\d]\w*(?:\.\w*)*)
      | (?P<mark>[(),])
      | (?P<operator>[=<>!+\-*/%|&^~@\#?:$\\.;]+)
      | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"\d{1,18}(\.\d{1,18})?", re.ASCII)

_UNKNOWN = "Leave it out: nothing asks whether a value is known; an unknown one leaves a sentence unknown"
_CHOICE = "Write it with AND, OR and NOT"
_PATTERN = "Compare with whole words: `= 'word'` or `IN ('word', 'other')`"
_SEARCH = "Name the facts themselves: a sentence speaks of one patient and searches nothing"
_CONVERT = "Leave it out: every fact already has its kind"
_TIME = "Use days_between(start, end), and DATE '2026-01-31' for a day"
_COUNT = "Use at_least(n, ...) to count or score(weight, ...) to add"
_REFUSED = {
    **dict.fromkeys("is isnull notnull null coalesce ifnull nullif nvl unknown distinct".split(), _UNKNOWN),
    **dict.fromkeys("case when then else end if iff decode xor".split(), _CHOICE),
    **dict.fromkeys("like ilike similar glob regexp rlike escape contains".split(), _PATTERN),
    **dict.fromkeys("select from where exists any all some with union values".split(), _SEARCH),
    **dict.fromkeys("cast try_cast convert as collate".split(), _CONVERT),
    **dict.fromkeys(
        "interval now today current_date current_timestamp extract date date_diff datediff date_add "
        "timestamp time year month day".split(),
        _TIME,
    ),
    **dict.fromkeys("sum count min max avg greatest least".split(), _COUNT),
    **dict.fromkeys("abs round floor ceil sqrt power mod div".split(), "Use + - * / and comparisons only"),
}
_SIGNS = {
    "!=": "Write <>",
    "==": "Write =",
    "=<": "Write <=",
    "=>": "Write >=",
    "--": "A sentence has no comments: put them in the `note`",
    "/*": "A sentence has no comments: put them in the `note`",
    "||": _PATTERN,
    "::": _CONVERT,
    ";": "One sentence at a time, without a semicolon",
}
_OTHER = {
    '"': "Write names plainly and words in single quotes: 'skin'",
    "`": "Write names plainly, without quotes",
    "'": "Close the quoted word with a second single quote",
    "≥": "Write >=",
    "≤": "Write <=",
    "≠": "Write <>",
    "×": "Write *",
    "÷": "Write /",
    "‘": "Use the plain single quote '",
    "’": "Use the plain single quote '",
    "“": "Use the plain single quote '",
    "”": "Use the plain single quote '",
    "−": "Use the plain minus -",
    "–": "Use the plain minus -",
}
_ENDS = frozenset({"'", '"', "--", "/*"})
"""After one of these the rest of a sentence means nothing."""
_PLAIN = "Use names, numbers, 'words', comparisons, AND, OR, NOT and parentheses"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence: keyword, function, name, string, number, date, operator or mark."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A word that cannot stand in a sentence; `stops` when the rest can no longer be understood."""

    fragment: str
    what: str
    remedy: str
    stops: bool = True


def cut(sentence: str, names: Container[str]) -> tuple[list[Word], list[Fault]]:
    """Every word of a sentence and every fault among them, in reading order."""
    raw = [
        (match.lastgroup, match.group()) for match in _TOKEN.finditer(sentence) if match.lastgroup is not None
    ]
    if not raw:
        return [], [Fault("", "the sentence is empty", "Write a comparison such as `albumin >= 3.2`")]
    if len(raw) > LONGEST:
        return [], [Fault(f"{sentence[:40]} ...", "the sentence is too long", NAME_PARTS)]
    words: list[Word] = []
    faults: list[Fault] = []
    depth = 0
    for index, (kind, text) in enumerate(raw):
        following = raw[index + 1] if index + 1 < len(raw) else (None, "")
        found: Word | Fault
        if kind == "word":
            found = _word(text, following, names)
        elif kind == "number":
            found = _number(text)
        elif kind == "operator":
            found = _operator(text, words)
        elif kind == "other":
            found = Fault(text, f"{text} has no meaning here", _OTHER.get(text, _PLAIN))
        elif kind == "mark":
            depth += {"(": 1, ")": -1}.get(text, 0)
            if depth > DEEPEST:
                return words, [*faults, Fault("(((", "parentheses are too deeply nested", NAME_PARTS)]
            found = Word("mark", text)
        else:
            found = Word("string", text)
        if isinstance(found, Fault):
            if not found.stops:
                words.append(Word("name", text))
            if all(found.remedy != fault.remedy or not found.stops for fault in faults):
                faults.append(found)
            if text in _ENDS:
                break
        elif found.kind == "operator" and len(found.text) > 1 and found.text not in OPERATORS:
            words += [Word("operator", found.text[:-1]), Word("operator", found.text[-1])]
        else:
            words.append(found)
    return words, list(dict.fromkeys(faults))


def did_you_mean(word: str, options: Iterable[str], otherwise: str) -> str:
    """The remedy for a mistyped word: the nearest one that exists, or else what to do instead."""
    near = difflib.get_close_matches(word.lower(), list(options), n=1)
    return f"Did you mean `{near[0]}`?" if near else otherwise


def _word(text: str, following: tuple[str | None, str], names: Container[str]) -> Word | Fault:
    lower = text.lower()
    if lower in KEYWORDS:
        return Word("keyword", text.upper())
    if following[1] == "(":
        if text in FUNCTIONS:
            return Word("function", text)
        if text in names:
            return Fault(f"{text}(", f"{text} is a name, not a function", "Leave the parentheses out")
        remedy = _REFUSED.get(lower) or did_you_mean(
            lower, FUNCTIONS, f"The functions are {', '.join(FUNCTIONS)}"
        )
        return Fault(f"{text}(", f"{text}() cannot be used", remedy)
    if lower == "date" and following[0] == "string":
        return Word("date", "DATE")
    base, *attributes = text.split(".")
    if len(attributes) > 1 or "" in attributes:
        return Fault(
            text, "a name has at most one attribute", "Write it as `alt.high`, `alt.low` or `alt.when`"
        )
    if base in names:
        return Word("name", text)
    if lower in _REFUSED:
        return Fault(text, f"{text} cannot be used", _REFUSED[lower])
    known = list(names) if isinstance(names, Iterable) else []
    remedy = did_you_mean(base, known, "Use the name of a fact or criterion of the pack")
    return Fault(text, f"unknown name `{base}`", remedy, stops=False)


def _number(text: str) -> Word | Fault:
    if _NUMBER.fullmatch(text):
        return Word("number", text)
    return Fault(
        text, "this is not a plain number", "Write it as 3.2: digits, a point, digits; no exponent, no unit"
    )


def _operator(text: str, before: list[Word]) -> Word | Fault:
    plain = text in OPERATORS or (text[-1] == "-" and text[:-1] in OPERATORS and text != "--")
    if not plain:
        for sign, remedy in _SIGNS.items():
            if sign in text:
                return Fault(text, f"{text} cannot be used", remedy)
        return Fault(text, f"{text} cannot be used", f"The signs are {' '.join(sorted(OPERATORS))}")
    ends_a_value = before and (before[-1].kind in ("name", "number", "string") or before[-1].text == ")")
    if text == "+" and not ends_a_value:
        return Fault("+", "a plus sign stands before no number", "Leave the plus sign out")
    return Word("operator", text)
