"""The checked form of a sentence: a small tree of frozen nodes, the same for every reader of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Name:
    """What a sentence may do with one name: its kind, its words, and the attributes it has."""

    kind: str
    words: tuple[str, ...] = ()
    per_specimen: bool = False
    attributes: frozenset[str] = frozenset()
    has_when: bool = True


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the sentence: TRUE, 3.2, 'skin' or DATE '2026-01-01'."""

    value: bool | Decimal | str | date
    kind: str


@dataclass(frozen=True, slots=True)
class Named:
    """A fact or criterion by name, or one of its attributes (`alt.high`, `alt.when`)."""

    name: str
    attribute: str | None
    kind: str

    @property
    def key(self) -> str:
        """The name as written, which is also how a value is looked up."""
        return self.name if self.attribute is None else f"{self.name}.{self.attribute}"


@dataclass(frozen=True, slots=True)
class Compare:
    """One value against another: = <> < <= > >=."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of those listed."""

    left: Tree
    options: tuple[str | Decimal, ...]


@dataclass(frozen=True, slots=True)
class And:
    """True when every item is."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True when some item is."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the item is false."""

    item: Tree


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers joined by + - * or /."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when at least so many of the items are."""

    wanted: int
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the weights of the items that are true."""

    items: tuple[tuple[Decimal, Tree], ...]


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Calendar days from one moment to another."""

    start: Tree
    end: Tree


Tree = Literal | Named | Compare | In | And | Or | Not | Arithmetic | AtLeast | Score | DaysBetween

_KINDS: dict[type, str] = {Arithmetic: "number", Score: "number", DaysBetween: "number"}

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The comparison that says the same with its sides exchanged."""
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
"""The comparison that is true exactly when the first is false."""


def kind_of(tree: Tree) -> str:
    """Whether a tree is a boolean, code, number, moment or text."""
    if isinstance(tree, Literal | Named):
        return tree.kind
    return _KINDS.get(type(tree), "boolean")


_INSIDE: dict[type, Callable[[Any], tuple[Tree, ...]]] = {
    Compare: lambda tree: (tree.left, tree.right),
    Arithmetic: lambda tree: (tree.left, tree.right),
    And: lambda tree: tree.items,
    Or: lambda tree: tree.items,
    AtLeast: lambda tree: tree.items,
    In: lambda tree: (tree.left,),
    Not: lambda tree: (tree.item,),
    Score: lambda tree: tuple(item for _, item in tree.items),
    DaysBetween: lambda tree: (tree.start, tree.end),
}


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The trees directly inside a tree, in reading order."""
    inside = _INSIDE.get(type(tree))
    return inside(tree) if inside is not None else ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Every node of a tree, itself first, in reading order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        inside = _INSIDE.get(type(node))
        if inside is not None:
            waiting.extend(reversed(inside(node)))


def names_in(tree: Tree) -> tuple[str, ...]:
    """The names a tree reads as written (`alt`, `alt.high`), each once, in reading order."""
    return tuple(dict.fromkeys(node.key for node in walk(tree) if isinstance(node, Named)))


def bases_in(tree: Tree) -> tuple[str, ...]:
    """The facts and criteria a tree reads, without attributes (`alt`), each once, in reading order."""
    return tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Named)))


_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _ATOM = range(7)


def write(tree: Tree) -> str:
    """The one canonical sentence of a tree: reading it back gives the same tree."""
    return _write(tree, _OR)


def _write(tree: Tree, lowest: int) -> str:
    level, text = _written(tree)
    return text if level >= lowest else f"({text})"


def _written(tree: Tree) -> tuple[int, str]:
    match tree:
        case Literal(value, _):
            return _ATOM, write_literal(value)
        case Named():
            return _ATOM, tree.key
        case Compare(op, left, right):
            return _COMPARE, f"{_write(left, _SUM)} {op} {_write(right, _SUM)}"
        case In(left, options):
            return _COMPARE, f"{_write(left, _SUM)} IN ({', '.join(map(write_literal, options))})"
        case And(items):
            return _AND, " AND ".join(_write(item, _NOT) for item in items)
        case Or(items):
            return _OR, " OR ".join(_write(item, _AND) for item in items)
        case Not(In(left, options)):
            return _NOT, f"{_write(left, _SUM)} NOT IN ({', '.join(map(write_literal, options))})"
        case Not(item):
            return _NOT, f"NOT {_write(item, _NOT if isinstance(item, Not) else _SUM)}"
        case Arithmetic(op, left, right):
            level = _SUM if op in "+-" else _PRODUCT
            return level, f"{_write(left, level)} {op} {_write(right, level + 1)}"
        case AtLeast(wanted, items):
            return _ATOM, f"at_least({', '.join([str(wanted), *map(write, items)])})"
        case Score(items):
            pairs = ", ".join(f"{write_literal(weight)}, {write(item)}" for weight, item in items)
            return _ATOM, f"score({pairs})"
        case DaysBetween(start, end):
            return _ATOM, f"days_between({write(start)}, {write(end)})"


def write_literal(value: bool | Decimal | str | date) -> str:
    """A value as it is written in a sentence."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"DATE '{value.isoformat()}'"


def rebuilt(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The same tree with each tree directly inside it changed."""
    match tree:
        case Compare(op, left, right):
            return Compare(op, change(left), change(right))
        case Arithmetic(op, left, right):
            return Arithmetic(op, change(left), change(right))
        case In(left, options):
            return In(change(left), options)
        case And(items):
            return And(tuple(map(change, items)))
        case Or(items):
            return Or(tuple(map(change, items)))
        case AtLeast(wanted, items):
            return AtLeast(wanted, tuple(map(change, items)))
        case Not(item):
            return Not(change(item))
        case Score(items):
            return Score(tuple((weight, change(item)) for weight, item in items))
        case DaysBetween(start, end):
            return DaysBetween(change(start), change(end))
        case _:
            return tree
