"""Findings that are right as they stand, answered by the pack's authors in its COVERAGE.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sapwood.errors import Problem, SapwoodError

from .findings import Finding, Section

FILE = "COVERAGE.md"
HEADING = "Findings of the check, answered"
SHORTEST = 5
"""Fewer words than this give no reason."""
_ROW = re.compile(r"\|(?P<name>[^|]*)\|(?P<answer>.*)\|\s*")


def read_answers(folder: Path) -> dict[str, str]:
    """Each answer by the name of the finding; SapwoodError where a row is no answer, or a finding has two."""
    path = folder / FILE
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for line, text in _section(path.read_text(encoding="utf-8")):
        where = f"{FILE}, line {line}"
        row = _ROW.fullmatch(text)
        if row is None:
            remedy = "Write `| name of the finding | answer |`."
            problems.append(Problem(where, "is no row of two cells", remedy))
            continue
        name, answer = row["name"].strip().strip("`").strip(), row["answer"].strip()
        if name == "finding" or set(name) <= {"-", ":", " "}:
            continue
        if name in found:
            problems.append(Problem(where, f"answers `{name}` a second time", "Keep one of the two."))
        elif len(answer.split()) < SHORTEST:
            remedy = "Say in a sentence why it is right as it stands."
            problems.append(Problem(where, f"gives no reason for `{name}`", remedy))
        found[name] = answer
    if problems:
        raise SapwoodError(*problems)
    return found


def _section(text: str) -> list[tuple[int, str]]:
    """The rows of the section, with their line numbers."""
    rows: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            inside = line.lstrip("#").strip() == HEADING
        elif inside and line.startswith("|"):
            rows.append((number, line))
    return rows


def answered(sections: Sequence[Section], answers: Mapping[str, str], pack: str) -> None:
    """Moves what is answered out of the open findings; an answer to nothing becomes one of them.

    What only a change of the pack can mend (`TO_MEND`) stays open, answered or not.
    """
    used: set[str] = set()
    undecided = any(section.not_proved for section in sections)
    for section in sections:
        found, section.findings = section.findings, []
        for finding in found:
            answer = answers.get(finding.name, "")
            used.add(finding.name)
            if answer and finding.may_be_answered:
                section.answered.append(replace(finding, answer=answer))
            elif answer:
                remedy = f"{finding.remedy} An answer is not enough here."
                section.findings.append(replace(finding, remedy=remedy))
            else:
                section.findings.append(finding)
    last = sections[-1]
    for name in answers:
        if name not in used and undecided:
            last.not_proved.append(f"whether `{name}`, answered in {FILE}, is still found")
        elif name not in used:
            last.findings.append(_of_nothing(pack, name))


def _of_nothing(pack: str, name: str) -> Finding:
    what, remedy = "the check does not find this any more", f"Take it out of {FILE}."
    return Finding("answer", "content", f"{pack}, answer `{name}`", what, remedy)
