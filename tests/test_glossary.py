"""The words of a pack: found as whole words, explained once a page, refused where they would mislead."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest
from test_articles import library_of, page

from sapwood.articles import check_library
from sapwood.articles_html import html_article, html_parts
from sapwood.articles_text import write_article
from sapwood.glossary import Glossary, WordDefinition, glossary_of

GLOSSARY = glossary_of(
    (
        WordDefinition("transplant", "stem cell transplant", "New cells.", also=("transplant",)),
        WordDefinition("it", "IT", "Into the fluid."),
        WordDefinition("remission", "remission", "Nothing can be found."),
        WordDefinition("fever", "fever", "You are hot."),
    )
)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[begin:end], word.id) for begin, end, word in GLOSSARY.found_in(text)]


def test_the_longest_form_at_a_place_is_the_word() -> None:
    assert found("A Stem cell transplant, or a transplant.") == [
        ("Stem cell transplant", "transplant"),
        ("transplant", "transplant"),
    ]


def test_an_abbreviation_is_not_the_small_word_that_looks_like_it() -> None:
    assert found("Give it IT.") == [("IT", "it")]


def test_part_of_a_word_is_no_word() -> None:
    assert found("Transplants, non-remission, remissions") == []


def test_an_empty_glossary_finds_nothing() -> None:
    assert list(Glossary({}).found_in("remission")) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "small"


TEXT = "## A fever\n\nA [fever page](01-first.md). Call.[^fever] A fever, a Fever, and <b>more</b>."


def test_a_word_is_explained_once_and_neither_in_headings_links_nor_marks(folder: Path) -> None:
    library = library_of(folder, {"01-first.md": page(TEXT)})
    object.__setattr__(library, "glossary", GLOSSARY)
    parts = html_parts(
        library, library.article("first"), lambda _: "/x", lambda shown, word: f"<i>{escape(shown)}</i>"
    )
    assert str(parts.body).count("<i>") == 1
    assert "A <i>fever</i>, a Fever, and &lt;b&gt;more&lt;/b&gt;." in parts.body
    assert "Source 1" in parts.body


def test_a_page_ends_with_the_words_it_uses(folder: Path) -> None:
    library = library_of(folder, {"01-first.md": page("Remission is near.[^fever]")})
    object.__setattr__(library, "glossary", GLOSSARY)
    assert "<dfn>remission</dfn>" in html_article(library, library.article("first"))
    assert "remission: Nothing can be found." in write_article(library, library.article("first"))
    assert "You are hot" not in write_article(library, library.article("first"))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([{"id": "A b", "word": "x", "means": "y"}], "is not a usable id"),
        ([{"id": "a", "word": "x", "means": "y"}, {"id": "b", "word": "X y", "also": ["x"], "means": "y"}], "`x`"),
        ([{"id": "a", "word": "x", "means": "y", "evidence": ["nowhere"]}], "unknown claim `nowhere`"),
        ([{"id": "a", "word": "x", "means": "y", "page": "nowhere"}], "unknown page `nowhere`"),
        ([{"id": "a", "word": "x", "means": "You are eligible."}], "holds `eligible`"),
        ([{"id": "a", "word": "x", "meens": "y"}], "meens"),
    ],
)  # fmt: skip
def test_what_would_mislead_is_refused_with_its_place(
    words: list[dict[str, object]], what: str, folder: Path
) -> None:
    library = library_of(folder, {"01-first.md": page()})
    (folder / "glossary.yaml").write_text(json.dumps({"words": words}), encoding="utf-8")
    problems = check_library(library.pack, folder)
    assert any(what in problem.what and "glossary.yaml" in problem.where for problem in problems), problems


def test_a_second_page_of_emergencies_is_refused(folder: Path) -> None:
    library = library_of(folder, {"01-first.md": page(kind="emergency")})
    second = page(id="second", order=2, kind="emergency")
    (folder / "articles" / "02-second.md").write_text(second, encoding="utf-8")
    assert any(
        "`first` is the page of emergencies" in one.what for one in check_library(library.pack, folder)
    )
