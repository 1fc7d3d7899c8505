"""A finding is answered by its name, with a reason; what must be mended stays open, and an answer goes stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from sapwood.check.answers import FILE, HEADING, answered, read_answers
from sapwood.check.findings import Finding, Report, Section
from sapwood.check.report import as_dict, in_words
from sapwood.errors import SapwoodError

UNUSED = Finding("unused", "content", "small, fact `wick`", "is read, and nothing uses it", "Use it.")
DEAD_END = Finding("dead end", "danger", "small, step `second`", "nothing to do", "Add a task.")
REASON = "Shown to the reader beside the lamp; no rule rests on it."


def answers_in(folder: Path, *rows: str) -> dict[str, str]:
    lines = ["# Coverage", "", f"## {HEADING}", "", "Each with its reason.", ""]
    lines += ["| finding | answer |", "|---|---|", *rows, "", "## Choices", "", "| not | an answer of ours |"]
    (folder / FILE).write_text("\n".join(lines), encoding="utf-8")
    return read_answers(folder)


def report_of(answers: dict[str, str], *findings: Finding, not_proved: str = "") -> Report:
    sections = (Section(8, "Numbers"), Section(9, "Content", findings=list(findings)))
    sections[0].not_proved += [not_proved] if not_proved else []
    answered(sections, answers, "small")
    return Report("small", "1", "f" * 64, sections, ())


def test_a_pack_without_answers_has_none(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == {}
    assert answers_in(tmp_path) == {}, "rows of other sections are no answers"


@pytest.mark.parametrize("written", ["unused fact wick", "`unused fact wick`"])
def test_an_answered_finding_is_not_open_and_is_shown_with_its_answer(tmp_path: Path, written: str) -> None:
    report = report_of(answers_in(tmp_path, f"| {written} | {REASON} |"), UNUSED)
    assert report.sound and [one.answer for one in report.answered] == [REASON]
    short, long = in_words(report), in_words(report, everything=True)
    assert "COVERAGE.md: 1; --all" in short and REASON not in short and REASON in long
    assert "1 answered" in short and "Sound: no finding is open." in short
    (one,) = as_dict(report)["answered"]
    assert (one["name"], one["answer"]) == ("unused fact wick", REASON)


def test_an_open_finding_says_by_which_name_to_answer_it() -> None:
    said = in_words(report_of({}, UNUSED, DEAD_END))
    assert "Or answer: unused fact wick" in said
    assert "Or answer: dead end" not in said, "no answer makes it right"


def test_a_dead_end_stays_open_whatever_is_answered(tmp_path: Path) -> None:
    report = report_of(answers_in(tmp_path, f"| dead end step second | {REASON} |"), DEAD_END)
    assert not report.sound and not report.answered
    (finding,) = report.findings
    assert finding.kind == "dead end" and "An answer is not enough" in finding.remedy


def test_an_answer_to_nothing_is_a_finding(tmp_path: Path) -> None:
    answers = answers_in(tmp_path, f"| unused fact wick | {REASON} |", f"| unused fact flame | {REASON} |")
    report = report_of(answers, UNUSED)
    (finding,) = report.findings
    assert (finding.kind, finding.where) == ("answer", "small, answer `unused fact flame`")
    assert not finding.may_be_answered


def test_where_something_is_undecided_an_answer_is_not_called_stale(tmp_path: Path) -> None:
    answers = answers_in(tmp_path, f"| unused fact flame | {REASON} |")
    report = report_of(answers, not_proved="`lux_fine`: no answer in time")
    assert report.sound and "whether `unused fact flame`" in report.sections[-1].not_proved[0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["| unused fact wick |"], "no row of two cells"),
        (["| unused fact wick | |"], "gives no reason"),
        (["| unused fact wick | it is fine |"], "gives no reason"),
        ([f"| unused fact wick | {REASON} |"] * 2, "a second time"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_line(tmp_path: Path, rows: list[str], said: str) -> None:
    with pytest.raises(SapwoodError) as refused:
        answers_in(tmp_path, *rows)
    (problem,) = refused.value.problems
    assert said in problem.what and problem.where == f"{FILE}, line {8 + len(rows)}"


def test_names_tell_findings_apart() -> None:
    exclusive = Finding("exclusive", "danger", "small, option `a`", "so", "so", detail="b")
    claim = Finding("unused claim", "content", "small, claim `c`", "so", "so")
    assert (exclusive.name, claim.name) == ("exclusive option a: b", "unused claim c")
