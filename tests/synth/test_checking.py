"""A cohort is held against its rates: a sound one passes, a bent one is found, and the range is the binomial's."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

from sapwood.cli import main
from sapwood.errors import SapwoodError
from sapwood.synth.about import describe
from sapwood.synth.checking import check, expected, held
from sapwood.synth.cohort import Order, write_cohort


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "out"
    order = Order(500, 2500, 18, date(2026, 11, 1))
    describe(order, write_cohort(order, folder, packed=True), folder)
    return folder


def test_a_few_thousand_people_lie_within_their_rates(cohort: Path) -> None:
    rows = held(cohort)
    assert len(rows) > 250
    assert [row.name for row in rows if not row.fine] == []
    seen = {row.name for row in rows if row.how == "seen"}
    assert {"male", "cd56", "site_skin", "tet2", "cls_any", "consent_given", "age", "background_male"} <= seen


def test_the_table_says_what_it_proves(cohort: Path) -> None:
    text, code = check(cohort)
    assert code == 0
    assert "99.9 % range" in text
    assert "It says nothing about patients." in text
    assert "claim elz_cls" in text


def test_what_was_bent_after_the_draw_is_found(cohort: Path, tmp_path: Path) -> None:
    bent = tmp_path / "bent"
    bent.mkdir()
    for path in cohort.iterdir():
        (bent / path.name).write_bytes(path.read_bytes())
    manifest = bent / "manifest.yaml"
    rows = {row.name: row for row in held(bent) if row.how == "drawn"}
    told = f"came_out: {rows['male'].came_out}"
    text = manifest.read_text()
    start = text.index("  male:")
    manifest.write_text(text[:start] + text[start:].replace(told, "came_out: 100", 1))
    report, code = check(bent)
    assert code == 3
    assert "1 OUTSIDE" in report
    assert [row.name for row in held(bent) if not row.fine] == ["male"]


def test_the_command_exits_with_what_the_check_found(
    cohort: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["synth", "--check", str(cohort)]) == 0
    assert "by chance alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["synth"], ["synth", "5"], ["synth", "5", "--out", "x", "--until", "soon"]]
)
def test_what_is_missing_is_said_in_one_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_cohort_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SapwoodError, match="manifest"):
        check(tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("people", [1, 7, 90])
def test_the_range_is_the_binomial_s(people: int, share: float) -> None:
    exact = Fraction(share)
    tails = [comb(people, n) * exact**n * (1 - exact) ** (people - n) for n in range(people + 1)]
    low, high = expected(people, share)
    tail = Fraction(5, 10000)
    assert sum(tails[:low], Fraction()) <= tail < sum(tails[: low + 1], Fraction())
    assert sum(tails[high + 1 :], Fraction()) <= tail < sum(tails[high:], Fraction())


def test_what_never_or_always_happens_allows_nothing_else() -> None:
    assert expected(50, 0.0) == (0, 0)
    assert expected(50, 1.0) == (50, 50)
