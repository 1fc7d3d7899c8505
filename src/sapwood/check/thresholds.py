"""Promise 8: numbers are compared in their own units, within what is plausible, and boundaries fall on one side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sapwood.criteria.tree import (
    OPPOSITE,
    TURNED,
    Arithmetic,
    Compare,
    DaysBetween,
    In,
    Literal,
    Named,
    Score,
    Tree,
    walk,
    write,
)
from sapwood.units import convert

from .findings import TITLES, Finding, Section
from .ground import Ground

DAYS = "d"
LIFE = 130 * 366
"""More days than anybody lives."""


@dataclass(frozen=True)
class Threshold:
    """One number that something is compared with, and where it stands."""

    sentence: str
    what: str
    fact: str
    op: str
    number: Decimal

    @property
    def text(self) -> str:
        """The comparison, as a sentence writes it."""
        return f"{self.what} {self.op} {self.number}"


def numbers(ground: Ground) -> Section:
    """Every comparison of numbers: its units, its place in the plausible range, its side of the boundary."""
    section = Section(8, TITLES[8])
    for name, sentence in ground.pack.sentences.items():
        for node in walk(sentence.tree):
            if isinstance(node, Compare | Arithmetic):
                _units(ground, section, name, node)
    found = [one for name in ground.pack.sentences for one in thresholds(ground, name)]
    for one in found:
        _in_range(ground, section, one)
        if one.what.startswith("days_between(") and abs(one.number) > LIFE:
            what = f"`{one.what} {one.op} {one.number}` is more days than a life has"
            where = ground.where("sentence", one.sentence)
            section.findings.append(
                Finding("threshold", "danger", where, what, "Mend the number.", detail=one.text)
            )
    _against_the_evidence(ground, section, found)
    _one_unit_for_one_code(ground, section)
    _boundaries(section, found)
    return section


def thresholds(ground: Ground, name: str) -> Iterator[Threshold]:
    """Every number that a sentence compares something with."""
    for node in walk(ground.pack.sentences[name].tree):
        if isinstance(node, Compare):
            left, right, op = node.left, node.right, node.op
            if isinstance(left, Literal):
                left, right, op = right, left, TURNED[op]
            if isinstance(right, Literal) and isinstance(right.value, Decimal):
                fact = left.key if isinstance(left, Named) else ""
                yield Threshold(name, write(left), fact, op, right.value)
        elif isinstance(node, In) and isinstance(node.left, Named):
            for option in node.options:
                if isinstance(option, Decimal):
                    yield Threshold(name, write(node.left), node.left.key, "=", option)


def _in_range(ground: Ground, section: Section, one: Threshold) -> None:
    base = one.fact.partition(".")[0]
    definition = ground.pack.facts.get(base)
    if definition is None or not definition.plausible:
        section.proved += 1
        return
    low, high = (Decimal(limit) for limit in definition.plausible)
    asks_whether_known = one.number == 0 and one.op in (">", ">=") and low >= 0
    if low <= one.number <= high or asks_whether_known:
        section.proved += 1
        return
    what = f"`{one.what} {one.op} {one.number}` lies outside the plausible range of {low} to {high} {definition.unit}"
    remedy = "Mend the number, or the range of the fact; a value out there is never read."
    section.findings.append(
        Finding(
            "threshold",
            "danger",
            ground.where("sentence", one.sentence),
            what.strip(),
            remedy,
            detail=one.text,
        )
    )


# --- units --------------------------------------------------------------------------------------------


def _units(ground: Ground, section: Section, name: str, node: Compare | Arithmetic) -> None:
    """Sums, differences and comparisons join like with like."""
    if node.op in ("*", "/"):
        return
    units = [_unit(ground, side) for side in (node.left, node.right)]
    if None in units or units[0] == units[1]:
        section.proved += 1
        return
    what = f"`{write(node)}` joins {units[0] or 'a plain number'} and {units[1] or 'a plain number'}"
    section.findings.append(
        Finding(
            "units",
            "danger",
            ground.where("sentence", name),
            what,
            "Give both the same unit.",
            detail=write(node),
        )
    )


def _unit(ground: Ground, tree: Tree) -> str | None:
    """The unit of a number; `None` of what takes any: a written number, or what is worked out in no one unit."""
    match tree:
        case Named(name, _, "number"):
            definition = ground.pack.facts[name]
            return definition.unit if definition.unit or definition.type != "quantity" else None
        case DaysBetween():
            return DAYS
        case Score():
            return ""
        case Arithmetic("+" | "-", left, right):
            return _unit(ground, left) or _unit(ground, right)
        case Arithmetic("/", left, right):
            one, other = _unit(ground, left), _unit(ground, right)
            return "" if one is not None and one == other else None
        case _:
            return None


def _one_unit_for_one_code(ground: Ground, section: Section) -> None:
    """Facts that read the same code hold it in the same unit, so that their numbers can stand side by side."""
    homes: dict[tuple[str, str], str] = {}
    for name, definition in ground.pack.facts.items():
        if definition.type != "quantity":
            continue
        for source in definition.find:
            for system, codes in source.codes.items():
                for code in codes:
                    first = homes.setdefault((system, code), name)
                    unit = ground.pack.facts[first].unit
                    if unit == definition.unit:
                        section.proved += 1
                        continue
                    what = f"holds {system} {code} in {definition.unit}, and `{first}` in {unit}"
                    where = ground.where("fact", name)
                    section.findings.append(
                        Finding("units", "danger", where, what, "Give both the same unit.", detail=first)
                    )


# --- the numbers of the evidence -----------------------------------------------------------------------


def _against_the_evidence(ground: Ground, section: Section, found: list[Threshold]) -> None:
    """Where a criterion cites one claim with a number in the fact's unit, that number stands in the sentence."""
    by_sentence: dict[str, list[Threshold]] = {}
    for one in found:
        by_sentence.setdefault(one.sentence, []).append(one)
    for name, criterion in ground.pack.criteria.items():
        for one in by_sentence.get(name, []):
            definition = ground.pack.facts.get(one.fact)
            claims = [ground.pack.claims[claim] for claim in criterion.evidence]
            stated = [
                (claim, number)
                for claim in claims
                if definition is not None
                and claim.unit
                and (number := _in_unit(claim.value, claim.unit, definition.unit)) is not None
            ]
            if not stated or one.number == 0:
                continue
            if any(number == one.number for _, number in stated):
                section.proved += 1
                continue
            said = ", ".join(f"{claim.value} {claim.unit}" for claim, _ in stated)
            what = f"`{one.what} {one.op} {one.number}`, where the evidence says {said}"
            remedy = "Mend the number or its unit, or cite the claim that it rests on."
            section.findings.append(
                Finding(
                    "evidence number",
                    "danger",
                    ground.where("criterion", name),
                    what,
                    remedy,
                    detail=one.text,
                )
            )


def _in_unit(value: object, unit: str, wanted: str) -> Decimal | None:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        return None
    if unit == wanted:
        return Decimal(value)
    return convert(Decimal(value), unit, wanted) if "/" in unit and "/" in wanted else None


# --- boundaries ----------------------------------------------------------------------------------------


def _boundaries(section: Section, found: list[Threshold]) -> None:
    """The same number on both sides of a boundary: listed for a reviewer, who knows whether it is meant."""
    sides: dict[tuple[str, Decimal], dict[str, list[str]]] = {}
    for one in found:
        if one.op in ("<", "<=", ">", ">="):
            side = one.op if one.op in ("<", "<=") else OPPOSITE[one.op]
            sides.setdefault((one.what, one.number), {}).setdefault(side, []).append(
                f"{one.sentence} ({one.op})"
            )
    for (what, number), by_side in sides.items():
        if len(by_side) == 2:
            listed = "; ".join(", ".join(dict.fromkeys(names)) for names in by_side.values())
            section.notes.append(f"{what} at {number} belongs to both sides: {listed}")
