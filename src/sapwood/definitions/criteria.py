"""The shape of criteria.yaml: a named sentence, and what it means."""

from __future__ import annotations

from typing import Literal

from sapwood.definitions.entries import Definition, Plain, Words


class CriterionDefinition(Definition, frozen=True, rename={"is_": "is"}):
    """A named sentence over facts and other criteria."""

    is_: str
    means: str
    title: str = ""
    false_means: str = ""
    rule_set: str = "definition"
    for_each: Literal["person", "specimen"] = "person"
    reversible: str = ""
    never: list[Literal["true", "false", "unknown"]] = []
    patient: Plain = Plain()
    evidence: Words = []
    note: str = ""
