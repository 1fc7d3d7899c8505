"""Holds a cohort against the rates it was drawn from: what was drawn, and what the files show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sapwood.errors import PackError, Problem, SapwoodError
from sapwood.yaml_files import read_yaml

from .about import MANIFEST
from .rates import Rate, load_rates
from .seen import read_seen

_TAIL = 0.0005  # on either side: 99.9 % between


@dataclass(frozen=True, slots=True)
class Row:
    """One rate held against what came of it."""

    name: str
    how: str  # drawn | seen
    source: str
    share: float
    people: int
    came_out: int

    @property
    def limits(self) -> tuple[int, int]:
        """Between which counts chance leaves it in 999 of 1,000 cohorts."""
        return expected(self.people, self.share)

    @property
    def fine(self) -> bool:
        """Whether it lies between them."""
        low, high = self.limits
        return low <= self.came_out <= high


def check(folder: Path) -> tuple[str, int]:
    """A table for people, and the exit code: 0, or 3 where a rate lies outside its 99.9 % range."""
    rows = held(folder)
    outside = [row for row in rows if not row.fine]
    shown = [row for row in rows if row.how == "seen" or row.source.startswith("claim") or not row.fine]
    lines = [
        f"{'rate':34}{'':7}{'expected':>9}{'99.9 % range':>16}{'found':>8}{'of':>9}  from",
        *map(_line, shown),
    ]
    rest = len(rows) - len(shown)
    lines.append(f"and {rest} assumed rates as drawn, all within their range")
    verdict = "all within" if not outside else f"{len(outside)} OUTSIDE"
    lines.append(f"{len(rows)} rows, {verdict}; by chance alone {len(rows) / 1000:.1f} would lie outside.")
    lines.append("What is found here is what was put in. It says nothing about patients.")
    return "\n".join(lines) + "\n", 3 if outside else 0


def held(folder: Path) -> list[Row]:
    """Every rate that was drawn, by what the manifest counted; and every rate that can be seen in the files."""
    manifest = _manifest(folder)
    rates = load_rates()
    rows: list[Row] = []
    for name, rate in rates.items():
        told = manifest["rates"].get(name, {})
        if rate.choices:
            for choice, share in rate.choices:
                rows.append(
                    _drawn(rate, f"{name}.{choice}", share, told.get("times", 0), told["drawn"][choice])
                )
        elif rate.share is not None:
            rows.append(_drawn(rate, name, rate.share, told.get("times", 0), told.get("came_out", 0)))
    seen = read_seen(folder, rates, date.fromisoformat(manifest["until"]))
    for name, (people, came_out) in seen.items():
        rate = rates[name]
        rows.append(Row(name, "seen", rate.source, _overall(rate), people, came_out))
    return [row for row in rows if row.people]


def _overall(rate: Rate) -> float:
    """The share among all people; of a median, the half that lies below it."""
    if rate.value is not None:
        return 0.5
    return (rate.share if rate.overall is None else rate.overall) or 0.0


def _drawn(rate: Rate, name: str, share: float, times: int, came_out: int) -> Row:
    return Row(name, "drawn", rate.source, share, times, came_out)


def _manifest(folder: Path) -> Any:
    try:
        manifest = read_yaml(folder / MANIFEST, str(folder / MANIFEST))
    except PackError:
        manifest = None
    if not isinstance(manifest, dict) or "rates" not in manifest or "until" not in manifest:
        what = f"it holds no {MANIFEST} as `sapwood synth` writes it"
        raise SapwoodError(Problem(str(folder), what, "Name a folder that `sapwood synth` wrote."))
    return manifest


def _line(row: Row) -> str:
    low, high = row.limits
    between = f"{100 * low / row.people:.1f}-{100 * high / row.people:.1f} %"
    mark = "" if row.fine else "  OUTSIDE"
    source = row.source if row.source.startswith("claim") else "assumed"
    return (
        f"{row.name[:33]:34}{row.how:7}{100 * row.share:7.1f} %{between:>16}"
        f"{100 * row.came_out / row.people:6.1f} %{row.people:>9,}  {source}{mark}"
    )


def expected(people: int, share: float) -> tuple[int, int]:
    """The fewest and the most of `people` that a share leaves in 999 of 1,000 cohorts; exact, by the binomial."""
    if share <= 0 or share >= 1:
        return (0, 0) if share <= 0 else (people, people)
    return _below(people, share), people - _below(people, 1 - share)


def _below(people: int, share: float) -> int:
    """The smallest count whose lower tail is more than the half of one in a thousand."""
    log_odds = math.log(share) - math.log1p(-share)
    count, tail, term = 0, 0.0, people * math.log1p(-share)
    while True:
        tail += math.exp(term)
        if tail > _TAIL or count == people:
            return count
        term += math.log(people - count) - math.log(count + 1) + log_odds
        count += 1
