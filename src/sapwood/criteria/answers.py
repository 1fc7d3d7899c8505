"""Representative answers: a few values of one name, one on each side of everything sentences ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ..values import Moment, Value, day_moment
from .numbers import calculate
from .tree import Arithmetic, Compare, DaysBetween, In, Literal, Named, Tree, walk

OTHER = "(something else)"
"""A word no sentence names."""
_MOST = 24
_AGO = (0, 1, 10, 40, 400)
_SOME_DAY = date(2000, 1, 1)


def candidate_answers(
    kind: str,
    words: tuple[str, ...],
    trees: Iterable[Tree],
    name: str,
    *,
    as_of: Moment | None = None,
    values: Mapping[str, Value] | None = None,
) -> tuple[Value, ...]:
    """A few answers to `name` that between them meet every case the trees distinguish."""
    if kind == "boolean":
        return (True, False)
    leaves = [leaf for tree in trees for leaf in _leaves_about(tree, name)]
    if kind in ("code", "text"):
        return words or (*_words_in(leaves), OTHER)
    if kind == "moment":
        return _moments(leaves, as_of)
    return _around(_constants(leaves, values or {}))


def _leaves_about(tree: Tree, name: str) -> list[Tree]:
    return [
        node
        for node in walk(tree)
        if isinstance(node, Compare | In)
        and any(isinstance(inner, Named) and inner.key == name for inner in walk(node))
    ]


def _words_in(leaves: list[Tree]) -> tuple[str, ...]:
    found: list[str] = []
    for leaf in leaves:
        if isinstance(leaf, In):
            found += [option for option in leaf.options if isinstance(option, str)]
        elif isinstance(leaf, Compare) and isinstance(leaf.right, Literal):
            found.append(str(leaf.right.value))
    return tuple(dict.fromkeys(found))


def _constants(leaves: list[Tree], values: Mapping[str, Value]) -> list[Decimal]:
    """The numbers a name is held against, directly or after a sum of two of them."""
    found: dict[Decimal, None] = {}
    for leaf in leaves:
        own: dict[Decimal, None] = {}
        for node in walk(leaf):
            value: object = None
            if isinstance(node, Literal):
                value = node.value
            elif isinstance(node, Named):
                value = values[node.key] if values else None
            elif isinstance(node, In):
                own.update(dict.fromkeys(option for option in node.options if isinstance(option, Decimal)))
            if isinstance(value, Decimal):
                own[value] = None
        found.update(own)
        if any(isinstance(node, Arithmetic) for node in walk(leaf)):
            found.update(_combined(list(own)[:4]))
    return sorted(found)[: _MOST // 2]


def _combined(own: list[Decimal]) -> dict[Decimal, None]:
    found = {Decimal(1): None, Decimal(10): None, Decimal(100): None, Decimal(1000): None}
    for one in own:
        for other in own:
            for op in "+-*/":
                result = calculate(op, one, other)
                if isinstance(result, Fraction):
                    result = Decimal(result.numerator) / Decimal(result.denominator)
                if isinstance(result, Decimal):
                    found[result] = None
    return found


def _around(constants: list[Decimal]) -> tuple[Value, ...]:
    """Each constant, a number between each two, one below all and one above all."""
    if not constants:
        return (Decimal(0), Decimal(1))
    low, high = constants[0], constants[-1]
    found = [low / 2 if low > 0 else low - 1]
    for index, constant in enumerate(constants):
        found.append(constant)
        if index + 1 < len(constants):
            found.append((constant + constants[index + 1]) / 2)
    found.append(high * 2 if high > 0 else high + 1)
    return tuple(found)


def _moments(leaves: list[Tree], as_of: Moment | None) -> tuple[Value, ...]:
    """Days around `as_of`, around every day written, and around every count of days asked for."""
    anchors = [as_of.last_day] if as_of else []
    ago = set(_AGO)
    for leaf in leaves:
        for node in walk(leaf):
            if isinstance(node, Literal) and isinstance(node.value, date):
                anchors += [node.value - timedelta(1), node.value, node.value + timedelta(1)]
            elif isinstance(node, Literal) and isinstance(node.value, Decimal) and _counts_days(leaf):
                ago |= {int(node.value) + step for step in (-1, 0, 1)}
    anchors = anchors or [_SOME_DAY]
    days = {anchors[0] - timedelta(days) for days in ago if abs(days) < 100_000} | set(anchors)
    days |= {anchors[0] + timedelta(1)}
    moments: list[Value] = [day_moment(day, day) for day in sorted(days, reverse=True)]
    if as_of is not None and as_of.exact:
        moments.append(as_of)
    return tuple(moments)


def _counts_days(leaf: Tree) -> bool:
    return any(isinstance(node, DaysBetween) for node in walk(leaf))
