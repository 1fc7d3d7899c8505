"""Draws every page of the site at three widths, light and dark: `make screenshots`, into .screenshots.

The site is the one of `make site`, with its invented people. A new page is a line in SHOTS; one that needs a few steps
first has a function that takes them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""How Chromium is started everywhere: it asks nothing of the network by itself."""


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
    Shot("card", "", "/read/card/tagraxofusp/"),
    Shot("questions", "", "/questions/"),
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


def main() -> int:
    """Prepares the site, draws what was asked for, and says where it lies."""
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--into", type=Path, default=ROOT / ".screenshots")
    parser.add_argument("--only", default="", help="a pattern that the name of a page must match")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    chosen = parser.parse_args()
    if not Path(CHROMIUM).exists():
        print(
            f"There is no Chromium at {CHROMIUM}: install it, or say CHROMIUM=/path/to/it.", file=sys.stderr
        )
        return 2
    wanted = [shot for shot in SHOTS if re.search(chosen.only, shot.name)]
    chosen.into.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="sapwood-screenshots-"))
    server = None
    try:
        sessions, ids = _prepare(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "sapwood_web.wsgi", "--bind", f"127.0.0.1:{port}"]
        server = subprocess.Popen([*command, "--threads", "4", "--log-level", "warning"])
        _wait(port)
        widths = [int(width) for width in chosen.widths.split(",")]
        failed = _draw(f"http://localhost:{port}", wanted, widths, sessions, ids, chosen.into)
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(wanted) - len(failed)} pages lie in {chosen.into}")
    for name in failed:
        print(f"not drawn: {name}", file=sys.stderr)
    return 1 if failed else 0


def _prepare(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The site of `make site` in a folder of its own; a session for each person, and the records' ids."""
    from sapwood_web import demo

    demo._settle(folder / "site")
    demo._people()
    from allauth.account.internal.userkit import user_id_to_str
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from sapwood_web.accounts.models import Person

    def session_of(person: Person, *, fresh: bool = True) -> str:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        now = timezone.now().timestamp() - (0 if fresh else 3600)
        session["account_authentication_methods"] = [
            {"method": "password", "at": now, "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = user_id_to_str(person)
        session.create()
        return session.session_key

    sessions = {person.email.partition("@")[0]: session_of(person) for person in Person.objects.all()}
    maria, ines = Person.objects.get(email="maria@example.org"), Person.objects.get(email="ines@example.org")
    sessions["stale"] = session_of(maria, fresh=False)
    record = maria.records.get()
    return sessions, {
        "record": str(record.pk),
        "child": str(ines.records.get().pk),
        "plan": str(record.signed_plans.get().pk),
    }


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The site did not start.")


def _draw(
    site: str,
    wanted: list[Shot],
    widths: list[int],
    sessions: dict[str, str],
    ids: dict[str, str],
    into: Path,
) -> list[str]:
    from playwright.sync_api import Error, sync_playwright

    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for shot in wanted:
            for width in widths:
                context = browser.new_context(
                    viewport={"width": width, "height": 800}, reduced_motion="reduce"
                )
                if shot.who:
                    context.add_cookies([{"name": "session", "value": sessions[shot.who], "url": site}])
                page = context.new_page()
                page.set_default_timeout(8000)
                try:
                    page.goto(site + shot.address.format(**ids))
                    if shot.steps:
                        shot.steps(page)
                        page.wait_for_load_state()
                    for scheme in SCHEMES:
                        page.emulate_media(color_scheme=scheme)
                        page.screenshot(path=into / f"{shot.name}-{width}-{scheme}.png", full_page=True)
                except Error as error:
                    failed.append(f"{shot.name} at {width}: {str(error).splitlines()[0]}")
                context.close()
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
