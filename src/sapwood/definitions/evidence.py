"""The shapes of evidence.yaml and knowledge.yaml: sources, what they say, and claims side by side."""

from __future__ import annotations

from typing import Any, Literal

from sapwood.definitions.entries import Definition, Plain, Words


class EvidenceSource(Definition, frozen=True):
    """A paper, label, page or data set."""

    citation: str
    year: int | None = None
    kind: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    access: str = ""
    status: str = ""
    note: str = ""


class Claim(Definition, frozen=True):
    """One thing a source says, with its number where it has one."""

    source: str
    text: str
    mark: Literal["V", "K", "ours"] = "V"
    population: str = ""
    n: int | None = None
    measure: str = ""
    value: Any = None
    unit: str = ""
    numerator: int | None = None
    denominator: int | None = None
    ci: list[Any] = []
    ci_source: str = ""
    pool_ok: bool | None = None
    overlap_group: str = ""
    note: str = ""


class EvidenceDefinition(Definition, frozen=True):
    """Sources and the claims that rest on them."""

    sources: dict[str, EvidenceSource]
    claims: dict[str, Claim]


class Topic(Definition, frozen=True):
    """Claims about one question, side by side; where they conflict, why they differ. Never pooled."""

    id: str
    title: str
    rows: Words
    about: str = ""
    conflict: bool = False
    why_they_differ: str = ""
    steps: Words = []
    patient: Plain = Plain()


class KnowledgeDefinition(Definition, frozen=True):
    """What is known of a disease, question by question."""

    topics: list[Topic] = []
