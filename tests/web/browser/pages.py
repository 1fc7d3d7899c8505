"""Every page of the site, who looks at it, and the steps that lead there: for screenshots, and for axe.

A new page is a line in SHOTS. test_pages.py fails on a route that no line shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: its name, who looks (empty for a visitor), its address, and steps to take there first."""

    name: str
    who: str
    address: str
    steps: Callable[[Any], None] | None = None


def _press(words: str) -> Callable[[Any], None]:
    return lambda page: page.get_by_role("button", name=words).first.click()


def _joining(page: Any) -> None:
    page.get_by_label("Your e-mail address").fill(f"new-{time.monotonic_ns()}@example.org")
    for label in ("Choose a password", "The same password once more"):
        page.get_by_label(label).fill("four everyday words in a row")
    _press("Go on")(page)


def _second_step(page: Any) -> None:
    page.get_by_label("Your e-mail address").fill("okafor@example.org")
    page.get_by_label("Your password").fill("sapwood-demo-garden")
    page.get_by_role("button", name="Sign in", exact=True).last.click()


def _menu(page: Any) -> None:
    menu = page.locator("details.menu > summary")
    if menu.is_visible():
        menu.click()


def _folds(page: Any) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")


SHOTS = (
    Shot("welcome", "", "/"),
    Shot("menu", "maria", "/", _menu),
    Shot("emergency", "", "/emergency/"),
    Shot("read", "", "/read/"),
    Shot("article", "", "/read/its_name/"),
    Shot("article-word", "", "/read/tests/", lambda page: page.locator("button.word").first.click()),
    Shot("article-open", "", "/read/tagraxofusp/", _folds),
    Shot("sheet", "", "/read/sheet/"),
    Shot("read-card", "", "/read/card/tagraxofusp/"),
    Shot("read-questions", "", "/questions/"),
    Shot("words", "", "/words/"),
    Shot("talks", "", "/talks/"),
    Shot("talk", "", "/talks/why-a-second-look-matters-an-invented-talk/"),
    Shot("trials", "", "/trials/"),
    Shot("studies", "", "/studies/"),
    Shot("study", "", "/studies/how_common/"),
    Shot("study-open", "", "/studies/first_line_survival/", _folds),
    Shot("find", "", "/find/?q=stem+sell+transplant"),
    Shot("find-nothing", "", "/find/?q=xyzzy"),
    Shot("ask", "", "/ask/"),
    Shot("ask-errors", "", "/ask/", _press("Send")),
    Shot("asked", "", "/ask/thanks/"),
    Shot("for-clinicians", "", "/for-clinicians/"),
    Shot("for-researchers", "", "/for-researchers/"),
    Shot("questions-desk", "steward", "/steward/questions/"),
    Shot(
        "question-desk",
        "steward",
        "/steward/questions/",
        lambda page: page.locator("main ul a").first.click(),
    ),
    Shot("talks-desk", "steward", "/steward/talks/"),
    Shot("talk-desk", "steward", "/steward/talks/", lambda page: page.locator("main ul a").first.click()),
    Shot("talk-errors", "steward", "/steward/talks/new/", _press("Save")),
    Shot("reviews", "steward", "/reviews/"),
    Shot("review", "okafor", "/reviews/article/its_name/"),
    Shot("editions", "steward", "/steward/editions/"),
    Shot("edition", "steward", "/steward/editions/", lambda page: page.locator("main .rows a").first.click()),
    Shot("plan-changes", "okafor", "/changed-plans/"),
    Shot("join", "", "/enter/signup/"),
    Shot("join-errors", "", "/enter/signup/", _press("Go on")),
    Shot("join-code", "", "/enter/signup/", _joining),
    Shot("sign-in", "", "/enter/login/"),
    Shot("forgot", "", "/enter/password/reset/"),
    Shot("forgot-done", "", "/enter/password/reset/done/"),
    Shot("second-step", "", "/enter/login/", _second_step),
    Shot("nothing-here", "", "/nothing/here/"),
    Shot("safer", "tom", "/account/safer/"),
    Shot("safer-must", "lindqvist", "/account/safer/"),
    Shot("is-it-you", "stale", "/account/erase/"),
    Shot("passkey", "tom", "/enter/second-step/webauthn/add/"),
    Shot("passkeys", "tom", "/enter/second-step/webauthn/"),
    Shot("app", "tom", "/enter/second-step/totp/activate/", _folds),
    Shot("second-steps-off", "tom", "/enter/second-step/"),
    Shot("second-steps", "okafor", "/enter/second-step/"),
    Shot("app-off", "okafor", "/enter/second-step/totp/deactivate/"),
    Shot("codes", "okafor", "/enter/second-step/recovery-codes/"),
    Shot("codes-new", "okafor", "/enter/second-step/recovery-codes/generate/"),
    Shot("home-new", "tom", "/"),
    Shot("home-patient", "maria", "/"),
    Shot("home-partner", "ines", "/"),
    Shot("home-clinician", "okafor", "/"),
    Shot("home-waiting", "lindqvist", "/"),
    Shot("home-steward", "steward", "/"),
    Shot("account", "maria", "/account/"),
    Shot("address", "maria", "/enter/email/"),
    Shot("password", "maria", "/enter/password/change/"),
    Shot("sign-out", "maria", "/enter/logout/"),
    Shot("consents-new", "tom", "/account/consents/"),
    Shot("consents", "maria", "/account/consents/", _folds),
    Shot("erase-account", "maria", "/account/erase/"),
    Shot(
        "not-now",
        "tom",
        "/records/begin/",
        lambda page: (page.get_by_label("Mine").check(), _press("Begin")(page)),
    ),
    Shot("begin", "tom", "/records/begin/"),
    Shot("record", "maria", "/records/{record}/"),
    Shot("record-open", "maria", "/records/{record}/", _folds),
    Shot("record-clinician", "okafor", "/records/{record}/"),
    Shot("record-child", "ines", "/records/{child}/"),
    Shot("roadmap", "maria", "/records/{record}/roadmap/"),
    Shot("roadmap-open", "maria", "/records/{record}/roadmap/", _folds),
    Shot("roadmap-partner", "ines", "/records/{record}/roadmap/"),
    Shot("roadmap-child", "ines", "/records/{child}/roadmap/"),
    Shot("questions", "maria", "/records/{record}/questions/"),
    Shot("questions-open", "maria", "/records/{record}/questions/", _folds),
    Shot("questions-empty", "maria", "/records/{record}/questions/", _press("Keep this answer")),
    Shot("daily", "maria", "/records/{record}/daily/"),
    Shot("daily-errors", "maria", "/records/{record}/daily/", _press("Keep this day")),
    Shot("card", "maria", "/records/{record}/card/"),
    Shot("card-open", "maria", "/records/{record}/card/", _folds),
    Shot("pictures", "maria", "/records/{record}/pictures/"),
    Shot("figures-asked", "maria", "/records/{record}/figures/"),
    Shot("figures", "maria", "/records/{record}/figures/", _press("Yes, show me the figures")),
    Shot("upload", "maria", "/records/{record}/upload/", _folds),
    Shot("upload-errors", "maria", "/records/{record}/upload/", _press("Add the file")),
    Shot("files", "maria", "/records/{record}/files/"),
    Shot("answers", "maria", "/records/{record}/facts/"),
    Shot("answer", "maria", "/records/{record}/facts/add/"),
    Shot("sharing", "maria", "/records/{record}/sharing/"),
    Shot("invite", "maria", "/records/{record}/sharing/invite/"),
    Shot("who-looked", "maria", "/records/{record}/who-looked/"),
    Shot("erase-record", "maria", "/records/{record}/erase/"),
    Shot("my-people", "okafor", "/people-of-mine/"),
    Shot("plan", "okafor", "/records/{record}/plan/"),
    Shot("plan-then", "okafor", "/records/{record}/plan/?as_of=2026-03-02&since=2026-02-18"),
    Shot("plan-for-clinicians", "maria", "/records/{record}/plan/"),
    Shot("plan-entries", "okafor", "/records/{record}/plan/entries/"),
    Shot("override", "maria", "/records/{record}/plan/fact/"),
    Shot("signed-plans", "okafor", "/records/{record}/plan/signed/"),
    Shot("signed-plan", "okafor", "/records/{record}/plan/signed/{plan}/"),
    Shot("invitations", "okafor", "/invitations/"),
    Shot("people", "steward", "/steward/people/"),
    Shot("trail", "steward", "/steward/trail/"),
)
