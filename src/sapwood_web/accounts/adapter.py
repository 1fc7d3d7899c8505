"""Where allauth meets this site: sign-up, limits that cannot lock others out, sealed second factors, the trail."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sapwood_web.accounts import actions
from sapwood_web.accounts.models import Person
from sapwood_web.audit.actions import record_event
from sapwood_web.vault.keys import open_with, seal_with

WORDS = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("This is your address already."),
    "email_password_mismatch": _(
        "This address and this password do not go together. Check both; or choose “I forgot my password”."
    ),
    "email_taken": _("Somebody has an account with this address already."),
    "enter_current_password": _("This is not the password you have now. Type it once more."),
    "incorrect_code": _(
        "This is not the code. Look again; if it is older than ten minutes, ask for a new one."
    ),
    "incorrect_password": _("This is not your password. Type it once more."),
    "same_as_current": _("This is the address you have now. Type the new one."),
    "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
    "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
}
SECOND_STEP_WORDS = {
    "cannot_delete_authenticator": _("Your kind of account needs a second step, so the last one stays."),
    "cannot_generate_recovery_codes": _("Set up a passkey or an app first. Recovery codes come with it."),
    "incorrect_code": _("This is not the code. Codes change quickly: type the one you see now."),
    "unverified_email": _("Confirm your e-mail address first."),
}
KNOWN_BROWSER = "known" if settings.HTTP_ONLY else "__Host-known"
YEAR = 365 * 24 * 60 * 60


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in."""

    error_messages: ClassVar = {**DefaultAccountAdapter.error_messages, **WORDS}

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.email = form.cleaned_data["email"].lower()
        self.set_password(user, form.cleaned_data["password1"])
        actions.join(user, role=form.cleaned_data["role"], name=form.cleaned_data["name"])
        return user

    def set_password(self, user: Person, password: str) -> None:
        user.set_password(password)
        if not user._state.adding:
            user.save(update_fields=["password"])

    def get_user_search_fields(self) -> list[str]:
        return ["email"]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Who counts together: strangers' failures never count against a browser that signed in before.

        A browser that once signed in to this account holds a sealed note of it, and has a count of its own, so
        that nobody can lock the owner out by failing on purpose.
        """
        address = str(credentials.get("email", credentials.get("username", ""))).lower()
        return f"{address}:{known_browser(request, address) or 'stranger'}"

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        record_event("signed in", actor=user.subject, about=user.subject, why="themself")
        if options.get("signup"):  # they chose their password a moment ago: it is not asked for again at once
            record_authentication(request, user, "password", reauthenticated=True)
        note = seal_with(settings.KEYS.sessions[0], KNOWN_BROWSER, _note(user.email, secrets.token_hex(8)))
        response.set_cookie(
            KNOWN_BROWSER,
            base64.urlsafe_b64encode(note).decode(),
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_event("failed to sign in", actor=None, what="password", why="")

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: Any = None, email: Any = None
    ) -> None:
        # Without the IP address and the browser from which it was done: a mail is read by many eyes.
        from allauth.account.models import EmailAddress
        from django.utils import timezone

        email = email or EmailAddress.objects.get_primary_email(user)
        if email:
            self.send_mail(template_prefix, email, {"timestamp": timezone.now(), **(context or {})})


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors, sealed in the database."""

    error_messages: ClassVar = {**DefaultMFAAdapter.error_messages, **SECOND_STEP_WORDS}

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_with(settings.KEYS.wrapping[0], "second factor", text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_with(settings.KEYS.wrapping, "second factor", base64.b64decode(encrypted_text)).decode()


def known_browser(request: HttpRequest, address: str) -> str:
    """The random mark of a browser that signed in to this account before; empty for any other."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(KNOWN_BROWSER, ""))
        who, _, mark = open_with(settings.KEYS.sessions, KNOWN_BROWSER, sealed).decode().partition(":")
    except Exception:  # whatever it is, it is not our note
        return ""
    return mark if secrets.compare_digest(who, hashlib.sha256(address.encode()).hexdigest()) else ""


def _note(address: str, mark: str) -> bytes:
    return f"{hashlib.sha256(address.lower().encode()).hexdigest()}:{mark}".encode()


def listen() -> None:
    """Has the trail hear of what allauth does by itself."""
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa

    def told(deed: str) -> Any:
        def hear(
            sender: Any, request: HttpRequest | None = None, user: Person | None = None, **rest: Any
        ) -> None:
            user = user or getattr(rest.get("email_address"), "user", None)
            if user is not None:
                record_event(deed, actor=user.subject, about=user.subject, why="themself")

        return hear

    for signal, deed in (
        (account.email_confirmed, "confirmed their address"),
        (account.password_changed, "changed their password"),
        (account.password_reset, "reset their password"),
        (mfa.authenticator_added, "added a second factor"),
        (mfa.authenticator_removed, "removed a second factor"),
        (mfa.authenticator_reset, "renewed their recovery codes"),
        (mfa.authenticator_used, "used a second factor"),
    ):
        signal.connect(told(deed), weak=False, dispatch_uid=f"trail:{deed}")
