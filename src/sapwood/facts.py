"""Record + Pack -> Facts: typed, sourced answers, each known or unknown with its reason.

Facts are worked out when asked for. A fact that is not *known* has no value in logic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from sapwood.answered import answered, named
from sapwood.answers import Answer
from sapwood.choosing import NOTHING_FOUND, Bounds, Chosen, admit, choose, unbounded
from sapwood.definitions import FactDefinition
from sapwood.errors import Problem
from sapwood.fact import Fact, Group
from sapwood.fact_values import Values, plain_facts, ways_of
from sapwood.finding import Finder
from sapwood.found import Candidate, Found, Rejected
from sapwood.line_facts import line_value, unclear
from sapwood.lines import Event, Treatment, group, treatment_of
from sapwood.pack import Pack
from sapwood.quick import limits_of
from sapwood.readings import reference_limits
from sapwood.record import Record
from sapwood.sources import extraction_of
from sapwood.values import Moment, Value, day_moment, is_later, read_moment
from sapwood.whole_record import WholeRecord


def extract(
    record: Record,
    pack: Pack,
    *,
    as_of: Moment | date | str,
    answers: Sequence[Answer] = (),
    looks_back: bool | None = None,
) -> Facts:
    """The facts a record holds on a day or at an instant, together with what people have answered.

    `as_of` is a date (the end of that day) or an instant. Looking back to a time before the record's newest
    entry counts only what was known by then; undated entries then do not count. `looks_back` says so outright: a
    plan of today is no look back even where an entry carries a date to come.
    """
    if isinstance(as_of, str):
        moment = read_moment(as_of)
        if moment is None:
            raise ValueError(f"not a date or an instant: {as_of!r}")
        as_of = moment
    elif isinstance(as_of, date):
        as_of = day_moment(as_of, as_of)
    return Facts(record, pack, as_of, tuple(answers), looks_back)


class Facts:
    """Every fact of one person at one time."""

    def __init__(
        self,
        record: Record,
        pack: Pack,
        as_of: Moment,
        answers: tuple[Answer, ...] = (),
        looks_back: bool | None = None,
    ) -> None:
        self.record = record
        self.pack = pack
        self.as_of = as_of
        self.answers = answers
        self.whole = WholeRecord(record, as_of, looks_back)
        self._facts: dict[tuple[str, str], Fact] = {}
        self._found: dict[str, Found] = {}
        self._group_values: dict[tuple[str, bool], Values] = {}
        self.violated: frozenset[str] = frozenset()
        self.limits = limits_of(as_of)
        self.ways, self.ways_in_groups = ways_of(pack, short=self._reads_short())
        self.values = Values(self)
        self._trusted: Values | None = None
        if pack.invariants:
            self._check_always()

    def _reads_short(self) -> bool:
        """Whether ordinary values may be read without building facts."""
        return not self.answers and (self.record.plain or not self.finder.parts)

    @cached_property
    def finder(self) -> Finder:
        """Where the pack's facts stand in this record."""
        return Finder(self.record, extraction_of(self.pack))

    @cached_property
    def hushed(self) -> frozenset[str]:
        """The facts of which nothing at all is recorded or answered: silence says what they are."""
        told = {answer.fact for answer in self.answers} if self.answers else _NOBODY
        return frozenset(plain_facts(self.pack).keys() - self.finder.spoken_of - self.violated - told)

    def fill_silences(self) -> None:
        """Works out at once what silence says, where everything is going to be asked."""
        covered_by = plain_facts(self.pack)
        says: dict[str, Value] = {"": None}
        silent: dict[str, Value] = {}
        for name in self.hushed:
            cover = covered_by[name]
            if cover not in says:
                says[cover] = self.presumed(name)
            silent[name] = says[cover]
        for values in (self.values, *map(self.values_in, self.groups)):
            values.update(silent)

    @property
    def own_word(self) -> bool:
        """Whether any fact worked out so far rests on the patient's own word."""
        return any(fact.known and fact.assurance == "patient" for fact in self._facts.values())

    @property
    def trusted(self) -> Values:
        """The values without what rests on the patient's own word."""
        if self._trusted is None:
            self._trusted = Values(self, trusted=True)
        return self._trusted

    # --- looking things up ---------------------------------------------------------------------

    def __getitem__(self, name: str) -> Fact:
        """The person's fact of that name."""
        return self.fact(name)

    def fact(self, name: str, group: Group | None = None) -> Fact:
        """A fact of the person, or of one specimen."""
        definition = self.pack.facts[name]
        key = (name, group.key if group is not None and definition.per == "specimen" else "")
        if key not in self._facts:
            self._facts[key] = self._work_out(name, definition, group)
        return self._facts[key]

    def go_the_long_way(self) -> None:
        """Forgets what was read, and from now on reads nothing the short way."""
        self.ways, self.ways_in_groups = ways_of(self.pack, short=False)
        self._facts.clear()
        self._group_values.clear()
        self.values = Values(self)
        self._trusted = None

    def presumed(self, name: str) -> Value:
        """What the silence of the record says about a fact: `False` where it covers the matter, else unknown."""
        closed = self.pack.facts[name].closed_world
        return False if closed is not None and self.values[closed.covered_by] is True else None

    def value(self, name: str, group: Group | None = None, *, trusted: bool = False) -> Value:
        """What a sentence sees under a name (`albumin`, `alt.high`, `csf_flow.when`); unknown is `None`."""
        if name == "as_of":
            return self.as_of
        base, _, attribute = name.partition(".")
        fact = self.fact(base, group)
        if not fact.known or (trusted and fact.assurance == "patient"):
            return None
        if not attribute:
            return fact.value
        return {"high": fact.high, "low": fact.low, "when": fact.when}[attribute]

    def values_in(self, group: Group, *, trusted: bool = False) -> Values:
        """The values as one specimen sees them."""
        key = (group.key, trusted)
        if key not in self._group_values:
            self._group_values[key] = Values(self, group, trusted=trusted)
        return self._group_values[key]

    def gate(self, name: str) -> Value:
        """A verdict that may open a drug gate: the patient's own word can close it, never open it."""
        verdict = self.trusted[name]
        if verdict is None and self.values[name] is False:
            return False
        return verdict

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The specimens with findings, in file order; one unnamed group where there are none."""
        labels: dict[str, str] = {}
        for name, definition in self.pack.facts.items():
            if definition.per == "specimen" and name in self.finder.spoken_of:
                found = self.found(name)
                candidates = [candidate.resource for candidate in found.candidates]
                for resource in (*candidates, *(entry.resource for entry in found.rejected)):
                    if resource is not None:
                        key, label = self.finder.group(resource)
                        labels.setdefault(key, label)
        for answer in self.answers:
            if answer.specimen and answer.fact in self.pack.facts:
                key = named(answer.specimen, labels) or f"answer:{answer.specimen}"
                labels.setdefault(key, answer.specimen)
            elif answer.fact in self.pack.facts and self.pack.facts[answer.fact].per == "specimen":
                labels.setdefault("", "no specimen named")
        return tuple(Group(key, label) for key, label in labels.items()) or (Group("", "no specimen named"),)

    def found(self, name: str) -> Found:
        """Everything in the record that could be this fact."""
        if name not in self._found:
            self._found[name] = self.finder.found(name)
        return self._found[name]

    def series(self, name: str) -> list[Candidate]:
        """All values of a fact up to now, oldest first, undated ones left out."""
        definition = self.pack.facts[name]
        unbound = unbounded(definition)
        kept = admit(self.found(name), unbound, Bounds(self.as_of, replay=self.replay))
        dated = [candidate for candidate in kept.candidates if candidate.when is not None]
        return sorted(dated, key=lambda candidate: candidate.when.first)  # type: ignore[union-attr]

    # --- the record as a whole -----------------------------------------------------------------

    @property
    def replay(self) -> bool:
        """Whether this looks back: the record holds entries from after `as_of`."""
        return self.whole.replay

    @cached_property
    def treatment(self) -> Treatment:
        """The lines of treatment up to now."""
        told = [answer for answer in self.answers if answer.fact == "lines"]
        if told:
            events = [event for answer in told for event in answer.value if isinstance(event, Event)]
            events = [event for event in events if not is_later(event.when, self.as_of)]
            return group(events, self.pack.regimens)
        return treatment_of(
            self.record,
            self.pack.regimens,
            self.pack.about.codesystems,
            as_of=self.as_of,
            replay=self.replay,
            hedges=self.pack.about.hedges,
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, in the record and in its treatment."""
        return (
            *self.record.problems,
            *self.treatment.problems,
            *self.whole.left_out(),
        )

    # --- one fact ------------------------------------------------------------------------------

    def _work_out(self, name: str, definition: FactDefinition, group: Group | None) -> Fact:
        if name in self.violated:
            note = "entries contradict each other (no person can be like that)"
            return Fact(name, definition, "conflicting", note=note)
        told = answered(
            (answer for answer in self.answers if answer.fact == name),
            group,
            lambda: self.groups,
            as_of=self.as_of,
            per_specimen=definition.per == "specimen",
        )
        given = bool(told.candidates or told.rejected)
        if not given:
            if definition.derived:
                return self._derived(name, definition, group)
            if definition.from_record:
                return self._from_record(name, definition)
        pointless = definition.not_when and self.values[f"fact:{name}:not_when"] is True
        if pointless and not definition.find and not given:
            return Fact(name, definition, "not_applicable")
        if definition.from_lines and not given and self._told(definition) is not None:
            return self._from_lines(name, definition)
        chosen = NOTHING_FOUND
        if given or name in self.finder.spoken_of:
            found = Found(told.candidates, told.rejected)
            if definition.find:
                everything = self.found(name)
                found.candidates += everything.candidates
                found.rejected += everything.rejected
                if definition.per == "specimen":
                    found = self._only(found, group)
            bounds = self._bounds(definition)
            chosen = choose(admit(found, definition, bounds), definition, bounds)
        if pointless:
            if chosen.value is not True:
                return Fact(name, definition, "not_applicable")
            sources = tuple(dict.fromkeys(self._source(candidate) for candidate in chosen.candidates))
            note = "on record although it cannot apply to this person"
            return Fact(name, definition, "conflicting", sources=sources, note=note)
        if chosen.state == "missing" and definition.from_lines:
            return self._from_lines(name, definition)
        return self._fact(name, definition, chosen, group)

    def _only(self, found: Found, group: Group | None) -> Found:
        key = group.key if group is not None else ""
        return Found(
            [
                entry
                for entry in found.candidates
                if entry.resource is None or self.finder.group(entry.resource)[0] == key
            ],
            [
                entry
                for entry in found.rejected
                if entry.resource is None or self.finder.group(entry.resource)[0] == key
            ],
        )

    def _bounds(self, definition: FactDefinition) -> Bounds:
        return Bounds(
            self.as_of,
            self._anchor(definition.before),
            self._anchor(definition.after),
            self._anchor(definition.on_day),
            self._anchor(definition.day_before),
            self.replay,
        )

    def _anchor(self, name: str) -> Moment | None:
        if not name:
            return None
        value = self.values[name]
        return value if isinstance(value, Moment) else None

    def _fact(self, name: str, definition: FactDefinition, chosen: Chosen, group: Group | None) -> Fact:
        rejected = tuple((self._source(entry), entry.why) for entry in chosen.rejected)
        label = group.label if group is not None and definition.per == "specimen" else ""
        if chosen.state == "missing" and definition.closed_world is not None:
            clean = not any(entry.unusable or entry.pending for entry in chosen.rejected)
            if clean and self.values[definition.closed_world.covered_by] is True:
                note = "not recorded, in a record that covers the time"
                return Fact(name, definition, "known", False, None, "assumed", (), rejected, note, label)
        if not chosen.candidates:
            doubted = any(not entry.elsewhere for entry in chosen.rejected)
            return Fact(
                name,
                definition,
                chosen.state,
                rejected=rejected,
                note=chosen.note,
                specimen=label,
                doubted=doubted,
            )
        first = chosen.candidates[0]
        low, high = (
            reference_limits(first.resource, definition)
            if first.resource is not None and definition.type == "quantity"
            else first.limits
        )
        sources = tuple(dict.fromkeys(self._source(candidate) for candidate in chosen.candidates))
        note = "; ".join(part for part in (chosen.note, first.note) if part)
        return Fact(
            name,
            definition,
            chosen.state,
            chosen.value,
            first.when,
            first.assurance,
            sources,
            rejected,
            note,
            label,
            low,
            high,
            recorded=first.known,
        )

    def _source(self, entry: Candidate | Rejected) -> str:
        if entry.resource is None:
            return entry.note if isinstance(entry, Candidate) and entry.note else "answer"
        return self.record.source_of(entry.resource.get("_whole", entry.resource))

    # --- facts that are worked out -------------------------------------------------------------

    def _derived(self, name: str, definition: FactDefinition, group: Group | None) -> Fact:
        inside = group if definition.per == "specimen" else None
        values = self.values_in(inside) if inside is not None else self.values
        value = self.pack.compiled(name)(values)
        told = [one for one in self.pack.base_facts[name] if one not in self.hushed]
        bases = [base for one in told for base in self._bases(one, inside)]
        if value is None:
            silent = all(base.silent for base in bases if not base.known)
            closed = definition.closed_world
            if closed is not None and silent and self.values[closed.covered_by] is True:
                note = "nothing of it is on record"
                return Fact(name, definition, "known", False, None, "assumed", note=note)
            note = "what it is worked out from is not known"
            return Fact(name, definition, "missing", assurance="derived", note=note)
        patient = any(base.known and base.assurance == "patient" for base in bases)
        sources = tuple(dict.fromkeys(source for base in bases for source in base.sources))
        whens = [base.when for base in bases if base.known and base.when is not None]
        when = max(whens, key=lambda moment: moment.last) if whens else None
        return Fact(name, definition, "known", value, when, "patient" if patient else "derived", sources)

    def _bases(self, name: str, group: Group | None) -> list[Fact]:
        """A fact that something is worked out from; of every specimen, where no specimen is named."""
        if group is None and self.pack.facts[name].per == "specimen":
            return [self.fact(name, one) for one in self.groups]
        return [self.fact(name, group)]

    def _from_record(self, name: str, definition: FactDefinition) -> Fact:
        patient = self.record.patient
        value, note = self.whole.tells(definition.from_record)
        if value is None:
            return Fact(
                name, definition, "unusable" if note and patient is not None else "missing", note=note
            )
        spans = definition.from_record in ("record_first", "record_last")
        source = () if spans or patient is None else (self.record.source_of(patient),)
        return Fact(name, definition, "known", value, None, "clinical", source)

    def _told(self, definition: FactDefinition) -> Value:
        return line_value(self.treatment, definition.from_lines, self.as_of, self.pack.regimens)

    def _from_lines(self, name: str, definition: FactDefinition) -> Fact:
        value = self._told(definition)
        if value is None:
            if note := unclear(self.treatment, definition.from_lines):
                return Fact(name, definition, "unusable", note=note)
            covered = definition.closed_world
            if covered is not None and self.values[covered.covered_by] is True:
                none: Value = False if definition.type == "boolean" else Decimal(0)
                return Fact(name, definition, "known", none, None, "assumed", note="no treatment recorded")
            return Fact(name, definition, "missing")
        line = self.treatment.current
        sources = line.sources if line is not None else tuple(event.source for event in self.treatment.events)
        note = "in the order the text gives, undated" if line is not None and line.ordered_by_text else ""
        told = [event.resource for event in self.treatment.events if event.resource is not None]
        own_word = bool(told) and all(self.finder.assurance(resource) == "patient" for resource in told)
        assurance = "patient" if own_word else "derived"
        return Fact(
            name, definition, "known", value, None, assurance, tuple(s for s in sources if s), note=note
        )

    # --- invariants ----------------------------------------------------------------------------

    def _check_always(self) -> None:
        """Facts that together describe no possible person become conflicting."""
        broken: set[str] = set()
        for name in self.pack.invariants:
            if self.values[name] is False:
                broken.update(base for base in self.pack.base_facts[name] if base not in _FIRM)
        if broken:
            self.violated = frozenset(broken)
            self.__dict__.pop("hushed", None)
            self.go_the_long_way()


_NOBODY: frozenset[str] = frozenset()
_FIRM = ("sex", "age_years")


__all__ = ["Fact", "Facts", "Group", "Values", "extract"]
