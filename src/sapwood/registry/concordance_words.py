"""The concordance written: a table, CSV or JSON with small counts hidden; or the list of decisions, for the house."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from .concordance import (
    OUTCOMES,
    WITH_REASON,
    WITHOUT_REASON,
    Counted,
    Judged,
    counted,
    counted_by_kind,
    missing_counted,
    why_counted,
)
from .decisions import DIFFERED, SAME, UNJUDGED
from .intervals import wilson
from .manifest import Manifest
from .small_numbers import hide_parts, is_small, shown, what_it_means

FORMATS = ("text", "csv", "json")
_NOTE = (
    "Same says only that the option was open to the person by what was recorded then, not that it was right; "
    "differed is no fault: the pathway knows only what is in the record."
)
_KIND_WORDS = {
    "line": "line begun",
    "transplant": "transplant",
    "hold": "dose held",
    "restart": "doses taken up",
}
_LINE = "{:<15} {:<16} {:<24} {:>7} {:>9} {:>7} {:>9}  {}"
_Row = dict[str, Any]


def write(decisions: list[Judged], manifest: Manifest, format: str, threshold: int) -> str:
    """The counts by kind of decision, step and option, with why they differed or could not be judged."""
    counts = counted(decisions)
    rows = [_row(one, threshold) for one in counts]
    kinds = _kinds(decisions, counts, rows, threshold)
    if format == "csv":
        return _csv([*kinds, *rows])
    people = {outcome: _people_by_why(decisions, outcome) for outcome in (DIFFERED, UNJUDGED)}
    whys = {
        outcome: [
            {"why": why, "decisions": None if is_small(people[outcome][why], threshold) else times}
            for why, times in why_counted(decisions, outcome)
        ]
        for outcome in (DIFFERED, UNJUDGED)
    }
    missing = [
        {"fact": fact, "decisions": times}
        for fact, times in missing_counted(decisions)
        if not is_small(_people_missing(decisions, fact), threshold)
    ]
    everybody = len({one.person for one in decisions})
    content = {
        "notice": _NOTE,
        "pack": manifest.pack,
        "as_of": manifest.as_of,
        "small_counts": what_it_means(threshold),
        "decisions": None if is_small(everybody, threshold) else len(decisions),
        "people": None if is_small(everybody, threshold) else everybody,
        "kinds": kinds,
        "rows": rows,
        "differed_because": whys[DIFFERED],
        "unjudged_because": whys[UNJUDGED],
        "missing": missing,
    }
    if format == "json":
        return json.dumps(content, indent=2) + "\n"
    return _text(content)


def listing(decisions: list[Judged]) -> str:
    """Each decision as CSV, with the person's id: for those who care for them, never to be shown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Judged._fields)
    for one in decisions:
        writer.writerow([" ".join(cell) if isinstance(cell, tuple) else cell for cell in one])
    return out.getvalue()


def _kinds(decisions: list[Judged], counts: list[Counted], rows: list[_Row], threshold: int) -> list[_Row]:
    """All steps and options of a kind together; a cell is hidden where it would tell one that is hidden below it."""
    totals = counted_by_kind(decisions)
    people = hide_parts(
        {(one.kind, name): one.cells[name].people for one in totals for name in OUTCOMES}, threshold
    )
    found = []
    for total in totals:
        below = [(one, row) for one, row in zip(counts, rows, strict=True) if one.kind == total.kind]
        hidden = set()
        for name in OUTCOMES:
            gone = [one.cells[name].people for one, row in below if row[name] is None]
            told = gone and (len(gone) < 2 or sum(gone) < threshold)
            if told or people[total.kind, name] is None:
                hidden.add(name)
        found.append(_as_row(total, hidden))
    return found


def _row(one: Counted, threshold: int) -> _Row:
    """A row as it may be shown: a cell behind which few people stand is hidden, and what would tell it."""
    people = hide_parts({name: one.cells[name].people for name in OUTCOMES}, threshold)
    return _as_row(one, {name for name in OUTCOMES if people[name] is None})


def _as_row(one: Counted, hidden: set[str]) -> _Row:
    cells = {name: None if name in hidden else one.cells[name].decisions for name in OUTCOMES}
    row: _Row = {"kind": one.kind, "step": one.step, "option": one.option, **cells}
    if all(cells[name] is not None for name in (SAME, WITH_REASON, WITHOUT_REASON)) and one.judged:
        low, high = wilson(one.cells[SAME].decisions, one.judged)
        share = one.cells[SAME].decisions / one.judged
        row |= {"same_share": round(share, 3), "low": round(low, 3), "high": round(high, 3)}
    else:
        row |= {"same_share": None, "low": None, "high": None}
    return row


def _people_by_why(decisions: list[Judged], outcome: str) -> dict[str, int]:
    found: dict[str, set[str]] = {}
    for one in decisions:
        if one.outcome == outcome:
            found.setdefault(one.why, set()).add(one.person)
    return {why: len(people) for why, people in found.items()}


def _people_missing(decisions: list[Judged], fact: str) -> int:
    return len({one.person for one in decisions if one.outcome == UNJUDGED and fact in one.missing})


def _csv(rows: list[_Row]) -> str:
    out = io.StringIO()
    names = ["kind", "step", "option", *OUTCOMES, "same_share", "low", "high"]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if row[name] is None else row[name] for name in names])
    return out.getvalue()


def _text(content: dict[str, Any]) -> str:
    pack = f"{content['pack']['id']} {content['pack']['version']}"
    lines = [
        f"{shown(content['decisions'])} decisions of {shown(content['people'])} people, as of {content['as_of']}.",
        f"What was done, held against what the pathway ({pack}) said by what was recorded by then.",
        _NOTE,
        "",
        _LINE.format(
            "decision", "step", "option", "same", "differed", "reason", "unjudged", "same of judged (95 %)"
        ),
    ]
    for row in [*content["kinds"], *content["rows"]]:
        share = (
            f"{row['same_share']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
            if row["same_share"] is not None
            else ""
        )
        differed = row[WITH_REASON], row[WITHOUT_REASON]
        total = None if None in differed else sum(differed)
        counts = (row[SAME], total, row[WITH_REASON], row[UNJUDGED])
        lines.append(
            _LINE.format(
                _KIND_WORDS[row["kind"]],
                row["step"] or ("-" if row["option"] else "all"),
                row["option"][:24],
                *map(_cell, counts),
                share,
            ).rstrip()
        )
    lines += ["", "`reason`: of those that differed, with a reason or a wish on record by then."]
    for title, key in (("Differed because", "differed_because"), ("Not judged because", "unjudged_because")):
        if content[key]:
            lines += ["", f"{title}:"]
            lines += [f"  {_cell(one['decisions']):>7}  {one['why']}" for one in content[key]]
    if content["missing"]:
        lines += ["", "Missing most often where it could not be judged:"]
        lines += [f"  {one['decisions']:>7,}  {one['fact']}" for one in content["missing"][:10]]
    return "\n".join([*lines, "", content["small_counts"]]) + "\n"


def _cell(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"
