"""Worked and published patients in their own words: nothing left out, nothing hard, nothing they did not ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from case_runner import case_files, case_of, pack_of
from test_patient_words import FORBIDDEN, MACHINE

from sapwood.answers import as_moment
from sapwood.facts import extract
from sapwood.formats.text_patient import write_patient
from sapwood.pathway import locate
from sapwood.plain_words import plain_plan
from sapwood.plan import Plan, make_plan
from sapwood.reading_grade import LIMIT, grade
from sapwood.record import read_record
from sapwood.verdicts import evaluate_all

EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples" / "cases").glob("*.bundle.json"))


def check(plan: Plan) -> None:
    words = plain_plan(plan)
    assert words.left_out == 0, f"{words.left_out} lines have no words for patients"
    text = write_patient(plan)
    assert max(map(len, text.splitlines())) <= 80
    ours = text.partition("WHERE THIS COMES FROM")[0]
    flat = " ".join(ours.split())
    if not words.ended:
        assert not FORBIDDEN.findall(flat), FORBIDDEN.findall(flat)
    assert not MACHINE.findall(re.sub(r"`[^`]*`", "", flat)), MACHINE.findall(flat)
    paragraphs = "\n\n".join(re.split(r"\n(?=\S|\s+[-+] |\s*\n|  \S)", ours))
    assert grade(paragraphs) <= LIMIT, f"the page asks for grade {grade(paragraphs)}"


@pytest.mark.parametrize("path", case_files(), ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_worked_patient_reads_whole_in_their_own_words(path: Path) -> None:
    check(case_of(path).plan)


@pytest.mark.parametrize("as_of", ["2025-03-01", "2026-06-01"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name.removesuffix(".bundle.json"))
def test_a_published_case_reads_whole_in_the_persons_own_words(path: Path, as_of: str) -> None:
    pack, moment = pack_of("bpdcn"), as_moment(as_of)
    assert moment is not None
    facts = extract(read_record(path), pack, as_of=moment)
    check(make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts))
