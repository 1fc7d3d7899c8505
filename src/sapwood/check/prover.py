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
        if self._check([]) == z3.unsat:
            return None
        raws = list(self.patient.raws.values())
        wishes = self._wishes(raws)
        for wish, meaning in wishes.items():
            self.solver.add(z3.Implies(wish, meaning))
        kept = list(wishes)
        while self._check(kept) == z3.unsat:
            names = {str(one) for one in self.solver.unsat_core()}
            given_up = next((one for one in reversed(kept) if str(one) in names and " is " in str(one)), None)
            gone = names if given_up is None else {str(given_up)}
            kept = [one for one in kept if str(one) not in gone]
        names = {str(one) for one in kept}
        for wish in [one for one in wishes if str(one) not in names]:
            if self._check([*kept, wish]) == z3.sat:
                kept.append(wish)
        self.solver.add(*kept)
        return tuple(_Telling(self).all_of(raws))

    def _wishes(self, raws: Sequence[Raw]) -> dict[Any, Any]:
        """What makes a patient small and plain: few specimens, little said, nothing unclear, one number, one day."""
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
        return wishes

    def _check(self, assumed: Sequence[Any]) -> Any:
        answer = self.solver.check(*assumed)
        if answer == z3.unknown:
            raise NotAnsweredError
        return answer


class _Telling:
    """Says of one patient that z3 found what is on record, each number and day as plain as it can be."""

    def __init__(self, prover: Prover) -> None:
        self.solver = prover.solver
        self.read = prover.patient.read
        self.scopes = self.solver.num_scopes()
        self.renew()

    def renew(self) -> None:
        """Takes the patient from what is fixed so far."""
        if self.solver.check() != z3.sat:
            raise NotAnsweredError
        self.model = self.solver.model()

    def all_of(self, raws: Sequence[Raw]) -> list[Told]:
        """Everything said of the patient."""
        self.solver.push()
        said = [raw for raw in raws if self.true(raw.told) or self.true(raw.unclear)]
        for raw in raws:
            self.solver.add(*self._kept(raw))
        numbers, days = self._open(said)
        self._round(numbers, days)
        told = [self._tell(raw) for raw in said]
        while self.solver.num_scopes() > self.scopes:
            self.solver.pop()
        return told

    def true(self, formula: Bit) -> bool:
        """Whether something holds of the patient."""
        if isinstance(formula, bool):
            return formula
        return bool(z3.is_true(self.model.eval(formula, model_completion=True)))

    def _kept(self, raw: Raw) -> Iterator[Any]:
        """What is on record at all, and every answer that is no number, stay as they are."""
        bits: list[Bit] = [raw.told, raw.unclear]
        if isinstance(raw.value, Three):
            bits += raw.value
        elif isinstance(raw.value, Word):
            bits += raw.value.words.values()
        bits += [one.known for one in (raw.high, raw.low, raw.when) if one is not None]
        for bit in bits:
            if not isinstance(bit, bool):
                yield bit if self.true(bit) else z3.Not(bit)

    def _open(self, said: Sequence[Raw]) -> tuple[list[Any], list[Any]]:
        """The numbers and the days that are on record."""
        numbers: list[Any] = []
        days: list[Any] = []
        for raw in said:
            if not self.true(raw.told):
                continue
            if isinstance(raw.value, Span):
                numbers += dict.fromkeys((raw.value.lows[0].over, raw.value.highs[0].over))
            if isinstance(raw.value, When):
                days += [raw.value.first_day, raw.value.last_day]
            numbers += [
                limit.lows[0].over
                for limit in (raw.high, raw.low)
                if limit is not None and self.true(limit.known)
            ]
            if raw.when is not None and self.true(raw.when.known):
                days += [raw.when.first_day, raw.when.last_day]
        return numbers, days

    def _round(self, numbers: Sequence[Any], days: Sequence[Any]) -> None:
        """Makes each number short: all at once where that leaves a patient, else one by one."""
        wishes = [[number == _exact(self._near(number, digits)) for digits in DIGITS] for number in numbers]
        wishes += [[day == near for near in NICE_DAYS] for day in days]
        for choice in (0, 1):
            if self._fix(*(wish[choice] for wish in wishes)):
                return
        for number, wish in zip((*numbers, *days), wishes, strict=True):
            if not any(self._fix(one) for one in wish):
                self._in_steps(number)

    def _in_steps(self, number: Any) -> None:
        """A number of few digits where no near one serves, such as one between two others."""
        if number.is_int():
            self._fix(number == self.model.eval(number, model_completion=True))
            return
        for digits in (1, 3, 6, 9):
            steps = z3.Int(f"{number} in steps {digits}")
            if self._fix(number * 10**digits == z3.ToReal(steps)):
                self._fix(steps == self.model.eval(steps, model_completion=True))
                return
        raise NotAnsweredError

    def _fix(self, *formulas: Any) -> bool:
        """Takes something for granted from here on, if that leaves a patient."""
        if all(self.true(one) for one in formulas):
            self.solver.add(*formulas)
            return True
        self.solver.push()
        self.solver.add(*formulas)
        if self.solver.check() == z3.sat:
            self.model = self.solver.model()
            return True
        self.solver.pop()
        return False

    def _fraction(self, number: Any) -> Fraction:
        exact = self.model.eval(number, model_completion=True)
        if z3.is_int_value(exact):
            return Fraction(exact.as_long())
        return Fraction(exact.numerator_as_long(), exact.denominator_as_long())

    def _near(self, number: Any, digits: int) -> Fraction:
        return Fraction(round(self._fraction(number) * 10**digits), 10**digits)

    # --- in words ---------------------------------------------------------------------------------------

    def _tell(self, raw: Raw) -> Told:
        if self.true(raw.unclear):
            return Told(raw.name, raw.group, "unclear")
        more: dict[str, Any] = {}
        for which, limit in (("high", raw.high), ("low", raw.low)):
            if limit is not None and f"{raw.name}.{which}" in self.read and self.true(limit.known):
                more[which] = self._decimal(limit.lows[0].over)
        if raw.when is not None and f"{raw.name}.when" in self.read and self.true(raw.when.known):
            day = self._day(raw.when)
            more |= {"when": day} if day != ORIGIN.isoformat() else {}
        value = self._value(raw.value)
        return Told(raw.name, raw.group, {"value": value, **more} if more else value)

    def _value(self, symbol: Any) -> Any:
        if isinstance(symbol, Three):
            return self.true(symbol.true)
        if isinstance(symbol, Word):
            word = next(word for word, bit in symbol.words.items() if self.true(bit))
            return "something else" if word == OTHER else word
        if isinstance(symbol, When):
            return self._day(symbol)
        low, high = self._decimal(symbol.lows[0].over), self._decimal(symbol.highs[0].over)
        return low if low == high else f"{plain(low)} - {plain(high)}"

    def _decimal(self, number: Any) -> Decimal:
        value = self._fraction(number)
        return Decimal(value.numerator) / Decimal(value.denominator)

    def _day(self, when: When) -> str:
        ends = [
            (ORIGIN + timedelta(days=int(self._fraction(end)))).isoformat()
            for end in (when.first_day, when.last_day)
        ]
        return ends[0] if ends[0] == ends[1] else "/".join(ends)


def _exact(value: Fraction) -> Any:
    return z3.Q(value.numerator, value.denominator)


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
