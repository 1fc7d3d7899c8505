"""Which few unknown facts could settle a sentence, and which way: minimal sets, never more than a handful."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from ..truth import Truth
from ..values import Moment, Value
from .answers import candidate_answers
from .evaluate import compile_tree
from .tree import OPPOSITE, Named, Score, Tree, walk
from .unknowns import Count, Leaf, Part, Sum, Turned, Unknowns
from .ways import MOST_FACTS, NONE, NOTHING_NEEDED, Way, Ways, best, bits_of, both, by_size, either

__all__ = ["Settling", "candidate_answers", "settling"]

MOST_SETS = 5
_MOST_TRIALS = 200
_MOST_TOGETHER = 81
"""The most answers tried for one fact, and for several facts at once."""


@dataclass(frozen=True, slots=True)
class Settling:
    """For each direction, minimal sets of facts whose answers could settle it, and whether more exist."""

    true: tuple[tuple[str, ...], ...] = ()
    false: tuple[tuple[str, ...], ...] = ()
    more_true: bool = False
    more_false: bool = False


def settling(
    tree: Tree,
    values: Mapping[str, Value],
    *,
    expand: Callable[[str], Tree | None],
    unknown: Callable[[str], bool],
    words: Callable[[str], tuple[str, ...]] = lambda name: (),
) -> Settling:
    """The sets of unknown facts that could make an unknown tree true, and those that could make it false."""
    known = Unknowns(values, expand, unknown)
    part = known.build(tree)
    if isinstance(part, bool):
        return Settling()
    known.mark_repeated(part)
    search = _Search(known, words)
    true, more_true = search.listed(search.ways(part, True))
    false, more_false = search.listed(search.ways(part, False))
    return Settling(true, false, more_true, more_false)


class _Trial(dict[str, Value]):
    """The values with some answers tried in their place."""

    __slots__ = ("beneath",)

    def __init__(self, beneath: Mapping[str, Value]) -> None:
        super().__init__()
        self.beneath = beneath

    def __missing__(self, key: str) -> Value:
        return self.beneath[key]


class _Search:
    def __init__(self, known: Unknowns, words: Callable[[str], tuple[str, ...]]) -> None:
        self.known, self.words = known, words
        self.answers: dict[int, list[tuple[tuple[str, Value], ...]]] = {}
        self.found: dict[tuple[int, bool], Ways] = {}

    def ways(self, part: Part, wanted: bool) -> Ways:
        known = self.found.get((id(part), wanted))
        if known is None:
            known = self.found[id(part), wanted] = self.ways_of(part, wanted)
        return known

    def ways_of(self, part: Part, wanted: bool) -> Ways:
        match part:
            case Turned(inner):
                return self.ways(inner, not wanted)
            case Count(needed, parts):
                enough = needed if wanted else len(parts) - needed + 1
                return self.enough([(1, inner) for inner in parts], wanted, enough)
            case Sum():
                return self.sum_ways(part, wanted)
            case Leaf():
                both_ways = self.leaf_ways(part)
                self.found.update({(id(part), truth): ways for truth, ways in both_ways.items()})
                return both_ways[wanted]
        return NONE

    def enough(self, items: list[tuple[int, Part]], wanted: bool, needed: int) -> Ways:
        """Ways to make parts of at least this weight come out as wanted."""
        if needed <= 0:
            return Ways([NOTHING_NEEDED])
        reached: dict[int, Ways] = {0: Ways([NOTHING_NEEDED])}
        left = sum(weight for weight, _ in items)
        for weight, part in items:
            left -= weight
            own = self.ways(part, wanted)
            after = {have: ways for have, ways in reached.items() if have + left >= needed}
            for have, ways in reached.items():
                total = min(needed, have + weight)
                if (own.ways or own.more) and have < needed and total + left >= needed:
                    joined = both(ways, own)
                    after[total] = either(after[total], joined) if total in after else joined
            reached = after
        return reached.get(needed, NONE)

    def sum_ways(self, part: Sum, wanted: bool) -> Ways:
        op = part.op if wanted else OPPOSITE[part.op]
        scale = 10 ** max(0, *(-int(w.as_tuple().exponent) for w in (part.limit, part.sure, *part.weights)))
        limit, sure = int(part.limit * scale), int(part.sure * scale)
        items = [(int(weight * scale), inner) for weight, inner in zip(part.weights, part.parts, strict=True)]
        most = sure + sum(weight for weight, _ in items)
        above = {">": limit + 1, ">=": limit, "<>": limit + 1}.get(op)
        below = {"<": limit - 1, "<=": limit, "<>": limit - 1}.get(op)
        found = NONE
        if above is not None:
            found = self.enough(items, True, above - sure)
        if below is not None:
            found = either(found, self.enough(items, False, most - below))
        if op == "=":
            found = self.exactly(items, limit - sure)
        return found

    def exactly(self, items: list[tuple[int, Part]], needed: int) -> Ways:
        """Ways to settle every part so that the true ones have exactly this weight."""
        reached: dict[int, Ways] = {0: Ways([NOTHING_NEEDED])}
        for weight, part in items:
            after: dict[int, Ways] = {}
            for have, ways in reached.items():
                for total, truth in ((have, False), (have + weight, True)):
                    if total <= needed:
                        joined = both(ways, self.ways(part, truth))
                        after[total] = either(after[total], joined) if total in after else joined
            reached = after
        return reached.get(needed, NONE)

    def leaf_ways(self, leaf: Leaf) -> dict[bool, Ways]:
        if isinstance(leaf.tree, Named):
            (base,) = leaf.bases
            if not self.known.repeated >> base & 1:
                return dict.fromkeys((True, False), Ways([Way(1 << base)]))
            return {truth: Ways([Way(1 << base, ((base, mask),))]) for truth, mask in ((True, 1), (False, 2))}
        if len(leaf.bases) > MOST_FACTS:
            return dict.fromkeys((True, False), Ways([], more=True))
        read = compile_tree(leaf.tree)
        partial = any(isinstance(node, Score) for node in walk(leaf.tree))
        found: dict[bool, list[Way]] = {True: [], False: []}
        for size in range(1 if partial else len(leaf.bases), len(leaf.bases) + 1):
            for bases in combinations(leaf.bases, size):
                results = self.tried(read, bases)
                for truth, ways in found.items():
                    hits = frozenset(choice for choice, result in results if result is truth)
                    if hits:
                        ways.append(self.way_of(bases, hits))
        return {truth: best(ways, False) for truth, ways in found.items()}

    def way_of(self, bases: tuple[int, ...], hits: frozenset[tuple[int, ...]]) -> Way:
        bits = sum(1 << base for base in bases)
        if not bits & self.known.repeated:
            return Way(bits)
        if len(bases) == 1:
            return Way(bits, ((bases[0], sum(1 << index for (index,) in hits)),))
        return Way(bits, (), frozenset({(bases, hits)}))

    def tried(
        self, read: Callable[[Mapping[str, Value]], Value], bases: tuple[int, ...]
    ) -> list[tuple[tuple[int, ...], Truth]]:
        """What a leaf comes to under each combination of representative answers."""
        trial = _Trial(self.known.values)
        each = int((_MOST_TRIALS if len(bases) == 1 else _MOST_TOGETHER) ** (1 / len(bases)))
        results: list[tuple[tuple[int, ...], Truth]] = []
        once = not any(self.known.repeated >> base & 1 for base in bases)
        seen: set[Truth] = set()
        for choice in product(*(_spread(len(self.answers_of(base)), each) for base in bases)):
            for base, index in zip(bases, choice, strict=True):
                trial.update(self.answers[base][index])
            result = read(trial)
            truth = result if isinstance(result, bool) else None
            results.append((choice, truth))
            seen.add(truth)
            if once and {True, False} <= seen:
                break  # which answers do is only asked of facts that other parts read too
        return results

    def answers_of(self, base: int) -> list[tuple[tuple[str, Value], ...]]:
        """Representative answers to a fact, its free attributes included."""
        if base not in self.answers:
            columns = []
            for key, kind in self.known.keys[base].items():
                answers = candidate_answers(
                    kind,
                    self.words(self.known.names[base]),
                    self.known.about[base],
                    key,
                    as_of=self.as_of(),
                    values=self.known.values,
                )
                columns.append([(key, answer) for answer in answers])
            each = int(_MOST_TRIALS ** (1 / len(columns)))
            thinned = [[column[index] for index in _spread(len(column), each)] for column in columns]
            self.answers[base] = list(product(*thinned))
        return self.answers[base]

    def listed(self, ways: Ways) -> tuple[tuple[tuple[str, ...], ...], bool]:
        minimal: list[int] = []
        for bits in sorted({way.bits for way in ways.ways}, key=by_size):
            if not any(kept & bits == kept for kept in minimal):
                minimal.append(bits)
        shown = [bits for bits in minimal if bits.bit_count() <= MOST_FACTS][:MOST_SETS]
        sets = tuple(tuple(self.known.names[base] for base in bits_of(bits)) for bits in shown)
        return sets, ways.more or len(shown) < len(minimal)

    def as_of(self) -> Moment | None:
        try:
            as_of = self.known.values["as_of"]
        except KeyError:
            return None
        return as_of if isinstance(as_of, Moment) else None


def _spread(length: int, most: int) -> Iterator[int]:
    """At most so many indexes, evenly over a length, both ends included."""
    if length <= most:
        yield from range(length)
    else:
        yield from sorted(
            {round(step * (length - 1) / (most - 1)) for step in range(most)} if most > 1 else {0}
        )
