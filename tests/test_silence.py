"""What nothing speaks of is passed over quickly; asked one by one, the long way, every fact is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_runner import case_files, case_of

from sapwood.facts import Facts, extract
from sapwood.finding import Finder
from sapwood.pack import load_pack
from sapwood.record import read_record

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "cases"
DAYS = ("2025-03-01", "2026-06-01")


def alike(quick: Facts, slow: Facts) -> None:
    """Every fact and every value, of the person and of each specimen, with and without the patient's own word."""
    quick.fill_silences()
    pack = quick.pack
    assert quick.groups == slow.groups
    for name, definition in pack.facts.items():
        groups = slow.groups if definition.per == "specimen" else (None,)
        for group in groups:
            assert quick.fact(name, group) == slow.fact(name, group), name
    for name in (*pack.facts, *pack.sentences):
        assert quick.values[name] == slow.values[name], name
        assert quick.trusted[name] == slow.trusted[name], name
        for group in slow.groups:
            for trusted in (False, True):
                one = quick.values_in(group, trusted=trusted)[name]
                assert one == slow.values_in(group, trusted=trusted)[name], (name, group)
    assert quick.own_word == slow.own_word


def one_by_one(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """The same person's facts, each looked for by itself and none presumed to be silent."""
    with monkeypatch.context() as slow:
        slow.setattr(Finder, "spoken_of", property(lambda finder: set(finder.extraction.places)))
        again = Facts(facts.record, facts.pack, facts.as_of, facts.answers, facts.whole.looks_back)
        again.go_the_long_way()
        for name, definition in facts.pack.facts.items():
            for group in again.groups if definition.per == "specimen" else (None,):
                again.fact(name, group)
        for name in (*facts.pack.facts, *facts.pack.sentences):
            again.values[name], again.trusted[name]
            for group in again.groups:
                again.values_in(group)[name], again.values_in(group, trusted=True)[name]
    return again


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.bundle.json"))[::3], ids=lambda path: path.name)
def test_published_cases(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in DAYS:
        facts = extract(read_record(path), load_pack("bpdcn"), as_of=day)
        alike(facts, one_by_one(facts, monkeypatch))


@pytest.mark.parametrize("path", case_files()[::12], ids=lambda path: path.stem)
def test_worked_patients(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With answers, the patient's own word among them, and facts that contradict each other."""
    told = case_of(path).plan.facts
    facts = Facts(told.record, told.pack, told.as_of, told.answers, told.whole.looks_back)
    alike(facts, one_by_one(facts, monkeypatch))
