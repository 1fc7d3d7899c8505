"""Trials held against one person: may fit, does not fit, cannot tell. Who takes part is for the study team to say."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.definitions import Trial
from sapwood.duties import Weighed
from sapwood.pathway import Position
from sapwood.verdicts import Verdicts

FITS = ("may_fit", "cannot_tell", "does_not_fit")


@dataclass(frozen=True, slots=True)
class TrialStanding:
    """A trial, whether this person may fit, what speaks for and against it, and what is not known."""

    trial: Trial
    fit: str
    meets: tuple[Weighed, ...]
    fails: tuple[Weighed, ...]
    unknown: tuple[Weighed, ...]
    missing: tuple[str, ...]

    @property
    def recruiting(self) -> bool:
        """Whether it was recruiting when its status was last known; only such trials are shown to patients."""
        return self.trial.status == "recruiting"


def weigh_trials(position: Position) -> tuple[TrialStanding, ...]:
    """The trials that concern this person now: may fit before may not, recruiting first, and what is over last."""
    found = [
        standing
        for trial in position.verdicts.facts.pack.trials
        if position.concerns(trial.steps) and (standing := _weigh(trial, position.verdicts)) is not None
    ]
    return tuple(sorted(found, key=_order))


def _order(standing: TrialStanding) -> tuple[bool, int, bool]:
    return standing.trial.status == "completed", FITS.index(standing.fit), not standing.recruiting


def _weigh(trial: Trial, verdicts: Verdicts) -> TrialStanding | None:
    if verdicts.truth(f"trial:{trial.nct}:offered") is not True:
        return None
    meets: list[Weighed] = []
    fails: list[Weighed] = []
    unknown: list[Weighed] = []
    missing: dict[str, None] = {}
    for sort, wanted in (("meets", True), ("excludes", False)):
        for number, point in enumerate(getattr(trial, sort)):
            verdict = verdicts[f"trial:{trial.nct}:{sort}:{number}"]
            weighed = Weighed(
                point.text, verdict.value, verdict.because, tuple(point.evidence), patient=point.patient
            )
            if verdict.value is None:
                unknown.append(weighed)
                missing.update(dict.fromkeys(verdict.missing))
            else:
                (meets if verdict.value is wanted else fails).append(weighed)
    fit = "does_not_fit" if fails else "cannot_tell" if unknown else "may_fit"
    return TrialStanding(trial, fit, tuple(meets), tuple(fails), tuple(unknown), tuple(missing))
