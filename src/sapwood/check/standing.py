"""Promises 1, 2 and 5: everybody stands somewhere, always has something to do, and can move on."""

from __future__ import annotations

from collections.abc import Callable

import z3

from sapwood.definitions import FollowUp, Option, Step, Track
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan

from .findings import TITLES, Finding, Section
from .ground import Ground, shows_nothing
from .logic import Bit, every, implies, no, some
from .patient import Patient
from .prover import NotAnsweredError


def one_position(ground: Ground) -> Section:
    """Every patient stands on exactly one step; every track says one thing."""
    section = Section(1, TITLES[1])
    places, pathway = ground.places, ground.pack.pathway

    def not_one(bits: list[Bit]) -> Bit:
        pairs = [every(one, other) for n, one in enumerate(bits) for other in bits[n + 1 :]]
        return some(*pairs, every(*(no(one) for one in bits)))

    def fault(sort: str, name: str, what: str, remedy: str) -> Finding:
        return Finding("position", "gap", ground.where(sort, name), what, remedy, detail=what)

    ground.never(
        section,
        [not_one(list(places.position.values()))],
        fault("pathway", "steps", "a person stands on no step, or on two", "Mend the checker."),
        shows_nothing,
        (),
    )
    for number, step in enumerate(pathway.steps):
        behind = every(
            places.gaps[step.id], *(no(places.position[one.id]) for one in pathway.steps[number + 1 :])
        )
        ground.never(
            section,
            [behind],
            fault("step", step.id, "is a gap of somebody who stands before it", "Mend the checker."),
            shows_nothing,
            (),
        )
        gaps = [
            one.id
            for one in pathway.steps[:number]
            if ground.possible(
                section, f"{one.id} open behind {step.id}", places.position[step.id], places.gaps[one.id]
            )
        ]
        section.notes.append(f"{step.id}: may leave open behind it {', '.join(gaps) or 'nothing'}")
    for track in pathway.tracks:
        found = places.track(track)
        ground.never(
            section,
            [not_one(list(found.values()))],
            fault("track", track.id, "says two things at once", "Mend the checker."),
            shows_nothing,
            (),
        )
        names = [f"track:{track.id}:{n}" for n in range(len(track.statuses))]
        ground.never(
            section,
            [found["not_started"], no(places.position[NO_SIGNAL])],
            fault(
                "track", track.id, "none of its statuses fits somebody", "Add a last status without `when`."
            ),
            _unplaced(track),
            names,
        )
        for n, status in enumerate(track.statuses):
            if ground.possible(section, f"track {track.id}: {status.status}", found[n]) is False:
                section.findings.append(
                    fault(
                        "track",
                        track.id,
                        f"`{status.status}` can be said of nobody",
                        "Take it out, or move it up.",
                    )
                )
            else:
                section.proved += 1
    return section


def _unplaced(track: Track) -> Callable[[Plan], bool]:
    def shows(plan: Plan) -> bool:
        return any(
            one.id == track.id and one.status == "not_started" and not one.because
            for one in plan.position.tracks
        )

    return shows


def something_to_do(ground: Ground) -> Section:
    """Wherever somebody stands there is an option, a task, a follow-up or a question; the unknown patient is asked."""
    section = Section(2, TITLES[2])
    for step in ground.pack.pathway.steps:
        _on_step(ground, section, step)
    plan = ground.plan_of((), "Nothing is known")
    assert plan is not None
    if plan.questions:
        section.proved += 1
    else:
        section.findings.append(
            Finding(
                "nothing asked",
                "danger",
                ground.where("facts", "ask"),
                "a patient about whom nothing is known is asked nothing",
                "Give the facts behind the first step an `ask`.",
                ground.witness((), plan, "Nothing is known", ()),
            )
        )
    return section


def _on_step(ground: Ground, section: Section, step: Step) -> None:
    places = ground.places
    here = every(places.position[step.id], no(places.ended))
    treated = some(*(_could_be_given(ground, option) for option in ground.pack.pathway.options))
    tasked = some(
        *(
            every(places.concerns(task.steps), places.status(task)["due"])
            for task in ground.pack.pathway.tasks
        )
    )
    followed = some(*(_comes_round(ground, item) for item in ground.pack.pathway.follow_up))
    idle = [here, no(treated), no(tasked), no(followed)]
    asked = _asked(ground, step)

    finding = Finding(
        "dead end",
        "danger",
        ground.where("step", step.id),
        "somebody stands here with no option, nothing due and nothing asked",
        "Add a task or an option, or let the step close.",
    )
    names = (f"step:{step.id}:opens", f"step:{step.id}:closes")
    ground.never(section, [*idle, no(asked)], finding, _is_idle, names)
    _questions_are_asked(ground, section, step, [*idle, asked])


def _questions_are_asked(ground: Ground, section: Section, step: Step, formulas: list[Bit]) -> None:
    """Where only a question is left, the planner really asks one."""
    if ground.known:
        return
    try:
        told = ground.prover.smallest(*formulas)
    except NotAnsweredError:
        section.not_proved.append(f"step {step.id}: whether a question is asked where nothing else is left")
        return
    if told is None:
        return
    plan = ground.plan_of(told, f"Only questions are left on {step.id}")
    if plan is not None and _is_idle(plan):
        what = (
            "somebody stands here with no option and nothing due, something is unknown, and nothing is asked"
        )
        remedy = "Give the unknown facts an `ask`, or add a task."
        names = (f"step:{step.id}:opens", f"step:{step.id}:closes")
        section.findings.append(
            Finding(
                "dead end",
                "danger",
                ground.where("step", step.id),
                what,
                remedy,
                ground.witness(told, plan, what, names),
            )
        )
    elif plan is not None:
        section.notes.append(
            f"{step.id}: somebody may have nothing but questions ({plan.questions[:1][0].fact} first)"
        )


def _is_idle(plan: Plan) -> bool:
    options = [
        one for one in plan.options if one.standing != "ruled_out" and not _belongs_everywhere(one.option)
    ]
    tasks = [one for one in plan.tasks if one.status == "due"]
    follow_up = [one for one in plan.follow_up if one.status in ("due", "overdue", "planned")]
    return not (options or tasks or follow_up or plan.questions)


def _belongs_everywhere(option: Option) -> bool:
    """Supportive care without any condition is always there; it counts for nothing here."""
    return option.kind == "support" and option.offered == "TRUE" and not (option.requires or option.rules_out)


def _could_be_given(ground: Ground, option: Option) -> Bit:
    if _belongs_everywhere(option):
        return False
    standing = ground.places.standing(option)
    return every(ground.places.concerns(option.steps), some(standing["open"], standing["cannot_tell"]))


def _comes_round(ground: Ground, item: FollowUp) -> Bit:
    """Whether a follow-up surely has a next date: it applies, it has a start, and it never runs out."""
    if not (item.at or (item.phases and item.phases[-1].until == "always")):
        return False
    return every(_counts(ground, item), ground.patient.symbol(item.since).known, _last_readable(ground, item))


def _counts(ground: Ground, item: FollowUp) -> Bit:
    """Whether a follow-up concerns the person, applies, and is neither done nor declined."""
    truth = ground.places.truth
    return every(
        ground.places.concerns(item.steps),
        truth(f"follow_up:{item.id}:applies").true,
        no(truth(f"follow_up:{item.id}:done").true),
        no(truth(f"follow_up:{item.id}:declined").true),
    )


def _last_readable(ground: Ground, item: FollowUp) -> Bit:
    """Whether the day it was last done is known, or surely not on record."""
    last = item.last.partition(".")[0]
    if not last:
        return True
    if last in ground.pack.facts and last not in ground.pack.sentences:
        return ground.patient.silent_or_known(last, None)
    return ground.patient.symbol(item.last).known


def _day_is_asked(ground: Ground, item: FollowUp) -> Bit:
    """Whether a follow-up that counts lacks its start or its last day, and that day has a question."""
    since, last = (name.partition(".")[0] for name in (item.since, item.last))
    lacking = {since: no(ground.patient.symbol(item.since).known)}
    if last:
        lacking[last] = some(lacking.get(last, False), no(_last_readable(ground, item)))
    asked = [
        every(bit, ground.patient.open_question(name, None))
        for name, bit in lacking.items()
        if name in ground.pack.facts and ground.pack.facts[name].ask is not None
    ]
    return every(_counts(ground, item), some(*asked))


def _asked(ground: Ground, step: Step) -> Bit:
    """Whether something that matters here is unknown, and a fact behind it that can be asked for is too."""
    pathway, places = ground.pack.pathway, ground.places
    read: dict[str, Bit] = {}
    for one in pathway.steps:
        read |= {f"step:{one.id}:opens": True, f"step:{one.id}:closes": True}
    read |= dict.fromkeys((*step.focus, *ground.pack.about.turns_on), True)
    for option in pathway.options:
        for sort in ("requires", "rules_out"):
            for number in range(len(getattr(option, sort))):
                read[f"option:{option.id}:{sort}:{number}"] = places.concerns(option.steps)
        read[f"option:{option.id}:offered"] = places.concerns(option.steps)
    for task in pathway.tasks:
        read[f"task:{task.id}:applies"] = read[f"task:{task.id}:done"] = places.concerns(task.steps)
    for item in pathway.follow_up:
        read[f"follow_up:{item.id}:applies"] = read[f"follow_up:{item.id}:done"] = places.concerns(item.steps)
    for alert in pathway.alerts:
        read[f"alert:{alert.id}:when"] = places.truth(f"alert:{alert.id}:applies").true
    below: dict[str, list[Bit]] = {}
    for name, here in read.items():
        for under in (name, *ground.criteria_under(name)):
            below.setdefault(under, []).append(here)
    return some(
        *(
            every(some(*here), places.truth(name).unknown, _askable(ground.patient, name))
            for name, here in below.items()
        ),
        *(_day_is_asked(ground, item) for item in pathway.follow_up),
    )


def _askable(patient: Patient, name: str) -> Bit:
    """Whether a fact behind a sentence is unknown, applies, and has a question."""
    found = []
    for base in patient.pack.base_facts[name]:
        definition = patient.pack.facts[base]
        if definition.ask is None:
            continue
        groups = range(patient.specimens) if definition.per == "specimen" else (None,)
        for group in groups:
            there = True if group is None else patient.there(group)
            found.append(every(there, patient.open_question(base, group)))
    return some(*found)


def every_step_is_reached_and_left(ground: Ground) -> Section:
    """Every step can be reached and left; where somebody stands follows from the facts alone."""
    section = Section(5, TITLES[5])
    places, steps = ground.places, ground.pack.pathway.steps
    for number, step in enumerate(steps):
        where = ground.where("step", step.id)
        reached = ground.possible(
            section, f"{where}: reached", places.position[step.id], places.open[step.id]
        )
        if reached is False:
            what = "nobody can stand here"
            remedy = "Look at `opens` and `closes`, and at the steps after it that open sooner."
            section.findings.append(Finding("unreachable step", "danger", where, what, remedy))
        closed = every(places.opened[step.id], no(places.open[step.id]))
        left = ground.possible(section, f"{where}: left", closed)
        if left is False:
            what = "once open it never closes" + (
                ", and stays behind as a gap" if number + 1 < len(steps) else ""
            )
            section.findings.append(
                Finding("endless step", "gap", where, what, "Give it a `closes` that can be true.")
            )
        section.proved += (reached is True) + (left is True)
    section.proved += 1
    section.notes.append(
        "Where somebody stands is worked out from the facts alone and kept nowhere, so that nobody moves without a "
        "new fact."
    )
    return section


def ways(ground: Ground) -> list[tuple[str, str]]:
    """From which step to which one more fact moves somebody who has no step open but the one, before and after."""
    before, after = ground, Ground(ground.pack, seconds=ground.seconds)
    after.__dict__["patient"] = later = Patient(ground.pack, suffix=" later")
    for name in after.sentences:
        later.truth(name)
    changes: list[Bit] = []
    learned: list[Bit] = []
    for key, raw in before.patient.raws.items():
        pairs = zip(raw.parts(), later.raws[key].parts(), strict=True)
        changed = some(*(no(one == other) for one, other in pairs))
        changes.append(changed)
        learned.append(implies(changed, every(no(raw.told), later.raws[key].told)))
    solver = z3.Solver()
    solver.set("timeout", int(ground.seconds * 1000))
    for bound in (*before.patient.everybody(), *later.everybody(), *learned, z3.AtMost(*changes, 1)):
        if bound is not True:
            solver.add(bound)
    for number in range(1, later.specimens):
        solver.add(before.patient.there(number) == later.there(number))
    found = []
    steps = [step.id for step in ground.pack.pathway.steps]
    for one in steps:
        for other in steps:
            if one != other:
                stands = _alone(before, one), _alone(after, other)
                moves = not any(bit is False for bit in stands) and solver.check(*stands) == z3.sat
                found += [(one, other)] * moves
    return found


def _alone(ground: Ground, step: str) -> Bit:
    """Whether a step is open, and no other."""
    is_open = ground.places.open
    return every(is_open[step], *(no(bit) for other, bit in is_open.items() if other != step))
