"""A tree and what is known -> only its unknown parts, criteria and derived facts opened up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..values import Value
from .explain import leaf_of
from .tree import TURNED, And, AtLeast, Compare, Named, Not, Or, Score, Tree, rebuilt, walk


@dataclass(slots=True, eq=False)
class Leaf:
    """A comparison or yes-or-no fact that is unknown."""

    tree: Tree
    bases: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Count:
    """True when `wanted` of the parts are; AND and OR are counts too."""

    wanted: int
    parts: list[Part]


@dataclass(slots=True, eq=False)
class Sum:
    """A score against a number: the weight of true parts so far, and the parts still unknown."""

    op: str
    limit: Decimal
    sure: Decimal
    weights: list[Decimal]
    parts: list[Part]


@dataclass(slots=True, eq=False)
class Turned:
    part: Part


@dataclass(slots=True, eq=False)
class Never:
    """Unknown, and no answer would change that."""


Part = Leaf | Count | Sum | Turned | Never


class Unknowns:
    """Reads a tree against the values, and numbers the unknown facts in reading order."""

    def __init__(
        self,
        values: Mapping[str, Value],
        expand: Callable[[str], Tree | None],
        unknown: Callable[[str], bool],
    ) -> None:
        self.values, self.expand, self.unknown = values, expand, unknown
        self.order: dict[str, int] = {}
        self.names: list[str] = []
        self.keys: list[dict[str, str]] = []
        self.about: list[list[Tree]] = []
        self.named: dict[str, bool | Part] = {}
        self.repeated = 0

    def build(self, tree: Tree) -> bool | Part:
        match tree:
            case Not(item):
                part = self.build(item)
                return not part if isinstance(part, bool) else Turned(part)
            case And(items):
                return self.count(len(items), items)
            case Or(items):
                return self.count(1, items)
            case AtLeast(wanted, items):
                return self.count(wanted, items)
            case Named(name, None, "boolean"):
                return self.yes_or_no(tree, name)
        value = leaf_of(tree).read(self.values)
        if value is not None:
            return value is True
        if isinstance(tree, Compare) and isinstance(tree.left, Score) != isinstance(tree.right, Score):
            summed = self.score(tree)
            if summed is not None:
                return summed
        return self.leaf(self.inlined(tree))

    def count(self, wanted: int, items: Iterable[Tree]) -> bool | Part:
        parts: list[Part] = []
        for item in items:
            part = self.build(item)
            if part is True:
                wanted -= 1
            elif part is not False:
                parts.append(part)
        if wanted <= 0:
            return True
        return Count(wanted, parts) if wanted <= len(parts) else False

    def yes_or_no(self, tree: Tree, name: str) -> bool | Part:
        value = self.values[name]
        if isinstance(value, bool):
            return value
        if name not in self.named:
            inner = self.expand(name)
            if inner is None:
                self.named[name] = self.leaf(tree)
            else:
                self.named[name] = Never()
                part = self.build(inner)
                self.named[name] = Never() if isinstance(part, bool) else part
        return self.named[name]

    def score(self, tree: Compare) -> Part | None:
        left, right, op = tree.left, tree.right, tree.op
        if isinstance(right, Score):
            left, right, op = right, left, TURNED[op]
        limit = leaf_of(right).read(self.values)
        if not isinstance(left, Score) or not isinstance(limit, Decimal):
            return None
        sure = Decimal(0)
        weights: list[Decimal] = []
        parts: list[Part] = []
        for weight, item in left.items:
            part = self.build(item)
            if part is True:
                sure += weight
            elif part is not False:
                weights.append(weight)
                parts.append(part)
        return Sum(op, limit, sure, weights, parts)

    def inlined(self, tree: Tree) -> Tree:
        """The tree with every derived name that is not yet known replaced by what it is derived from."""
        if isinstance(tree, Named):
            if tree.attribute is None and not isinstance(self.values[tree.name], bool | str | Decimal):
                inner = self.expand(tree.name)
                return tree if inner is None else self.inlined(inner)
            return tree
        if all(self.expand(node.name) is None for node in walk(tree) if isinstance(node, Named)):
            return tree
        return rebuilt(tree, self.inlined)

    def leaf(self, tree: Tree) -> Part:
        bases: dict[int, None] = {}
        for node in walk(tree):
            if isinstance(node, Named) and self.is_free(node):
                base = self.order.setdefault(node.name, len(self.order))
                if base == len(self.names):
                    self.names.append(node.name)
                    self.keys.append({})
                    self.about.append([])
                self.keys[base][node.key] = node.kind
                bases[base] = None
        for base in bases:
            self.about[base].append(tree)
        return Leaf(tree, tuple(sorted(bases))) if bases else Never()

    def is_free(self, node: Named) -> bool:
        """Whether an answer could change this: the fact is unknown, or is known without this attribute."""
        if self.unknown(node.name):
            return True
        return (
            node.attribute is not None
            and self.values[node.key] is None
            and self.values[node.name] is not None
        )

    def mark_repeated(self, part: Part) -> None:
        """Note the facts more than one part asks about: only these can contradict themselves."""
        once: int = 0
        seen: set[int] = set()
        waiting: list[Part] = [part]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Leaf):
                bits = sum(1 << base for base in part.bases)
                self.repeated |= once & bits
                once |= bits
            elif isinstance(part, Turned):
                waiting.append(part.part)
            elif isinstance(part, Count | Sum):
                if id(part) in seen:
                    self.repeated |= self.bits_in(part)
                else:
                    seen.add(id(part))
                    waiting += part.parts

    def bits_in(self, part: Part) -> int:
        if isinstance(part, Leaf):
            return sum(1 << base for base in part.bases)
        if isinstance(part, Turned):
            return self.bits_in(part.part)
        bits = 0
        for inner in part.parts if isinstance(part, Count | Sum) else ():
            bits |= self.bits_in(inner)
        return bits
