"""Limits that could be moved unseen: by a hair or by a step, and every worked patient would come out the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.tree import Compare, Literal, Tree, rebuilt, walk, write
from sapwood.pack import Pack
from sapwood.truth import Truth, some
from sapwood.verdicts import Verdicts

from .worked import Case

MOVED = {">=": ">", "<=": "<", ">": ">=", "<": "<="}


def untold(cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """Each criterion with a limit that no worked patient tells from one moved by a hair, or by a step either way.

    A worked patient tells the two apart by answering otherwise, where it expects the criterion.
    """
    if not cases:
        return
    pack = cases[0].pack
    expecting: dict[str, list[Case]] = {}
    for case in cases:
        for name in case.expected.get("criteria") or {}:
            expecting.setdefault(name, []).append(case)
    for name in pack.criteria:
        for text, tree in moved(pack.sentences[name].tree):
            if not any(_tells(name, tree, case.verdicts) for case in expecting.get(name, [])):
                yield name, text


def limits(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every criterion with each of its limits, as it is written."""
    for name in pack.criteria:
        yield from dict.fromkeys((name, text) for text, _ in moved(pack.sentences[name].tree))


def moved(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """The tree with one limit moved, with the comparison as it is written: by a hair, by a step up, by a step down."""
    for compared in walk(tree):
        if isinstance(compared, Compare) and compared.op in MOVED and (number := _limit(compared)):
            for other in (
                Compare(MOVED[compared.op], compared.left, compared.right),
                *_stepped(compared, number),
            ):
                yield write(compared), _with(tree, compared, other)


def _limit(compared: Compare) -> Decimal | None:
    """The number that it compares with; zero only asks whether something is known."""
    numbers = [side.value for side in (compared.left, compared.right) if isinstance(side, Literal)]
    return next((one for one in numbers if isinstance(one, Decimal) and one != 0), None)


def _stepped(compared: Compare, number: Decimal) -> Iterator[Compare]:
    """With the number one step of its last digit up, and one down."""
    step = Decimal((0, (1,), int(number.as_tuple().exponent)))
    for other in (number + step, number - step):
        left, right = (
            replace(side, value=other) if isinstance(side, Literal) else side
            for side in (compared.left, compared.right)
        )
        yield Compare(compared.op, left, right)


def _with(tree: Tree, compared: Compare, other: Compare) -> Tree:
    return other if tree is compared else rebuilt(tree, lambda part: _with(part, compared, other))


def _tells(name: str, tree: Tree, verdicts: Verdicts) -> bool:
    facts = verdicts.facts
    if not facts.pack.sentences[name].per_specimen:
        return compile_tree(tree)(facts.values) != verdicts.truth(name)
    answers: list[Truth] = [compile_tree(tree)(facts.values_in(group)) for group in facts.groups]  # type: ignore[misc]
    return some(answers) != verdicts.truth(name)
