"""The latest head of each chain, in small files apart from the database."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
from pathlib import Path

from sapwood_web.audit.chain import Fault, Head
from sapwood_web.vault.keys import write_file


def note_head(folder: Path, key: bytes, shard: int, head: Head) -> None:
    """Notes a head, unless a later one stands there already."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / f"{shard}.head"
        noted = _read(path, key) if path.exists() else None
        if noted is None or noted.number < head.number:
            write_file(path, f"{head.number} {head.mac} {_seal(key, shard, head)}\n".encode())


def read_heads(folder: Path, key: bytes) -> tuple[dict[int, Head], list[Fault]]:
    """Every head that was noted, and what is wrong with the files that hold them."""
    heads, faults = {}, []
    for path in sorted(folder.glob("*.head")):
        head = _read(path, key)
        if head is None:
            faults.append(Fault(int(path.stem), 0, "the file of the head was changed"))
        else:
            heads[int(path.stem)] = head
    return heads, faults


def _read(path: Path, key: bytes) -> Head | None:
    parts = path.read_text().split()
    if len(parts) != 3 or not parts[0].isdigit():
        return None
    head = Head(int(parts[0]), parts[1])
    return head if hmac.compare_digest(parts[2], _seal(key, int(path.stem), head)) else None


def _seal(key: bytes, shard: int, head: Head) -> str:
    return hmac.new(key, f"head {shard} {head.number} {head.mac}".encode(), hashlib.sha256).hexdigest()
