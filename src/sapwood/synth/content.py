"""What invented records are written with, read once from content.yaml and cut to the pieces of FHIR they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sapwood.yaml_files import read_yaml

_FILE = Path(__file__).with_name("content.yaml")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a record can name: as a code with words, as words alone, or as a code alone."""

    name: str
    coded: tuple[dict[str, Any], ...]
    texts: tuple[dict[str, Any], ...]
    bare: dict[str, Any] | None  # a code without words, where there is one
    gene: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """How a laboratory prints a number: [times, decimals] beside its unit."""

    shown: str
    code: str
    times: float
    places: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A laboratory test or vital sign."""

    term: Term
    units: Mapping[str, tuple[Unit, ...]]
    low: float | None
    high: float | None
    vital: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is seen, with its habits."""

    name: str
    units: str
    text_only: float
    code_only: float


@dataclass(frozen=True, slots=True)
class Content:
    """Everything content.yaml holds."""

    terms: Mapping[str, Term]  # conditions, procedures, findings and drugs, by "condition.NAME"
    measures: Mapping[str, Measure]
    places: Mapping[str, Place]
    encounters: Mapping[str, dict[str, Any]]
    regimens: Mapping[str, Mapping[str, Any]]
    vaccines: tuple[str, ...]
    body_sites: tuple[str, ...]


_KINDS = {"conditions": "condition", "procedures": "procedure", "findings": "finding", "drugs": "drug"}


@cache
def load_content() -> Content:
    """The content, read once."""
    raw = read_yaml(_FILE, _FILE.name)
    systems = raw["systems"]
    terms = {
        f"{kind}.{name}": _term(name, entry, systems)
        for part, kind in _KINDS.items()
        for name, entry in raw[part].items()
    }
    measures = {
        name: Measure(
            _term(name, entry, systems),
            {column: tuple(_unit(unit) for unit in entry[column]) for column in ("us", "si")},
            _float(entry.get("low")),
            _float(entry.get("high")),
            part == "vitals",
        )
        for part in ("labs", "vitals")
        for name, entry in raw[part].items()
    }
    places = {
        name: Place(name, entry["units"], float(entry["text_only"]), float(entry["code_only"]))
        for name, entry in raw["places"].items()
    }
    return Content(
        terms,
        measures,
        places,
        {name: {"text": words} for name, words in raw["encounters"].items()},
        raw["regimens"],
        tuple(raw["vaccine"]),
        tuple(raw["body_sites"]),
    )


def _term(name: str, entry: Mapping[str, Any], systems: Mapping[str, str]) -> Term:
    words = entry["words"]
    codings = [{"system": uri, "code": entry[key]} for key, uri in systems.items() if key in entry]
    texts = tuple({"text": one} for one in words)
    named = tuple(
        {"coding": [{**coding, "display": words[0]} for coding in codings], "text": one} for one in words
    )
    gene = entry.get("gene")
    return Term(
        name,
        named if codings else texts,
        texts,
        {"coding": codings} if codings else None,
        (gene[0], gene[1]) if gene else None,
    )


def _unit(row: list[Any]) -> Unit:
    return Unit(row[0], row[1], float(row[2]), int(row[3]))


def _float(number: Any) -> float | None:
    return None if number is None else float(number)
