"""Pages and cards as HTML: needs nothing else, lets no HTML of a page through, reads without eyes or mouse."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_articles import card, library_of, page

from sapwood.articles import Library
from sapwood.articles_html import beside, html_article, html_card, html_library, html_list

VOID = {"meta", "br", "hr", "link", "img", "input"}


class Tags(HTMLParser):
    """Every tag with its attributes; complains where one is left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    text = (
        "## When you <b>call</b>\n\nAt 38.0 °C.[^fever][^dose] Rest.[^rest] See [the next](02-second.md).\n\n"
    )
    table = "| Day | Weight |\n|---|---|\n|  |  |"
    return library_of(
        tmp_path / "small",
        {
            "01-first.md": page(text + table + "\n\n<script>alert(1)</script>", next="second"),
            "02-second.md": page(
                "Short.\n\n## Why?\n\nSo.[^rest]\n\nMore: [first](01-first.md).",
                id="second",
                title="Second & last",
                order=2,
                kind="questions",
                reviewed="2026-03-02",
            ),
        },
        {"drug_a.yaml": card(do=[{"text": "Keep pressure > 90.", "evidence": ["fever"]}])},
    )


def every(library: Library) -> dict[str, str]:
    return {**html_library(library), "alone": html_article(library, library.article("first"))}


def test_each_page_is_whole_and_names_its_language_and_its_parts(library: Library) -> None:
    for html in every(library).values():
        tags = Tags(html)
        assert tags.all("html") == [{"lang": "en"}]
        assert len(tags.all("main")) == len(tags.all("header")) == len(tags.all("footer")) == 1
        assert len(tags.all("h1")) == 1
        assert any("width=device-width" in str(meta.get("content")) for meta in tags.all("meta"))
        first = tags.all("a")[0]
        assert first == {"class": "skip", "href": "#main"}


def test_a_page_needs_nothing_else(library: Library) -> None:
    for html in every(library).values():
        assert not re.search(r"\ssrc=|<link|url\(|@import|https?://|<script", html)


def test_html_inside_a_page_or_a_card_is_shown_as_text(library: Library) -> None:
    html = html_article(library, library.article("first"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "&lt;b&gt;call" in html
    assert "Keep pressure &gt; 90." in html_card(library, library.card("drug_a"))


def test_marks_of_citation_become_numbers_that_lead_to_their_source(library: Library) -> None:
    html = html_article(library, library.article("first"))
    assert 'C.<sup class="source"><a href="#source-1" aria-label="Source 1">1</a></sup>' in html
    assert "[^" not in html
    targets = {str(link["href"])[1:] for link in Tags(html).all("a") if str(link.get("href")).startswith("#")}
    ids = {attrs["id"] for _, attrs in Tags(html).found if "id" in attrs}
    assert targets <= ids


def test_a_page_alone_names_others_and_one_in_a_folder_links_them(library: Library) -> None:
    alone = html_article(library, library.article("first"))
    assert "<em>the next</em>" in alone and ".html" not in alone.replace('[href$=".html"]', "")
    together = html_article(library, library.article("first"), beside)
    assert '<a href="second.html">the next</a>' in together
    assert '<a href="second.html">Second &amp; last</a>' in together


def test_every_link_in_a_folder_leads_to_a_file_of_it(library: Library) -> None:
    files = html_library(library)
    assert set(files) == {"index.html", "first.html", "second.html", "card-drug_a.html"}
    for html in files.values():
        for link in Tags(html).all("a"):
            target = str(link["href"])
            assert target.startswith("#") or target in files


def test_the_end_says_who_wrote_it_and_whether_it_was_reviewed(library: Library) -> None:
    first = html_article(library, library.article("first"))
    assert "By Sapwood contributors." in first and "Not yet reviewed by a clinician." in first
    assert "Next page: <strong>Second &amp; last</strong>" in first
    assert "Reviewed by a clinician on 2026-03-02." in html_article(library, library.article("second"))
    assert "(not yet reviewed)" in html_list(library)


def test_the_numbers_to_call_are_blanks_that_a_screen_reader_hears(library: Library) -> None:
    for html in every(library).values():
        assert html.count("blank, to fill in by hand") >= 2
    assert "<input" not in html_card(library, library.card("drug_a"))


def test_questions_are_listed_first_and_each_leads_to_its_answer(library: Library) -> None:
    html = html_article(library, library.article("second"))
    assert html.index("Short.") < html.index('<a href="#why">Why?</a>') < html.index('<h2 id="why">')


def test_a_wide_table_is_reached_by_keyboard_and_names_its_columns(library: Library) -> None:
    html = html_article(library, library.article("first"))
    assert '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>' in html
    assert html.count('<th scope="col">') == 2


def test_a_card_is_of_the_size_of_a_bank_card_on_paper(library: Library) -> None:
    html = html_card(library, library.card("drug_a"))
    assert "width: calc(var(--u) * 85.6); height: calc(var(--u) * 54)" in html
    assert "@media print {\n  :root { --u: 1mm; }" in html
    assert html.count('<section class="side"') == 2


def test_a_number_is_not_parted_from_its_unit(library: Library) -> None:
    assert "38.0\N{NO-BREAK SPACE}°C" in html_article(library, library.article("first"))
