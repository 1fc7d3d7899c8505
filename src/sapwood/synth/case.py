"""What is true of one person with BPDCN, whatever of it reaches the record."""

from __future__ import annotations

from dataclasses import dataclass, field

from .chart import Chart
from .people import Person


@dataclass(slots=True)
class Case:
    """One person's disease: where it is, and the days that matter."""

    who: Person
    first: int
    diagnosed: int
    skin: bool
    sites: frozenset[str]
    elsewhere: bool  # at a site that none of the usual ones is
    cns: bool
    prior: str  # an earlier myeloid neoplasm, or nothing
    died: int | None = None
    albumin: float = 4.0
    leukaemic: float = 5.0  # tumour cells in blood, 10*9/L, where it is involved with the marrow
    into_fluid: int = 0  # doses into the spinal fluid that are still planned
    lysis: int = 0  # the day on which the tumour fell apart fast
    transplanted: bool = False
    written: set[str] = field(default_factory=set)  # the sites that the record names
    _reached: list[tuple[int, str]] = field(default_factory=list)

    def reach(self, stage: str, day: int) -> None:
        """A stage of the way begins on a day."""
        self._reached.append((day, stage))

    @property
    def dead(self) -> bool:
        """Whether a death has happened by now in the story."""
        return self.died is not None

    def die(self, day: int) -> None:
        """Death on a day."""
        self.died = day
        self.reach("died", day)

    def stage_on(self, day: int) -> str:
        """The stage that a day falls in."""
        begun = [(when, order) for order, (when, _) in enumerate(self._reached) if when <= day]
        return self._reached[max(begun)[1]][1] if begun else "not yet"

    def counts(self, chart: Chart) -> dict[str, float]:
        """Blood counts before treatment: low where the marrow is involved."""
        if "site_marrow" not in self.sites:
            return {}
        counts = chart.values("before")
        if "site_blood" in self.sites:
            cells = self.leukaemic * chart.value("leukaemic", "wbc_of_cells")
            counts["wbc"] = counts["neutrophils"] + cells
        return counts

    def blood_blasts(self, chart: Chart) -> float:
        """Per cent of white cells that are of the disease, before treatment."""
        if "site_marrow" not in self.sites:
            return chart.value("leukaemic", "few_percent")
        return 100 * self.leukaemic / (self.leukaemic + chart.value("leukaemic", "beside"))
