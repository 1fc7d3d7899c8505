"""What sentences read of one person: facts, derived facts and criteria by name, each worked out on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import ref

from sapwood.fact import Group
from sapwood.lifetime import age_in_years
from sapwood.pack import Pack
from sapwood.quick import LONG_WAY, NOTHING, shortcuts_of
from sapwood.truth import some
from sapwood.values import Value

if TYPE_CHECKING:
    from sapwood.facts import Facts

Ways = dict[str, Callable[[Any], Any]]


class Values(dict[str, Value]):
    """What sentences read: facts, derived facts and criteria by name, each worked out on first use.

    Holds its facts weakly: a circle of references would keep every record of a registry in memory.
    """

    __slots__ = ("_facts", "_ways", "group", "index", "limits", "trusted")

    def __init__(self, facts: Facts, group: Group | None = None, *, trusted: bool = False) -> None:
        self._facts = ref(facts)
        self.group = group
        self.trusted = trusted
        self.index = facts.record.sketches
        self.limits = facts.limits
        self._ways = facts.ways if group is None else facts.ways_in_groups

    @property
    def facts(self) -> Facts:
        """The facts these values are read from."""
        facts = self._facts()
        assert facts is not None, "values outlive their facts"
        return facts

    def __missing__(self, name: str) -> Value:
        value: Value
        way = self._ways.get(name)
        if way is None:
            value = self._long_way(name)
        else:
            value = way(self)
            if value is NOTHING:
                value = self.facts.presumed(name)
            elif value is LONG_WAY:
                value = self._long_way(name)
        self[name] = value
        return value

    def _long_way(self, name: str) -> Value:
        facts = self.facts
        sentence = facts.pack.sentences.get(name)
        if sentence is None:
            return facts.value(name, self.group, trusted=self.trusted)
        if sentence.per_specimen and self.group is None:
            return some(facts.values_in(one, trusted=self.trusted)[name] for one in facts.groups)  # type: ignore[misc]
        if not sentence.per_specimen and self.group is not None:
            return (facts.trusted if self.trusted else facts.values)[name]
        if name in facts.pack.facts:
            return facts.value(name, self.group, trusted=self.trusted)
        way = facts.pack.compiled(name)
        if self.group is None:
            facts.ways[name] = way  # from now on, for everybody
        return way(self)


def ways_of(pack: Pack, *, short: bool) -> tuple[Ways, Ways]:
    """How a person's names are answered without building facts, and how those of a specimen are.

    `short` where nothing was answered and nothing contradicts itself: only then may facts be read the short way.
    Sentences about the person join the first when they are first asked.
    """
    ready: dict[bool, tuple[Ways, Ways]] = pack.__dict__.setdefault("ways", {})
    if short not in ready:
        facts: Ways = {}
        if short:
            recorded = {name: fact.from_record for name, fact in pack.facts.items() if not fact.not_when}
            facts = {name: _from_record_at_once(key) for name, key in recorded.items() if key}
            facts |= shortcuts_of(pack)
        of_person = dict(facts)
        if short:
            of_person |= {
                name: _derived_at_once(pack, name)
                for name, fact in pack.facts.items()
                if fact.derived and fact.per == "person" and name not in facts
            }
        ready[short] = of_person, facts
    return ready[short]


def plain_facts(pack: Pack) -> Mapping[str, str]:
    """The facts that only their own sources tell, each with what lets its silence mean "no" (or nothing)."""
    ready: dict[str, str] | None = pack.__dict__.get("plain_facts")
    if ready is None:
        ready = pack.__dict__["plain_facts"] = {
            name: fact.closed_world.covered_by if fact.closed_world is not None else ""
            for name, fact in pack.facts.items()
            if not (fact.derived or fact.from_record or fact.from_lines or fact.not_when)
        }
    return ready


def _derived_at_once(pack: Pack, name: str) -> Callable[[Values], Any]:
    """A derived fact's value without its sources, where it has one; its silence is for the long way to judge."""
    work_out, closed = pack.compiled(name), pack.facts[name].closed_world is not None
    bases = pack.base_facts[name]

    def derived(values: Values) -> Any:
        value = LONG_WAY if values.trusted else work_out(values)
        if value is None and closed:
            return NOTHING if values.facts.hushed.issuperset(bases) else LONG_WAY
        return value

    return derived


def _from_record_at_once(key: str) -> Callable[[Values], Value]:
    if key == "birth_age_years":
        return lambda values: (
            values.facts.whole.tells(key)[0]
            if (born := values.facts.record.birth_date) is None
            else age_in_years(born, values.limits.as_of)[0]
        )
    return lambda values: values.facts.whole.tells(key)[0]
