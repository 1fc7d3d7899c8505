"""The decisions that a record shows, and what the pathway said at each, by what was recorded by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sapwood.concepts import concept_text, listed
from sapwood.duties import weigh_alerts, weigh_options
from sapwood.events import Event
from sapwood.facts import Facts, extract
from sapwood.lines import Line, Treatment
from sapwood.pack import Pack
from sapwood.pathway import Position, locate
from sapwood.record import Record
from sapwood.values import Moment
from sapwood.verdicts import evaluate_all

from .replay import known_by

KINDS = ("line", "transplant", "hold", "restart")
SAME, DIFFERED, UNJUDGED = "same", "differed", "unjudged"
_OPEN = ("recommended", "possible")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: a line begun, a transplant, a dose held, doses taken up again.

    `when` is `None` where the record does not tell the day. `own` are the entries that tell what was done: they say
    nothing of what was known before.
    """

    kind: str
    regimen: str
    when: Moment | None
    own: frozenset[str]
    stated: bool = False  # the entry itself gives a reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the pathway said at a decision, held against what was done."""

    decision: Decision
    step: str
    option: str
    outcome: str
    why: str
    said: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # on record by then: `stated`, or a wish by its fact


def decisions_of(treatment: Treatment, pack: Pack) -> list[Decision]:
    """The decisions in order of time; those without a day last."""
    events = [event for event in treatment.events if event.kind != "planned"]
    found: list[Decision] = []
    for line in treatment.lines:
        found.append(_begun(line, events))
        found += _held(line, events)
    days = set()
    for event in treatment.adjuncts:
        around = [name for name in event.regimens if pack.regimens[name].around is not None]
        if around and event.kind == "given" and not event.drugs:
            day = event.when.first_day if event.when is not None else None
            if day is None or day not in days:
                days.add(day)
                found.append(_decision("transplant", around[0], event.when, events, [event]))
    return sorted(found, key=lambda one: (one.when is None, one.when.first.isoformat() if one.when else ""))


def _begun(line: Line, events: Sequence[Event]) -> Decision:
    firsts = [event for event in events if event.source in line.sources and _same_day(event.when, line.began)]
    return _decision("line", line.regimen, None if line.ordered_by_text else line.began, events, firsts)


def _held(line: Line, events: Sequence[Event]) -> Iterator[Decision]:
    """The first day of each row of held doses, and the first dose after it."""
    inside = [event for event in events if event.source in line.sources and event.when is not None]
    holding = False
    for event in sorted(inside, key=lambda one: (one.when.first, one.source) if one.when else None):  # type: ignore[arg-type,return-value]
        if event.kind == "held" and not holding:
            yield _decision("hold", line.regimen, event.when, events, [event])
            holding = True
        elif event.kind == "given" and holding:
            yield _decision("restart", line.regimen, event.when, events, [event])
            holding = False


def _decision(
    kind: str, regimen: str, when: Moment | None, events: Sequence[Event], told: Sequence[Event]
) -> Decision:
    clear = when if when is not None and when.first_day == when.last_day else None
    own = frozenset(event.source for event in events if clear is not None and _not_before(event.when, clear))
    return Decision(kind, regimen, clear, own, any(_gives_reason(event) for event in told))


def _not_before(when: Moment | None, decision: Moment) -> bool:
    if when is None:
        return False
    if when.exact and decision.exact:
        return when.first >= decision.first
    return when.last_day >= decision.first_day


def _same_day(one: Moment | None, other: Moment | None) -> bool:
    return one is not None and other is not None and one.first_day == other.first_day


def _gives_reason(event: Event) -> bool:
    resource = event.resource or {}
    given = [*listed(resource.get("statusReason")), *listed(resource.get("reasonCode"))]
    coded = any(isinstance(one, dict) and one.get("coding") for one in given)
    return coded or any(concept_text(one) for one in given)


def judge(record: Record, pack: Pack, decision: Decision) -> Judgement:
    """What the pathway said when this was decided; only what was recorded by then has a say.

    Without a day, at a step without treatments, or where facts were missing, it is not judged, and why is said.
    """
    if decision.when is None:
        return Judgement(decision, "", decision.regimen, UNJUDGED, "the day is not told")
    then = known_by(record, decision.when, decision.own)
    facts = extract(then, pack, as_of=decision.when, looks_back=True)
    position = locate(pack.pathway, evaluate_all(pack.criteria, facts))
    reasons = (*(("stated",) if decision.stated else ()), *_wishes(facts))
    if position.step not in _treatment_steps(pack):
        why = "by what was recorded, the person did not stand where this is treated"
        return Judgement(decision, position.step, decision.regimen, UNJUDGED, why, reasons=reasons)
    if decision.kind in ("hold", "restart"):
        return _judge_dose(decision, position, pack, reasons)
    return _judge_choice(decision, position, pack, reasons)


def _judge_choice(decision: Decision, position: Position, pack: Pack, reasons: tuple[str, ...]) -> Judgement:
    standings = {standing.option.id: standing for standing in weigh_options(position)}
    said = tuple(name for name, standing in standings.items() if standing.standing in _OPEN)
    taken = _options(pack, decision)
    name = " or ".join(taken) or decision.regimen or "treatment not named"

    def judged(outcome: str, why: str, missing: tuple[str, ...] = ()) -> Judgement:
        told = reasons if outcome == DIFFERED else ()
        return Judgement(decision, position.step, name, outcome, why, said, missing, told)

    if not taken:
        return judged(DIFFERED, "the pathway has no such option")
    found = [standings[one] for one in taken if one in standings]
    if any(standing.standing in _OPEN for standing in found):
        return judged(SAME, "it was open")
    unclear = [standing for standing in found if standing.standing == "cannot_tell"]
    if unclear:
        missing = tuple(dict.fromkeys(fact for standing in unclear for fact in standing.missing))
        return judged(UNJUDGED, "facts were missing", missing)
    return judged(DIFFERED, "it was ruled out" if found else "it was not offered at this step")


def _judge_dose(decision: Decision, position: Position, pack: Pack, reasons: tuple[str, ...]) -> Judgement:
    taken = _options(pack, decision)
    name = " or ".join(taken) or decision.regimen or "treatment not named"
    alerts = [
        standing
        for standing in weigh_alerts(position)
        if standing.alert.severity in ("hold", "stop") and set(standing.alert.about) & set(taken)
    ]
    raised = tuple(standing.alert.id for standing in alerts if standing.state == "raised")
    unclear = [standing for standing in alerts if standing.state == "cannot_tell"]

    def judged(outcome: str, why: str, missing: tuple[str, ...] = ()) -> Judgement:
        told = reasons if outcome == DIFFERED else ()
        return Judgement(decision, position.step, name, outcome, why, raised, missing, told)

    if not any(set(alert.about) & set(taken) for alert in pack.pathway.alerts):
        return judged(UNJUDGED, "the pathway has no holds for this treatment")
    if raised:
        return judged(SAME if decision.kind == "hold" else DIFFERED, "a hold was raised")
    if unclear:
        missing = tuple(dict.fromkeys(fact for standing in unclear for fact in standing.missing))
        return judged(UNJUDGED, "facts were missing", missing)
    return judged(DIFFERED if decision.kind == "hold" else SAME, "no hold was raised")


def _options(pack: Pack, decision: Decision) -> tuple[str, ...]:
    """The options that this could be; of a transplant, each of the same kind, since records seldom say which."""
    named = [
        option for option in pack.pathway.options if option.regimen and option.regimen == decision.regimen
    ]
    if decision.kind != "transplant":
        return tuple(option.id for option in named)
    kinds = {option.kind for option in named if option.kind}
    return tuple(option.id for option in pack.pathway.options if option in named or option.kind in kinds)


def _treatment_steps(pack: Pack) -> frozenset[str]:
    return frozenset(step for option in pack.pathway.options if option.regimen for step in option.steps)


def _wishes(facts: Facts) -> tuple[str, ...]:
    """What the person was known to decline or wish by then, as the names of facts that are plainly true."""
    found = (
        name
        for name in facts.finder.spoken_of
        if facts.pack.facts[name].group == "wishes" and facts.pack.facts[name].type == "boolean"
    )
    return tuple(sorted(name for name in found if facts.values[name] is True))
