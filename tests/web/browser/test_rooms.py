"""A patient's rooms in a real browser: looked at open and shut, on a phone and a desk, by keyboard, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import let_in, make_person, signed_in
from test_keyboard import enter, walk_to
from visitor import SIZES, Visitor

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.consents import PURPOSES
from sapwood_web.accounts.models import Person
from sapwood_web.records import actions
from sapwood_web.records.models import Record

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "demo.json"
Visit = Callable[..., Visitor]


@pytest.fixture
def rosa(transactional_db: None) -> Person:
    """A patient who allows everything."""
    person = make_person("rosa@example.org", name="Rosa")
    for purpose in PURPOSES:
        account_actions.decide(person, purpose, given=True)
    return person


@pytest.fixture
def record(rosa: Person) -> Record:
    """Her record, with the worked example in it."""
    record = actions.begin_record(rosa)
    actions.keep_upload(rosa, record, EXAMPLE.read_bytes())
    return record


def session_of(person: Person) -> str:
    return str(signed_in(person).cookies["session"].value)


def unfold(visitor: Visitor) -> None:
    """Opens whatever can be opened, and looks again."""
    visitor.page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    visitor.check(steady=False)


@pytest.mark.parametrize("size", SIZES)
def test_questions_roadmap_sheet_and_card(size: str, visit: Visit, rosa: Person, record: Record) -> None:
    patient = visit(size, session=session_of(rosa))
    patient.open("/")
    patient.press("My roadmap")
    assert patient.heading == "Where you are, and what comes next"
    unfold(patient)
    patient.press("Questions")
    unfold(patient)
    first = patient.page.locator("form.question").first
    first.get_by_label("Yes").check()
    patient.press("Keep this answer", within=first)
    assert patient.reads("What you said today")
    patient.press("I don’t know", within=patient.page.locator("form.question").first)
    assert patient.reads("Still open") and patient.reads("(you do not know)")
    patient.press("Keep this answer")
    assert patient.reads("Nothing is filled in yet")
    patient.press("Daily sheet")
    patient.fill(weight="700")
    patient.press("Keep this day")
    assert patient.reads("700 kg cannot be a weight.")
    patient.fill(weight="71.5", temperature="38.4")
    patient.press("Keep this day")
    assert patient.reads("Call your clinic now") and patient.reads("Nobody watches this site.")
    patient.press("Emergency card")
    unfold(patient)
    patient.press("Photos")
    assert patient.reads("Nothing here yet.")
    patient.page.locator("#file").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": patient.page.screenshot()}
    )
    patient.press("Attach it")
    assert patient.page.locator("img.report").evaluate("one => one.complete && one.naturalWidth > 0")
    patient.press("Roadmap")
    patient.press("Figures from studies")
    assert patient.heading == "Do you want to see figures?"
    patient.press("Yes, show me the figures")
    unfold(patient)


def test_a_care_partner_sees_whose_it_is(visit: Visit, record: Record) -> None:
    ines = make_person("ines@example.org", "care_partner", name="Ines")
    let_in(record, ines, "add")
    partner = visit("phone", session=session_of(ines))
    partner.open("/")
    partner.press("Rosa")
    assert partner.reads("This is the record of Rosa, who shared it with you.")
    partner.press("Daily sheet")
    partner.choose("Yes")
    partner.press("Keep this day")
    assert record.daily_entries.get().by_id == ines.pk


def test_the_interview_by_keyboard(visit: Visit, rosa: Person, record: Record) -> None:
    page = visit("desktop", session=session_of(rosa)).page
    page.goto(f"/records/{record.pk}/questions/")
    walk_to(page, "Yes")
    page.keyboard.press("Space")
    walk_to(page, "Keep this answer")
    enter(page)
    assert record.answers.get().said["value"] == "yes"
    walk_to(page, "Skip")
    enter(page)
    assert record.left_open.get().said["why"] == "skipped"
    walk_to(page, "Why do you ask?")
    page.keyboard.press("Enter")
    assert page.get_by_text("Your answer could change:").first.is_visible()
    walk_to(page, "Ask me again")
    enter(page)
    assert not record.left_open.exists()


def test_nothing_needs_a_script(chromium: Any, live_server: Any, rosa: Person, record: Record) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": "session", "value": session_of(rosa), "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/records/{record.pk}/questions/")
    page.locator("form.question").first.get_by_label("Yes").check()
    page.locator("form.question").first.get_by_role("button", name="Keep this answer").click()
    page.get_by_text("What you said today").wait_for()
    context.close()
    assert record.answers.count() == 1


@pytest.mark.parametrize(("name", "most"), [("roadmap", 2), ("daily", 1), ("card", 1)])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_fits_on_paper(
    name: str, most: int, paper: str, visit: Visit, rosa: Person, record: Record
) -> None:
    patient = visit("desktop", session=session_of(rosa))
    patient.page.goto(f"/records/{record.pk}/{name}/")
    printed = patient.page.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= most


@pytest.mark.parametrize("name", ["roadmap", "questions", "daily", "card", "pictures", "figures"])
def test_a_page_is_light(name: str, visit: Visit, rosa: Person, record: Record) -> None:
    patient = visit("phone", session=session_of(rosa))
    sizes: list[int] = []
    patient.page.on("response", lambda response: sizes.append(len(response.body())))
    patient.page.goto(f"/records/{record.pk}/{name}/")
    patient.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 200_000, "uncompressed, with style sheets and pictures"
