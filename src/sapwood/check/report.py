"""A report in words, worst first, and as JSON; each patient found as an answers file."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from sapwood.whole_files import write_whole

from .findings import WEIGHTS, Finding, Report, Section

WIDTH = 100
HEADINGS = {
    "danger": "Could mislead about a patient",
    "gap": "Leaves somebody without an answer",
    "content": "For the pack's authors",
}
_LISTED = 3
"""So many reasons and no more are printed of each patient; the answers file and the plan show all."""


def in_words(report: Report, *, everything: bool = False, patients: Mapping[str, Path] | None = None) -> str:
    """The whole report for a person."""
    lines = [
        f"{report.pack} {report.version}, content {report.hash[:12]}, checked in {report.seconds:g} seconds.",
        "",
        *_table(report),
    ]
    number = 0
    for weight in WEIGHTS:
        found = [one for one in report.findings if one.weight == weight]
        if found:
            lines += ["", f"{HEADINGS[weight]} ({len(found)})"]
        for finding in found:
            number += 1
            lines += _finding(number, finding, (patients or {}).get(finding.key))
    if report.answered and everything:
        lines += ["", f"Answered in the pack's COVERAGE.md ({len(report.answered)})"]
        lines += [line for finding in report.answered for line in _answer(finding)]
    elif report.answered:
        lines += [
            "",
            f"Findings answered in the pack's COVERAGE.md: {len(report.answered)}; --all lists them.",
        ]
    not_proved = [(one.number, what) for one in report.sections for what in one.not_proved]
    lines += ["", f"Not proved ({len(not_proved)})" if not_proved else "Nothing was left undecided."]
    lines += [line for promise, what in not_proved for line in _wrapped(f"promise {promise}: {what}", "  - ")]
    notes = [(one.number, note) for one in report.sections for note in one.notes]
    if everything:
        lines += ["", f"For a reviewer to look at ({len(notes)})"]
        lines += [line for promise, note in notes for line in _wrapped(f"promise {promise}: {note}", "  - ")]
    elif notes:
        lines += ["", f"{len(notes)} notes for a reviewer; --all lists them."]
    lines += ["", "What this does not cover"]
    lines += [line for said in report.limits for line in _wrapped(said, "  - ")]
    lines += ["", _verdict(report)]
    return "\n".join(lines) + "\n"


def _table(report: Report) -> Iterator[str]:
    for section in report.sections:
        found, open_ = len(section.findings), len(section.not_proved)
        state = f"{section.proved} proved" + (f", {found} found" if found else "")
        state += f", {len(section.answered)} answered" if section.answered else ""
        state += f", {open_} not proved" if open_ else ""
        yield f"{section.number}  {section.title:<62}  {state}"


def _verdict(report: Report) -> str:
    if report.sound:
        return "Sound: nothing to put right." if not report.answered else "Sound: no finding is open."
    return f"{len(report.findings)} findings. Put each right in the pack, or answer it in the pack's COVERAGE.md."


def _finding(number: int, finding: Finding, path: Path | None) -> Iterator[str]:
    yield from _wrapped(f"{finding.where}: {finding.what}.", f"  {number}. ")
    yield from _wrapped(f"To do: {finding.remedy}", "     ")
    if finding.may_be_answered:
        yield from _wrapped(f"Or answer: {finding.name}", "     ")
    witness = finding.witness
    if witness is None:
        return
    yield "     A patient who shows it" + (f" (sapwood plan --answers {path}):" if path else ":")
    for words in witness.words:
        yield from _wrapped(words, "       - ")
    yield "     because"
    for reason in witness.because:
        indent = len(reason) - len(reason.lstrip())
        yield from _wrapped(reason.strip(), " " * (7 + indent))


def _answer(finding: Finding) -> Iterator[str]:
    yield from _wrapped(f"{finding.where}: {finding.what}.", "  - ")
    yield from _wrapped(f"Answer: {finding.answer}", "    ")


def _wrapped(text: str, start: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


# --- as JSON --------------------------------------------------------------------------------------------


def as_json(report: Report) -> str:
    """The report as one JSON object."""
    return json.dumps(as_dict(report), indent=2, ensure_ascii=False, default=_plain) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "pack": {"id": report.pack, "version": report.version, "content": report.hash},
        "sound": report.sound,
        "seconds": report.seconds,
        "promises": [_section(section) for section in report.sections],
        "findings": [_finding_dict(finding) for finding in report.findings],
        "answered": [_finding_dict(finding) for finding in report.answered],
        "not_covered": list(report.limits),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "promise": section.number,
        "title": section.title,
        "proved": section.proved,
        "found": len(section.findings),
        "answered": len(section.answered),
        "not_proved": section.not_proved,
        "for_a_reviewer": section.notes,
        "seconds": section.seconds,
    }


def _finding_dict(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": finding.name,
        "kind": finding.kind,
        "weight": finding.weight,
        "where": finding.where,
        "what": finding.what,
        "remedy": finding.remedy,
    }
    if finding.answer:
        found["answer"] = finding.answer
    if finding.witness is not None:
        found["patient"] = dict(finding.witness.content)
        found["in_words"] = list(finding.witness.words)
        found["because"] = list(finding.witness.because)
    return found


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value))


# --- as answers files -----------------------------------------------------------------------------------


def write_patients(report: Report, folder: Path) -> dict[str, Path]:
    """One answers file for each patient found, by the key of the finding."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, Path] = {}
    for number, finding in enumerate(report.findings, start=1):
        if finding.witness is None:
            continue
        name = re.sub(r"[^a-z0-9]+", "-", f"{finding.where} {finding.kind}".lower()).strip("-")
        path = folder / f"{number:03}-{name}.yaml"
        write_whole(path, answers_file(finding.witness.content).encode())
        written[finding.key] = path
    return written


def answers_file(content: Mapping[str, Any]) -> str:
    """A patient as `sapwood plan --answers` reads one."""

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(
        Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")
    )
    text: str = yaml.dump(dict(content), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
