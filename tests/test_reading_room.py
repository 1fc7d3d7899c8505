"""`sapwood read`: the list, a page, a card, a file, a folder, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from sapwood.cli import main


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["read", *words]) == code
    shown = capsys.readouterr()
    return shown.out if code == 0 else shown.err


def test_without_a_name_it_lists_pages_and_cards_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys)
    assert text.index("tonight") < text.index("most_bruises") < text.index("questions") < text.index("card:")
    assert "not yet reviewed" in text


def test_a_page_a_sheet_and_a_card_are_read_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert "CALL THE EMERGENCY NUMBER NOW" in said(capsys, "tonight")
    assert "<table>" in said(capsys, "sheet", "--format", "html")
    assert "85.6" in said(capsys, "card:tagraxofusp", "--format", "html")
    assert "I am treated with strong chemotherapy" in said(capsys, "card:hyper_cvad")


def test_it_writes_a_file_and_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "tonight", "--format", "html", "-o", str(tmp_path / "a.html")) == ""
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "begin with index.html" in said(capsys, "--format", "html", "-o", str(tmp_path / "all"))
    assert (tmp_path / "all" / "card-tagraxofusp.html").is_file()


@pytest.mark.parametrize(
    ("words", "clue"),
    [
        (("tonigth",), "Did you mean `tonight`?"),
        (("card:tagraxofus",), "Did you mean `tagraxofusp`?"),
        (("tonight", "-o", "/nowhere/at/all"), "--output"),
        (("tonight", "--pack", "bpdnc"), "Did you mean `bpdcn`?"),
    ],
)
def test_what_cannot_be_read_or_written_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], clue: str
) -> None:
    text = said(capsys, *words, code=2)
    assert clue in text and text.count("\n") == 1 and "Traceback" not in text
