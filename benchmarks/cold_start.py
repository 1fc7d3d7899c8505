"""How long `sapwood plan` takes from a cold start for one record, and which imports cost most."""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = "import sys; from sapwood.cli import main; sys.exit(main())"
COMMAND = ["-c", START, "plan", "examples/demo.json", "--as-of", "2026-03-02"]
IMPORTED = re.compile(r"import time:\s*(\d+) \|\s*(\d+) \|( +)(\S+)")


def once(arguments: list[str]) -> float:
    """Seconds from starting Python to its end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def slowest_imports(count: int) -> list[tuple[str, float]]:
    """The modules that take longest by themselves, in milliseconds."""
    arguments = [sys.executable, "-X", "importtime", *COMMAND]
    done = subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True)
    found = [(match[4], int(match[1]) / 1000) for match in IMPORTED.finditer(done.stderr)]
    return sorted(found, key=lambda pair: -pair[1])[:count]


def main() -> None:
    """Medians, beside Python's own start; the first run fills the cache of parsed packs and is not counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    first = once(COMMAND)
    plans, bare = [], []
    for _ in range(chosen.runs):
        plans.append(once(COMMAND))
        bare.append(once(["-c", "pass"]))
    spread = f"{min(plans):.3f} to {max(plans):.3f}"
    print(f"sapwood plan, cold: {statistics.median(plans):.3f} s ({spread}), median of {chosen.runs}")
    print(f"  of which Python itself: {statistics.median(bare):.3f} s; the very first run: {first:.3f} s")
    print("slowest imports (own time):")
    for module, milliseconds in slowest_imports(12):
        print(f"  {milliseconds:6.1f} ms  {module}")


if __name__ == "__main__":
    main()
