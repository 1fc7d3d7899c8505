"""Any patient a pack can meet: every fact open, bound only by what the pack says of all of them.

A fact is known with some value, missing (nothing of it on record), or unclear (something is there that cannot
be used). What follows from that is written as `facts.py` works it out: derived facts, facts that do not apply,
silence that may be read as "no", findings kept apart by specimen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import z3

from sapwood.criteria.tree import Compare, In, Literal, Named, walk
from sapwood.definitions import FactDefinition
from sapwood.pack import Pack
from sapwood.spans import duration

from .logic import Bit, Three, any_of, choose, every, no, some
from .spans import NonLinearError, Share, Span, When, term
from .symbols import Raw, choose_symbol, either, implied, known_of, not_after, where
from .translate import Word, translate

__all__ = ["OTHER", "SPECIMENS", "Patient", "Raw"]

SPECIMENS = 2
"""How many specimens a patient may have here."""
OTHER = "any other word"
TODAY = Fraction(0)


@dataclass
class Patient:
    """A symbol for every fact, criterion and sentence of a pack; made as they are asked for."""

    pack: Pack
    specimens: int = SPECIMENS
    suffix: str = ""
    silence: bool = True
    """Whether silence may be read as "no" where the pack says so."""
    ranges: bool = True
    """Whether only plausible values are read."""
    raws: dict[str, Raw] = field(default_factory=dict)
    bounds: list[Any] = field(default_factory=list)
    abstracted: dict[str, None] = field(default_factory=dict)
    read: dict[str, None] = field(default_factory=dict)
    """Every name as read somewhere, attributes included."""
    _known: dict[tuple[str, int | None], Any] = field(default_factory=dict)

    # --- looking things up ------------------------------------------------------------------------

    def symbol(self, name: str, group: int | None = None) -> Any:
        """The symbol of a name as written, as the person or one specimen sees it."""
        key = (name, group)
        self.read[name] = None
        if key not in self._known:
            self._known[key] = self._work_out(name, group)
        return self._known[key]

    def truth(self, name: str) -> Three:
        """The symbol of a sentence about the person."""
        found: Three = self.symbol(name)
        return found

    def _work_out(self, name: str, group: int | None) -> Any:
        if name == "as_of":
            return When(True, TODAY, TODAY + Fraction(999, 1000), TODAY, TODAY)
        sentence = self.pack.sentences.get(name)
        base, _, attribute = name.partition(".")
        if sentence is None or name in self.pack.facts:
            definition = self.pack.facts[base]
            inside = group if definition.per == "specimen" else None
            if inside is None and definition.per == "specimen":
                raise KeyError(name)
            return self._fact(base, definition, inside, attribute)
        if sentence.per_specimen and group is None:
            return any_of([self._in_group(self.symbol(name, one), one) for one in range(self.specimens)])
        if not sentence.per_specimen and group is not None:
            return self.symbol(name)
        return self._sentence(name, group)

    def _in_group(self, answer: Three, group: int) -> Three:
        """An answer within one specimen; one that is not there can make nothing true and nothing unknown."""
        there = self.there(group)
        return Three(every(there, answer.true), some(no(there), answer.false))

    def there(self, group: int) -> Bit:
        """Whether the patient has that many specimens; there is always one."""
        return True if group == 0 else z3.Bool(f"specimen {group + 1} is there{self.suffix}")

    def _sentence(self, name: str, group: int | None) -> Any:
        try:
            return translate(self.pack.sentences[name].tree, lambda used: self.symbol(used, group))
        except NonLinearError:
            self.abstracted[name] = None
            return self._anything(name, group, self.pack.sentences[name].kind)

    # --- facts --------------------------------------------------------------------------------------

    def _fact(self, name: str, definition: FactDefinition, group: int | None, attribute: str) -> Any:
        raw = self.raw(name, group) if self._tellable(name, definition) else None
        applies = self._applies(name, definition)
        if attribute == "when":
            return self._when(name, definition, group, raw, applies)
        if attribute:
            limit = (
                raw.high if raw is not None and attribute == "high" else raw.low if raw is not None else None
            )
            assert raw is not None and limit is not None, f"{name}.{attribute}"
            return limit._replace(known=every(limit.known, raw.told, applies))
        if definition.derived:
            return self._derived(name, definition, group, raw)
        assert raw is not None
        value = where(every(raw.told, applies), raw.value)
        return self._or_silence(definition, value, every(raw.missing, applies))

    def _tellable(self, name: str, definition: FactDefinition) -> bool:
        """Whether somebody can be asked for it or a record can hold it; else it is only worked out."""
        return (
            not definition.derived
            or definition.ask is not None
            or (name in self.covers and definition.derived.upper() != "TRUE")
        )

    def _applies(self, name: str, definition: FactDefinition) -> Bit:
        if not definition.not_when or definition.derived:
            return True
        return no(self.truth(f"fact:{name}:not_when").true)

    def _or_silence(self, definition: FactDefinition, value: Any, silent: Bit) -> Any:
        """The value, or "no" (nought, of a count) where silence may be read so."""
        closed = definition.closed_world
        if closed is None or not self.silence:
            return value
        covered = every(silent, self.truth(closed.covered_by).true)
        if isinstance(value, Three):
            return Three(value.true, some(value.false, covered))
        if isinstance(value, Span) and definition.type in ("count", "score"):
            nought = (Share(Fraction(0)),)
            return Span(
                some(value.known, covered),
                tuple(either(covered, nought[0], low) for low in value.lows),
                tuple(either(covered, nought[0], high) for high in value.highs),
            )
        return value

    def _derived(self, name: str, definition: FactDefinition, group: int | None, raw: Raw | None) -> Any:
        worked = self._sentence(name, group)
        closed = definition.closed_world
        if closed is not None:
            silent = every(*(self.silent_or_known(base, group) for base in self.pack.base_facts[name]))
            worked = self._or_silence(definition, worked, every(no(known_of(worked)), silent))
        if raw is None:
            return worked
        answered = some(raw.told, raw.unclear)
        return choose_symbol(answered, where(raw.told, raw.value), worked)

    def silent_or_known(self, base: str, group: int | None) -> Bit:
        """Whether a fact something is worked out from is known, or nothing of it is on record."""
        definition = self.pack.facts[base]
        if definition.per == "specimen" and group is None:
            return every(
                *(
                    some(no(self.there(one)), self._silent_or_known(base, definition, one))
                    for one in range(self.specimens)
                )
            )
        return self._silent_or_known(base, definition, group if definition.per == "specimen" else None)

    def _silent_or_known(self, base: str, definition: FactDefinition, group: int | None) -> Bit:
        raw = self.raw(base, group)
        said = every(raw.told, raw.value.true) if isinstance(raw.value, Three) else False
        pointless = every(no(self._applies(base, definition)), no(said))
        return some(known_of(self.symbol(base, group)), raw.missing, pointless)

    def open_question(self, name: str, group: int | None) -> Bit:
        """Whether a fact is unknown although it applies."""
        return every(no(known_of(self.symbol(name, group))), self._applies(name, self.pack.facts[name]))

    def _when(
        self, name: str, definition: FactDefinition, group: int | None, raw: Raw | None, applies: Bit
    ) -> When:
        if raw is not None and not definition.derived:
            assert raw.when is not None
            return raw.when._replace(known=every(raw.when.known, raw.told, applies))
        bases = [
            (every(time.known, known_of(self._base_symbol(base, group))), time)
            for base in self.pack.base_facts[name]
            if (time := self._base_when(base, group)) is not None
        ]
        latest = When(False, *(Fraction(0),) * 4)
        for known, time in bases:
            newer = every(known, some(no(latest.known), latest.last_day < time.last_day))
            latest = When(
                some(latest.known, known),
                *(choose(newer, term(new), term(old)) for new, old in zip(time[1:], latest[1:], strict=True)),
            )
        worked = self._sentence(name, group)
        latest = latest._replace(known=every(latest.known, known_of(worked)))
        if raw is None:
            return latest
        assert raw.when is not None
        answered = some(raw.told, raw.unclear)
        chosen: When = choose_symbol(
            answered, raw.when._replace(known=every(raw.when.known, raw.told)), latest
        )
        return chosen

    def _base_symbol(self, base: str, group: int | None) -> Any:
        return self.symbol(base, group if self.pack.facts[base].per == "specimen" else None)

    def _base_when(self, base: str, group: int | None) -> When | None:
        definition = self.pack.facts[base]
        if definition.per == "specimen" and group is None:
            return None
        found: When = self.symbol(f"{base}.when", group)
        return found

    # --- what nobody has said yet -------------------------------------------------------------------

    def raw(self, name: str, group: int | None) -> Raw:
        """What may be said of a fact, made on first use together with what binds it."""
        key = name if group is None else f"{name}#{group}"
        if key not in self.raws:
            self.raws[key] = self._new_raw(name, group, key)
        return self.raws[key]

    def _new_raw(self, name: str, group: int | None, key: str) -> Raw:
        definition = self.pack.facts[name]
        value = self._anything(name, group, definition.kind)
        known = known_of(value)
        unclear = z3.Bool(f"{key} is unclear{self.suffix}")
        self.bounds.append(z3.Not(every(known, unclear)) if known is not False else True)
        high = low = None
        if definition.type == "quantity":
            high, low = self._limit(key, "high"), self._limit(key, "low")
            both = every(high.known, low.known)
            self.bounds += [
                implied(both, low.highs[0].over <= high.lows[0].over),
                low.lows[0].over >= 0,
                high.lows[0].over > 0,
            ]
            for limit in (high, low) if definition.plausible else ():
                least, most = (term(Fraction(one)) for one in definition.plausible)
                self.bounds += [limit.lows[0].over >= least, limit.lows[0].over <= most]
        when = self._time(f"{key} when", dated=True)
        self.bounds += list(self._window(definition, known, when))
        return Raw(name, group, definition.kind, known, unclear, value, high, low, when)

    def _limit(self, key: str, which: str) -> Span:
        number = (Share(z3.Real(f"{key}.{which}{self.suffix}")),)
        return Span(z3.Bool(f"{key}.{which} is given{self.suffix}"), number, number)

    def _window(self, definition: FactDefinition, known: Bit, when: When) -> Iterator[Any]:
        """A known value is not from after today, nor older than the fact lets it count."""
        yield implied(when.known, when.first_day <= 0)
        for length in (definition.holds, definition.within):
            span = duration(length)
            if span is not None:
                yield implied(every(known, when.known), when.first_day >= -span.days)
        if definition.from_lines or definition.from_record:
            return  # worked out from the record as a whole, without a time of its own
        placed = list(self._placed(definition, when))
        if placed or definition.within or definition.holds != "always" or definition.undated == "refuse":
            yield implied(known, when.known)
        if placed:  # what a person says of today counts whatever its anchor
            today = every(when.first_day == 0, when.last_day == 0)
            yield implied(known, some(today, every(*placed)))

    def _placed(self, definition: FactDefinition, when: When) -> Iterator[Any]:
        """Where a value must lie in time, as seen from the facts it is measured against."""
        for key in ("after", "before", "on_day", "day_before"):
            if name := getattr(definition, key):
                anchor: When = self.symbol(name)
                first, last = (term(day) for day in (anchor.first_day, anchor.last_day))
                if key == "after":
                    yield every(anchor.known, last < when.first_day)
                elif key == "before":
                    yield every(anchor.known, when.last_day < first)
                else:
                    day = last - 1 if key == "day_before" else last
                    one_day = True if key == "day_before" else first == last
                    yield every(anchor.known, one_day, when.first_day == day, when.last_day == day)

    def _anything(self, name: str, group: int | None, kind: str) -> Any:
        """A value of this kind about which nothing is known but what its fact says of it."""
        key = (name if group is None else f"{name}#{group}") + self.suffix
        definition = self.pack.facts.get(name)
        if kind == "boolean":
            yes, nay = z3.Bool(f"{key} is yes"), z3.Bool(f"{key} is no")
            self.bounds.append(z3.Not(z3.And(yes, nay)))
            return Three(yes, nay)
        if kind == "number":
            return self._number(key, definition)
        if kind == "moment":
            return self._time(key, dated=False)
        words = {word: z3.Bool(f"{key} is {word!r}") for word in self.words[name]}
        listed = list(words.values())
        if len(listed) > 1:
            self.bounds.append(z3.AtMost(*listed, 1))
        return Word(some(*listed), words)

    def _number(self, key: str, definition: FactDefinition | None) -> Span:
        known = z3.Bool(f"{key} is known")
        limits = [Fraction(one) for one in definition.plausible] if definition is not None else []
        whole = definition is not None and (
            definition.type == "count"
            or (definition.type == "score" and all(one.denominator == 1 for one in limits))
        )
        if whole:
            number = z3.ToReal(z3.Int(key))
            share = (Share(number),)
            span = Span(known, share, share)
            limits = limits or [Fraction(0), Fraction(1000)]
        else:
            low, high = z3.Real(f"{key} from"), z3.Real(f"{key} to")
            span = Span(known, (Share(low),), (Share(high),))
            self.bounds.append(low <= high)
        if limits and self.ranges:
            self.bounds.append(span.lows[0].over >= term(limits[0]))
            self.bounds.append(span.highs[0].over <= term(limits[1]))
        return span

    def _time(self, key: str, *, dated: bool) -> When:
        """Whole days; the time of day and the zone are left out."""
        known = z3.Bool(f"{key} is {'dated' if dated else 'known'}{self.suffix}")
        first, last = z3.Int(f"{key} from day{self.suffix}"), z3.Int(f"{key} to day{self.suffix}")
        self.bounds += [first <= last, first >= -40000, last <= 40000]
        return When(known, z3.ToReal(first), z3.ToReal(last) + z3.Q(999, 1000), first, last)

    # --- the pack as a whole --------------------------------------------------------------------------

    @cached_property
    def covers(self) -> frozenset[str]:
        """The facts that say how far a record reaches; a person may say so too."""
        closed = [definition.closed_world for definition in self.pack.facts.values()]
        return frozenset(one.covered_by for one in closed if one is not None)

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words each code and text can have: those of its list, or those anybody asks about and one more."""
        asked: dict[str, dict[str, None]] = {}
        for sentence in self.pack.sentences.values():
            for node in walk(sentence.tree):
                if (
                    isinstance(node, Compare)
                    and isinstance(node.left, Named)
                    and isinstance(node.right, Literal)
                ):
                    asked.setdefault(node.left.name, {})[str(node.right.value)] = None
                if isinstance(node, In) and isinstance(node.left, Named):
                    asked.setdefault(node.left.name, {}).update((str(one), None) for one in node.options)
        found = {}
        for name, definition in self.pack.facts.items():
            if definition.kind in ("code", "text"):
                listed = tuple(str(word) for word in definition.values)
                found[name] = listed or (*asked.get(name, {}), OTHER)
        return found

    def everybody(self) -> list[Any]:
        """What holds of every patient: the bounds of every fact so far, and the pack's invariants."""
        invariants = [no(self.truth(name).false) for name in self.pack.invariants]
        more = [
            implied(
                self.there(group),
                some(*(no(raw.missing) for raw in list(self.raws.values()) if raw.group == group)),
            )
            for group in range(1, self.specimens)
        ]
        return [*(one for one in invariants if one is not True), *more, *self._lines(), *self.bounds]

    def _makes_a_line(self, treatment: str) -> bool:
        """Whether a regimen, or a drug of one, is more than an adjunct."""
        return any(
            not regimen.adjunct
            and (regimen.id == treatment or any(drug.id == treatment for drug in regimen.drugs))
            for regimen in self.pack.regimens.values()
        )

    def _lines(self) -> Iterator[Any]:
        """What lines of treatment can say together: the last dose is the last, the current line began before it."""
        told: dict[str, Raw] = {}
        for name, definition in self.pack.facts.items():
            if definition.from_lines and name in self.raws:
                told[definition.from_lines] = self.raws[name]
        started = told.get("treatment_started")
        for key, raw in told.items():
            of_one, _, treatment = key.partition(":")
            if of_one == "given" and started is not None and self._makes_a_line(treatment):
                yield implied(raw.value.true, z3.Not(started.value.false))
            later = told.get({"last_dose_day": "last_dose_day"}.get(of_one, ""))
            if later is not None and later is not raw:
                yield not_after(raw.value, later.value)
        order = ("current_line_start", "first_dose_day", "cycle_start", "previous_dose_day", "last_dose_day")
        days = [told[key].value for key in order if key in told]
        for number, earlier in enumerate(days):
            for later_day in days[number + 1 :]:
                yield not_after(earlier, later_day)
