"""The file of an interview: whole or not at all, its owner's only, and what others wrote in it stays."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_packs import lantern

from sapwood.answers import read_answers
from sapwood.answers_file import Said, answered, keep, left_open, read_content, with_said
from sapwood.errors import AnswerError
from sapwood.yaml_files import read_yaml, write_yaml

PACK = lantern()


def said(fact: str, value: Any = None, specimen: str = "", **more: Any) -> Said:
    return Said(fact, specimen, more.pop("by", "patient"), "2026-03-02", value, **more)


def test_what_was_said_is_a_sheet_that_answers_takes(tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    content = with_said({}, said("lux", "33 g/L", when="2026-03-01"))
    content = with_said(content, said("ember", True, "left arm", by="clinician", when="2026-03-02"))
    content = with_said(content, said("ash", False, "Left arm", by="clinician", when="2026-03-02"))
    content = with_said(content, said("wish", why="skipped"))
    keep(path, content)
    sheet = read_answers(path, PACK)
    found = {
        answer.fact: (answer.value, answer.by, answer.specimen, str(answer.when)) for answer in sheet.answers
    }
    assert found["lux"] == (Decimal("3.3"), "patient", "", "2026-03-01")
    assert found["ember"] == (True, "clinician", "left arm", "2026-03-02")
    assert found["ash"][:3] == (False, "clinician", "left arm")
    assert [(one.fact, one.why) for one in left_open(read_content(path), PACK, "here")] == [
        ("wish", "skipped")
    ]
    assert [one.fact for one in answered(read_content(path))] == ["lux", "ember", "ash"]


def test_the_file_is_its_owners_only_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text("given: {lux: 3}\n")
    path.chmod(0o644)
    keep(path, with_said(read_content(path), said("wish", "rest")))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["kept.yaml"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.yaml"
    keep(path, with_said({}, said("wish", "rest")))
    before = path.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AnswerError, match="No space left"):
        keep(path, with_said({}, said("wish", "everything")))
    assert path.read_text() == before
    assert [one.name for one in tmp_path.iterdir()] == ["kept.yaml"]


def test_what_somebody_else_wrote_stays() -> None:
    content = {"title": "hers", "given": {"lux": Decimal("3.40")}, "lines": [{"regimen": "quill"}]}
    grown = with_said(content, said("lux", "3.6", when="2026-03-02"))
    assert (grown["title"], grown["lines"]) == ("hers", [{"regimen": "quill"}])
    assert grown["given"]["lux"][0] == Decimal("3.40")
    assert content["given"] == {"lux": Decimal("3.40")}


def test_an_answer_takes_a_question_off_the_open_list() -> None:
    content = with_said(with_said({}, said("wish", why="skipped")), said("glow", why="not_known"))
    assert [one["fact"] for one in with_said(content, said("wish", "rest"))["not_answered"]] == ["glow"]


def test_a_flat_file_becomes_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "flat.yaml"
    path.write_text("lux: 3.4\ntitle: hers\n")
    assert read_content(path) == {"title": "hers", "given": {"lux": Decimal("3.4")}}
    assert read_content(tmp_path / "none.yaml") == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- 1\n", "holds no answers"),
        ("given: {}\nexpect: {}\n", "is a worked patient of a pack"),
        ("given: {lux: 1\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_file_of_answers_is_refused(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(AnswerError, match=why):
        read_content(path)


@pytest.mark.parametrize(
    "entries", [3, [3], [{"fact": "lux", "why": "bored"}], [{"fact": "lux", "why": "skipped", "x": 1}]]
)
def test_an_open_list_that_cannot_be_read_is_refused(entries: Any) -> None:
    with pytest.raises(AnswerError, match="not_answered"):
        left_open({"not_answered": entries}, PACK, "here")


SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3),
    st.sampled_from(
        ["yes", "no", "2026-03-01", "3.40", "1e5", "null", "~", "<2", "a: b # c", "\N{SNOWMAN}", ""]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
)


@given(
    content=st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
    )
)
def test_yaml_is_read_back_as_it_was_written(
    content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "content.yaml"
    path.write_text(write_yaml(content), encoding="utf-8")
    assert read_yaml(path, "content") == content
