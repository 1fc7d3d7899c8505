"""A new disease begins as a sound folder, and nothing that is there is written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_runner import Case

from sapwood.answers import read_answers
from sapwood.cli import main
from sapwood.errors import PackError
from sapwood.facts import Facts
from sapwood.new_pack import new_pack
from sapwood.pack import load_pack
from sapwood.pathway import locate
from sapwood.plan import make_plan
from sapwood.record import Record
from sapwood.verdicts import evaluate_all


def test_the_skeleton_is_sound_and_its_worked_patient_holds(tmp_path: Path) -> None:
    files = new_pack(tmp_path / "amber_disease", "Amber disease")
    pack = load_pack(tmp_path / "amber_disease")
    assert (pack.about.id, pack.about.title, pack.reviewed) == ("amber_disease", "Amber disease", False)
    case = tmp_path / "amber_disease" / "cases" / "first_patient.yaml"
    assert case in files
    sheet = read_answers(case, pack)
    assert sheet.as_of is not None
    facts = Facts(Record(None, (), {}, (), ()), pack, sheet.as_of, sheet.answers)
    plan = make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)
    assert Case(case, pack, sheet, plan).unmet == []


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    for path in new_pack(tmp_path / "amber_disease", "Amber disease"):
        text = path.read_text(encoding="utf-8")
        assert not [mark for mark in ("NAME", "TITLE") if mark in text], path.name


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("Amber Disease", "", "is no id"),
        ("amber", 'A "quoted" one', "YAML"),
        ("here", "", "is there already"),
    ],
)
def test_what_cannot_be_a_pack_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str, title: str, said: str
) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(PackError, match=said):
        new_pack(tmp_path / name, title)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_the_command_lists_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "amber"
    assert main(["new-pack", str(folder)]) == 0
    assert "criteria.yaml" in capsys.readouterr().out
    assert main(["new-pack", str(folder)]) == 2
    assert "is there already" in capsys.readouterr().err
