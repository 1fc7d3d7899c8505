"""One typed, sourced answer about a person or a specimen: its state, its value, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.choosing import plain, unit_words
from sapwood.definitions import FactDefinition
from sapwood.values import Moment, Value


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed, sourced answer.

    `state` is known, missing, stale, conflicting, unusable or not_applicable; only *known* has a value.
    `assurance` is clinical, patient, derived or assumed.
    """

    id: str
    definition: FactDefinition
    state: str
    value: Value = None
    when: Moment | None = None
    assurance: str = "clinical"
    sources: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    note: str = ""
    specimen: str = ""
    low: Value = None
    high: Value = None
    doubted: bool = False  # something else than entries of another time was left out
    recorded: Moment | None = None  # when it became known, where the record says so

    @property
    def known(self) -> bool:
        """Whether it has a value in logic."""
        return self.state == "known"

    @property
    def silent(self) -> bool:
        """Whether nothing speaks of it: nothing on record, or a question that does not arise."""
        return self.state in ("missing", "not_applicable") and not self.doubted

    @property
    def text(self) -> str:
        """The fact in plain words: `serum albumin 3.6 g/dL on 2026-03-02`."""
        title = self.definition.title
        if not self.known:
            why = f" ({self.note})" if self.note else ""
            return f"{title}: {STATE_WORDS[self.state]}{why}"
        unit = unit_words(self.definition.unit) if self.definition.kind == "number" else ""
        day = f" on {self.when}" if self.when is not None else ""
        how = {"patient": ", in the patient's own words", "assumed": ", assumed"}.get(self.assurance, "")
        return f"{title}: {plain(self.value)}{' ' + unit if unit else ''}{day}{how}"


STATE_WORDS = {
    "missing": "not on record",
    "stale": "too old to count",
    "conflicting": "sources disagree",
    "unusable": "on record, but cannot be used",
    "not_applicable": "does not apply",
    "known": "known",
}


@dataclass(frozen=True, slots=True)
class Group:
    """One specimen, or one cell population of it."""

    key: str
    label: str
