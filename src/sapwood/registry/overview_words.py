"""An overview as it may be shown: small counts hidden, then written as text, CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from sapwood.pack import Pack

from .manifest import Manifest
from .overview import NOT_SAID, REASONS, Overview
from .questions import Question
from .small_numbers import hide_parts, hide_small, shown, what_it_means

Counts = dict[str, int | None]
"""Counts as they may be shown; `None` is hidden."""
WORDS = {
    "conflicting": "sources disagree",
    "unusable": "cannot be used",
    "stale": "too old",
    "missing": "not on record",
    "not_shown": "not shown of children",
    "recommended": "recommended",
    "possible": "possible",
    "cannot_tell": "cannot tell",
    "ruled_out": "not now",
    "raised": "raised",
    "due": "due",
    "declined": "declined",
    "done": "done",
    "not_applicable": "does not apply",
    "may_fit": "may fit",
    "does_not_fit": "does not fit",
    NOT_SAID: "nothing said",
}
NOTICE = (
    "Counts of records, not of truth: what is unknown is not no. Decision support for people who check it; "
    "nothing here tells anybody what to do with one person."
)


@dataclass(frozen=True)
class Shown:
    """An overview with what must be hidden taken out."""

    pack: Pack
    manifest: Manifest
    threshold: int
    people: str
    steps: Counts
    gaps: Counts
    criteria: Mapping[str, tuple[Counts, Counts]]
    spreads: Sequence[tuple[str, str, Counts]]
    questions: Sequence[tuple[str, int | None]]

    def step_title(self, step: str) -> str:
        """What a step is called."""
        titles = {one.id: one.title for one in self.pack.pathway.steps}
        return titles.get(step, "No sign of this disease in the record")

    def fact_title(self, fact: str) -> str:
        """What a fact is called."""
        return self.pack.facts[fact].title


def to_show(
    found: Overview, questions: Sequence[Question], pack: Pack, manifest: Manifest, threshold: int
) -> Shown:
    """The overview as it may be shown: parts of a total are hidden so that the total does not tell them."""
    criteria = {}
    for one in found.criteria:
        verdicts = hide_parts(one.verdicts, threshold)
        why = hide_parts(one.unknown, threshold)
        if verdicts["unknown"] is None:
            why = {key: None if count else 0 for key, count in one.unknown.items()}
        criteria[one.id] = (verdicts, why)
    spreads = [(one.sort, one.id, hide_parts(one.standings, threshold)) for one in found.spreads]
    counted = hide_small({one.fact: one.people for one in questions}, threshold)
    return Shown(
        pack,
        manifest,
        threshold,
        shown(found.people, threshold),
        hide_parts(found.steps, threshold),
        hide_small(found.gaps, threshold),
        criteria,
        spreads,
        list(counted.items()),
    )


def titles_of(pack: Pack, sort: str) -> dict[str, str]:
    """What the things of one sort are called."""
    path = pack.pathway
    return {
        "option": {one.id: one.title for one in path.options},
        "alert": {one.id: one.title for one in path.alerts},
        "task": {one.id: one.title for one in path.tasks},
        "trial": {one.nct: one.title for one in pack.trials},
    }[sort]


SORTS = {"option": "Options", "alert": "Alerts", "task": "Tasks", "trial": "Trials"}


def as_text(found: Shown) -> str:
    """The overview as plain text in 100 columns."""
    about, manifest = found.pack.about, found.manifest
    lines = [
        f"{about.title}: {found.people} people as of {manifest.as_of} (pack {about.id} {about.version})",
        what_it_means(found.threshold),
        NOTICE,
        "",
        "WHERE PEOPLE STAND",
    ]
    for step, count in found.steps.items():
        behind = found.gaps.get(step, 0)
        late = f"   (still open behind {_cell(behind)} further on)" if behind != 0 else ""
        lines.append(f"  {_cell(count):>9}  {found.step_title(step)}{late}")
    if found.questions:
        lines += [
            "",
            "MOST OFTEN MISSING  (people in whom an answer would settle something where they stand)",
        ]
        told = [(fact, count) for fact, count in found.questions if count is not None]
        lines += [f"  {count:>9,}  {found.fact_title(fact)} ({fact})" for fact, count in told[:10]]
        if left := len(found.questions) - len(told[:10]):
            lines.append(f"  and {left} facts more, each for fewer people")
    lines += ["", "CRITERIA", f"  {'true':>9} {'false':>9} {'unknown':>9}  why unknown"]
    for name, (verdicts, why) in found.criteria.items():
        counts = " ".join(f"{_cell(verdicts[word]):>9}" for word in ("true", "false", "unknown"))
        lines.append(f"  {counts}  {name}")
        said = [f"{WORDS[reason]} {_cell(why[reason])}" for reason in REASONS if why[reason] != 0]
        if said and verdicts["unknown"] != 0:
            lines.append(f"  {'':29}    {'; '.join(said)}")
    for sort, heading in SORTS.items():
        rows = [(name, counts) for one, name, counts in found.spreads if one == sort]
        if rows:
            lines += ["", heading.upper()]
            lines += [f"  {name}: {_said(counts)}" for name, counts in rows]
    return "\n".join(lines) + "\n"


def _said(counts: Counts) -> str:
    words = [
        f"{WORDS[word]} {_cell(count)}" for word, count in counts.items() if count != 0 and word != NOT_SAID
    ]
    return ", ".join(words) or "of nobody"


def _cell(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"


def rows_of(found: Shown) -> Iterator[tuple[str, str, str, int | None]]:
    """Every count as a row: its section, what it is of, which answer, how many people."""
    for step, count in found.steps.items():
        yield "position", step, "here", count
    for step, count in found.gaps.items():
        yield "position", step, "open behind", count
    for name, (verdicts, why) in found.criteria.items():
        yield from (("criterion", name, word, count) for word, count in verdicts.items())
        yield from (("criterion", name, f"unknown: {reason}", count) for reason, count in why.items())
    for sort, name, counts in found.spreads:
        yield from ((sort, name, word, count) for word, count in counts.items())
    yield from (("missing", fact, "would settle", count) for fact, count in found.questions)


def as_csv(found: Shown) -> str:
    """The overview as CSV; a hidden count is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["section", "id", "answer", "people"])
    for section, name, word, count in rows_of(found):
        writer.writerow([section, name, word, "" if count is None else count])
    return out.getvalue()


def as_json(found: Shown) -> str:
    """The overview as JSON; a hidden count is null."""
    content = {
        "pack": {"id": found.pack.about.id, "version": found.pack.about.version, "hash": found.pack.hash},
        "as_of": found.manifest.as_of,
        "people": found.people,
        "notice": NOTICE,
        "small_counts": what_it_means(found.threshold),
        "position": found.steps,
        "gaps": found.gaps,
        "criteria": {
            name: {**verdicts, "unknown_because": why} for name, (verdicts, why) in found.criteria.items()
        },
        **{
            f"{sort}s": {name: counts for one, name, counts in found.spreads if one == sort} for sort in SORTS
        },
        "missing": [{"fact": fact, "people": count} for fact, count in found.questions],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


__all__ = ["Shown", "as_csv", "as_json", "as_text", "rows_of", "titles_of", "to_show"]
