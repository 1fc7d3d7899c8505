"""One real patient pinned onto the symbols of any patient, so that z3's answers can be held against the evaluator's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from sapwood.check.patient import OTHER, Patient, Raw
from sapwood.check.spans import Span
from sapwood.check.translate import ORIGIN
from sapwood.fact import Fact
from sapwood.facts import Facts
from sapwood.truth import Truth
from sapwood.values import Moment, Range


def pinned(patient: Patient, facts: Facts) -> Iterator[Any]:
    """What is on record of one patient, as formulas."""
    for number in range(1, patient.specimens):
        yield patient.there(number) == (len(facts.groups) > number)
    for raw in list(patient.raws.values()):
        yield from _pinned(raw, facts)


def _pinned(raw: Raw, facts: Facts) -> Iterator[Any]:
    definition = facts.pack.facts[raw.name]
    answered = any(answer.fact == raw.name for answer in facts.answers)
    if raw.group is not None and raw.group >= len(facts.groups):
        yield raw.missing
        return
    fact = facts.fact(raw.name, facts.groups[raw.group] if raw.group is not None else None)
    known = fact.known and fact.assurance != "assumed" and (answered or not definition.derived)
    if known:
        yield from _value(raw, fact)
        return
    if not definition.plausible:
        for symbol in (raw.value, raw.high, raw.low):
            yield from _nothing(symbol)
    if definition.derived and not answered:
        yield raw.missing
    elif fact.state in ("conflicting", "unusable", "stale") or (fact.state == "missing" and fact.rejected):
        yield raw.unclear
    else:
        yield raw.missing


def _value(raw: Raw, fact: Fact) -> Iterator[Any]:
    value = fact.value
    yield raw.told
    if isinstance(value, bool):
        yield raw.value.true if value else raw.value.false
    elif isinstance(value, str):
        words = raw.value.words
        yield words[value] if value in words else words[OTHER]
    elif isinstance(value, Moment):
        yield from _days(raw.value, value)
    else:
        span = value if isinstance(value, Range) else Range(value, value)  # type: ignore[arg-type]
        assert span.low is not None and span.high is not None, "an open range is not pinned"
        yield raw.value.lows[0].over == exact(span.low)
        yield raw.value.highs[0].over == exact(span.high)
    for limit, given in ((raw.high, fact.high), (raw.low, fact.low)):
        if limit is not None:
            yield limit.known == (given is not None)
            if isinstance(given, (Decimal, Fraction)):
                yield limit.lows[0].over == exact(given)
            elif not fact.definition.plausible:
                yield from _nothing(limit)
    if raw.when is not None:
        yield raw.when.known == (fact.when is not None)
        if fact.when is not None:
            yield from _days(raw.when, fact.when)


def _nothing(symbol: Any) -> Iterator[Any]:
    """Some number in the place of one that is not known, so that nothing is left open."""
    if isinstance(symbol, Span):
        yield symbol.lows[0].over == 1
        yield symbol.highs[0].over == 1


def _days(symbol: Any, moment: Moment) -> Iterator[Any]:
    yield symbol.first_day == (moment.first_day - ORIGIN).days
    yield symbol.last_day == (moment.last_day - ORIGIN).days


def exact(number: Decimal | Fraction) -> Any:
    value = Fraction(number)
    return z3.Q(value.numerator, value.denominator)


def open_ended(facts: Facts) -> bool:
    """Whether a value has an end that is open or not there, or a time of day: none is part of the symbols."""
    for name, definition in facts.pack.facts.items():
        groups = facts.groups if definition.per == "specimen" else (None,)
        for group in groups:
            fact = facts.fact(name, group)
            for value in (fact.value, fact.when):
                if isinstance(value, Range) and (
                    None in (value.low, value.high) or value.low_open or value.high_open
                ):
                    return True
                if isinstance(value, Moment) and value.exact:
                    return True
    return False


def said(model: Any, patient: Patient, name: str) -> Truth:
    """What z3 makes of a sentence of the pinned patient."""
    answer = patient.truth(name)

    def holds(bit: Any) -> bool:
        return bit if isinstance(bit, bool) else bool(z3.is_true(model.eval(bit, model_completion=True)))

    true, false = holds(answer.true), holds(answer.false)
    assert not (true and false), f"{name} is true and false at once"
    return True if true else False if false else None
