"""Every word that a person can read is open to translation, and the catalogue for translators is current."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from catalogue import CATALOGUE, SITE, listed, modules, sentences, sentences_of, templates

from sapwood.reading_grade import LIMIT, grade
from sapwood_web.audit.words import DEEDS

SPOKEN = {
    "alt",
    "aria-label",
    "aria-description",
    "data-label",
    "data-words",
    "placeholder",
    "summary",
    "title",
}
"""Attributes that are read aloud or shown."""

NAMES = {"Sapwood"}
"""What is the same in every language."""


def without_tags(source: str) -> str:
    """A template's own text: nothing that is translated, and no tag of the template language."""
    source = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% block body_class %\}.*?\{% endblock %\}", "", source)
    source = re.sub(r"\{% blocktrans.*?endblocktrans(late)? %\}", "", source, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)


class Bare(HTMLParser):
    """Collects the words that stand in a page as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        self.words += [
            value for name, value in attrs if name in SPOKEN and value and re.search(r"[^\W\d_]{2}", value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip(" \n·") not in NAMES and re.search(r"[^\W\d_]{2}", data):
            self.words.append(data.strip())


@pytest.mark.parametrize(
    "path", templates(), ids=lambda path: path.relative_to(SITE / "templates").as_posix()
)
def test_no_template_has_bare_words(path: Path) -> None:
    source = without_tags(path.read_text(encoding="utf-8"))
    if path.suffix == ".html":
        bare = Bare()
        bare.feed(source)
        bare.close()
        words = bare.words
    else:
        words = re.findall(r"[^\W\d_]{2,}.*", source)
    assert not words, f"put these into {{% translate %}}: {words}"


def test_the_test_for_bare_words_finds_them() -> None:
    bare = Bare()
    bare.feed(without_tags('<p>{% translate "fine" %}</p><img alt="a picture"><p>Not fine {{ one }}</p>'))
    assert bare.words == ["a picture", "Not fine"]


SAYS = {"success", "info", "warning", "error", "NotNowError", "ValidationError"}
TOLD = {"label", "help_text", "empty_label"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SITE).as_posix())
def test_no_module_says_bare_words(path: Path) -> None:
    """Messages, refusals, labels and hints go through gettext."""
    bare = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        said = [*node.args, *(one.value for one in node.keywords)] if name in SAYS else []
        said += [one.value for one in node.keywords if one.arg in TOLD]
        logs = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in ("log", "self")
        bare += [
            part.value
            for part in said
            if isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and " " in part.value
            and not logs
        ]
    assert not bare, f"put these into _(...): {bare}"


def test_every_deed_of_the_trail_can_be_translated() -> None:
    deeds: set[str] = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_event" and node.args:
                parts = [
                    node.args[0],
                    *getattr(node.args[0], "__dict__", {}).values(),
                ]  # one deed, or one of two
                deeds |= {part.value for part in parts if isinstance(part, ast.Constant)}
    missing = sorted(deeds - set(DEEDS))
    assert not missing, f"add these to DEEDS in src/sapwood_web/audit/words.py: {missing}"


def test_the_catalogue_is_current() -> None:
    there = listed(CATALOGUE.read_text(encoding="utf-8"))
    wanted = sentences()
    assert not wanted - there, f"run `make messages`: it lacks {sorted(wanted - there)[:5]}"
    assert not there - wanted, f"run `make messages`: nobody says any more {sorted(there - wanted)[:5]}"


@pytest.mark.parametrize(
    "path", (*templates(), *modules()), ids=lambda path: path.relative_to(SITE).as_posix()
)
def test_words_ask_for_eight_years_of_school_at_most(path: Path) -> None:
    said = [re.sub(r"%\(\w+\)[sd]", "3", sentence[-1]) for sentence in sentences_of(path)]
    if len(" ".join(said).split()) >= 8:  # fewer say nothing of how hard a page is
        found = grade("\n".join(f"- {sentence}" for sentence in said))
        assert found <= LIMIT, f"grade {found}: say it with shorter words and sentences"
