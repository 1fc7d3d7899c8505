"""The end of a build: the quarantine put together, everything counted, and the manifest that lets it be read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from .intake import Taken
from .journal import Intake, Plan, parts_of
from .layout import TABLES, Layout
from .manifest import COMPLETE, Manifest, keep_manifest
from .meeting import Met
from .parts import settle, text
from .worker import connect


def finish(
    layout: Layout, plan: Plan, intakes: Sequence[Intake], taken: Sequence[Taken], met: Met
) -> Manifest:
    """Writes the quarantine and the manifest; from now on the registry may be read."""
    parts = parts_of(layout)
    aside = [why for part in parts.values() for why in part.set_aside.values()]
    _quarantine(layout, len(taken), aside)
    nobodys: Counter[str] = Counter()
    for one in taken:
        nobodys.update(one.nobodys)
    sources = [source for intake in intakes for source in intake.sources]
    digest = hashlib.sha256(" ".join(sorted(one.hash for one in sources)).encode()).hexdigest()
    manifest = Manifest(
        state=COMPLETE,
        pack=plan.pack,
        as_of=plan.as_of,
        looks_back=plan.looks_back,
        sources={"files": len(sources), "bytes": sum(one.size for one in sources), "hash": digest},
        counts={
            "read": sum(one.texts for one in taken),
            "pieces": sum(one.pieces for one in taken),
            "people": sum(part.people for part in parts.values()),
            "set_aside": len(aside),
            "quarantined": sum(one.quarantined for one in taken) + len(aside),
            "of_nobody": dict(sorted(nobodys.items())),
            "name_unknown": met.unmet,
            "name_ambiguous": met.ambiguous,
            "shared_contradicting": met.contradicting,
            "rows": {name: sum(part.rows[name] for part in parts.values()) for name in TABLES},
            "parts": len(parts),
        },
        problems=_problems(layout),
    )
    keep_manifest(layout, manifest)
    for path in layout.lines.glob("meeting-*"):
        if not path.name.startswith(met.name):
            path.unlink()
    return manifest


def _quarantine(layout: Layout, chunks: int, aside: Sequence[Sequence[str]]) -> None:
    """Each chunk's entries one after the other, then the people who were set aside."""
    unfinished = layout.quarantine.with_name(f".{layout.quarantine.name}.{os.getpid()}")
    encoder = msgspec.json.Encoder()
    with unfinished.open("wb") as file:
        for number in range(chunks):
            with (layout.lines / f"{number:06}.quarantine").open("rb") as chunk:
                shutil.copyfileobj(chunk, file)
        file.write(
            encoder.encode_lines([dict(zip(("where", "what", "remedy"), why, strict=True)) for why in aside])
        )
    settle(unfinished, layout.quarantine)


def _problems(layout: Layout) -> list[dict[str, Any]]:
    """Every kind of problem of people's records, with how many people have it; the commonest first."""
    connection = connect(layout.folder)
    query = f"""
        SELECT what, remedy, count(DISTINCT person) AS people, sum(times) AS times
        FROM read_parquet({text(layout.parts("problems"))}) GROUP BY ALL ORDER BY people DESC, what, remedy
        """  # nosec B608: a path of ours
    try:
        found = connection.execute(query).fetchall()
    finally:
        connection.close()
    return [
        {"what": what, "remedy": remedy, "people": people, "times": int(times)}
        for what, remedy, people, times in found
    ]
