"""Over a whole registry: what was done at each decision, held against what the pathway said at the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sapwood.facts import extract
from sapwood.pack import Pack, load_pack

from .decisions import DIFFERED, SAME, UNJUDGED, Judgement, decisions_of, judge
from .journal import plan_of
from .kept_lines import Shelf, records_on, shelves
from .layout import Layout
from .manifest import Manifest
from .parts import text
from .pool import each
from .progress import Progress
from .worker import connect


class Judged(NamedTuple):
    """One decision of one person, as it is counted and listed."""

    person: str
    kind: str
    when: str
    step: str
    option: str
    outcome: str
    why: str
    said: tuple[str, ...]
    missing: tuple[str, ...]
    reasons: tuple[str, ...]


class _Job(NamedTuple):
    shelf: Shelf
    pack: str
    as_of: str
    looks_back: bool | None


class Cell(NamedTuple):
    """So many decisions, and the people behind them."""

    decisions: int
    people: int


class Counted(NamedTuple):
    """What was counted of one kind of decision, at one step, for one option."""

    kind: str
    step: str
    option: str
    cells: dict[str, Cell]  # by `OUTCOMES`

    @property
    def judged(self) -> int:
        """How many decisions could be judged."""
        return sum(cell.decisions for name, cell in self.cells.items() if name != UNJUDGED)


WITH_REASON, WITHOUT_REASON = "differed_with_reason", "differed_without_reason"
OUTCOMES = (SAME, WITH_REASON, WITHOUT_REASON, UNJUDGED)


def concordance(
    folder: Path, manifest: Manifest, pack: Pack, asked: str, workers: int, progress: Progress
) -> list[Judged]:
    """Every decision of every person whose record shows treatment, by person and time.

    `asked` is the pack's id or folder, for the processes that read it by themselves.
    """
    plan = plan_of(Layout(folder))
    assert plan is not None
    people = _treated(folder, pack)
    jobs = [
        _Job(shelf, asked, manifest.as_of, manifest.looks_back)
        for shelf in shelves(folder, people, plan.buckets)
    ]
    progress.stage("Looking back", len(people), "people")
    found: list[Judged] = []
    for job, judged in each(_judge_shelf, jobs, workers if len(people) > 20 else 1):
        found += judged
        progress.add(len(job.shelf.people))
    progress.close()
    return sorted(found)


def _treated(folder: Path, pack: Pack) -> list[str]:
    """Everybody with anything on record that a treatment could be read from."""
    names = [
        name
        for name, fact in pack.facts.items()
        if fact.from_lines or fact.group in ("treatment", "transplant")
    ]
    listed = ", ".join(text(name) for name in names)
    connection = connect(folder)
    try:
        query = f"""
            SELECT DISTINCT person FROM read_parquet({text(Layout(folder).parts("facts"))})
            WHERE fact IN ({listed or "''"}) AND source IS NOT NULL ORDER BY person
            """  # nosec B608: names of the pack
        return [row[0] for row in connection.execute(query).fetchall()]
    finally:
        connection.close()


def _judge_shelf(job: _Job) -> list[Judged]:
    return list(_judged(job))


def _judged(job: _Job) -> Iterator[Judged]:
    pack = load_pack(job.pack)
    for person, record in records_on(job.shelf):
        facts = extract(record, pack, as_of=job.as_of, looks_back=job.looks_back)
        for decision in decisions_of(facts.treatment, pack):
            yield _row(person, judge(record, pack, decision))


def _row(person: str, judged: Judgement) -> Judged:
    decision = judged.decision
    return Judged(
        person,
        decision.kind,
        str(decision.when) if decision.when is not None else "",
        judged.step,
        judged.option,
        judged.outcome,
        judged.why,
        judged.said,
        judged.missing,
        judged.reasons,
    )


def counted(decisions: list[Judged]) -> list[Counted]:
    """How often each option was chosen as the pathway had it, by kind of decision and step."""
    groups: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for one in decisions:
        cells = groups.setdefault((one.kind, one.step, one.option), {name: [] for name in OUTCOMES})
        cells[_outcome(one)].append(one.person)
    return [
        Counted(*key, {name: Cell(len(people), len(set(people))) for name, people in cells.items()})
        for key, cells in sorted(groups.items())
    ]


def counted_by_kind(decisions: list[Judged]) -> list[Counted]:
    """The same over all steps and options, by kind of decision."""
    return counted([one._replace(step="", option="") for one in decisions])


def _outcome(one: Judged) -> str:
    if one.outcome == DIFFERED:
        return WITH_REASON if one.reasons else WITHOUT_REASON
    return one.outcome


def why_counted(decisions: list[Judged], outcome: str) -> list[tuple[str, int]]:
    """Why decisions differed, or could not be judged: each reason with how many decisions, the commonest first."""
    reasons = Counter(one.why for one in decisions if one.outcome == outcome)
    return sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))


def missing_counted(decisions: list[Judged]) -> list[tuple[str, int]]:
    """The facts that were missing where a decision could not be judged, the commonest first."""
    facts = Counter(fact for one in decisions if one.outcome == UNJUDGED for fact in one.missing)
    return sorted(facts.items(), key=lambda pair: (-pair[1], pair[0]))
