"""What invented records are written with, read once from content.yaml and cut to the pieces of FHIR they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
    usual: tuple[float, float]  # of healthy people: mean and spread


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is seen, with its habits."""

    name: str
    units: str
    text_only: float
    code_only: float


@dataclass(frozen=True, slots=True)
class Giving:
    """One drug of a cycle and its days, counted from 0."""

    drug: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Regimen:
    """One way of treating, as invented hospitals give it."""

    name: str
    cycle: int  # days
    cycles: tuple[int, int]  # fewest and most
    first: tuple[Giving, ...]
    other: tuple[Giving, ...]  # of every second cycle
    flags: frozenset[str]  # watched, strong, gentle, harms_marrow, venetoclax
    remission: str  # the rate of a remission with it, in a first line
    lasts: str  # the rate of how long such a remission lasts


@dataclass(frozen=True, slots=True)
class Content:
    """Everything content.yaml holds."""

    terms: Mapping[str, Term]  # conditions, procedures, findings and drugs, by "condition.NAME"
    measures: Mapping[str, Measure]
    places: Mapping[str, Place]
    encounters: Mapping[str, dict[str, Any]]
    regimens: Mapping[str, Regimen]
    ward: Mapping[str, float]
    days: Mapping[str, int]
    values: Mapping[str, Mapping[str, tuple[float, float]]]
    traits: Mapping[str, Mapping[str, Any]]  # of a condition: lasting, drug, cream, sampled, tissue
    stains: Mapping[str, Mapping[str, Any]]
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
            _pair(entry.get("usual", [0, 0])),
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
        {name: _regimen(name, entry) for name, entry in raw["regimens"].items()},
        {name: float(limit) for name, limit in raw["ward"].items()},
        {name: date.fromisoformat(day).toordinal() for name, day in raw["days"].items()},
        {name: {what: _pair(row) for what, row in entry.items()} for name, entry in raw["values"].items()},
        {name: _traits(entry) for name, entry in raw["conditions"].items()},
        raw["stains"],
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


def _traits(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("lasting", "drug", "cream", "sampled", "tissue") if key in entry}


_FLAGS = ("watched", "strong", "gentle", "harms_marrow", "venetoclax")


def _regimen(name: str, entry: Mapping[str, Any]) -> Regimen:
    first = _givings(entry["days"])
    return Regimen(
        name,
        entry["cycle"],
        (entry["cycles"][0], entry["cycles"][1]),
        first,
        _givings(entry["other"]) if "other" in entry else first,
        frozenset(flag for flag in _FLAGS if entry.get(flag)),
        entry.get("remission", "remission_other"),
        entry.get("lasts", "remission_other_lasts"),
    )


def _givings(rows: list[list[Any]]) -> tuple[Giving, ...]:
    return tuple(Giving(drug, tuple(range(first - 1, last, every))) for drug, first, last, every in rows)


def _pair(row: list[Any]) -> tuple[float, float]:
    return float(row[0]), float(row[1])


def _unit(row: list[Any]) -> Unit:
    return Unit(row[0], row[1], float(row[2]), int(row[3]))


def _float(number: Any) -> float | None:
    return None if number is None else float(number)
