"""Daily entries as the core takes them: the same measurement answers several facts, by the day it is of.

Of weights, the newest entry of a day counts; of temperatures, all do; of swelling, any "yes". What of it is a fact
today is worked out anew each day; the entries themselves stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sapwood.answers import Answer as Stated
from sapwood.answers import read_typed, sheet_of
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.readings import Refusal
from sapwood_web.records.models import DailyEntry

WEIGHT, TEMPERATURE, SWELLING = "weight", "temperature", "oedema_today"
ON_THE_DAY = {WEIGHT: "weight_today", TEMPERATURE: "temperature_today"}
THE_DAY_BEFORE = {WEIGHT: "weight_previous_day"}
LAST = {WEIGHT: 30, TEMPERATURE: 2}
"""For how many days the newest of each is of use; the pack says how long it counts."""

SIGNS = ("fever_today", "oedema_today")
"""Facts that, once true, are for the clinic to hear of within the hour, whatever else is known."""

UNITS = {"kg": "kg", "lb": "lb", "c": "°C", "f": "°F"}
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
BIG_STEP = Decimal("0.12")
"""The share of a weight by which it seldom changes between two entries, and a slip of pen or unit always does."""


def number_in(text: str) -> Decimal | None:
    """A number as people write it, with a point or a comma; nothing where it is none."""
    text = text.strip()
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def value_of(pack: Pack, fact: str, said: str) -> Decimal | None:
    """A measurement in the pack's own unit; nothing where the fact cannot have that value."""
    reading = read_typed(said, pack.facts[fact])
    return None if isinstance(reading, Refusal) or not isinstance(reading, Decimal) else reading


def span_of(pack: Pack, fact: str) -> tuple[Decimal, Decimal]:
    """The least and the most that the pack takes for a measurement of the fact."""
    low, high = pack.facts[fact].plausible
    return Decimal(str(low)), Decimal(str(high))


def signs(facts: Facts) -> tuple[str, ...]:
    """The signs that are there today, by their names for a patient."""
    pack = facts.pack
    return tuple(
        pack.facts[name].patient for name in SIGNS if name in pack.facts and facts.value(name) is True
    )


def measured(entries: Iterable[DailyEntry], pack: Pack, as_of: date) -> list[Stated]:
    """What of the entries is a fact on that day, each in the words of whoever measured it."""
    given: dict[str, list[dict[str, Any]]] = {}
    weights: dict[date, dict[str, Any]] = {}
    for entry in entries:
        said = entry.said
        day = date.fromisoformat(said["day"])
        if day > as_of:
            continue
        told = {
            "when": said.get("time") or said["day"],
            "by": said["by"],
            "source": f"daily/{entry.pk}",
            "said": entry.at.date().isoformat(),
        }
        if weight := said.get("weight"):
            weights[day] = {"value": weight, **told}
        if (temperature := said.get("temperature")) and (as_of - day).days <= LAST[TEMPERATURE]:
            given.setdefault(TEMPERATURE, []).append({"value": temperature, **told})
            if day == as_of:
                given.setdefault(ON_THE_DAY[TEMPERATURE], []).append({"value": temperature, **told})
        if said.get("swelling") in ("yes", "no") and day == as_of:
            given.setdefault(SWELLING, []).append({"value": said["swelling"], **told})
    if weights and (as_of - max(weights)).days <= LAST[WEIGHT]:
        given[WEIGHT] = [weights[max(weights)]]
    for facts, day in ((ON_THE_DAY, as_of), (THE_DAY_BEFORE, as_of - timedelta(days=1))):
        if day in weights:
            given[facts[WEIGHT]] = [weights[day]]
    known = {fact: said for fact, said in given.items() if fact in pack.facts}
    return list(sheet_of({"given": known}, pack, "the daily sheet").answers)
