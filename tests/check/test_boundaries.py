"""A limit that could be moved unseen is found, and one that worked patients stand on is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_packs import ABOUT, folder_of

from sapwood.check.boundaries import limits, moved, untold
from sapwood.check.content import read_cases
from sapwood.criteria.tree import write
from sapwood.pack import load_pack

FACTS: dict[str, Any] = {
    "lux": {"title": "Lux", "type": "quantity", "unit": "g/dL", "plausible": [0.5, 7]},
    "wick": {"title": "Wick", "type": "boolean", "per": "specimen"},
    "ash": {"title": "Ash", "type": "quantity", "unit": "%", "plausible": [0, 100], "per": "specimen"},
}
LOW: dict[str, Any] = {"low": {"is": "lux < 3.5", "means": "so"}}


def missed(folder: Path, criteria: dict[str, Any], *given: dict[str, Any]) -> list[tuple[str, str]]:
    """What `untold` finds in a pack with these worked patients, each expecting every criterion."""
    pack = load_pack(folder_of(folder, about=ABOUT, facts=FACTS, criteria=criteria))
    (folder / "cases").mkdir()
    for number, content in enumerate(given):
        expect = {"criteria": dict.fromkeys(criteria, "true")}
        text = repr({"as_of": "2026-01-01", **content, "expect": expect})
        (folder / "cases" / f"{number}.yaml").write_text(text, encoding="utf-8")
    cases, _ = read_cases(pack, folder)
    assert len(cases) == len(given)
    return list(untold(cases))


def lux(value: float) -> dict[str, Any]:
    return {"given": {"lux": value}}


def test_a_limit_is_moved_by_a_hair_and_by_a_step_each_way(tmp_path: Path) -> None:
    pack = load_pack(folder_of(tmp_path, about=ABOUT, facts=FACTS, criteria=LOW))
    assert [(text, write(tree)) for text, tree in moved(pack.sentences["low"].tree)] == [
        ("lux < 3.5", "lux <= 3.5"),
        ("lux < 3.5", "lux < 3.6"),
        ("lux < 3.5", "lux < 3.4"),
    ]
    assert list(limits(pack)) == [("low", "lux < 3.5")]


@pytest.mark.parametrize(
    ("values", "left"),
    [((3.5, 3.4), 0), ((3.5,), 1), ((3.4,), 2), ((3.0, 4.0), 3)],
    ids=["on it and a step below", "on it alone", "a step below alone", "far away"],
)
def test_who_tells_a_limit(tmp_path: Path, values: tuple[float, ...], left: int) -> None:
    assert missed(tmp_path / "p", LOW, *map(lux, values)) == [("low", "lux < 3.5")] * left


def test_a_patient_who_does_not_expect_the_criterion_tells_nothing(tmp_path: Path) -> None:
    pack = load_pack(folder_of(tmp_path / "p", about=ABOUT, facts=FACTS, criteria=LOW))
    (tmp_path / "p" / "cases").mkdir()
    silent = repr({"as_of": "2026-01-01", **lux(3.5), "expect": {"position": "no_signal"}})
    (tmp_path / "p" / "cases" / "a.yaml").write_text(silent, encoding="utf-8")
    cases, _ = read_cases(pack, tmp_path / "p")
    assert len(list(untold(cases))) == 3


def test_zero_and_words_are_no_limits(tmp_path: Path) -> None:
    known = {"known": {"is": "lux > 0 AND days_between(lux.when, as_of) >= 0", "means": "so"}}
    assert missed(tmp_path / "p", known, lux(3)) == []


def test_within_a_specimen_any_one_that_answers_otherwise_tells(tmp_path: Path) -> None:
    ashen = {"ashen": {"is": "wick AND ash >= 5", "means": "so", "for_each": "specimen"}}
    burnt = {"name": "one", "wick": True, "ash": 5}
    other = {"name": "two", "wick": True, "ash": 1}
    near = {"specimens": [{"name": "one", "wick": True, "ash": 4}]}
    assert missed(tmp_path / "a", ashen, {"specimens": [burnt, other]}, near) == []
    hidden = {"specimens": [burnt, {**other, "ash": 50}]}
    assert len(missed(tmp_path / "b", ashen, hidden)) == 3, "the other specimen answers for it"
