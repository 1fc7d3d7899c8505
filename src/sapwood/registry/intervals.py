"""How sure a share is: Wilson's interval for so many of so many."""

from __future__ import annotations

from math import sqrt

_Z = 1.959963984540054
"""Of the normal distribution, for 95 %."""


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, between 0 and 1; all of it where there is nothing to count.

    Raises ValueError where more are counted than there are.
    """
    if not 0 <= count <= of:
        raise ValueError((count, of))
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, _Z * _Z
    middle = share + square / (2 * of)
    reach = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    low = 0.0 if count == 0 else (middle - reach) / scale
    high = 1.0 if count == of else (middle + reach) / scale
    return low, high
