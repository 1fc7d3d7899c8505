"""Who an invented person is before anything happens to them; and the ordinary values of healthy people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .chart import Chart
from .dice import Dice
from .pieces import META, iso

COUNT = ("hb", "wbc", "platelets", "neutrophils", "monocytes")
CHEMISTRY = ("albumin", "alt", "ast", "bilirubin", "alk_phos", "creatinine", "bun", "potassium", "calcium")
LYSIS = ("phosphate", "urate", "ldh")
CLOTTING = ("inr", "fibrinogen")
_KINDS = {"neutrophils": 0.62, "monocytes": 0.11}  # at most that share of the white cells
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(slots=True)
class Person:
    """Sex, birth and body of one invented person."""

    male: bool
    born: int
    weight: float
    height: float

    def age(self, day: int) -> int:
        """Whole years on a day."""
        return int((day - self.born) / 365.25)


def person_of(dice: Dice, male: bool, age: float, day: int) -> Person:
    """A person of an age on a day."""
    born = day - int((age + dice.between(0, 1)) * 365.25)
    height = min(dice.around(176 if male else 163, 7), dice.around(76 + 6.2 * age, 4))
    mass_index = dice.around(25.5, 3.6) if age >= 18 else dice.around(15.5 + age / 4, 1.2)
    return Person(male, born, max(7.0, mass_index * (height / 100) ** 2), height)


def write_person(chart: Chart, who: Person, died: int | None) -> None:
    """The Patient entry: no name, and an identifier that says what it is."""
    dice = chart.dice
    birth = iso(who.born)
    body = {
        "resourceType": "Patient",
        "id": chart.person,
        "meta": META,
        "identifier": [{"system": "urn:sapwood:invented-person", "value": chart.person}],
        "active": True,
        "gender": "male" if who.male else "female",
        "birthDate": birth[:4] if dice.chance("birth_year_only") else birth,
    }
    if died is not None and died <= chart.until:
        body["deceasedDateTime"] = iso(died)
    chart.entries.insert(0, ("Patient", body))


def usual(chart: Chart, name: str) -> float:
    """A value as this person has it when well: near what it was before."""
    mean, spread = chart.content.measures[name].usual
    own = chart.own.get(name)
    if own is None:
        own = chart.own[name] = max(mean / 2, chart.dice.around(mean, spread))
    return max(mean / 3, chart.dice.around(own, spread * 0.35))


def write_values(
    chart: Chart, day: int, names: tuple[str, ...], known: Mapping[str, float] = NOTHING, at: str = ""
) -> None:
    """A set of values of one day: those known, the others as usual; here and there one is not in the record."""
    whites = known.get("wbc", 0.0)
    for name in names:
        value = known[name] if name in known else usual(chart, name)
        if name == "wbc":
            whites = value = (
                max(value, known.get("neutrophils", 0.0) * 1.3) if name in known else _whites(known, value)
            )
        elif name in _KINDS and name not in known and whites:
            value = min(value, whites * _KINDS[name])
        if chart.dice.chance("blood_tests_written"):
            chart.measure(name, day, max(value, 0.0), at)


def _whites(known: Mapping[str, float], value: float) -> float:
    """A white count that fits the neutrophils beside it."""
    return known["neutrophils"] * 1.9 if "neutrophils" in known else value
