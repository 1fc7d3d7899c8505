"""Chance for one invented person: every draw is by a named rate, and counted."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from .rates import Rate, load_rates

_T = TypeVar("_T")


class Tally:
    """How often each rate was drawn, and how often it came out, over a whole cohort."""

    def __init__(self) -> None:
        self.drawn: dict[str, list[int]] = {}

    def count(self, name: str, came_out: bool) -> None:
        row = self.drawn.get(name)
        if row is None:
            row = self.drawn[name] = [0, 0]
        row[0] += 1
        row[1] += came_out


class Dice:
    """The draws of one person: the same for the same seed and person, whoever else is invented."""

    def __init__(self, seed: str, person: str, tally: Tally) -> None:
        self._random = random.Random(f"{seed}:{person}")  # nosec B311: invents, guards nothing
        self._rates: Mapping[str, Rate] = load_rates()
        self._tally = tally

    def chance(self, name: str) -> bool:
        """Whether what befalls a named share of people befalls this one."""
        share = self._rates[name].share
        assert share is not None
        came_out = self._random.random() < share
        self._tally.count(name, came_out)
        return came_out

    def choice(self, name: str) -> str:
        """One of the choices of a named rate, by their shares."""
        choices = self._rates[name].choices
        left = self._random.random()
        chosen = choices[-1][0]
        for one, share in choices:
            if left < share:
                chosen = one
                break
            left -= share
        for one, _ in choices:
            self._tally.count(f"{name}.{one}", one == chosen)
        return chosen

    def value(self, name: str) -> float:
        """The number of a named rate, in its own unit."""
        value = self._rates[name].value
        assert value is not None
        return value

    def days(self, name: str) -> float:
        """The number of a named rate that is a time, in days."""
        return self.value(name) * {"days": 1.0, "months": 30.44, "years": 365.25}[self._rates[name].unit]

    def lasting(self, name: str) -> int:
        """A time whose median is the named rate: exponential, in whole days, at least 1."""
        return 1 + int(-math.log(1 - self._random.random()) / math.log(2) * self.days(name))

    def lasting_long(self, median: str, mean: str) -> int:
        """A time with the named median and mean: log-normal, in whole days."""
        middle, average = self.days(median), self.days(mean)
        spread = math.sqrt(2 * math.log(average / middle))
        return int(middle * math.exp(spread * self.around(0, 1)))

    def around(self, mean: float, spread: float) -> float:
        """A number of the bell curve."""
        return self._random.gauss(mean, spread)

    def between(self, low: float, high: float) -> float:
        """A number from low to high, all alike."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def one_of(self, things: Sequence[_T]) -> _T:
        """One of several, all alike."""
        return things[int(self._random.random() * len(things))]
