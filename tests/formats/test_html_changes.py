"""The block of a page that says what changed: closed tags, escaped words, nothing where nothing was asked."""

from __future__ import annotations

from small_packs import observed
from test_changes import DATED, moment, plan
from test_html import Page

from sapwood.changes import compare
from sapwood.earlier import earlier_plan
from sapwood.formats import write
from sapwood.formats.html_changes import block_of


def test_a_page_shows_what_changed_and_why() -> None:
    now = plan(DATED, observed("lux", 3.6, "2026-02-25"))
    changes = compare(earlier_plan(now.facts, moment("2026-02-20")), now)
    page = Page(write(now, "html", changes=changes))
    text = " ".join(" ".join(page.words).split())
    assert not page.faults and not page.open
    assert "What has changed" in text
    assert "Work-up -> Treatment" in text
    assert "lux: 3.6 g/dL, 2026-02-25" in text
    assert "What has changed" not in write(now, "html")


def test_a_patient_is_never_told_that_nothing_changed_where_only_the_words_are_missing() -> None:
    now = plan(DATED, observed("lux", 3.6, "2026-02-25"))
    changes = compare(earlier_plan(now.facts, moment("2026-02-20")), now)
    block = block_of(changes, "patient")
    assert block.summary == "Some things have changed since 20 February 2026 (10 days)."
    assert "have no plain words yet" in block.note
    assert block.summary in " ".join(Page(write(now, "html", audience="patient", changes=changes)).words)
