"""Why a sentence came out as it did: the parts that decided it, each in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..truth import Truth, at_least, every, some
from ..values import Value
from .tree import (
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Named,
    Not,
    Or,
    Score,
    Tree,
    kind_of,
    names_in,
    parts,
    walk,
    write,
    write_literal,
)

Wording = Callable[[str], tuple[str, str]]
"""From a name to its title and unit."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One part of a sentence that decided it, what it came to, and the names it read."""

    tree: Tree
    value: Truth
    names: tuple[str, ...]


def deciding(tree: Tree, values: Mapping[str, Value]) -> tuple[Atom, ...]:
    """The parts that decided a boolean tree, in reading order, each once."""
    found: list[Atom] = []
    for atom in _decided(tree, values)[1]:
        if atom not in found:
            found.append(atom)
    return tuple(found)


def _decided(tree: Tree, values: Mapping[str, Value]) -> tuple[Truth, tuple[Atom, ...]]:
    match tree:
        case Not(item):
            value, atoms = _decided(item, values)
            return None if value is None else not value, atoms
        case And(items) | Or(items) | AtLeast(_, items):
            found = [_decided(item, values) for item in items]
            truths = [value for value, _ in found]
            if isinstance(tree, AtLeast):
                value = at_least(tree.wanted, truths)
            else:
                value = every(truths) if isinstance(tree, And) else some(truths)
            return value, tuple(atom for truth, atoms in found if truth is value for atom in atoms)
        case _:
            leaf = leaf_of(tree)
            result = leaf.read(values)
            assert result is None or isinstance(result, bool)
            if isinstance(tree, Literal):
                return result, ()
            names = _read_by(tree, result, values) if leaf.has_score else leaf.names
            return result, (Atom(tree, result, names),)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a sentence, how to read it, and the names it reads."""

    tree: Tree
    read: Callable[[Mapping[str, Value]], Value]
    names: tuple[str, ...]
    has_score: bool


_leaves: dict[int, Leaf] = {}


def leaf_of(tree: Tree) -> Leaf:
    """What is asked of one leaf, kept by identity: hashing a tree costs more than evaluating it."""
    known = _leaves.get(id(tree))
    if known is None or known.tree is not tree:
        from .evaluate import compile_tree

        if len(_leaves) >= 20_000:
            _leaves.clear()
        has_score = any(isinstance(node, Score) for node in walk(tree))
        known = _leaves[id(tree)] = Leaf(tree, compile_tree(tree), names_in(tree), has_score)
    return known


def _read_by(leaf: Tree, value: Truth, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The names that decided a leaf with a score: of its items only those that made the difference."""
    wanted = _items_that_count(leaf, value)
    names: list[str] = []

    def gather(node: Tree) -> None:
        if isinstance(node, Score):
            for _, item in node.items:
                truth, atoms = _decided(item, values)
                if truth in wanted:
                    names.extend(name for atom in atoms for name in atom.names)
        elif isinstance(node, Named):
            names.append(node.key)
        else:
            for part in parts(node):
                gather(part)

    gather(leaf)
    return tuple(dict.fromkeys(names))


def _items_that_count(leaf: Tree, value: Truth) -> frozenset[Truth]:
    """True items make a score high enough, false ones keep it low enough, unknown ones leave it open."""
    if value is None:
        return frozenset({None})
    if isinstance(leaf, Compare) and leaf.op not in ("=", "<>"):
        left, right = isinstance(leaf.left, Score), isinstance(leaf.right, Score)
        if left != right:
            high = (leaf.op in (">", ">=")) == left
            return frozenset({high == value})
    return frozenset({True, False})


_RELATION = {"=": "", "<>": "not", "<": "under", "<=": "at most", ">": "more than", ">=": "at least"}
_MOMENT_RELATION = {
    "=": "on",
    "<>": "not on",
    "<": "before",
    "<=": "not after",
    ">": "after",
    ">=": "not before",
}
_LIMIT = {"high": "upper limit of normal", "low": "lower limit of normal", "when": "date"}
_SIGN = {"+": "+", "-": "-", "*": "×", "/": "÷"}


def phrase(tree: Tree, wording: Wording) -> str:
    """One part of a sentence in plain words, such as "serum albumin at least 3.2 g/dL"."""
    match tree:
        case Named() | Literal():
            return _value(tree, wording)
        case Compare(op, left, right):
            return _comparison(op, left, right, wording)
        case In(left, options):
            words = " or ".join(_option(option) for option in options)
            return f"{_value(left, wording)} {words}{_unit_of(left, wording)}"
        case Not(item):
            return f"not ({phrase(item, wording)})"
        case And((Compare(">=", left, low), Compare("<=", same, high))) if left == same:
            return f"{_value(left, wording)} between {_value(low, wording)} and {_value(high, wording)}" + (
                _unit_of(left, wording) if isinstance(high, Literal) else ""
            )
        case And(items) | Or(items):
            joint = " and " if isinstance(tree, And) else " or "
            return joint.join(_grouped(item, wording) for item in items)
        case AtLeast(wanted, items):
            return f"at least {wanted} of: {', '.join(phrase(item, wording) for item in items)}"
        case _:
            return _value(tree, wording)


def _grouped(item: Tree, wording: Wording) -> str:
    text = phrase(item, wording)
    return f"({text})" if isinstance(item, And | Or) else text


def _option(option: str | Decimal) -> str:
    return plain_words(option) if isinstance(option, str) else write_literal(option)


def plain_words(word: str) -> str:
    """A code's word as it is read: `life_prolonging` is life prolonging."""
    return word.replace("_", " ")


def _comparison(op: str, left: Tree, right: Tree, wording: Wording) -> str:
    if kind_of(left) == "moment":
        return f"{_value(left, wording)} {_MOMENT_RELATION[op]} {_value(right, wording)}"
    if isinstance(left, DaysBetween) and kind_of(right) == "number":
        relation = _RELATION[op] or "exactly"
        start, end = _value(left.start, wording), _value(left.end, wording)
        return f"{relation} {_value(right, wording)} days from {start} to {end}"
    multiple = _multiple(op, left, right, wording)
    if multiple:
        return multiple
    relation = _RELATION[op]
    text = f"{_value(left, wording)} {relation} {_value(right, wording)}".replace("  ", " ")
    return text + (_unit_of(left, wording) if isinstance(right, Literal) else "")


def _multiple(op: str, left: Tree, right: Tree, wording: Wording) -> str:
    """Words for a value held against its own limits: "ALT at most 2.5 × its upper limit of normal"."""
    factor = ""
    match left, right:
        case Arithmetic("/", Named(name, None), Named(same, str(attribute))), Literal(value, _):
            factor = f"{write_literal(value)} × "
        case Named(name, None), Arithmetic("*", Literal(value, _), Named(same, str(attribute))):
            factor = f"{write_literal(value)} × "
        case Named(name, None), Named(same, str(attribute)):
            pass
        case _:
            return ""
    if name != same:
        return ""
    return f"{wording(name)[0]} {_RELATION[op]} {factor}its {_LIMIT[attribute]}".replace("  ", " ")


def _unit_of(tree: Tree, wording: Wording) -> str:
    """The unit of a number read from one fact, or of a sum of one unit; nothing for products and scores."""
    units = set()
    for node in walk(tree):
        if isinstance(node, Score | DaysBetween) or (isinstance(node, Arithmetic) and node.op in "*/"):
            return ""
        if isinstance(node, Named) and node.kind == "number":
            units.add(wording(node.name)[1])
    unit = units.pop() if len(units) == 1 else ""
    return f" {unit}" if unit and unit != "1" else ""


def _value(tree: Tree, wording: Wording) -> str:
    match tree:
        case Literal(value, "text"):
            return plain_words(str(value))
        case Literal(value, "moment"):
            return str(value)
        case Literal(value, "boolean"):
            return "always" if value else "never"
        case Named(name, None):
            return wording(name)[0]
        case Named(name, attribute):
            return f"{_LIMIT[attribute or '']} of {wording(name)[0]}"
        case Arithmetic(op, left, right):
            return f"{_factor(left, wording)} {_SIGN[op]} {_factor(right, wording)}"
        case Score(items):
            parts = ", ".join(f"{phrase(item, wording)} ({write_literal(weight)})" for weight, item in items)
            return f"score of {parts}"
        case DaysBetween(start, end):
            return f"days from {_value(start, wording)} to {_value(end, wording)}"
        case Literal():
            return write(tree)
        case _:
            return phrase(tree, wording)


def _factor(tree: Tree, wording: Wording) -> str:
    text = _value(tree, wording)
    return f"({text})" if isinstance(tree, Arithmetic) else text
