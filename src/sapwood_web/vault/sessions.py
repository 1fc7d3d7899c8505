"""What a session remembers, sealed: the table of sessions shows neither an address nor an answer."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from sapwood_web.vault.keys import open_with, seal_with


class SealedSerializer:
    """Turns a session into bytes that only the site's session keys open."""

    def dumps(self, obj: Any) -> bytes:
        """The session, sealed."""
        return seal_with(settings.KEYS.sessions[0], "session", json.dumps(obj).encode())

    def loads(self, data: bytes) -> Any:
        """The session; UnreadableError, which Django takes for an empty session, under another key."""
        return json.loads(open_with(settings.KEYS.sessions, "session", data))
