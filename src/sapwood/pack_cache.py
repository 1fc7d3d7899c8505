"""A pack read once is kept ready for the next start, keyed by its content and by this version of Sapwood.

The kept copy is only a shortcut: when it is missing, unreadable or from another version, the folder is read.
`SAPWOOD_CACHE=off` turns it off; `SAPWOOD_CACHE=DIR` puts it elsewhere.
"""

from __future__ import annotations

import os
import pickle  # nosec B403: of our own folder only
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

_KEPT = 8


@cache
def _stamp() -> str:
    """Changes whenever Sapwood's own code or Python does."""
    import hashlib

    digest = hashlib.sha256(sys.version.encode())
    here = Path(__file__).resolve().parent
    for path in sorted([*here.glob("*.py"), *here.glob("criteria/*.py"), *here.glob("definitions/*.py")]):
        stat = path.stat()
        digest.update(f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _folder() -> Path | None:
    setting = os.environ.get("SAPWOOD_CACHE", "")
    if setting == "off":
        return None
    if setting:
        return Path(setting)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "sapwood"
    except RuntimeError:
        return None


def _path(key: str) -> Path | None:
    folder = _folder()
    return folder / f"{key[:32]}-{_stamp()}.pack" if folder else None


def fetch(key: str) -> object | None:
    """What was kept under this key, or `None`."""
    path = _path(key)
    if path is None:
        return None
    try:
        if os.name == "posix" and path.stat().st_uid != os.getuid():
            return None
        with path.open("rb") as file:
            kept: object = pickle.load(file)  # nosec B301
            return kept
    except Exception:  # a kept copy that cannot be read is no copy
        return None


def store(key: str, value: object) -> None:
    """Keep a value for the next start; never fails, never leaves half a file."""
    path = _path(key)
    if path is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(value, file, protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(name, path)
        kept = sorted(path.parent.glob("*.pack"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
