"""The site without a mouse: from joining to sharing by Tab, Space, Enter and the arrows alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_journeys import CASE, DOCTOR, PASSWORD, PATIENT
from visitor import Visitor, code_in_the_mail

FOCUSED = """() => {
  const part = document.activeElement
  const words = part.labels && part.labels.length ? part.labels[0].innerText : part.innerText
  const ring = getComputedStyle(part)
  const box = part.getBoundingClientRect()
  return {
    words: (words || part.name || '').replace(/\\s+/g, ' ').replace(/ :/g, ':').trim(), tag: part.tagName,
    ring: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 3,
    seen: box.bottom > 0 && box.top < innerHeight,
  }
}"""


def walk_to(page: Any, words: str, *, tag: str = "") -> None:
    """Tabs on until the focus is on what bears these words; every stop on the way can be seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            continue
        assert focused["ring"], f"the focus cannot be seen on {focused}"
        assert focused["seen"], f"the focus is outside the window on {focused}"
        if focused["words"].startswith(words) and (not tag or focused["tag"] == tag):
            return
    raise AssertionError(f"Tab never came to {words!r}")


def enter(page: Any) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_joining_to_sharing_by_keyboard(visit: Callable[..., Visitor]) -> None:
    rosa = visit("desktop")
    page = rosa.page

    def type_into(words: str, text: str) -> None:
        walk_to(page, words)
        page.keyboard.type(text)

    def go(words: str, tag: str = "") -> None:
        walk_to(page, words, tag=tag)
        enter(page)

    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["words"] == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    go("Join")
    walk_to(page, "A patient")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    type_into("What may we call you?", "Rosa")
    type_into("Your e-mail address", PATIENT)
    type_into("Choose a password", PASSWORD)
    type_into("The same password once more", PASSWORD)
    enter(page)
    type_into("The code from the mail", code_in_the_mail(PATIENT))
    enter(page)
    go("Not now")
    for purpose in ("Keep my record", "Show it to the people I choose"):
        go(f"Allow: {purpose}")
    go("Go on")
    go("Begin a record")
    walk_to(page, "Mine")
    page.keyboard.press("Space")
    go("Begin", "BUTTON")
    go("Add a file")
    walk_to(page, "The file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(Path(CASE))
    go("Add the file")
    walk_to(page, "Sex: male")
    page.keyboard.press("Enter")
    go("Correct this")
    type_into("What is it?", "female")
    go("Keep this answer")
    go("Sharing", "A")
    go("Invite someone", "A")
    type_into("Their e-mail address", DOCTOR)
    go("Send the invitation")
    assert rosa.reads("The invitation is on its way.")
