"""Where any patient stands, and what there is for them, as `pathway.py` and `duties.py` decide it.

A patient's own word is left out: it can close an option and never open one, so that what is shown here of open
options and raised alerts holds with it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from sapwood.definitions import Alert, Option, Task, Track
from sapwood.pathway import NO_SIGNAL

from .logic import Bit, Three, every, no, some
from .patient import Patient


class Places:
    """The steps, tracks, options, tasks and alerts of any patient, as formulas."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.pathway = patient.pack.pathway

    def truth(self, name: str) -> Three:
        """The answer to a sentence of the pathway."""
        return self.patient.truth(name)

    @cached_property
    def ended(self) -> Bit:
        """Whether the person is known to have died."""
        rule = self.patient.pack.about.ended_when
        return self.truth(rule).true if rule else False

    @cached_property
    def opened(self) -> Mapping[str, Bit]:
        """Whether each step has opened."""
        return {step.id: self.truth(f"step:{step.id}:opens").true for step in self.pathway.steps}

    @cached_property
    def open(self) -> Mapping[str, Bit]:
        """Whether each step is open."""
        return {
            step.id: every(self.opened[step.id], no(self.truth(f"step:{step.id}:closes").true))
            for step in self.pathway.steps
        }

    @cached_property
    def position(self) -> Mapping[str, Bit]:
        """For each step, and for no step at all, whether the person stands there."""
        steps = [step.id for step in self.pathway.steps]
        none_open = every(*(no(self.open[step]) for step in steps))
        found: dict[str, Bit] = {}
        for number, step in enumerate(steps):
            later = steps[number + 1 :]
            last_open = every(self.open[step], *(no(self.open[one]) for one in later))
            last_opened = every(none_open, self.opened[step], *(no(self.opened[one]) for one in later))
            found[step] = some(last_open, last_opened)
        found[NO_SIGNAL] = every(*(no(self.opened[step]) for step in steps))
        return found

    @cached_property
    def gaps(self) -> Mapping[str, Bit]:
        """For each step, whether it is open behind the position."""
        steps = [step.id for step in self.pathway.steps]
        return {
            step: every(self.open[step], some(*(self.open[one] for one in steps[number + 1 :])))
            for number, step in enumerate(steps)
        }

    def concerns(self, steps: Sequence[str]) -> Bit:
        """Whether something bound to these steps concerns the person now."""
        if not steps or "all" in steps:
            return True
        return some(*(some(self.position[step], self.gaps[step]) for step in steps if step in self.gaps))

    # --- options --------------------------------------------------------------------------------------

    def gates(self, option: Option) -> list[Three]:
        """Every gate of an option, the way round in which true opens it."""
        requires = [self.truth(f"option:{option.id}:requires:{n}") for n in range(len(option.requires))]
        rules_out = [self.truth(f"option:{option.id}:rules_out:{n}") for n in range(len(option.rules_out))]
        return [*requires, *(Three(one.false, one.true) for one in rules_out)]

    def offered(self, option: Option) -> Three:
        """Whether it is shown to people like this."""
        return self.truth(f"option:{option.id}:offered")

    def standing(self, option: Option) -> Mapping[str, Bit]:
        """Whether an option stands open, ruled out, or cannot be told; nothing where it is not offered."""
        gates, offered = self.gates(option), self.offered(option)
        failing = some(*(gate.false for gate in gates))
        unsure = some(offered.unknown, *(gate.unknown for gate in gates))
        shown = no(offered.false)
        return {
            "open": every(shown, no(failing), no(unsure)),
            "ruled_out": every(shown, failing),
            "cannot_tell": every(shown, no(failing), unsure),
        }

    # --- tasks, alerts, tracks ------------------------------------------------------------------------

    def status(self, task: Task) -> Mapping[str, Bit]:
        """The status of a task, each with its formula."""
        applies, done, declined = (
            self.truth(f"task:{task.id}:{part}") for part in ("applies", "done", "declined")
        )
        asked = no(applies.false)
        return {
            "not_applicable": applies.false,
            "done": every(asked, done.true),
            "declined": every(asked, no(done.true), declined.true),
            "cannot_tell": every(applies.unknown, no(done.true), no(declined.true)),
            "due": every(applies.true, no(done.true), no(declined.true)),
        }

    def state(self, alert: Alert) -> Mapping[str, Bit]:
        """Whether an alert is raised, or says that it cannot be assessed."""
        applies, when = self.truth(f"alert:{alert.id}:applies"), self.truth(f"alert:{alert.id}:when")
        heard = no(applies.false)
        asked = heard if alert.severity in ("hold", "stop") else applies.true
        return {
            "raised": every(heard, when.true),
            "cannot_tell": every(asked, when.unknown, alert.speaks_when_unknown),
        }

    def track(self, track: Track) -> Mapping[int | str, Bit]:
        """For each status by its number, for "cannot tell" and for none at all, whether the track stands there."""
        found: dict[int | str, Bit] = {}
        left: list[Bit] = []
        unsure: list[Bit] = []
        for number in range(len(track.statuses)):
            when = self.truth(f"track:{track.id}:{number}")
            found[number] = every(*left, when.true)
            unsure.append(every(*left, when.unknown))
            left.append(when.false)
        found["cannot_tell"] = some(*unsure)
        found["not_started"] = every(*left)
        return found
