"""The shapes of pathway.yaml: steps, tracks, tasks, options, alerts, follow-up."""

from __future__ import annotations

from typing import Literal

from sapwood.definitions.entries import Definition, Plain, Words


class Step(Definition, frozen=True):
    """A place on the pathway: open while `opens` is true and `closes` is not."""

    id: str
    title: str
    opens: str
    closes: str = "FALSE"
    focus: Words = []
    about: str = ""
    patient: Plain = Plain()
    evidence: Words = []


class TrackStatus(Definition, frozen=True):
    """One state a track can be in."""

    status: str
    when: str = "TRUE"
    text: str = ""
    patient: str = ""


class Track(Definition, frozen=True):
    """Something that runs beside the steps."""

    id: str
    title: str
    statuses: list[TrackStatus]
    about: str = ""
    patient: Plain = Plain()
    patient_from: str = ""
    evidence: Words = []


class Task(Definition, frozen=True):
    """Something somebody should do, and how the record shows that it was done."""

    id: str
    title: str
    why: str
    steps: Words = []
    applies: str = "TRUE"
    done: str = "FALSE"
    declined: str = "FALSE"
    due: str = ""
    who: str = ""
    patient: Plain = Plain()
    evidence: Words = []


class Point(Definition, frozen=True):
    """Something that speaks for or against an option, or opens or closes it."""

    text: str
    when: str = "TRUE"
    patient: str = ""
    evidence: Words = []


class Option(Definition, frozen=True, rename={"for_": "for"}):
    """A way of treating, with what opens it, what closes it, and what speaks for and against."""

    id: str
    title: str
    kind: str = ""
    steps: Words = []
    offered: str = "TRUE"
    requires: list[Point] = []
    rules_out: list[Point] = []
    for_: list[Point] = []
    against: list[Point] = []
    regimen: str = ""
    approved: dict[str, str] = {}
    schedule: Words = []
    monitoring: Words = []
    exclusive: Words = []
    instead_of: Words = []
    knowledge: Words = []
    source_note: str = ""
    patient: Plain = Plain()
    evidence: Words = []


class Alert(Definition, frozen=True):
    """Something that must not be overlooked; a hold that cannot be assessed speaks too."""

    id: str
    title: str
    severity: Literal["urgent", "stop", "hold", "warn"]
    when: str
    message: str
    applies: str = "TRUE"
    about: Words = []
    unknown_message: str = ""
    speak_when_unknown: bool | None = None
    patient: Plain = Plain()
    evidence: Words = []

    @property
    def speaks_when_unknown(self) -> bool:
        """Holds and stops speak when they cannot be assessed, unless the pack says otherwise."""
        if self.speak_when_unknown is None:
            return self.severity in ("hold", "stop")
        return self.speak_when_unknown


class Phase(Definition, frozen=True):
    """How often something is due until so long after the start: `every` is one length, or the shortest and longest."""

    every: Words
    until: str = "always"


class FollowUp(Definition, frozen=True):
    """Something that comes round: again and again by `phases`, or once in the window `at`; counted from `since`."""

    id: str
    title: str
    since: str
    why: str = ""
    steps: Words = []
    applies: str = "TRUE"
    last: str = ""
    phases: list[Phase] = []
    at: Words = []
    done: str = "FALSE"
    declined: str = "FALSE"
    who: str = ""
    patient: Plain = Plain()
    evidence: Words = []


class Trial(Definition, frozen=True):
    """A clinical trial as criteria; whether somebody fits is for its study team to say."""

    nct: str
    title: str
    status: Literal["recruiting", "not_recruiting", "completed", "unknown"]
    status_as_of: str
    phase: str = ""
    steps: Words = []
    offered: str = "TRUE"
    meets: list[Point] = []
    excludes: list[Point] = []
    note: str = ""
    patient: Plain = Plain()
    evidence: Words = []


class PathwayDefinition(Definition, frozen=True):
    """Steps in order, and what goes with them."""

    steps: list[Step]
    tracks: list[Track] = []
    tasks: list[Task] = []
    options: list[Option] = []
    alerts: list[Alert] = []
    follow_up: list[FollowUp] = []


class TrialsDefinition(Definition, frozen=True):
    """The trials a pack knows, with the day on which each status was last known."""

    trials: list[Trial] = []
