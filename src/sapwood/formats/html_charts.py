"""Of the page: measurements over time as line charts, with the limits that the pack's criteria set for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sapwood.choosing import plain, unit_words
from sapwood.criteria.evaluate import compare_numbers, compile_tree
from sapwood.criteria.tree import (
    OPPOSITE,
    TURNED,
    And,
    Arithmetic,
    AtLeast,
    Compare,
    Literal,
    Named,
    Not,
    Or,
    Tree,
    kind_of,
    names_in,
    parts,
)
from sapwood.definitions import FactDefinition
from sapwood.pack import Pack
from sapwood.plan import Plan
from sapwood.values import Moment, Range, Value

WIDTH, HEIGHT = 340, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 12, 28
_SIGNS = {">=": "≥", "<=": "≤", "<>": "≠"}
_DRAWN = 6

Figure = Decimal | Range


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a criterion compares this measurement with."""

    key: str
    value: Decimal
    words: str
    titles: tuple[str, ...]
    met: bool | None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one time, and where it is drawn; `end` is set for a range."""

    when: str
    words: str
    x: float
    y: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One measurement over time: points, limits, and the table that says the same."""

    id: str
    title: str
    unit: str
    points: tuple[Point, ...]
    limits: tuple[Limit, ...]
    ticks: tuple[tuple[float, str], ...]
    days: tuple[tuple[float, str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM

    @property
    def line(self) -> str:
        """The points as SVG takes them."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)

    @property
    def words(self) -> str:
        """The drawing in words."""
        first, last = self.points[0], self.points[-1]
        return (
            f"{self.title} from {first.words} on {first.when} to {last.words} {self.unit} on {last.when}, "
            f"{len(self.points)} values; the table beside it has them all."
        )


@dataclass(frozen=True, slots=True)
class Single:
    """A measurement with one value only."""

    title: str
    words: str
    when: str
    limits: tuple[Limit, ...]


def charts_of(plan: Plan) -> tuple[list[Chart], list[Single]]:
    """The measurements that have a history, drawn, those with limits first; and those with one value."""
    charts: list[Chart] = []
    singles: list[Single] = []
    for name, definition in plan.facts.pack.facts.items():
        if not drawable(definition):
            continue
        values: list[tuple[Moment, Figure]] = [
            (one.when, one.value)
            for one in plan.facts.series(name)
            if one.when is not None and isinstance(one.value, Decimal | Range)
        ]
        fact = plan.facts.fact(name)
        if not values and fact.when is not None and isinstance(fact.value, Decimal | Range):
            values = [(fact.when, fact.value)]
        if not values:
            continue
        limits = _limits(plan, name, definition, values[-1][1])
        if len({str(when) for when, _ in values}) > 1:
            charts.append(_chart(name, definition, values, limits))
        else:
            when, value = values[-1]
            unit = unit_words(definition.unit)
            singles.append(
                Single(definition.title, f"{plain(value)} {unit}".strip(), str(when), tuple(limits))
            )
    charts.sort(key=lambda chart: not chart.limits)
    return charts, singles


def drawable(definition: FactDefinition) -> bool:
    """Whether it is a measurement of the person, drawn over time or shown as one value."""
    windowed = definition.on_day or definition.day_before or definition.before or definition.after
    return (
        definition.type == "quantity"
        and definition.per == "person"
        and bool(definition.find)
        and not windowed
    )


# --- limits ----------------------------------------------------------------------------------------


def _limits(plan: Plan, name: str, definition: FactDefinition, latest: Figure) -> list[Limit]:
    """Every number that the criteria hold this measurement against, each once, with the criteria's own titles."""
    pack = plan.facts.pack
    same, sentences = _readers(pack)[name]
    found: dict[tuple[str, Decimal], dict[str, None]] = {}
    for sentence_name in sentences:
        sentence = pack.sentences[sentence_name]
        if sentence_name in pack.criteria:
            if plan.hidden(sentence_name):
                continue
            criterion = pack.criteria[sentence_name]
            label = f"{criterion.title or criterion.means} ({criterion.rule_set})"
        elif sentence_name in pack.facts:
            label = pack.facts[sentence_name].title
        else:
            continue
        for op, value in _comparisons(sentence.tree, same, plan.facts.values, negated=False):
            if not _empty(definition, op, value):
                found.setdefault((op, value), {})[label] = None
    unit = unit_words(definition.unit)
    ordered = sorted(found, key=lambda one: (one[1], one[0]))
    return [
        Limit(
            _letters(number),
            value,
            f"{_SIGNS.get(op, op)} {plain(value)} {unit}".strip(),
            tuple(found[op, value]),
            _met(latest, op, value),
        )
        for number, (op, value) in enumerate(ordered)
    ]


def _readers(pack: Pack) -> Mapping[str, tuple[set[str], tuple[str, ...]]]:
    """Of each measurement: the facts that read the same test, the sentences that name one; kept with the pack."""
    kept: dict[str, tuple[set[str], tuple[str, ...]]] | None = pack.__dict__.get("readers_of_tests")
    if kept is None:
        named = {name: set(names_in(sentence.tree)) for name, sentence in pack.sentences.items()}
        kept = {}
        for name, definition in pack.facts.items():
            if drawable(definition):
                same = {
                    other for other, one in pack.facts.items() if other == name or _same_test(definition, one)
                }
                attributes = {f"{one}.{end}" for one in same for end in ("high", "low")}
                wanted = same | attributes
                kept[name] = (same, tuple(one for one, names in named.items() if names & wanted))
        pack.__dict__["readers_of_tests"] = kept
    return kept


def _empty(definition: FactDefinition, op: str, value: Decimal) -> bool:
    """Whether every plausible value fulfils a comparison: it then asks only whether there is a value."""
    lowest = definition.plausible[0] if definition.plausible else Decimal(0)
    return op in (">", ">=") and value <= lowest


def _same_test(one: FactDefinition, other: FactDefinition) -> bool:
    """Whether two facts read the same test, for another time or day."""
    if not other.find or one.unit != other.unit or one.type != other.type:
        return False
    return (one.find[0].codes, one.find[0].words) == (other.find[0].codes, other.find[0].words)


def _comparisons(
    tree: Tree, names: set[str], values: Mapping[str, Value], *, negated: bool
) -> Iterator[tuple[str, Decimal]]:
    """Each comparison of one of these facts alone with a number, as it must be for the sentence to hold."""
    match tree:
        case Not(item):
            yield from _comparisons(item, names, values, negated=not negated)
        case And() | Or() | AtLeast():
            for item in parts(tree):
                yield from _comparisons(item, names, values, negated=negated)
        case Compare(op, left, right):
            for one, other, turned in ((left, right, op), (right, left, TURNED[op])):
                value = _compared(one, other, names, values)
                if value is not None:
                    yield OPPOSITE[turned] if negated else turned, value


def _compared(one: Tree, other: Tree, names: set[str], values: Mapping[str, Value]) -> Decimal | None:
    """The number that a measurement, or its share of the laboratory's limit, is compared with."""
    if isinstance(one, Named) and one.attribute is None and one.name in names:
        return _number(other, names, values)
    if isinstance(one, Arithmetic) and one.op == "/":
        limit, share = _number(one.right, names, values), _number(other, names, values)
        measured = isinstance(one.left, Named) and one.left.attribute is None and one.left.name in names
        if measured and isinstance(one.right, Named) and limit is not None and share is not None:
            return share * limit
    return None


def _number(tree: Tree, names: set[str], values: Mapping[str, Value]) -> Decimal | None:
    """A number written in a sentence, or one that rests on the laboratory's own limits of this test."""
    if isinstance(tree, Literal):
        return tree.value if isinstance(tree.value, Decimal) else None
    limits = {f"{name}.{end}" for name in names for end in ("high", "low")}
    if kind_of(tree) != "number" or not set(names_in(tree)) <= limits:
        return None
    value: object = compile_tree(tree)(values)
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return value if isinstance(value, Decimal) else None


def _met(value: Figure, op: str, limit: Decimal) -> bool | None:
    return compare_numbers(op, value, limit)


def _letters(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"a{number - 25}"


# --- geometry --------------------------------------------------------------------------------------


def _chart(
    name: str, definition: FactDefinition, values: list[tuple[Moment, Figure]], limits: list[Limit]
) -> Chart:
    ends = [end for _, value in values for end in _ends(value)]
    low, high = min(ends), max(ends)
    room = (high - low) or abs(high) * 0.2 or 1.0
    near = [one for one in limits if low - room <= float(one.value) <= high + room][:_DRAWN]
    low, high = (
        min([low, *(float(one.value) for one in near)]),
        max([high, *(float(one.value) for one in near)]),
    )
    margin = ((high - low) or abs(high) * 0.2 or 1.0) * 0.08
    low, high = (0.0 if low >= 0 > low - margin else low - margin), high + margin
    first = min(when.first for when, _ in values)
    last = max(when.first for when, _ in values)
    span = (last - first).total_seconds() or 1.0

    def x(when: Moment) -> float:
        share = (when.first - first).total_seconds() / span
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM), 1)

    points = []
    for when, value in values:
        inside = _ends(value)
        end = y(inside[1]) if len(inside) > 1 else None
        points.append(Point(str(when), plain(value), x(when), y(inside[0]), end))
    drawn = {one.key for one in near}
    placed = tuple(
        Limit(one.key, one.value, one.words, one.titles, one.met, y(float(one.value)))
        if one.key in drawn
        else one
        for one in limits
    )
    middle = (low + high) / 2
    ticks = tuple((y(value), _short(value)) for value in (low, middle, high))
    days = ((float(_LEFT), points[0].when, "start"), (float(WIDTH - _RIGHT), points[-1].when, "end"))
    return Chart(name, definition.title, unit_words(definition.unit), tuple(points), placed, ticks, days)


def _ends(value: Figure) -> list[float]:
    """Where a value is drawn: one place, or two for a range."""
    if isinstance(value, Range):
        return [float(end) for end in (value.low, value.high) if end is not None]
    return [float(value)]


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
