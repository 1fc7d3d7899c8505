"""Sessions in the database: found by a keyed hash of the browser's token, so that a stolen table opens none.

What a session remembers is sealed (vault/sessions.py); its row says only whose it is and when it ends.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood_web.accounts.models import Person, Session

BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "CriOS", "Chrome", "Safari")
"""Marks of browsers as they name themselves, the telling ones before those that many of them carry."""
_SAID = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
}
DEVICES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")


class SessionStore(SessionBase):
    """One session, known by its token to the browser alone."""

    @classmethod
    def clear_expired(cls) -> None:
        """Removes the sessions that have ended."""
        Session.objects.filter(expires_at__lt=timezone.now()).delete()

    def exists(self, session_key: str) -> bool:
        return _found(session_key).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def load(self) -> dict[str, Any]:
        row = _found(self.session_key).filter(expires_at__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        content: dict[str, Any] = self.decode(row.sealed)
        return content

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        content = self._get_session(no_load=must_create)
        row = {
            "person_id": content.get(SESSION_KEY),
            "sealed": self.encode(content),
            "expires_at": self.get_expiry_date(),
        }
        if must_create:
            try:
                with transaction.atomic():
                    Session.objects.create(token=hashed(self.session_key), **row)
            except IntegrityError:
                raise CreateError from None
        elif not _found(self.session_key).update(**row):
            raise UpdateError  # ended elsewhere meanwhile: it does not come back

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            _found(key).delete()


@dataclass(frozen=True, slots=True)
class Seen:
    """One session as its owner sees it: which browser, since when, last used, and whether it is this one."""

    row: Session
    browser: str
    begun: datetime | None
    seen: datetime | None
    here: bool


def hashed(token: str, key: Any = None) -> str:
    """How a token stands in the table."""
    secret = (key or settings.KEYS.sessions[0]).secret
    return hmac.new(secret, f"session token {token}".encode(), hashlib.sha256).hexdigest()


def sessions_of(person: Person, here: str | None) -> list[Seen]:
    """Every session in which this person is signed in, the one used last first."""
    read = SessionStore()
    own = {hashed(here, key) for key in settings.KEYS.sessions} if here else set()
    found = []
    for row in Session.objects.filter(person=person, expires_at__gt=timezone.now()):
        content = read.decode(row.sealed)
        times = (_moment(content.get("begun")), _moment(content.get("seen")))
        if times[1] is not None and _over(times):
            continue
        found.append(Seen(row, str(content.get("browser") or _("a browser")), *times, row.token in own))
    return sorted(found, key=lambda one: (one.here, one.seen or one.row.expires_at), reverse=True)


def browser_words(agent: str) -> str:
    """What a browser calls itself, in two words: "Firefox, Android"."""
    name = next((mark for mark in BROWSERS if re.search(rf"\b{mark}/", agent)), "")
    device = next((mark for mark in DEVICES if mark in agent), "")
    device = {"Macintosh": "Mac", "CrOS": "Chromebook"}.get(device, device)
    return ", ".join(word for word in (_SAID.get(name, name), device) if word)


def _over(times: tuple[datetime | None, datetime | None]) -> bool:
    now = timezone.now()
    begun, seen = times
    idle = seen is not None and (now - seen).total_seconds() > settings.SESSION_IDLE
    return idle or (begun is not None and (now - begun).total_seconds() > settings.SESSION_LONGEST)


def _moment(stamp: Any) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, (int, float)) else None


def _found(token: str | None) -> Any:
    """Under any key that still reads, so that turning a key ends no session by itself."""
    return Session.objects.filter(
        token__in=[hashed(token, key) for key in settings.KEYS.sessions] if token else []
    )
