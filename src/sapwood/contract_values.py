"""How values, facts and reasons are written in the plan's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sapwood.fact import Fact
from sapwood.values import Moment, Range, Value
from sapwood.verdicts import Reason


def time_json(moment: Moment | None) -> str | None:
    """A time as JSON has it: an instant in UTC, or the days it can mean."""
    if moment is None:
        return None
    return moment.first.isoformat().replace("+00:00", "Z") if moment.exact else str(moment)


def figure_json(value: Any) -> Any:
    """A single value as JSON has it; a number is a number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Range):
        return {"low": figure_json(value.low), "high": figure_json(value.high)}
    if isinstance(value, Moment):
        return time_json(value)
    return value


def number_json(value: Value) -> dict[str, Any]:
    """A value, or the two ends of what is known only as a range."""
    if isinstance(value, Range):
        return {
            "low": figure_json(value.low),
            "high": figure_json(value.high),
            "low_open": value.low_open,
            "high_open": value.high_open,
        }
    return {"value": figure_json(value)}


def fact_json(fact: Fact) -> dict[str, Any]:
    """One fact with its state, its value and where it comes from."""
    return {
        "state": fact.state,
        **number_json(fact.value),
        "unit": fact.definition.unit or None,
        **_limits(fact),
        "when": time_json(fact.when),
        "specimen": fact.specimen or None,
        "assurance": fact.assurance,
        "source": list(fact.sources),
        "rejected": [{"source": source, "why": why} for source, why in fact.rejected],
        "note": fact.note,
    }


def _limits(fact: Fact) -> dict[str, Any]:
    """The laboratory's own limits of normal, where they came with the value."""
    ends = {
        key: figure_json(value)
        for key, value in (("low", fact.low), ("high", fact.high))
        if value is not None
    }
    return {"limits": ends} if ends and fact.known else {}


def merged_json(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What several specimens say together, for a reader who asks for one answer: known only where all agree."""
    known = [entry for entry in entries if entry["state"] == "known"]
    same = bool(known) and all(entry.get("value") == known[0].get("value") for entry in known)
    first = (
        known[0]
        if known and same
        else {**entries[0], "state": "conflicting" if known else entries[0]["state"]}
    )
    return {**first, **({} if known and same else {"value": None})}


def reason_json(reason: Reason) -> dict[str, Any]:
    """One reason: a fact or criterion, its value and the words for it."""
    shown: dict[str, Any] = {
        "criterion" if reason.is_criterion else "fact": reason.name,
        "value": reason.value,
        "relation": reason.relation,
        "text": reason.text,
    }
    if reason.rule_set:
        shown["rule_set"] = reason.rule_set
    if reason.specimen:
        shown["specimen"] = reason.specimen
    if reason.sources:
        shown["source"] = list(reason.sources)
    return shown


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons, in order."""
    return [reason_json(reason) for reason in reasons]
