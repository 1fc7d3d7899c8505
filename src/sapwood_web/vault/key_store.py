"""A data key for each person, in a folder apart from the database; destroyed at erasure, for good.

A key is one small file, sealed under the site's wrapping key. `erased` beside them lists the keys that were
destroyed, by their random names: it outlives every backup, and is replayed when one is restored.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sapwood_web.vault.keys import Key, open_with, seal_with, settle_folder, write_file

_NAME = re.compile(r"[0-9a-f]{32}")


class KeyGoneError(Exception):
    """The key was destroyed, or never was: what it sealed is gone too."""


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The data keys in one folder, wrapped by the first of `ring`."""

    folder: Path
    ring: tuple[Key, ...]

    def create(self) -> uuid.UUID:
        """A new data key, on the disk before anything is sealed with it; its random name."""
        name = uuid.uuid4()
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(path, seal_with(self.ring[0], name.hex, secrets.token_bytes(32)))
        return name

    def seal(self, name: uuid.UUID, place: str, data: bytes) -> bytes:
        """Data that only this person's key opens, and only in this place."""
        return seal_with(self._key(name), place, data)

    def open(self, name: uuid.UUID, place: str, sealed: bytes) -> bytes:
        """What was sealed there; KeyGoneError after erasure, UnreadableError where it was changed or moved."""
        return open_with((self._key(name),), place, sealed)

    def destroy(self, names: Sequence[uuid.UUID]) -> None:
        """Lists the keys as erased, then destroys them; called again, it finishes what was cut short."""
        with self._locked():
            new = [name for name in names if name not in self.erased()]
            if new:
                with self._list.open("a") as file:
                    file.write("".join(f"{name.hex}\n" for name in new))
                    file.flush()
                    os.fsync(file.fileno())
                settle_folder(self.folder)
        for name in names:
            path = self._path(name)
            if path.exists():
                with path.open("r+b") as file:  # the bytes go before the name does
                    file.write(secrets.token_bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
                settle_folder(path.parent)

    def erased(self) -> set[uuid.UUID]:
        """Every key that was ever destroyed."""
        if not self._list.exists():
            return set()
        lines = self._list.read_text().split()
        return {uuid.UUID(line) for line in lines if _NAME.fullmatch(line)}

    def names(self) -> set[uuid.UUID]:
        """Every key there is."""
        return {uuid.UUID(path.name) for path in self.folder.glob("??/*") if _NAME.fullmatch(path.name)}

    def rewrap(self) -> int:
        """Seals every key under the newest wrapping key; how many were sealed anew."""
        count = 0
        for name in self.names():
            path = self._path(name)
            sealed = path.read_bytes()
            if not sealed.startswith(self.ring[0].name.encode() + b":"):
                write_file(path, seal_with(self.ring[0], name.hex, open_with(self.ring, name.hex, sealed)))
                count += 1
        return count

    @property
    def _list(self) -> Path:
        return self.folder / "erased"

    def _path(self, name: uuid.UUID) -> Path:
        return self.folder / name.hex[:2] / name.hex

    def _key(self, name: uuid.UUID) -> Key:
        # Read anew each time: a copy kept in memory would outlive an erasure in another process.
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            raise KeyGoneError from None
        if name in self.erased():  # the erasure was cut short before the file went
            raise KeyGoneError
        return Key(name.hex[:8], open_with(self.ring, name.hex, sealed))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
