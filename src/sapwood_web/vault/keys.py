"""The site's own keys: one file, apart from the database, of which the first of each kind writes and all read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class UnreadableError(Exception):
    """What was sealed cannot be opened: another key, another place, or changed since."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One secret of 32 or 64 bytes, with the short name by which sealed text says who wrote it."""

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"<Key {self.name}>"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Every key of the site; of `wrapping`, `addresses` and `sessions`, the first writes and all read."""

    django: str
    wrapping: tuple[Key, ...]
    addresses: tuple[Key, ...]
    sessions: tuple[Key, ...]
    audit: bytes

    def __repr__(self) -> str:
        return "<Keys>"


KINDS = {"wrapping": 32, "addresses": 64, "sessions": 32}


def new_key(size: int) -> Key:
    """A key nobody has seen."""
    return Key(secrets.token_hex(4), secrets.token_bytes(size))


def new_keys() -> Keys:
    """A whole set of keys nobody has seen."""
    rings = {kind: (new_key(size),) for kind, size in KINDS.items()}
    return Keys(secrets.token_urlsafe(48), audit=secrets.token_bytes(32), **rings)


def turned(keys: Keys, kind: str) -> Keys:
    """The same keys, with a new first one of that kind; the old ones still read."""
    ring: dict[str, Any] = {kind: (new_key(KINDS[kind]), *getattr(keys, kind))}
    return replace(keys, **ring)


def only_first(keys: Keys, kind: str) -> Keys:
    """The same keys, without the old ones of that kind: what they wrote can no longer be read."""
    ring: dict[str, Any] = {kind: getattr(keys, kind)[:1]}
    return replace(keys, **ring)


def write_keys(keys: Keys, path: Path) -> None:
    """Writes the file whole or not at all, readable by its owner only."""
    content: dict[str, object] = {
        kind: [[key.name, _text(key.secret)] for key in getattr(keys, kind)] for kind in KINDS
    }
    content |= {"django": keys.django, "audit": _text(keys.audit)}
    write_file(path, json.dumps(content, indent=1).encode())


def read_keys(path: Path) -> Keys:
    """The keys of a file that `write_keys` wrote."""
    content = json.loads(path.read_bytes())
    rings = {
        kind: tuple(Key(name, base64.b64decode(secret)) for name, secret in content[kind]) for kind in KINDS
    }
    return Keys(content["django"], audit=base64.b64decode(content["audit"]), **rings)


def seal_with(key: Key, place: str, data: bytes) -> bytes:
    """Data that only this key opens, and only as what stands in this place."""
    nonce = secrets.token_bytes(NONCE)
    return key.name.encode() + b":" + nonce + AESGCM(key.secret).encrypt(nonce, data, place.encode())


def open_with(ring: Sequence[Key], place: str, sealed: bytes) -> bytes:
    """What `seal_with` sealed in this place; UnreadableError where it is anything else."""
    name, colon, rest = bytes(sealed).partition(b":")
    for key in ring:
        if colon and key.name.encode() == name:
            try:
                return AESGCM(key.secret).decrypt(rest[:NONCE], rest[NONCE:], place.encode())
            except (InvalidTag, ValueError):
                break
    raise UnreadableError


def write_file(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all, on the disk before it returns, readable by its owner only."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    settle_folder(path.parent)


def settle_folder(folder: Path) -> None:
    """Has the names in a folder on the disk before it returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
