"""Verdicts -> Position: the step a person stands on, the gaps behind, the tracks beside.

A step is open when its `opens` is true and its `closes` is not true: the one place where unknown counts as
"not yet". The position is the last open step in pack order; earlier open ones are gaps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sapwood.definitions import PathwayDefinition, Step, Track
from sapwood.truth import Truth
from sapwood.verdicts import Reason, Verdicts

NO_SIGNAL = "no_signal"


@dataclass(frozen=True, slots=True)
class TrackStanding:
    """Where one track stands, and why."""

    id: str
    title: str
    status: str
    text: str
    because: tuple[Reason, ...]
    evidence: tuple[str, ...] = ()
    patient_title: str = ""
    patient: str = ""

    @property
    def told(self) -> bool:
        """Whether there is something to say: a status of the pack that has no words is left out."""
        return bool(self.text) or self.status in ("cannot_tell", "not_started")


@dataclass(frozen=True)
class Position:
    """Where a person stands on the pathway, with the verdicts that put them there."""

    step: str
    line: int
    title: str
    about: str
    because: tuple[Reason, ...]
    gaps: tuple[Step, ...]
    unclear: tuple[Step, ...]
    tracks: tuple[TrackStanding, ...]
    pathway: PathwayDefinition
    verdicts: Verdicts

    @property
    def here(self) -> tuple[str, ...]:
        """The steps whose tasks and options concern this person now: the position and its gaps."""
        return (*(gap.id for gap in self.gaps), self.step)

    def concerns(self, steps: list[str]) -> bool:
        """Whether something bound to these steps (none means every step) concerns this person now."""
        return not steps or "all" in steps or any(step in steps for step in self.here)


def is_open(step: str, truth: Callable[[str], Truth]) -> bool:
    """Whether a step is open under these truths."""
    return truth(f"step:{step}:opens") is True and truth(f"step:{step}:closes") is not True


def stands_on(pathway: PathwayDefinition, truth: Callable[[str], Truth]) -> str:
    """The id of the step a person with these truths stands on."""
    standing = NO_SIGNAL
    for step in pathway.steps:
        if is_open(step.id, truth):
            standing = step.id
    if standing == NO_SIGNAL:
        opened = [step.id for step in pathway.steps if truth(f"step:{step.id}:opens") is True]
        return opened[-1] if opened else NO_SIGNAL
    return standing


def locate(pathway: PathwayDefinition, verdicts: Verdicts) -> Position:
    """The position of the person these verdicts are about."""
    truth = verdicts.truth
    here = stands_on(pathway, truth)
    steps = {step.id: step for step in pathway.steps}
    order = [step.id for step in pathway.steps]
    place = order.index(here) if here in steps else -1
    line = verdicts.facts.treatment.current
    if here == NO_SIGNAL:
        title, about = "No sign of this disease in the record", verdicts.facts.pack.about.no_signal
        if pathway.steps and truth(f"step:{pathway.steps[0].id}:opens") is None:
            about += " What was not looked at, or could not be read, is not answered by that."
        because = tuple(
            reason for step in pathway.steps[:1] for reason in verdicts[f"step:{step.id}:opens"].because
        )
    elif is_open(here, truth):
        title, about = steps[here].title, steps[here].about
        because = verdicts[f"step:{here}:opens"].because
    else:
        title, about = f"{steps[here].title}, closed", "Nothing on the pathway is open."
        because = verdicts[f"step:{here}:closes"].because
    return Position(
        here,
        line.number if line is not None else 1,
        title,
        about,
        because,
        tuple(step for step in pathway.steps[: max(place, 0)] if is_open(step.id, truth)),
        tuple(step for step in pathway.steps[place + 1 :] if truth(f"step:{step.id}:opens") is None),
        tuple(_track(track, verdicts) for track in pathway.tracks) if here != NO_SIGNAL else (),
        pathway,
        verdicts,
    )


def _track(track: Track, verdicts: Verdicts) -> TrackStanding:
    """The first status that is true, unless an earlier one might be."""

    def standing(status: str, text: str, because: tuple[Reason, ...], patient: str) -> TrackStanding:
        evidence = tuple(track.evidence)
        return TrackStanding(
            track.id, track.title, status, text, because, evidence, track.patient.title, patient
        )

    for number, status in enumerate(track.statuses):
        verdict = verdicts[f"track:{track.id}:{number}"]
        if verdict.value is True:
            return standing(status.status, status.text, verdict.because, status.patient)
        if verdict.value is None:
            text = f"cannot tell whether: {status.text or status.status.replace('_', ' ')}"
            return standing("cannot_tell", text, verdict.because, track.patient.unknown)
    return standing("not_started", "", (), "")
