"""What a cohort says of itself: that nobody in it exists, by which seed it was made, and where each rate is from."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from sapwood.pack import load_pack
from sapwood.yaml_files import write_yaml

from .cohort import KEY, Order, Written
from .rates import Rate, load_rates

MANIFEST = "manifest.yaml"
README = "README.md"
_SAYS = """\
# Synthetic people. Nobody in these files exists.

Invented by Sapwood, seed {seed}, known until {until}: {patients} with BPDCN among {background} others.
Every resource carries the security label and tag HTEST (test health data); ids are invented, names there are none.

**What it is for:** trying a registry, its speed and its counts. **What it proves of medicine: nothing.** What comes
out of these files is what was put in: the rates in `manifest.yaml`, most of them assumed. No figure counted here may
be cited as one about patients.

- one `.ndjson` file for each type of resource, in FHIR R4, one resource a line, in the order of people
- `{key}`: which person is what, and how far they have come, to score case-finding with; not part of any record
- `manifest.yaml`: counts, and every rate with the claim it is drawn from or why it was assumed

`sapwood synth --check DIR` holds the files against the rates.
"""


def describe(order: Order, written: Written, folder: Path) -> None:
    """Writes what the folder is, for people and for programs."""
    words = _SAYS.format(
        seed=order.seed,
        until=order.until.isoformat(),
        patients=order.patients,
        background=order.background,
        key=KEY,
    )
    (folder / README).write_text(words, encoding="utf-8")
    (folder / MANIFEST).write_text(write_yaml(_manifest(order, written)), encoding="utf-8")


def _manifest(order: Order, written: Written) -> dict[str, Any]:
    pack = load_pack("bpdcn")
    return {
        "synthetic": True,
        "warning": "Nobody in these files exists; nothing counted in them is a finding about patients.",
        "made_by": "sapwood synth",
        "seed": order.seed,
        "until": order.until.isoformat(),
        "patients": order.patients,
        "background": order.background,
        "evidence": {"pack": pack.about.id, "version": pack.about.version, "hash": pack.hash},
        "resources": dict(sorted(written.counts.items())),
        "people": dict(sorted(written.groups.items())),
        "rates": {name: _rate(rate, written) for name, rate in load_rates().items()},
    }


def _rate(rate: Rate, written: Written) -> dict[str, Any]:
    shown: dict[str, Any] = {"means": rate.means, "source": rate.source}
    if rate.of:
        shown["of"] = rate.of
    if rate.value is not None:
        return shown | {"value": round(rate.value, 4), "unit": rate.unit}
    if rate.choices:
        shares = {choice: round(share, 4) for choice, share in rate.choices}
        drawn = {choice: written.tally.drawn.get(f"{rate.name}.{choice}", [0, 0])[1] for choice in shares}
        total = sum(drawn.values())
        return shown | {"shares": shares, "drawn": drawn, "times": total}
    times, came_out = written.tally.drawn.get(rate.name, [0, 0])
    shown["share"] = round(rate.share or 0.0, 4)
    if rate.overall is not None:
        shown["share_of_all"] = round(rate.overall, 4)
    return shown | {"times": times, "came_out": came_out}


def in_words(order: Order, written: Written, folder: Path) -> str:
    """What was written, for the terminal."""
    counts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(written.counts.items()))
    assumed = sum(rate.source.startswith("assumed") for rate in load_rates().values())
    text = (
        f"{order.patients:,} invented people with BPDCN among {order.background:,} others, "
        f"seed {order.seed}, in {folder}. {counts}. {len(load_rates()) - assumed} rates are from claims "
        f"of the pack, {assumed} are assumed; {MANIFEST} names them all. "
        "Nobody in these files exists, and nothing counted in them is a finding about patients."
    )
    return textwrap.fill(text, 100) + "\n"
