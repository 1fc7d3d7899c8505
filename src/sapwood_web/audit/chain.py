"""The arithmetic of the trail: each event carries a keyed hash over itself and the one before it.

A chain shows what was changed, put in, moved or taken out. Its latest head, kept outside the database, shows what
was cut off its end. Nothing here knows a database.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One event as its hash covers it; `content` is everything it says, as text."""

    shard: int
    number: int
    content: tuple[str, ...]
    mac: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain has come, as noted outside the database."""

    number: int
    mac: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a chain is not as it was written."""

    shard: int
    number: int
    what: str

    def __str__(self) -> str:
        return f"chain {self.shard}, event {self.number}: {self.what}"


def mac_of(key: bytes, before: str, shard: int, number: int, content: tuple[str, ...]) -> str:
    """The keyed hash of an event that follows the one with hash `before`."""
    text = json.dumps([before, shard, number, *content], ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def faults_of(key: bytes, links: Iterable[Link], heads: Mapping[int, Head]) -> list[Fault]:
    """Every place where the links are not what was written; empty for an untouched trail."""
    chains: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        chains[link.shard].append(link)
    faults: list[Fault] = []
    for shard in sorted({*chains, *heads}):
        chain = sorted(chains.get(shard, []), key=lambda link: link.number)
        faults.extend(_chain_faults(key, shard, chain, heads.get(shard)))
    return faults


def _chain_faults(key: bytes, shard: int, chain: list[Link], head: Head | None) -> Iterable[Fault]:
    before, expected = START, 1
    macs = {0: START}
    for link in chain:
        if link.number != expected:
            missing = link.number > expected
            yield Fault(
                shard, expected if missing else link.number, "is missing" if missing else "stands twice"
            )
        elif not hmac.compare_digest(link.mac, mac_of(key, before, shard, link.number, link.content)):
            yield Fault(shard, link.number, "is not what was written, or not where")
        before, expected = link.mac, link.number + 1
        macs[link.number] = link.mac
    if head is None:
        if chain:
            yield Fault(shard, expected - 1, "the head of the chain is not noted")
    elif head.number not in macs:
        yield Fault(shard, expected, f"the chain was cut off: it once reached {head.number}")
    elif not hmac.compare_digest(macs[head.number], head.mac):
        yield Fault(shard, head.number, "is not the event that was noted as the head")
