"""What may be said of one fact, and what is done with symbols of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from .logic import Bit, Three, choose, every, no, some
from .spans import Share, Span, When, term
from .translate import Word


@dataclass(frozen=True)
class Raw:
    """What a record or a person may say of one fact, of the person or of one specimen."""

    name: str
    group: int | None
    kind: str
    told: Bit
    unclear: Any
    value: Any
    high: Span | None = None
    low: Span | None = None
    when: When | None = None

    @property
    def key(self) -> str:
        """The fact, and its specimen where it has one."""
        return self.name if self.group is None else f"{self.name}#{self.group}"

    def parts(self) -> list[Any]:
        """Every formula and number that says what is on record."""
        found: list[Any] = [self.unclear]
        for symbol in (self.value, self.high, self.low, self.when):
            if isinstance(symbol, Word):
                found += symbol.words.values()
            elif isinstance(symbol, Span):
                found += [symbol.known, *(share.over for share in (*symbol.lows, *symbol.highs))]
            elif symbol is not None:
                found += symbol
        return [one for one in found if not isinstance(one, bool)]

    @property
    def missing(self) -> Bit:
        """Nothing of it is there."""
        return every(no(self.told), no(self.unclear))


def implied(condition: Bit, consequence: Any) -> Any:
    return True if condition is False else z3.Implies(condition, consequence)


def not_after(earlier: When, later: When) -> Any:
    return implied(every(earlier.known, later.known), every(earlier.first_day <= later.last_day))


def known_of(symbol: Any) -> Bit:
    return some(*symbol) if isinstance(symbol, Three) else symbol.known


def where(condition: Bit, value: Any) -> Any:
    """The value where the condition holds, else unknown."""
    if isinstance(value, Three):
        return Three(every(condition, value.true), every(condition, value.false))
    return value._replace(known=every(condition, value.known))


def either(condition: Bit, yes: Share, otherwise: Share) -> Share:
    if yes.over == 0 and not isinstance(otherwise.over, Fraction):
        return Share(choose(condition, term(Fraction(0)), otherwise.over), otherwise.under)
    return yes if condition is True else otherwise


def choose_symbol(condition: Bit, yes: Any, otherwise: Any) -> Any:
    """One of two symbols of one kind."""
    if isinstance(yes, Three):
        return Three(
            choose(condition, yes.true, otherwise.true), choose(condition, yes.false, otherwise.false)
        )
    if isinstance(yes, When):
        return When(
            choose(condition, yes.known, otherwise.known),
            *(choose(condition, term(a), term(b)) for a, b in zip(yes[1:], otherwise[1:], strict=True)),
        )
    if isinstance(yes, Word):
        words = dict.fromkeys((*yes.words, *otherwise.words))
        return Word(
            choose(condition, yes.known, otherwise.known),
            {
                word: choose(condition, yes.words.get(word, False), otherwise.words.get(word, False))
                for word in words
            },
        )
    assert isinstance(yes, Span)
    return Span(
        choose(condition, yes.known, otherwise.known),
        ends(condition, yes.lows, otherwise.lows),
        ends(condition, yes.highs, otherwise.highs),
    )


def ends(condition: Bit, yes: tuple[Share, ...], otherwise: tuple[Share, ...]) -> tuple[Share, ...]:
    """The ends of a number that is worked out unless somebody says it."""
    return tuple(
        Share(choose(condition, term(one.over), term(other.over)), other.under)
        if one.under == other.under
        else Share(choose(condition, term(one.over) * term(other.under), term(other.over)), other.under)
        for one in yes
        for other in otherwise
    )
