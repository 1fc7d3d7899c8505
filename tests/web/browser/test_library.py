"""What anybody may read, in a real browser: from the first page to the next, by search, on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import make_person, signed_in
from people_of_the_library import make_talk, send
from test_keyboard import walk_to
from visitor import SIZES, Visitor

from sapwood_web.accounts.models import Person
from sapwood_web.library.models import Question, Review, Talk

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.django_db(transaction=True)


def session_of(person: Person) -> str:
    return str(signed_in(person).cookies["session"].value)


def unfold(visitor: Visitor) -> None:
    """Opens whatever can be opened, and looks again."""
    visitor.page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    visitor.check()


@pytest.mark.parametrize("size", SIZES)
def test_a_visitor_reads_on_from_the_first_page(size: str, visit: Visit) -> None:
    reader = visit(size)
    reader.open("/")
    reader.press("Start reading")
    assert reader.heading == "Pages, in the order people need them"
    reader.press("What it is called, and nothing you did")
    assert reader.reads("Not yet reviewed by a clinician")
    word = reader.page.get_by_role("button", name="bone marrow")
    assert not reader.reads("The soft part inside your bones")
    word.click()
    assert reader.reads("The soft part inside your bones")
    reader.check()
    reader.page.keyboard.press("Escape")
    assert not reader.reads("The soft part inside your bones")
    unfold(reader)
    reader.press("Next: Why it took so long to find")
    reader.page.get_by_role("link", name="Is this an emergency?").first.click()
    reader.check()
    assert reader.reads("Call the emergency number now")
    unfold(reader)
    reader.press("Tagraxofusp (Elzonris)")
    assert reader.reads("I am treated with tagraxofusp")
    reader.check()
    assert reader.page.context.cookies() == [], "a visitor carries no cookie"


@pytest.mark.parametrize("size", SIZES)
def test_a_visitor_looks_around(size: str, visit: Visit) -> None:
    make_talk()
    reader = visit(size)
    for page in "questions words talks trials studies for-clinicians for-researchers read/sheet".split():
        reader.open(f"/{page}/")
    unfold(reader)
    reader.open("/talks/an-example/")
    assert reader.reads("at 12:30")
    reader.open("/studies/first_line_survival/")
    assert not reader.reads("What each study says")
    reader.page.locator("main summary").click()
    assert reader.reads("What each study says")
    reader.check()
    assert reader.page.context.cookies() == []


@pytest.mark.parametrize("size", SIZES)
def test_a_visitor_searches_and_asks(size: str, visit: Visit) -> None:
    reader = visit(size)
    reader.open("/read/")
    reader.fill(q="stem sell transplant")
    reader.press("Search")
    assert reader.reads("We also looked for:")
    reader.fill(q="xyzzyplugh")
    reader.press("Search")
    assert reader.reads("Nothing fits")
    reader.press("Common questions")
    reader.press("Send in a question")
    reader.press("Send")
    assert reader.reads("Write your question first.")
    reader.fill(words="May I keep my cat?")
    reader.press("Send")
    assert reader.heading == "Thank you for your question"
    assert Question.objects.get().sent["words"] == "May I keep my cat?"
    assert reader.page.context.cookies() == []


def test_a_word_is_explained_by_keyboard_alone(visit: Visit) -> None:
    reader = visit("desktop")
    reader.page.goto("/read/its_name/")
    walk_to(reader.page, "bone marrow", tag="BUTTON")
    reader.page.keyboard.press("Enter")
    assert reader.reads("The soft part inside your bones")
    reader.page.keyboard.press("Escape")
    assert not reader.reads("The soft part inside your bones")
    assert reader.page.evaluate("document.activeElement.innerText") == "bone marrow", "the focus is back"


def test_without_scripts_everything_can_be_read(chromium: Any, live_server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/read/its_name/")
    page.get_by_role("button", name="bone marrow").click()
    assert page.get_by_text("The soft part inside your bones").filter(visible=True).count()
    page.keyboard.press("Escape")
    page.get_by_text("Where this comes from").click()
    assert page.locator("#source-1").is_visible()
    context.close()


def test_a_card_is_as_large_as_a_bank_card_on_paper(visit: Visit, tmp_path: Path) -> None:
    reader = visit("desktop")
    reader.page.goto("/read/card/tagraxofusp/")
    reader.page.emulate_media(media="print")
    sizes = reader.page.evaluate(
        """[...document.querySelectorAll('.side')].map(side => {
            const box = side.getBoundingClientRect()
            return [box.width, box.height, side.scrollHeight]
        })"""
    )
    for width, height, needed in sizes:
        assert (round(width / 96 * 25.4), round(height / 96 * 25.4)) == (86, 54)
        assert needed <= height + 1, "what stands on the card fits on it"


@pytest.mark.parametrize("size", SIZES)
def test_a_steward_publishes(size: str, visit: Visit) -> None:
    send("May I keep my cat?")
    desk = visit(size, session=session_of(make_person("steward@example.org", "steward")))
    desk.open("/")
    desk.press("Questions that readers sent")
    desk.press("A question of")
    assert desk.reads("May I keep my cat?")
    desk.press("Publish with this answer")
    desk.fill(words="May one keep a cat?", answer="Often yes. Ask your team.")
    desk.press("Publish with this answer")
    assert desk.reads("It is published. What was sent is erased.")
    desk.open("/steward/talks/")
    desk.press("Write a talk")
    desk.press("Save")
    desk.fill(title="A second look", speaker="Dr Ada Example", day="2026-03-02", summary="It helps.")
    desk.page.locator("[name=passages-0-time]").fill("12:30")
    desk.page.locator("[name=passages-0-question]").fill("Why?")
    desk.page.locator("[name=passages-0-said]").fill("It is rare.")
    desk.press("Save")
    desk.press("All talks")
    desk.press("Show to everybody")
    assert Talk.objects.get().published_at is not None
    for page in ("/reviews/", "/reviews/article/its_name/", "/steward/editions/"):
        desk.open(page)


@pytest.mark.parametrize("size", SIZES)
def test_a_clinician_reviews(size: str, visit: Visit) -> None:
    okafor = visit(size, session=session_of(make_person("okafor@example.org", "clinician", name="Dr Okafor")))
    okafor.open("/reviews/")
    okafor.press("What it is called, and nothing you did")
    okafor.press("Keep my review")
    assert okafor.reads("Tick this box if you have read it and find it right.")
    okafor.choose("I have read this text as it stands, and it is right")
    okafor.press("Keep my review")
    assert Review.objects.get().name == "its_name"
    okafor.open("/changed-plans/")
