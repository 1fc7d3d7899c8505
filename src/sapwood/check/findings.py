"""What a check found, what it proved, and what it could not prove: for a person, worst first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TITLES = {
    1: "Everybody stands in exactly one place",
    2: "Somebody always has something to do",
    3: "No option contradicts itself, another, or an alert",
    4: "Every criterion can come out every way, and none is a copy",
    5: "Every step can be reached and left",
    6: "Knowing more never turns a verdict over",
    7: "No hold and no gate is silent",
    8: "Numbers are compared in their own units and ranges",
    9: "What is used is asked for; all has words, evidence and cases",
}

WEIGHTS = ("danger", "gap", "content")
"""A danger could mislead about a patient; a gap leaves one without an answer; content is for its author."""


TO_MEND = frozenset(
    {"silent hold", "silent gate", "dead end", "nothing asked", "option", "case", "turns over", "answer"}
)
"""Kinds that no answer makes right: somebody would go on unwarned, or with nothing to do."""


@dataclass(frozen=True)
class Witness:
    """A patient who shows a finding: an answers file for `sapwood plan`, and what the plan rests on."""

    content: Mapping[str, Any]
    words: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Something to put right, or to answer for: where, what, remedy, and a patient who shows it."""

    kind: str
    weight: str
    where: str
    what: str
    remedy: str
    witness: Witness | None = None
    detail: str = ""
    """What tells it from others of its kind in the same place; empty where there can be no other."""
    answer: str = ""
    """Why it is right as it stands, by the pack's authors; empty while it is open."""

    @property
    def key(self) -> str:
        """The same for the same finding, whatever patient shows it."""
        return f"{self.kind} | {self.where} | {self.what}"

    @property
    def may_be_answered(self) -> bool:
        """Whether the pack's authors may say why it is right as it stands."""
        return self.kind not in TO_MEND

    @property
    def name(self) -> str:
        """What an answer calls it: its kind, the entry it is in, and what tells it from others there."""
        sort, _, entry = re.sub(r"^[^,]*, ", "", self.where).replace("`", "").rpartition(" ")
        kind = self.kind.removesuffix(f" {sort}")
        return " ".join(f"{kind} {sort} {entry}".split()) + (f": {self.detail}" if self.detail else "")


@dataclass
class Section:
    """One promise: how often it was proved, what breaks it, what could not be decided, what a reviewer should see."""

    number: int
    title: str
    proved: int = 0
    findings: list[Finding] = field(default_factory=list)
    """Those that are open."""
    answered: list[Finding] = field(default_factory=list)
    not_proved: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """All that a check of one pack says."""

    pack: str
    version: str
    hash: str
    sections: tuple[Section, ...]
    limits: tuple[str, ...]
    seconds: float = 0.0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every open finding, worst first, else in the order of the promises."""
        return _worst_first(finding for section in self.sections for finding in section.findings)

    @property
    def answered(self) -> tuple[Finding, ...]:
        """Every finding that the pack's authors have answered, in the same order."""
        return _worst_first(finding for section in self.sections for finding in section.answered)

    @property
    def sound(self) -> bool:
        """Whether no finding is open; what could not be proved is said beside it."""
        return not self.findings


def _worst_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: WEIGHTS.index(one.weight)))
