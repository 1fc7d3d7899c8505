"""The words of a patient's rooms: every one of them for everybody, grade 8 of school at most."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sapwood.reading_grade import LIMIT, grade
from sapwood_web.journey.interviewing import WHY

HERE = Path(__file__).parents[2] / "src" / "sapwood_web"
TEMPLATES = sorted((HERE / "templates" / "journey").glob("*.html"))
CODE = [*sorted((HERE / "journey").glob("*.py")), HERE / "records" / "pictures.py"]
_TRANSLATED = re.compile(r'\{% translate ["\'](.*?)["\'](?: as \w+)? %\}')
_BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
_IN_CODE = re.compile(r'\b(?:_|later)\(\s*((?:"[^"]*"\s*)+)\)')
FOR_EMERGENCY_TEAMS = "card_of.html"
"""Beside the words round it, the card is for people of medicine; its words are the pack's."""


def words_of(path: Path) -> list[str]:
    text = path.read_text()
    if path.suffix == ".py":
        return ["".join(re.findall(r'"([^"]*)"', found)) for found in _IN_CODE.findall(text)]
    blocks = [re.sub(r"\{% plural %\}", "\n\n", block) for block in _BLOCK.findall(text)]
    return [re.sub(r"\{\{[^}]*\}\}", "this", found) for found in (*_TRANSLATED.findall(text), *blocks)]


@pytest.mark.parametrize("path", [*TEMPLATES, *CODE], ids=lambda path: path.name)
def test_every_sentence_is_for_everybody(path: Path) -> None:
    for words in words_of(path):
        said = re.sub(r"%\(\w+\)[sd]", "this", words)
        if len(said.split()) >= 7:
            assert grade(said) <= LIMIT, said


def test_the_words_were_found() -> None:
    found = [words for path in (*TEMPLATES, *CODE) for words in words_of(path)]
    assert len(found) > 150
    assert grade("\n\n".join(found)) <= 6
    assert all(grade(str(words)) <= LIMIT for words in WHY.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_stands_outside_a_translation(path: Path) -> None:
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", _BLOCK.sub("", path.read_text()), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    assert not re.search(r"[A-Za-z]{2,}", text), re.findall(r"[A-Za-z]{2,}", text)


def test_nothing_promises_blames_or_judges() -> None:
    for path in (*TEMPLATES, *CODE):
        for words in words_of(path):
            assert not re.search(r"\beligib|\bguarantee|\byou failed|\byou must\b|\bcure", words, re.I), words
