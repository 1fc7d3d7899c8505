"""The interview at a terminal: piped lines, the end of input, 80 columns, a file that only its owner reads."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from small_packs import LANTERN, bundle_text, condition
from test_cli import PERSON, SECRETS, run

from sapwood.answers import read_answers
from sapwood.pack import load_pack
from sapwood.terminal import answers_path


@pytest.fixture
def record(tmp_path: Path) -> str:
    path = tmp_path / "record.json"
    path.write_text(bundle_text(condition("c-glow"), patient=PERSON))
    return str(path)


def talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, record: str, *more: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return run(capsys, "ask", record, "--pack", str(LANTERN), "--as-of", "2026-03-02", *more)


def test_an_interview_is_held_kept_and_resumed(
    record: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = answers_path(record, None)
    status, out, err = talk(monkeypatch, capsys, "yes\n", record)
    assert (status, err) == (0, "")
    assert out.startswith("Your answers are kept in")
    assert "1. Is lantern disease confirmed?" in out
    assert "Left; everything is kept." in out
    assert f"\n  sapwood plan {record} --pack {LANTERN} --as-of 2026-03-02 --answers {path}\n" in out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [answer.fact for answer in read_answers(path, load_pack(LANTERN)).answers] == ["diagnosed"]
    _, out, _ = talk(monkeypatch, capsys, "", record)
    assert "This goes on from what it holds." in out
    assert "Is lantern disease confirmed?" not in out


def test_nothing_left_is_said_with_the_position(
    record: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = talk(monkeypatch, capsys, "skip\n" * 200, record)
    assert "Nothing that is left to ask would change anything now." in out
    assert "Position: Suspicion." in out
    assert "- lantern disease diagnosed: left out" in out
    _, out, _ = talk(monkeypatch, capsys, "", record, "--again")
    assert "1. Is lantern disease confirmed?" in out


@pytest.mark.parametrize("audience", ["patient", "clinician"])
def test_it_is_80_columns_wide_without_colour_or_secrets(
    audience: str, record: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = talk(monkeypatch, capsys, "why\nhelp\n\nskip\n" * 60, record, "--audience", audience)
    long = [line for line in out.splitlines() if len(line) > 80 and record[:-5] not in line]
    assert not long
    assert "\x1b" not in out
    assert not [secret for secret in SECRETS if secret in out]


def test_back_is_kept_too(
    record: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = talk(monkeypatch, capsys, "yes\nback\nno\n", record)
    assert out.count("Is lantern disease confirmed?") == 2
    (answer,) = read_answers(answers_path(record, None), load_pack(LANTERN)).answers
    assert answer.value is False


def test_a_place_that_cannot_be_written_is_said_before_anything_is_asked(
    record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = talk(
        monkeypatch, capsys, "yes\n", record, "--answers", str(tmp_path / "no" / "a.yaml")
    )
    assert (status, out) == (2, "")
    assert "cannot be kept there" in err


def test_the_file_lies_beside_the_record() -> None:
    assert answers_path("a/b.json", None) == Path("a/b.answers.yaml")
    assert answers_path(None, None) == Path("sapwood-answers.yaml")
    assert answers_path("a/b.json", "c.yaml") == Path("c.yaml")
