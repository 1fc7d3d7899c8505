"""True, false and unknown: three written-out tables, so that a clinician can check them.

Unknown is `None`. These are Kleene's tables, which are also SQL's.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None

NOT: dict[Truth, Truth] = {
    True: False,
    False: True,
    None: None,
}

AND: dict[tuple[Truth, Truth], Truth] = {
    (True, True): True,
    (True, False): False,
    (True, None): None,
    (False, True): False,
    (False, False): False,
    (False, None): False,
    (None, True): None,
    (None, False): False,
    (None, None): None,
}

OR: dict[tuple[Truth, Truth], Truth] = {
    (True, True): True,
    (True, False): True,
    (True, None): True,
    (False, True): True,
    (False, False): False,
    (False, None): None,
    (None, True): True,
    (None, False): None,
    (None, None): None,
}

WORDS: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


def every(values: Iterable[Truth]) -> Truth:
    """AND over any number of values; true when there are none."""
    result: Truth = True
    for value in values:
        result = AND[result, value]
    return result


def some(values: Iterable[Truth]) -> Truth:
    """OR over any number of values; false when there are none."""
    result: Truth = False
    for value in values:
        result = OR[result, value]
    return result


def at_least(wanted: int, values: Iterable[Truth]) -> Truth:
    """True when `wanted` values are true; false when too few could still become true."""
    true = unknown = 0
    for value in values:
        if value is True:
            true += 1
        elif value is None:
            unknown += 1
    if true >= wanted:
        return True
    return None if true + unknown >= wanted else False
