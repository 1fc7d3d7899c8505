"""The command line: 0 with an answer, 2 with one clear line, never a traceback or what a record says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_packs import LANTERN, bundle_text, condition, observed

from sapwood.cli import main

PERSON = {
    "resourceType": "Patient",
    "id": "p",
    "gender": "female",
    "birthDate": "1961-07-19",
    "name": [{"family": "Grimshaw"}],
}
SECRETS = ("Grimshaw", "1961-07-19", "Wuthering note")


@pytest.fixture
def record(tmp_path: Path) -> str:
    path = tmp_path / "record.json"
    path.write_text(bundle_text(condition("c-glow"), observed("lux", 3.4), patient=PERSON))
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main([*arguments])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a command is refused."""
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("sapwood")
    assert "Traceback" not in err
    for secret in SECRETS:
        assert secret not in err
    return err


def plan(record: str, *more: str) -> list[str]:
    return ["plan", record, "--pack", str(LANTERN), "--as-of", "2026-03-02", *more]


def test_a_plan_is_printed(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, *plan(record))
    assert (status, err) == (0, "")
    assert out.startswith("64 year old woman")
    assert "\x1b" not in out
    assert "\x1b[1m" in run(capsys, *plan(record, "--colour", "always"))[1]
    status, out, _ = run(capsys, *plan(record, "--format", "json", "--with-id"))
    assert (status, json.loads(out)["patient"]["id"]) == (0, "p")


def test_settings_and_answers_are_taken(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("given: {wish: rest}\n")
    found = plan(record, "--set", "lux=3.0", "--answers", str(answers), "--format", "json")
    facts = json.loads(run(capsys, *found)[1])["facts"]
    assert (facts["lux"]["value"], facts["lux"]["source"], facts["wish"]["value"]) == (3, ["--set"], "rest")
    alone = ["plan", "--pack", str(LANTERN), "--as-of", "2026-03-02", "--set", "glow=yes", "--format", "json"]
    assert json.loads(run(capsys, *alone)[1])["position"]["step"] == "suspicion"


def test_the_other_commands_answer(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    tail = [record, "--pack", str(LANTERN), "--as-of", "2026-03-02"]
    assert "lux: lux: 3.4 g/dL" in run(capsys, "facts", *tail)[1]
    assert "lux is 3.4" in run(capsys, "explain", "lux_enough", *tail)[1]
    assert "Lux is 3.2 g/dL or more." in run(capsys, "explain", "lux_enough", "--pack", str(LANTERN))[1]
    assert "bpdcn" in run(capsys, "pack", "list")[1]
    assert "lantern" in run(capsys, "pack", "show", str(LANTERN))[1]


BAD_FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "truncated": b'{"resourceType": "Bundle", "entry": [{"resource": {"note": "Wuthering note"',
    "words": b"Wuthering note, Grimshaw, 1961-07-19",
    "number": b"7",
    "null": b"null",
    "xml": b"<Bundle xmlns='http://hl7.org/fhir'/>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "zip": b"PK\x03\x04aaaa",
    "binary": bytes(range(256)),
    "nested": b"[" * 100_000,
    "other json": b'{"name": "Grimshaw"}',
    "empty list": b"[]",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_clear_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(BAD_FILES[name])
    assert str(path) in refused(capsys, *plan(str(path)))


def test_a_missing_file_a_folder_and_several_patients(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nowhere.json" in refused(capsys, *plan(str(tmp_path / "nowhere.json")))
    refused(capsys, *plan(str(tmp_path)))
    two = tmp_path / "two.json"
    two.write_text(json.dumps([PERSON, {**PERSON, "id": "q", "birthDate": "1950-01-01"}]))
    assert "--patient" in refused(capsys, *plan(str(two)))
    assert run(capsys, *plan(str(two), "--patient", "q"))[0] == 0
    refused(capsys, *plan(str(two), "--patient", "z"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--set", "lux"], "no `=` in the setting"),
        (["--set", "lxu=3"], "Did you mean `lux`?"),
        (["--set", "lux=36"], "outside the plausible"),
        (["--set", "glow=perhaps"], "Answer yes or no"),
        (["--answers", "nowhere.yaml"], "the file is missing"),
        (["--as-of", "2026-13-45"], "Write it as 2026-03-02."),
        (["--as-of", "2026"], "Write it as 2026-03-02."),
        (["--pack", "bpdnc"], "Did you mean `bpdcn`?"),
        (["--format", "pdf"], "--help"),
        (["--nonsense"], "--help"),
    ],
)
def test_a_bad_option_is_one_clear_line(
    record: str, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, *plan(record, *more))


def test_a_command_without_its_parts_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no record is named" in refused(capsys, "plan")
    refused(capsys)
    refused(capsys, "explain")
    refused(capsys, "pack")
    assert "Did you mean `lux_enough`?" in refused(capsys, "explain", "lux_enuogh", "--pack", str(LANTERN))
    assert run(capsys, "--help")[0] == 0


def test_bad_answers_are_named_one_a_line(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("given:\n  lxu: 1\n  glow: perhaps\n")
    status, out, err = run(capsys, *plan(record, "--answers", str(answers)))
    assert (status, out, len(err.splitlines())) == (2, "", 2)
    assert "Traceback" not in err


def test_our_own_fault_is_1_and_shows_nothing_of_the_record(
    record: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("Grimshaw")

    monkeypatch.setattr("sapwood.earlier.locate", broken)
    monkeypatch.delenv("SAPWOOD_DEBUG", raising=False)
    status, out, err = run(capsys, *plan(record))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "Grimshaw" not in err
    assert "ValueError" in err


def fresh(code: str, tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SAPWOOD_CACHE": str(tmp_path / "cache"), **more}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        encoding="utf-8",
    )


def test_a_kept_pack_needs_no_parser_and_no_engine(record: str, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom sapwood.cli import main\n"
        f"assert main({plan(record)!r}) == 0\n"
        "heavy = {'sqlglot', 'pint', 'ucumvert', 'duckdb', 'yaml', 'lark'} & set(sys.modules)\n"
        "print('loaded:', sorted(heavy))"
    )
    first, again = fresh(code, tmp_path), fresh(code, tmp_path)
    assert (first.returncode, again.returncode) == (0, 0), again.stderr
    assert again.stdout.splitlines()[-1] == "loaded: []"


def test_a_narrow_terminal_encoding_is_no_crash(record: str, tmp_path: Path) -> None:
    code = f"import sys\nfrom sapwood.cli import main\nsys.exit(main({plan(record)!r}))"
    done = fresh(code, tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_plan_is_written_to_a_file_whole(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plan.html"
    target.write_text("what was there before")
    status, out, err = run(capsys, *plan(record, "--format", "html", "-o", str(target)))
    assert (status, out, err) == (0, "", "")
    assert target.read_text().startswith("<!doctype html>")
    assert target.stat().st_mode & 0o077 == 0  # it holds what a record says
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.html", "record.json"]


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    said = refused(capsys, *plan(record, "--output", str(target)))
    assert "the plan cannot be written there" in said
    assert "Name a file in a folder you can write to." in said
    assert "no-such-folder" in refused(
        capsys, *plan(record, "-o", str(tmp_path / "no-such-folder" / "p.txt"))
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["record.json", "taken"]


def test_a_file_holds_no_colour_unless_asked(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plan.txt"
    run(capsys, *plan(record, "-o", str(target)))
    assert "\x1b" not in target.read_text()
    run(capsys, *plan(record, "-o", str(target), "--colour", "always"))
    assert "\x1b[1m" in target.read_text()


def test_what_changed_since_a_day_and_since_an_older_record(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, *plan(record, "--since", "2026-02-01"))
    assert (status, "WHAT HAS CHANGED" in out) == (0, True)
    assert "lux: 3.4 g/dL, 2026-03-02" in out
    found = json.loads(run(capsys, *plan(record, "--since", "2026-02-01", "--format", "json"))[1])["changes"]
    assert (found["since"], found["days"]) == ("2026-02-01", 29)
    older = tmp_path / "older.json"
    older.write_text(bundle_text(observed("lux", 3.0, "2026-02-10"), patient=PERSON))
    out = run(capsys, *plan(record, "--before", str(older)))[1]
    assert "lux: 3 g/dL, 2026-02-10 -> 3.4 g/dL, 2026-03-02" in out
    assert "no longer on record" not in out
    assert "Write it as" in refused(capsys, *plan(record, "--since", "soon"))
    assert "lies after" in refused(capsys, *plan(record, "--since", "2026-05-05"))
    refused(capsys, *plan(record, "--before", str(tmp_path / "none.json")))
    other = tmp_path / "other.json"
    other.write_text(bundle_text(observed("lux", 3.0), patient={**PERSON, "birthDate": "1950-01-01"}))
    assert "different birth dates" in refused(capsys, *plan(record, "--before", str(other)))
