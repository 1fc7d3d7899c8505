"""Asks z3 for a patient of whom something holds, and makes that patient as small and plain as possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from sapwood.choosing import plain

from .logic import Bit, Three
from .patient import OTHER, Patient, Raw
from .spans import Span, When
from .translate import ORIGIN, Word

NICE_DAYS = (0, -1, -3, -7, -14, -30, -60, -100, -200, -400)
DIGITS = (0, 1, 2, 3)


class NotAnsweredError(Exception):
    """z3 gave no answer in its time."""


@dataclass(frozen=True)
class Told:
    """One thing said of a patient: a fact, in one specimen or of the person, and what is said of it."""

    fact: str
    group: int | None
    value: Any


class Prover:
    """One patient's formulas in one solver; every question is asked within a time."""

    def __init__(self, patient: Patient, *, seconds: float = 5.0, more: Sequence[Any] = ()) -> None:
        self.patient = patient
        self.solver = z3.Solver()
        self.solver.set("timeout", int(seconds * 1000))
        self.solver.set("random_seed", 7)
        for bound in (*patient.everybody(), *more):
            if bound is not True:
                self.solver.add(bound)
        self.asked = 0

    def possible(self, *formulas: Bit) -> bool:
        """Whether there is such a patient; raises NotAnsweredError where z3 does not say."""
        if any(one is False for one in formulas):
            return False
        self.asked += 1
        assumed = [one for one in formulas if one is not True]
        self.solver.push()
        self.solver.add(*assumed)
        answer = self.solver.check()
        self.solver.pop()
        if answer == z3.unknown:
            raise NotAnsweredError
        return bool(answer == z3.sat)

    def smallest(self, *formulas: Bit) -> tuple[Told, ...] | None:
        """A patient of whom all of this holds, with as little said as possible; `None` where there is none."""
        if any(one is False for one in formulas):
            return None
        solver = self.solver
        solver.push()
        try:
            solver.add(*(one for one in formulas if one is not True))
            return self._smallest()
        finally:
            solver.pop()

    def _smallest(self) -> tuple[Told, ...] | None:
        raws = list(self.patient.raws.values())
        wishes: dict[Any, Any] = {}
        for number in range(1, self.patient.specimens):
            wishes[z3.Bool(f"wish: no specimen {number}")] = z3.Not(self.patient.there(number))
        for raw in raws:
            wishes[z3.Bool(f"wish: nothing of {raw.key}")] = raw.missing
        for raw in raws:
            wishes[z3.Bool(f"wish: {raw.key} is clear")] = z3.Not(raw.unclear)
            plainly = _plainly(raw)
            if plainly:
                wishes[z3.Bool(f"wish: {raw.key} is plain")] = z3.And(*plainly)
        for wish, meaning in wishes.items():
            self.solver.add(z3.Implies(wish, meaning))
        kept = list(wishes)
        while (answer := self._check(kept)) == z3.unsat:
            core = list(self.solver.unsat_core())
            if not core:
                return None
            names = {str(one) for one in core}
            given_up = next((one for one in reversed(kept) if str(one) in names and " is " in str(one)), None)
            gone = names if given_up is None else {str(given_up)}
            kept = [one for one in kept if str(one) not in gone]
        left = [wish for wish in wishes if all(str(wish) != str(one) for one in kept)]
        for wish in left:
            if self._check([*kept, wish]) == z3.sat:
                kept.append(wish)
        self.solver.add(*kept)
        assert self._check([]) == z3.sat
        del answer
        return self._say(raws)

    def _check(self, assumed: Sequence[Any]) -> Any:
        answer = self.solver.check(*assumed)
        if answer == z3.unknown:
            raise NotAnsweredError
        return answer

    def _fix(self, formula: Any) -> bool:
        """Takes something for granted from here on, if that leaves a patient."""
        self.solver.push()
        self.solver.add(formula)
        if self.solver.check() == z3.sat:
            return True
        self.solver.pop()
        return False

    def _say(self, raws: Sequence[Raw]) -> tuple[Told, ...]:
        depth = self.solver.num_scopes()
        told = tuple(self._told(raws))
        while self.solver.num_scopes() > depth:
            self.solver.pop()
        return told

    def _told(self, raws: Sequence[Raw]) -> Iterator[Told]:
        used = self.patient.read
        for raw in raws:
            if self._true(raw.unclear):
                self._fix(raw.unclear)
                yield Told(raw.name, raw.group, "unclear")
            elif self._true(raw.told):
                self._fix(raw.told)
                value = self._value(raw.value)
                more: dict[str, Any] = {}
                for which, limit in (("high", raw.high), ("low", raw.low)):
                    if limit is not None and f"{raw.name}.{which}" in used and self._true(limit.known):
                        self._fix(limit.known)
                        more[which] = self._number(limit)
                if raw.when is not None and f"{raw.name}.when" in used and self._true(raw.when.known):
                    self._fix(raw.when.known)
                    more["when"] = self._day(raw.when)
                yield Told(raw.name, raw.group, {"value": value, **more} if more else value)

    def _true(self, formula: Bit) -> bool:
        if isinstance(formula, bool):
            return formula
        return bool(z3.is_true(self._model().eval(formula, model_completion=True)))

    def _model(self) -> Any:
        assert self.solver.check() == z3.sat
        return self.solver.model()

    def _value(self, symbol: Any) -> Any:
        if isinstance(symbol, Three):
            yes = self._true(symbol.true)
            self._fix(symbol.true if yes else symbol.false)
            return yes
        if isinstance(symbol, Word):
            word = next(word for word, bit in symbol.words.items() if self._true(bit))
            self._fix(symbol.words[word])
            return "something else" if word == OTHER else word
        if isinstance(symbol, When):
            return self._day(symbol)
        return self._number(symbol)

    def _number(self, span: Span) -> Any:
        low, high = span.lows[0].over, span.highs[0].over
        if self._fix(low == high):
            return self._decimal(low)
        return f"{plain(self._decimal(low))} - {plain(self._decimal(high))}"

    def _decimal(self, number: Any) -> Decimal:
        exact = self._model().eval(number, model_completion=True)
        value = Fraction(exact.numerator_as_long(), exact.denominator_as_long())
        for digits in DIGITS:
            near = Fraction(round(value * 10**digits), 10**digits)
            if self._fix(number == z3.Q(near.numerator, near.denominator)):
                return Decimal(near.numerator) / Decimal(near.denominator)
        for digits in (1, 3, 6, 9):
            steps = z3.Int(f"{number} in steps {digits}")
            if self._fix(number * 10**digits == z3.ToReal(steps)):
                count = self._model().eval(steps, model_completion=True).as_long()
                self._fix(steps == count)
                return Decimal(count).scaleb(-digits)
        raise NotAnsweredError

    def _day(self, when: When) -> str:
        self._fix(when.first_day == when.last_day)
        for number in NICE_DAYS:
            if self._fix(when.first_day == number):
                break
        ends = [
            (ORIGIN + timedelta(days=self._model().eval(end, model_completion=True).as_long())).isoformat()
            for end in (when.first_day, when.last_day)
        ]
        return ends[0] if ends[0] == ends[1] else "/".join(ends)


def _plainly(raw: Raw) -> list[Any]:
    """What makes a value plain to read: one number, one day."""
    value = raw.value
    wishes = []
    if isinstance(value, Span) and value.lows is not value.highs:
        wishes.append(value.lows[0].over == value.highs[0].over)
    if isinstance(value, When):
        wishes.append(value.first_day == value.last_day)
    if raw.when is not None:
        wishes.append(z3.And(raw.when.known, raw.when.first_day == raw.when.last_day))
    return wishes


def sheet_content(told: Sequence[Told], title: str) -> dict[str, Any]:
    """A patient as the content of an answers file."""
    given = {one.fact: one.value for one in told if one.group is None}
    by_specimen: dict[int, dict[str, Any]] = {}
    for one in told:
        if one.group is not None:
            by_specimen.setdefault(one.group, {})[one.fact] = one.value
    content: dict[str, Any] = {"title": title, "as_of": ORIGIN.isoformat(), "given": given}
    if by_specimen:
        content["specimens"] = [
            {"name": f"specimen {number + 1}", **found} for number, found in sorted(by_specimen.items())
        ]
    return content
