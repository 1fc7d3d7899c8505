"""Promises 3 and 7: options never contradict themselves, one another or an alert; no hold and no gate is silent."""

from __future__ import annotations

from sapwood.definitions import Alert, Option
from sapwood.plan import Plan

from .findings import TITLES, Finding, Section
from .ground import Ground, shows_nothing
from .logic import Bit, every, no, some


def no_contradictions(ground: Ground) -> Section:
    """No option is open and ruled out, open beside one it excludes, or open while an alert says stop."""
    section = Section(3, TITLES[3])
    places, options = ground.places, {option.id: option for option in ground.pack.pathway.options}
    for option in options.values():
        standing = places.standing(option)
        ground.never(
            section,
            [standing["open"], some(standing["ruled_out"], standing["cannot_tell"])],
            Finding(
                "option",
                "danger",
                ground.where("option", option.id),
                "stands open and closed at once",
                "Mend the checker.",
            ),
            shows_nothing,
            (),
        )
        for other in option.exclusive:
            if other in options and (option.id not in options[other].exclusive or option.id < other):
                _exclusive(ground, section, option, options[other])
    for alert in ground.pack.pathway.alerts:
        if alert.severity == "stop":
            for name in alert.about:
                _stopped(ground, section, alert, options[name])
    if not any(option.exclusive for option in options.values()):
        section.notes.append("No two options are called `exclusive`.")
    return section


def _open_in(plan: Plan, option: Option) -> bool:
    return any(
        one.option.id == option.id and one.standing in ("possible", "recommended") for one in plan.options
    )


def _exclusive(ground: Ground, section: Section, one: Option, other: Option) -> None:
    places = ground.places
    ground.never(
        section,
        [
            places.concerns(one.steps),
            places.concerns(other.steps),
            places.standing(one)["open"],
            places.standing(other)["open"],
            no(places.ended),
        ],
        Finding(
            "exclusive",
            "danger",
            ground.where("option", one.id),
            f"stands open together with `{other.id}`, which it excludes",
            "Let a gate of one close it where the other is open; where both are ways to choose from, use `instead_of`.",
            detail=other.id,
        ),
        lambda plan: _open_in(plan, one) and _open_in(plan, other),
        _gates(one) + _gates(other),
    )


def _gates(option: Option) -> tuple[str, ...]:
    return tuple(
        f"option:{option.id}:{sort}:{n}"
        for sort in ("requires", "rules_out")
        for n in range(len(getattr(option, sort)))
    )


def _stopped(ground: Ground, section: Section, alert: Alert, option: Option) -> None:
    places = ground.places
    ground.never(
        section,
        [
            places.state(alert)["raised"],
            places.concerns(option.steps),
            places.standing(option)["open"],
            no(places.ended),
        ],
        Finding(
            "open under a stop",
            "danger",
            ground.where("option", option.id),
            f"stands open while the alert `{alert.id}` says stop",
            "Let the same criterion rule the option out.",
            detail=alert.id,
        ),
        lambda plan: (
            _open_in(plan, option)
            and any(shown.alert.id == alert.id and shown.state == "raised" for shown in plan.alerts)
        ),
        (f"alert:{alert.id}:when", f"alert:{alert.id}:applies"),
    )


# --- nothing is silent ----------------------------------------------------------------------------------


def nothing_silent(ground: Ground) -> Section:
    """Where a hold or gate cannot be assessed, the plan says so: by an alert, or by an option that cannot be told."""
    section = Section(7, TITLES[7])
    options = {option.id: option for option in ground.pack.pathway.options}
    for alert in ground.pack.pathway.alerts:
        if alert.severity in ("hold", "stop"):
            _silent_hold(ground, section, alert, options)
    for option in options.values():
        _silent_gates(ground, section, option)
    for name, role in ground.pack.roles.items():
        if role == "hold":
            _unheard(ground, section, name)
    return section


def _silent_hold(ground: Ground, section: Section, alert: Alert, options: dict[str, Option]) -> None:
    """While a hold is unknown and its alert says nothing, no option it is about may stand open."""
    places = ground.places
    when, applies = (places.truth(f"alert:{alert.id}:{part}") for part in ("when", "applies"))
    state = places.state(alert)
    unsaid = every(when.unknown, no(applies.false), no(state["cannot_tell"]))
    open_still = some(
        *(
            every(places.concerns(options[name].steps), places.standing(options[name])["open"])
            for name in alert.about
        )
    )
    ground.never(
        section,
        [unsaid, open_still if alert.about else applies.true, no(places.ended)],
        Finding(
            "silent hold",
            "danger",
            ground.where("alert", alert.id),
            "cannot be assessed and says nothing, while an option it is about stands open",
            "Take `speak_when_unknown: false` out, or let the same criterion be a gate of the option.",
        ),
        lambda plan: (
            not any(shown.alert.id == alert.id for shown in plan.alerts)
            and (not alert.about or any(_open_in(plan, options[name]) for name in alert.about))
        ),
        (f"alert:{alert.id}:when", f"alert:{alert.id}:applies"),
    )


def _silent_gates(ground: Ground, section: Section, option: Option) -> None:
    """An option whose gate is unknown never stands open; nor does one whose regimen has a gate it does not name."""
    places = ground.places
    standing = places.standing(option)
    regimen = ground.pack.regimens.get(option.regimen)
    for name in regimen.gates if regimen is not None else ():
        ground.never(
            section,
            [no(places.truth(name).true), places.concerns(option.steps), standing["open"], no(places.ended)],
            Finding(
                "silent gate",
                "danger",
                ground.where("option", option.id),
                f"stands open while `{name}`, a gate of its regimen, is not known to be true",
                f"Add `{name}` to `requires`.",
                detail=name,
            ),
            lambda plan: _open_in(plan, option),
            (name,),
        )
    for gate in places.gates(option):
        unsure = ground.possible(section, f"option {option.id}", gate.unknown, standing["open"])
        section.proved += unsure is False


def _unheard(ground: Ground, section: Section, name: str) -> None:
    """A criterion that holds a dose back is never unknown unheard: one of the alerts that read it speaks."""
    pack, places = ground.pack, ground.places
    weighty = [alert for alert in pack.pathway.alerts if alert.severity in ("hold", "stop", "urgent")]
    reading = [alert for alert in weighty if name in ground.criteria_under(f"alert:{alert.id}:when")]
    beside = [alert for alert in weighty if any(set(alert.about) & set(one.about) for one in reading)]
    applies = some(
        *(
            every(places.truth(f"alert:{alert.id}:applies").true, _in_play(ground, alert, beside))
            for alert in reading
        )
    )
    alerts = list({alert.id: alert for alert in (*reading, *beside)}.values())
    speaks = some(*(some(*places.state(alert).values()) for alert in alerts))
    settled = some(*(places.truth(f"alert:{alert.id}:when").false for alert in reading))
    ground.never(
        section,
        [places.truth(name).unknown, applies, no(speaks), no(settled), no(places.ended)],
        Finding(
            "silent hold",
            "danger",
            ground.where("criterion", name),
            "cannot be assessed, and no alert that reads it says so",
            "Let one of its alerts speak when it is unknown.",
        ),
        lambda plan: not {shown.alert.id for shown in plan.alerts} & {alert.id for alert in alerts},
        (name,),
    )


def _in_play(ground: Ground, alert: Alert, beside: list[Alert]) -> Bit:
    """Whether a dose of what an alert is about is in question: a hold of nothing but its options applies.

    A hold that is about other options too may apply for their sake.
    """
    holds = [one for one in beside if one.severity == "hold" and set(one.about) <= set(alert.about)]
    if not holds:
        return True
    return some(*(ground.places.truth(f"alert:{one.id}:applies").true for one in holds))
