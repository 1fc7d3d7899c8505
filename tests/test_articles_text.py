"""Pages and cards for a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_articles import card, library_of, page

from sapwood.articles import Library
from sapwood.articles_text import write_article, write_card, write_list


@pytest.fixture
def library(tmp_path: Path) -> Library:
    text = "Now.[^fever]\n\n## Signs\n\n- **pain**\n- fever[^dose]\n\n1. Call.\n2. Go.\n\n"
    text += "| Day | Weight |\n|---|---|\n|  | 70 |"
    return library_of(
        tmp_path / "small",
        {
            "01-first.md": page(text + "\n\nSee [on](02-second.md).", next="second"),
            "02-second.md": page(id="second", order=2, reviewed="2026-03-02"),
        },
        {"drug_a.yaml": card(date_of="Given on", do_not=[{"text": "Wait.", "evidence": ["rest"]}])},
    )


def test_the_list_says_what_has_not_been_reviewed(library: Library) -> None:
    lines = write_list(library).splitlines()
    assert "  first                     First (not yet reviewed)" in lines
    assert "  second                    First" in lines
    assert "  card:drug_a               Drug A (not yet reviewed)" in lines


def test_a_page_is_plain_lines_with_its_sources_and_the_page_after_it(library: Library) -> None:
    text = write_article(library, library.article("first"))
    for line in (
        "Now.[1]",
        "SIGNS",
        "  - pain",
        "  - fever[1]",
        "  1. Call.",
        "  2. Go.",
        "  Day | Weight",
        "  ______ | 70",
        "See on.",
        "  [1] A label. Copy read.",
        "  By Sapwood contributors; not yet reviewed by a clinician.",
        "  Next: First (sapwood read second)",
    ):
        assert line in text.splitlines(), text
    assert "Your clinic, day and night: ____" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_card_shows_both_sides_and_what_each_line_rests_on(library: Library) -> None:
    text = write_card(library, library.card("drug_a"))
    assert "I get drug A." in text and "Name: ____" in text and "Given on: ____" in text
    assert "THINK OF\n  - Fever. [1]" in text and "DO NOT\n  - Wait. [2]" in text
    assert "not yet reviewed by a clinician. Local policy decides." in " ".join(text.split())
