"""Which of several found values counts: by time, by size, by agreement; and what speaks against using it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec

from sapwood.definitions import FactDefinition
from sapwood.found import Candidate, Found, Rejected
from sapwood.own_word import beside_clinical
from sapwood.spans import duration, within
from sapwood.values import Moment, Range, Value, day_moment, is_later


@dataclass(frozen=True, slots=True)
class Bounds:
    """The instants a fact's candidates are measured against; an anchor that is unknown is `None`."""

    as_of: Moment
    before: Moment | None = None
    after: Moment | None = None
    on_day: Moment | None = None
    day_before: Moment | None = None
    replay: bool = False

    def hold_all(self, fact: FactDefinition) -> bool:
        """Whether every instant this fact is measured against is known."""
        keys = ("before", "after", "on_day", "day_before")
        return all(getattr(self, key) is not None for key in keys if getattr(fact, key))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The outcome for one fact: its state, its value, the candidates behind it, and what was rejected."""

    state: str
    value: Value
    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]
    note: str = ""


NOTHING_FOUND = Chosen("missing", None, (), ())


def admit(found: Found, fact: FactDefinition, bounds: Bounds) -> Found:
    """The candidates that may count at this time; the others are rejected with the reason."""
    kept = Found([], list(found.rejected))
    span = duration(fact.within)
    for candidate in found.candidates:
        why = _time_refusal(candidate, fact, bounds, span)
        if why is None:
            kept.candidates.append(candidate)
        else:
            unplaced = candidate.when is None or _unordered(candidate.when, fact, bounds)
            to_come = is_later(candidate.when, bounds.as_of) and not bounds.replay  # a wrong date, or a plan
            elsewhere = not (unplaced or to_come) and candidate.until is None and bounds.hold_all(fact)
            kept.rejected.append(
                Rejected(candidate.resource, why, unplaced, candidate.when, elsewhere=elsewhere)
            )
    kept.rejected = [
        entry
        for entry in kept.rejected
        if not ((entry.unusable or entry.pending) and _elsewhere(entry, fact, bounds))
    ]
    return kept


def _elsewhere(entry: Rejected, fact: FactDefinition, bounds: Bounds) -> bool:
    """Whether what could not be understood surely lies outside the time that is asked about."""
    when, span = entry.when, duration(fact.within)
    if when is None:
        return False
    if is_later(when, bounds.as_of) or (span is not None and when.last < bounds.as_of.first - span):
        return True
    day = bounds.on_day or (_day_before(bounds.day_before) if bounds.day_before else None)
    return day is not None and (when.last_day < day.first_day or when.first_day > day.last_day)


def _time_refusal(
    candidate: Candidate, fact: FactDefinition, bounds: Bounds, span: timedelta | None
) -> str | None:
    when, known = candidate.when, candidate.known
    if candidate.placed:
        return None
    if candidate.until is not None and not is_later(candidate.until, bounds.as_of):
        return "is history"
    if is_later(when, bounds.as_of):
        return "is dated after the day of this plan"
    if is_later(known, bounds.as_of):
        return "was not yet known on the day of this plan"
    anchored = fact.before or fact.after or fact.on_day or fact.day_before or span is not None
    if when is None:
        if bounds.replay:
            return "is undated, and a look back counts only what has a date"
        if fact.undated == "refuse" or anchored:
            return "is undated, so it cannot be placed in time"
        return None
    if span is not None and not within(when, span, bounds.as_of):
        return f"is older than {fact.within}"
    if fact.before and not (bounds.before is not None and _surely_before(when, bounds.before)):
        return f"is not known to be before {fact.before}"
    if fact.after and not (bounds.after is not None and _surely_before(bounds.after, when)):
        return f"is not known to be after {fact.after}"
    if fact.on_day and not _same_day(when, bounds.on_day):
        return "is from another day"
    if fact.day_before:
        day = _day_before(bounds.day_before) if bounds.day_before else None
        if not _same_day(when, day):
            return "is from another day"
    return None


def _surely_before(earlier: Moment, later: Moment) -> bool:
    """Whether one moment lies before another: by the clock where both are exact, else by whole days."""
    if earlier.exact and later.exact:
        return earlier.first < later.first
    return earlier.last_day < later.first_day


def _unordered(when: Moment, fact: FactDefinition, bounds: Bounds) -> bool:
    """Whether a value is of the anchor's own day, and it cannot be said which of the two came first."""
    for anchor in (bounds.before if fact.before else None, bounds.after if fact.after else None):
        if anchor is None or (when.exact and anchor.exact):
            continue
        if when.first_day <= anchor.last_day and when.last_day >= anchor.first_day:
            return True
    return False


def _day_before(day: Moment) -> Moment:
    before = day.last_day - timedelta(days=1)
    return day_moment(before, before)


def _same_day(when: Moment, day: Moment | None) -> bool:
    return day is not None and when.first_day == when.last_day == day.first_day == day.last_day


def choose(found: Found, fact: FactDefinition, bounds: Bounds) -> Chosen:
    """The fact's state and value from what may count."""
    candidates, rejected = found.candidates, found.rejected
    patients = [candidate for candidate in candidates if candidate.assurance == "patient"]
    clinical = [candidate for candidate in candidates if candidate.assurance != "patient"]
    if clinical and patients:
        of_now = _short_lived(fact) or _all_too_old(clinical, fact, bounds)
        beside = beside_clinical(patients, clinical, fact) if of_now else []
        candidates = [*clinical, *beside]
        patients = [candidate for candidate in patients if not any(candidate is one for one in beside)]
        rejected = rejected + [
            Rejected(
                candidate.resource,
                "the patient's own word; a clinical source says it too",
                False,
                candidate.when,
            )
            for candidate in patients
        ]
    candidates, rejected = _overridden(candidates, rejected, fact)
    if fact.which == "count" and all(candidate.resource is not None for candidate in candidates):
        return _counted(candidates, rejected)
    if not candidates:
        return _nothing(rejected)
    if fact.which == "agree":
        contenders = _overriding(candidates)
    elif fact.which in ("latest", "count"):
        contenders = _newest(candidates)
    elif fact.which == "earliest":
        contenders = _oldest(candidates)
    elif fact.which in ("highest", "lowest"):
        return _extreme(candidates, rejected, fact)
    else:
        return _any_or_all(candidates, rejected, fact)
    if fact.which in ("latest", "agree"):
        unread = [
            entry
            for entry in rejected
            if (entry.unusable or (entry.pending and fact.on_day)) and _not_older(entry, contenders)
        ]
        if any(entry.conflict for entry in unread) and not any(c.override for c in contenders):
            return Chosen(
                "conflicting", None, (), tuple(rejected), "the record itself says that results conflict"
            )
        if unread and fact.which == "latest" and not any(c.override for c in contenders):
            return Chosen(
                "unusable",
                None,
                (),
                tuple(rejected),
                "a newer entry is there that is not final, or could not be understood",
            )
    return _settled(contenders, rejected, fact, bounds)


def _short_lived(fact: FactDefinition) -> bool:
    """Whether a fact tells how somebody is now: of one day, or of two weeks at most."""
    spans = (duration(fact.holds), duration(fact.within))
    return bool(fact.on_day or fact.day_before) or any(
        span is not None and span <= timedelta(days=14) for span in spans
    )


def _all_too_old(clinical: Sequence[Candidate], fact: FactDefinition, bounds: Bounds) -> bool:
    """Whether no clinical source is recent enough to count: then none speaks."""
    span = duration(fact.holds)
    return span is not None and not any(
        one.when is not None and within(one.when, span, bounds.as_of) for one in clinical
    )


def _overridden(
    candidates: list[Candidate], rejected: list[Rejected], fact: FactDefinition
) -> tuple[list[Candidate], list[Rejected]]:
    """A clinician's newest answer takes the place of all that is not surely newer; what it overrode is named."""
    answers = _newest([candidate for candidate in candidates if candidate.override])
    if not answers or answers[0].when is None:
        return candidates, rejected
    edge = answers[0].when.last
    kept, named = list(answers), []
    for entry in rejected:
        newer = entry.when is not None and entry.when.first > edge
        named.append(entry if newer else replace(entry, unusable=False, conflict=False, pending=False))
    for candidate in candidates:
        if candidate.when is not None and candidate.when.first > edge:
            kept.append(candidate)
        elif not any(candidate is answer for answer in answers):
            said = "" if fact.type == "text" else f" (it says {plain(candidate.value)})"
            why = f"overridden by a clinician's answer{said}"
            named.append(Rejected(candidate.resource, why, False, candidate.when))
    return kept, named


def _nothing(rejected: Sequence[Rejected]) -> Chosen:
    unusable = [entry for entry in rejected if entry.unusable]
    if any(entry.conflict for entry in unusable):
        return Chosen(
            "conflicting", None, (), tuple(rejected), "the record itself says that results conflict"
        )
    if unusable:
        return Chosen("unusable", None, (), tuple(rejected), unusable[-1].why)
    return Chosen("missing", None, (), tuple(rejected))


def _settled(
    contenders: Sequence[Candidate], rejected: Sequence[Rejected], fact: FactDefinition, bounds: Bounds
) -> Chosen:
    first = contenders[0]
    if fact.type == "text" and len(contenders) > 1:
        joined = "; ".join(dict.fromkeys(str(candidate.value) for candidate in contenders))
        return Chosen("known", joined, tuple(contenders), tuple(rejected))
    if any(candidate.value != first.value for candidate in contenders[1:]):
        note = "sources disagree: " + " / ".join(dict.fromkeys(plain(c.value) for c in contenders))
        return Chosen("conflicting", None, tuple(contenders), tuple(rejected), note)
    span = duration(fact.holds)
    dated = [candidate for candidate in contenders if candidate.when is not None]
    newest = max(dated, key=lambda candidate: candidate.when.last) if dated else first  # type: ignore[union-attr]
    if span is not None:
        if newest.when is None:
            return Chosen(
                "stale", None, tuple(contenders), tuple(rejected), "undated, so its age is not known"
            )
        if not within(newest.when, span, bounds.as_of):
            return Chosen("stale", None, tuple(contenders), tuple(rejected), f"older than {fact.holds}")
    note = _undated(newest)
    ordered = (newest, *(candidate for candidate in contenders if candidate is not newest))
    return Chosen("known", first.value, ordered, tuple(rejected), note)


def _overriding(candidates: Sequence[Candidate]) -> list[Candidate]:
    overrides = [candidate for candidate in candidates if candidate.override]
    return overrides or list(candidates)


def _newest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may be the latest: none of the others is surely later. Undated ones count only alone."""
    dated = [candidate for candidate in candidates if candidate.when is not None]
    if not dated:
        return _overriding(candidates)
    if len(dated) == 1:
        return dated
    edge = max(candidate.when.first for candidate in dated if candidate.when)
    newest = [candidate for candidate in dated if candidate.when and candidate.when.last >= edge]
    if len(newest) > 1:
        timed = [c for c in newest if c.when and c.when.exact]
        if timed and len(timed) == len(newest):
            last = max(c.when.first for c in timed if c.when)
            newest = [c for c in timed if c.when and c.when.first == last]
    return _overriding(newest)


def _oldest(candidates: Sequence[Candidate]) -> list[Candidate]:
    dated = [candidate for candidate in candidates if candidate.when is not None]
    if not dated:
        return _overriding(candidates)
    edge = min(candidate.when.last for candidate in dated if candidate.when)
    return _overriding([candidate for candidate in dated if candidate.when and candidate.when.first <= edge])


def _not_older(entry: Rejected, contenders: Sequence[Candidate]) -> bool:
    """Whether a rejected entry may be as new as the values that would count."""
    if entry.when is None:
        return all(candidate.when is None for candidate in contenders)
    return all(candidate.when is None or entry.when.last >= candidate.when.first for candidate in contenders)


def _counted(candidates: Sequence[Candidate], rejected: Sequence[Rejected]) -> Chosen:
    if not candidates:
        return _nothing(rejected)
    counted = {id(candidate.resource) for candidate in candidates}
    return Chosen("known", Decimal(len(counted)), tuple(candidates), tuple(rejected))


def _extreme(candidates: Sequence[Candidate], rejected: Sequence[Rejected], fact: FactDefinition) -> Chosen:
    numbers = [candidate for candidate in candidates if isinstance(candidate.value, (Decimal, Fraction))]
    if len(numbers) != len(candidates):
        return Chosen("unusable", None, tuple(candidates), tuple(rejected), "a value known only as a range")
    pick = max if fact.which == "highest" else min
    best = pick(numbers, key=lambda candidate: candidate.value)  # type: ignore[arg-type,return-value]
    return Chosen("known", best.value, (best,), tuple(rejected))


def _any_or_all(
    candidates: Sequence[Candidate], rejected: Sequence[Rejected], fact: FactDefinition
) -> Chosen:
    wanted = fact.which == "any"
    deciding = [candidate for candidate in candidates if candidate.value is wanted]
    if deciding:
        newest = _newest(deciding)
        return Chosen("known", wanted, tuple(newest), tuple(rejected), _undated(newest[0]))
    if any(entry.unusable for entry in rejected):
        return Chosen("unusable", None, (), tuple(rejected), "an entry is there but could not be understood")
    return Chosen("known", not wanted, tuple(candidates), tuple(rejected), _undated(candidates[0]))


def _undated(candidate: Candidate) -> str:
    return "undated" if candidate.when is None and candidate.resource is not None else ""


_UNIT_WORDS = {
    "1": "",
    "a": "years",
    "{INR}": "",
    "Cel": "°C",
    "mm[Hg]": "mmHg",
    "10*9/L": "× 10⁹/L",
    "10*3/uL": "× 10³/µL",
    "kg/m2": "kg/m²",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "{score}": "",
}


def unit_words(unit: str) -> str:
    """A UCUM unit as people write it."""
    return _UNIT_WORDS.get(unit, unit)


def plain(value: Value | Fraction) -> str:
    """A value in plain figures and words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Range):
        if value.low is None or (value.low == 0 and value.high is not None and value.high_open):
            return f"{'under' if value.high_open else 'at most'} {value.high}"
        if value.high is None:
            return f"{'over' if value.low_open else 'at least'} {value.low}"
        return f"{value.low} to {value.high}"
    if isinstance(value, Fraction):
        return f"{float(value):.4g}"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def unbounded(definition: FactDefinition) -> FactDefinition:
    """The same fact without limits in time, for its whole series."""
    return msgspec.structs.replace(
        definition, before="", after="", on_day="", day_before="", within="", which="latest"
    )
