"""How many people `sapwood synth` invents and writes in a second, of each kind, and the most memory it takes."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sapwood.synth.cohort import Order, write_cohort
from sapwood.synth.rates import load_rates

UNTIL = date(2026, 11, 1)


def once(patients: int, background: int, seed: int) -> dict[str, float]:
    """One cohort written to a folder that is thrown away: people and megabytes a second of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        written = write_cohort(Order(patients, background, seed, UNTIL), Path(folder) / "out")
        seconds = time.process_time() - began
        size = sum(path.stat().st_size for path in (Path(folder) / "out").iterdir())
    return {
        "people_s": round((patients + background) / seconds),
        "mb_s": round(size / 1e6 / seconds, 1),
        "resources": sum(written.counts.values()),
        "mb": round(size / 1e6, 1),
    }


def peak(background: int) -> int:
    """The most memory, in MB, that one cohort of its own process takes."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(background)], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000, help="background people of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        once(0, chosen.one, 1)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    load_rates()
    for kind, patients, background in (
        ("background", 0, chosen.people),
        ("patients", chosen.people // 50, 0),
    ):
        rounds = [once(patients, background, seed) for seed in range(chosen.rounds)]
        speeds = [row["people_s"] for row in rounds]
        line = {
            "kind": kind,
            **rounds[0],
            "people_s": statistics.median(speeds),
            "spread": [min(speeds), max(speeds)],
        }
        print(json.dumps(line))
    print(json.dumps({"peak_mb": {n: peak(n) for n in (chosen.people // 10, chosen.people)}}))


if __name__ == "__main__":
    main()
