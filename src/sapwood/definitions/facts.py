"""The shapes of facts.yaml: where a fact is found, which value counts, how to ask for it."""

from __future__ import annotations

from typing import Any, Literal

from sapwood.definitions.entries import Codes, Definition, Scalar, Words


class Match(Definition, frozen=True):
    """Codes and words that pick a concept."""

    codes: Codes = {}
    words: Words = []


class Source(Definition, frozen=True, rename={"in_": "in"}):
    """One way in which a record can hold a fact."""

    in_: str | list[str]
    codes: Codes = {}
    words: Words = []
    without: Words = []
    beside: Words = []
    hedged: Literal["refuse", "accept"] = "refuse"
    value_words: Words = []
    note_words: Words = []
    component: Match | None = None
    take: Literal["value", "component"] = "value"
    at: Match | None = None
    category: Words = []
    verification: Words = []
    clinical: Words = []
    status: Words = []
    path: str | list[str] | None = None
    value: Scalar = None

    @property
    def types(self) -> list[str]:
        """The FHIR resource types this source reads."""
        return [self.in_] if isinstance(self.in_, str) else self.in_


class Ask(Definition, frozen=True):
    """How to ask a person for a fact."""

    text: str
    of: Literal["clinician", "patient", "either"] = "clinician"
    answers: dict[str, str] | list[str] = []
    hint: str = ""
    patient: str = ""
    bring: str = ""


class ClosedWorld(Definition, frozen=True):
    """Leave to read "not recorded" as "no", while the record covers the period."""

    covered_by: str


FactType = Literal["boolean", "code", "quantity", "count", "score", "instant", "text"]
Which = Literal["latest", "earliest", "highest", "lowest", "any", "all", "count", "agree"]


class FactDefinition(Definition, frozen=True):
    """One typed answer: where to find it, which value counts, how long it holds, how to ask for it."""

    title: str
    type: FactType
    group: str = "other"
    unit: str = ""
    molar_mass: Any = None
    plausible: list[Any] = []
    per: Literal["person", "specimen"] = "person"
    values: dict[Any, Match] = {}
    find: list[Source] = []
    which: Which = "latest"
    before: str = ""
    after: str = ""
    on_day: str = ""
    day_before: str = ""
    within: str = ""
    holds: str = "always"
    undated: Literal["accept", "refuse"] = "accept"
    closed_world: ClosedWorld | None = None
    not_when: str = ""
    derived: str = ""
    from_lines: str = ""
    from_record: str = ""
    ask: Ask | None = None
    patient: str = ""
    note: str = ""
    evidence: Words = []

    @property
    def kind(self) -> str:
        """The kind of value it has in sentences."""
        return {"quantity": "number", "count": "number", "score": "number", "instant": "moment"}.get(
            self.type, self.type
        )


class Always(Definition, frozen=True, rename={"is_": "is"}):
    """Something that holds of every patient; facts that break it together cannot all be right."""

    is_: str
    means: str
