"""Every page of the site on a phone: nothing for axe, the console, the network or a measure to say."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import get_resolver
from pages import SHOTS
from test_routes import routes
from visitor import Visitor
from world import world

NOT_DRAWN = {
    "account_inactive": "sessions of closed accounts end before it",
    "account_set_password": "every account has a password",
    "account_confirm_login_code": "nobody signs in by a mailed code",
    "account_confirm_password_reset_code": "after a mail",
    "account_complete_password_reset": "after a mail",
    "mfa_reauthenticate": "as account_reauthenticate",
    "mfa_reauthenticate_webauthn": "as account_reauthenticate",
    "mfa_remove_webauthn": "after a passkey was made",
    "mfa_edit_webauthn": "after a passkey was made",
    "mfa_login_webauthn": "sends to the page of signing in",
    "mfa_download_recovery_codes": "a file",
    "file": "a file",
    "picture": "a picture alone",
    "signed_plan_file": "a file",
}
"""Routes that show no page of their own when they are opened, and why; those that take posts alone are known."""

BY_STEPS = (
    "account_email_verification_sent",
    "account_reauthenticate",
    "mfa_authenticate",
    "question_desk",
    "new_talk",
    "edit_talk",
    "edition",
)
"""Routes that a line of SHOTS comes to by steps, and not by its address."""


def test_every_page(visit: Callable[..., Visitor]) -> None:
    from playwright.sync_api import Error

    sessions, ids = world()
    faults = []
    for shot in SHOTS:
        visitor = visit("phone", session=sessions.get(shot.who, ""))
        try:
            visitor.page.goto(shot.address.format(**ids))
            if shot.steps:
                shot.steps(visitor.page)
                visitor.page.wait_for_load_state()
            visitor.check(steady=shot.steps is None)
            assert not shot.who or "/enter/login/" not in visitor.page.url, "was not let in"
        except (AssertionError, Error) as fault:
            faults.append(f"{shot.name}: {fault}")
        visitor.leave()
    assert not faults, "\n".join(faults)


def test_every_route_is_drawn(client: Any, db: None) -> None:
    drawn = set(BY_STEPS)
    for shot in SHOTS:
        address = re.sub(r"\{\w+\}", str(uuid.UUID(int=0)), shot.address).partition("?")[0]
        if shot.name != "nothing-here":
            drawn.add(str(get_resolver().resolve(address).url_name))
    missing = [
        name
        for name, pattern in routes()
        if name not in drawn | set(NOT_DRAWN) and "GET" in _methods(pattern.callback)
    ]
    assert not missing, f"add a line to SHOTS in tests/web/browser/pages.py for each of these: {missing}"


def test_every_picture_has_its_own_name() -> None:
    names = [shot.name for shot in SHOTS]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def _methods(view: Any) -> set[str]:
    """The methods that a view takes: as require_http_methods says, or as its class does."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            content = cell.cell_contents
            if isinstance(content, (list, tuple)) and content and set(content) <= {"GET", "HEAD", "POST"}:
                return set(content)
        view = getattr(view, "__wrapped__", None)
    return {"GET"}
