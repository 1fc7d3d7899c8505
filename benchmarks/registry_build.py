"""How fast a registry is built, and how much memory that takes: `registry_build.py FOLDER --as-of WHEN [--turns N]`.

FOLDER is a bulk export or holds bundles.ndjson. In each turn, one after the other: every line parsed and thrown away
(by orjson where the interpreter of --parser has it, else by msgspec), then a build with one process and with one for
each processor. Processor time is what is compared: of others on the machine it sees less than the clock does. Where
`ENGINES_BENCH` names the outside engine bench and FOLDER is its data, its hand-written floor joins each turn.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PARSE = """
import sys, time, pathlib
try:
    import orjson; name, loads = "orjson " + orjson.__version__, orjson.loads
except ImportError:
    import msgspec; name, loads = "msgspec", msgspec.json.decode
began = time.process_time(); size = lines = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.ndjson")):
    with path.open("rb", buffering=1 << 20) as file:
        for line in file: loads(line); size += len(line); lines += 1
import json; print(json.dumps({"by": name, "cpu": time.process_time() - began, "mb": size / 1e6, "lines": lines}))
"""


def measured(command: list[str]) -> dict[str, Any]:
    """The line of JSON that a process prints at its end."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def once(folder: Path, as_of: str, workers: int) -> dict[str, Any]:
    """One build in this process: time of all its processes, people, and the most memory one of them took."""
    from sapwood.registry.build import Wanted, build
    from sapwood.registry.progress import Progress

    with tempfile.TemporaryDirectory(dir=folder.parent) as out:
        wall, cpu = time.perf_counter(), _cpu()
        done = build(
            Wanted([str(folder)], Path(out) / "out", "bpdcn", as_of, None, workers=workers), Progress()
        )
        seconds = time.perf_counter() - wall
        return {
            "people": done.manifest.counts["people"],
            "facts": done.manifest.counts["rows"]["facts"],
            "mb": done.manifest.sources["bytes"] / 1e6,
            "cpu": _cpu() - cpu,
            "seconds": seconds,
            "peak_mb": [
                resource.getrusage(who).ru_maxrss // 1024
                for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            ],
        }


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """All turns, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--parser", default=sys.executable, help="a Python that has orjson")
    parser.add_argument("--once", type=int, metavar="WORKERS", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.once is not None:
        print(json.dumps(once(chosen.folder, chosen.as_of, chosen.once)))
        return
    bench = os.environ.get("ENGINES_BENCH")
    floor = Path(bench) / "floor_python.py" if bench and (chosen.folder / "bundles.ndjson").exists() else None
    ratios: list[float] = []
    builds: list[dict[str, Any]] = []
    for turn in range(chosen.turns):
        parsed = measured([chosen.parser, "-c", PARSE, str(chosen.folder)])
        line: dict[str, Any] = {"turn": turn + 1, "parse": parsed}
        if floor is not None:
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            measured([chosen.parser, str(floor), str(chosen.folder)])
            used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            line["floor_python"] = round(used, 3)  # its start among it
        for workers in (1, os.cpu_count() or 1):
            command = [sys.executable, __file__, str(chosen.folder), "--as-of", chosen.as_of]
            built = measured([*command, "--once", str(workers)])
            line[f"build_{workers}"] = built
            if workers == 1:
                ratios.append(built["cpu"] / parsed["cpu"])
                builds.append(built)
        print(json.dumps(line), flush=True)
    people = [built["people"] / built["cpu"] for built in builds]
    megabytes = [built["mb"] / built["cpu"] for built in builds]
    print(
        f"{statistics.median(people):.0f} people and {statistics.median(megabytes):.1f} MB a second of one processor; "
        f"{statistics.median(ratios):.0f} times {parsed['by']} parsing alone ({min(ratios):.0f} to {max(ratios):.0f})"
    )


if __name__ == "__main__":
    main()
