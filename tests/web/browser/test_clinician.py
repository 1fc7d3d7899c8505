"""A clinician with ninety seconds before the meeting: their people, the plan, an earlier day, a fact, a signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from people import let_in, make_person, signed_in
from visitor import SIZES, Visitor

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.models import Person
from sapwood_web.records import actions as record_actions
from sapwood_web.records.models import Record

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "demo.json"
Visit = Callable[..., Visitor]


def session_of(person: Person) -> str:
    """A session in which this person is signed in already."""
    return str(signed_in(person).cookies["session"].value)


@pytest.fixture
def shared(transactional_db: None) -> tuple[Person, Person, Record]:
    """Rosa, who shares a whole record with Dr Lin, who may add facts."""
    rosa = make_person("rosa@example.org", name="Rosa")
    for purpose in ("keep", "share"):
        account_actions.decide(rosa, purpose, given=True)
    record = record_actions.begin_record(rosa)
    record_actions.keep_upload(rosa, record, EXAMPLE.read_bytes())
    doctor = make_person("doctor.lin@example.org", "clinician", name="Dr Lin")
    let_in(record, doctor, "add")
    return rosa, doctor, record


@pytest.mark.parametrize("size", SIZES)
def test_before_the_meeting(size: str, visit: Visit, shared: tuple[Person, Person, Record]) -> None:
    rosa, doctor, record = shared
    lin = visit(size, session=session_of(doctor))
    lin.open("/")
    lin.press("See what is urgent and what is due")
    assert lin.reads("First treatment, choice and safe start"), "the step, without opening anything"
    lin.press("Rosa")
    assert "BPDCN, confirmed" in lin.heading, "one sentence says who this is"
    assert lin.reads("Today's decision, and what blocks it")
    assert lin.page.get_by_role("img", name="The pathway").count() == 1

    # each line opens its reasons, down to the entry of the record
    why = lin.page.locator("#position details").first
    why.locator("summary").first.click()
    while why.locator("a.source, .source a").filter(visible=True).count() == 0:
        why.locator("details:not([open]) > summary").filter(visible=True).first.click()
    lin.check()
    with lin.page.expect_navigation():
        why.locator(".source a").filter(visible=True).first.click()
    lin.check()
    assert lin.page.locator(".entry:target").count() == 1, "the link leads to its entry"

    # the plan as it was, and what changed since
    lin.open(f"/records/{record.pk}/plan/")
    lin.page.get_by_text("Another day, or what changed since").click()
    lin.fill(as_of="2026-03-02", since="2026-02-18")
    lin.press("Show")
    assert lin.reads("This is the plan as it was.")
    assert lin.reads("What has changed")
    lin.press("Go to today's plan")

    # a fact with a reason, then the signature
    lin.press("State or override a fact")
    lin.page.locator("[name=fact]").select_option("ecog")
    lin.fill(value="1", reason="examined today")
    lin.press("Keep this fact")
    assert lin.reads("The fact is kept, with your name and your reason.")
    lin.fill(note="For the board.")
    lin.press("Sign the plan")
    assert lin.reads("A signed plan: it stays as it was.")
    lin.press("All signed plans")
    assert lin.reads("signed by Dr Lin")

    # Rosa finds the signature, and is told first whom the page is for
    patient = visit(size, session=session_of(rosa))
    patient.open(f"/records/{record.pk}/plan/signed/")
    patient.open(f"/records/{record.pk}/plan/")
    assert patient.heading == "This page is written for clinicians"
    patient.press("Open it")
    assert "BPDCN, confirmed" in patient.heading


def test_a_plan_is_read_and_signed_by_keyboard_alone(
    visit: Visit, shared: tuple[Person, Person, Record]
) -> None:
    _, doctor, record = shared
    lin = visit("desktop", session=session_of(doctor))
    lin.open(f"/records/{record.pk}/plan/")
    page = lin.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the header
    page.locator("#sign textarea").focus()
    page.keyboard.type("Read.")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Sign the plan"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert lin.reads("A signed plan: it stays as it was.")
    assert record.signed_plans.get().content["note"] == "Read."
