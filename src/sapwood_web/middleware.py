"""What holds for every page: headers, limits of a session, what an account still lacks, and refusals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood_web.accounts import actions, policies
from sapwood_web.accounts.permissions import NotYoursError
from sapwood_web.accounts.policies import NotNowError
from sapwood_web.accounts.sessions import browser_words
from sapwood_web.vault.key_store import KeyGoneError

Answering = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("sapwood.access")

SECRET_FIELDS = (
    "csrfmiddlewaretoken",
    "password",
    "password1",
    "password2",
    "oldpassword",
    "code",
    "credential",
)
OPEN_WITHOUT_SECOND_FACTOR = (
    "home",
    "safer",
    "consents",
    "account",
    "end_sessions",
    "end_session",
    "erase",
    "export",
)
"""Pages of one's own account, and allauth's; no record but one's own."""


class Headers:
    """Nothing but a visitor's page is kept by a browser or a cache, nothing is lent to another site."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if not request.path.startswith(settings.STATIC_URL) and not getattr(response, "public", False):
            response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        )
        if request.method == "POST" and request.path == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class SessionLimits:
    """A session ends when nobody used it for a while, and after a day's work at most; what was typed is kept."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, *_rest: Any) -> HttpResponse | None:
        """After the check against forged requests, so that only what the person sent is kept."""
        if not request.user.is_authenticated:
            return None
        now = timezone.now().timestamp()
        begun = request.session.setdefault("begun", now)
        seen = request.session.setdefault("seen", now)
        if "browser" not in request.session:  # so that its owner can tell their sessions apart
            request.session["browser"] = browser_words(request.headers.get("User-Agent", ""))
        if now - seen <= settings.SESSION_IDLE and now - begun <= settings.SESSION_LONGEST:
            if now - seen > 60:  # noted once a minute, so that reading seldom writes
                request.session["seen"] = now
            return None
        person, page = request.user, request.path
        kept = False
        if request.method == "POST" and getattr(view, "keeps_draft", False):
            typed = {name: values for name, values in request.POST.lists() if name not in SECRET_FIELDS}
            actions.keep_draft(person, page, typed)
            kept = True
        logout(request)
        words = _("You were signed out because this page was open for a long time.")
        if kept:
            words += " " + _("What you typed is kept: sign in, and it is there again.")
        messages.warning(request, words)
        target = getattr(view, "draft_page", None)
        page = reverse(target, kwargs=request.resolver_match.kwargs) if target else page
        query = urlencode({"next": page}) if kept or request.method == "GET" else ""
        return redirect(f"{reverse('account_login')}?{query}" if query else reverse("account_login"))


class Readiness:
    """Who needs a second factor and has none is asked for it before anything else."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_rest: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name or ""
        if (
            not request.user.is_authenticated
            or name.startswith(("account_", "mfa_"))
            or name in OPEN_WITHOUT_SECOND_FACTOR
            or not policies.lacks_second_factor(request.user)
        ):
            return None
        messages.warning(
            request, _("Your kind of account needs a second step at sign-in. Set it up here first.")
        )
        return redirect("safer")


class Refusals:
    """What a person may not see looks as if it were not there; what is not allowed now says what would change it."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (NotYoursError, KeyGoneError)):
            subject = getattr(request.user, "subject", None)
            log.info("refused %s %s", subject, request.resolver_match.url_name)
            return render(request, "404.html", status=404)
        if isinstance(error, NotNowError):
            return render(request, "not_now.html", {"words": error.words, "page": error.page}, status=403)
        return None
