"""What all people say together: where they stand, what is true, false and unknown of them and why, options, alerts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sapwood.pack import Pack
from sapwood.pathway import NO_SIGNAL

from .opened import Registry
from .parts import text
from .stages import quoted
from .standings import STEP

REASONS = ("conflicting", "unusable", "stale", "missing", "not_shown")
"""Why a verdict is unknown. Each person is put down under the first that any fact beneath the criterion has."""
STANDINGS = {
    "option": ("recommended", "possible", "cannot_tell", "ruled_out"),
    "alert": ("raised", "cannot_tell"),
    "task": ("due", "cannot_tell", "declined", "done", "not_applicable"),
    "trial": ("may_fit", "cannot_tell", "does_not_fit"),
}
NOT_SAID = "not_said"
"""Of people to whom a plan says nothing of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A criterion over all people: its verdicts, and why it is unknown where it is."""

    id: str
    verdicts: dict[str, int]
    unknown: dict[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """An option, alert, task or trial over all people: how many of each standing, and of whom nothing is said."""

    sort: str
    id: str
    standings: dict[str, int]


@dataclass(frozen=True)
class Overview:
    """A whole registry at one moment; counts are exact, and hidden where they are written."""

    people: int
    steps: dict[str, int]
    gaps: dict[str, int]
    criteria: tuple[Told, ...]
    spreads: tuple[Spread, ...]


def overview(registry: Registry) -> Overview:
    """The counts of a registry, from everybody's answers."""
    registry.answer_everybody()
    pack = registry.pack
    steps = dict.fromkeys((NO_SIGNAL, *(step.id for step in pack.pathway.steps)), 0)
    steps |= dict(registry.rows(f"SELECT {quoted(STEP)}, count(*) FROM answers GROUP BY 1"))  # nosec B608: names of the pack
    gaps = _counted(registry, {step.id: f'"gap:{step.id}"' for step in pack.pathway.steps})
    verdicts = _counted(
        registry,
        {
            f"{word}:{name}": condition
            for name in pack.criteria
            for word, condition in (("true", quoted(name)), ("false", f"NOT {quoted(name)}"))
        },
    )
    why = _why_unknown(registry)
    criteria = []
    for name in pack.criteria:
        true, false = verdicts[f"true:{name}"], verdicts[f"false:{name}"]
        unknown = registry.people - true - false
        criteria.append(
            Told(name, {"true": true, "false": false, "unknown": unknown}, _reasons(why, name, unknown))
        )
    return Overview(registry.people, steps, gaps, tuple(criteria), tuple(_spreads(registry)))


def _counted(registry: Registry, conditions: dict[str, str]) -> dict[str, int]:
    if not conditions:
        return {}
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions.values())
    (row,) = registry.rows(f"SELECT {counts} FROM answers")  # nosec B608: names of the pack
    return dict(zip(conditions, row, strict=True))


def _spreads(registry: Registry) -> Iterable[Spread]:
    path = registry.pack.pathway
    items = [("option", option.id) for option in path.options]
    items += [("alert", alert.id) for alert in path.alerts]
    items += [("task", task.id) for task in path.tasks]
    items += [("trial", trial.nct) for trial in registry.pack.trials]
    conditions = {
        f"{sort}:{name}:{word}": f"{quoted(f'{sort}:{name}')} = {text(word)}"
        for sort, name in items
        for word in STANDINGS[sort]
    }
    counts = _counted(registry, conditions)
    for sort, name in items:
        standings = {word: counts[f"{sort}:{name}:{word}"] for word in STANDINGS[sort]}
        yield Spread(sort, name, {**standings, NOT_SAID: registry.people - sum(standings.values())})


def _why_unknown(registry: Registry) -> dict[tuple[str, str], int]:
    """For each criterion and reason other than silence, the people of whom it is unknown for that reason first."""
    pack, found = registry.pack, {}
    beneath = [(name, fact) for name in pack.criteria for fact in pack.base_facts[name]]
    if beneath:
        registry.engine.execute("CREATE OR REPLACE TEMP TABLE beneath (criterion VARCHAR, fact VARCHAR)")
        registry.engine.execute(
            f"INSERT INTO beneath VALUES {', '.join(f'({text(name)}, {text(fact)})' for name, fact in beneath)}"  # nosec B608: names of the pack
        )
        names = ", ".join(map(quoted, pack.criteria))
        open_to_all = ", ".join(_where_shown(pack, name) for name in pack.criteria)
        places = " ".join(f"WHEN '{state}' THEN {place}" for place, state in enumerate(REASONS[:3]))
        rows = registry.rows(
            f"""WITH doubt AS (
                SELECT person, as_of, fact, min(CASE state {places} END) AS place FROM facts
                WHERE state IN ('conflicting', 'unusable', 'stale') GROUP BY ALL
            ), open AS (
                SELECT person, as_of, criterion, verdict FROM (
                    SELECT person, as_of, {open_to_all} FROM answers
                    WHERE (person, as_of) IN (SELECT (person, as_of) FROM doubt)
                ) UNPIVOT INCLUDE NULLS (verdict FOR criterion IN ({names}))
            ), first AS (
                SELECT person, as_of, criterion, min(place) AS place FROM doubt JOIN beneath USING (fact)
                GROUP BY ALL
            )
            SELECT criterion, place, count(*) FROM first JOIN open USING (person, as_of, criterion)
            WHERE verdict IS NULL GROUP BY ALL"""  # nosec B608: names of the pack
        )
        found = {(name, REASONS[place]): count for name, place, count in rows}
    rule, numbers = pack.about.adult_when_false, pack.about.adult_numbers
    if rule and numbers:
        (row,) = registry.rows(f"SELECT count(*) FROM answers WHERE {quoted(rule)} IS NOT FALSE")  # nosec B608: names of the pack
        found |= {(name, "not_shown"): row[0] for name in numbers}
    return found


def _reasons(why: dict[tuple[str, str], int], name: str, unknown: int) -> dict[str, int]:
    """The reasons of one criterion, which add up to those of whom it is unknown; what is left is not on record."""
    counts = {reason: why.get((name, reason), 0) for reason in REASONS}
    return {**counts, "missing": unknown - sum(counts.values())}


def _where_shown(pack: Pack, name: str) -> str:
    """A verdict where it may be shown; where it may not, something that is not unknown."""
    rule = pack.about.adult_when_false
    if not rule or name not in pack.about.adult_numbers:
        return quoted(name)
    return f"CASE WHEN {quoted(rule)} IS FALSE THEN {quoted(name)} ELSE TRUE END AS {quoted(name)}"
