"""E-mail addresses in the database: sealed, and still found and kept unique by it.

AES-SIV gives one address one sealed form under one key, so that the column is its own keyed index: equality is
all that it shows. See docs/decisions/0011-addresses.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact, In

from sapwood_web.vault.keys import Key, UnreadableError

MARK = "sealed:"
WIDTH = 400
"""What an address of 254 characters takes when it is sealed."""


def seal_address(address: str, key: Key) -> str:
    """The one sealed form of an address under one key; letters of either case are one address."""
    sealed = AESSIV(key.secret).encrypt(address.strip().lower().encode(), [b"address"])
    return f"{MARK}{key.name}:{base64.urlsafe_b64encode(sealed).decode()}"


def open_address(sealed: str, ring: Sequence[Key]) -> str:
    """The address; UnreadableError without its key."""
    name, _, text = sealed.removeprefix(MARK).partition(":")
    for key in ring:
        if key.name == name:
            try:
                opened = AESSIV(key.secret).decrypt(base64.urlsafe_b64decode(text), [b"address"])
            except (InvalidTag, ValueError):
                break
            return opened.decode()
    raise UnreadableError


class SealedAddress(models.EmailField):
    """An address that the database holds sealed, looked up by equality only."""

    def get_prep_value(self, value: Any) -> Any:
        if not value or value.startswith(MARK):
            return value
        return seal_address(value, settings.KEYS.addresses[0])

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return open_address(value, settings.KEYS.addresses) if value else value

    def deconstruct(self) -> Any:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.EmailField", arguments, options  # the column is one to any migration

    def get_lookup(self, lookup_name: str) -> Any:
        return {
            "exact": AnyForm,
            "iexact": AnyForm,
            "in": AnyFormIn,
            "isnull": super().get_lookup("isnull"),
        }.get(lookup_name)


class AnyForm(Exact):
    """Equal under any key that still reads, so that a rotation half done loses nobody."""

    def __new__(cls, left: Any, right: Any, *rest: Any) -> Any:
        return AnyFormIn(left, [right]) if isinstance(right, str) and right else Exact(left, right)


class AnyFormIn(In):
    """Among these, under any key that still reads."""

    def __init__(self, left: Any, right: Any) -> None:
        if isinstance(right, (list, tuple, set)):
            right = [form for value in right for form in _forms(value)]
        super().__init__(left, right)


def _forms(value: Any) -> list[Any]:
    if not isinstance(value, str) or not value or value.startswith(MARK):
        return [value]
    return [seal_address(value, key) for key in settings.KEYS.addresses]


def hidden_name(key: str, prefix: str, version: int) -> str:
    """The name of an entry of the cache, hashed with a key: names are made of addresses and IP numbers."""
    text = f"{prefix}:{version}:{key}".encode()
    return hmac.new(settings.KEYS.addresses[0].secret, text, hashlib.sha256).hexdigest()
