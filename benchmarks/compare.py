"""The seven rules: the engine against a hand-written loop, in turns, with the median of each turn's ratio.

Where the environment variable ENGINES_BENCH names the folder of the outside bench (with ../venv and ../node beside
it, as its README sets them up), its data is used and its floor, cql-execution and ms-cql-sdk run in the same turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from make_people import make_people

HERE = Path(__file__).resolve().parent
KNOWN_HASHES = {1000: "2b8e34eac0c0", 20000: "39cc26e629a0"}
"""Of the outside bench's own data."""


class Runner(NamedTuple):
    """One way to answer the seven rules."""

    name: str
    command: list[str]
    folder: Path
    right: bool = True
    """Whether its answers must be the reference's."""


def ours(folder: Path) -> list[Runner]:
    """What is in this repository."""
    python = sys.executable
    return [
        Runner("sapwood", [python, "seven_rules.py", str(folder)], HERE),
        Runner("sapwood with every reason", [python, "seven_rules.py", str(folder), "--explain"], HERE),
        Runner("hand-written loop", [python, "floor.py", str(folder)], HERE),
    ]


def outside(bench: Path, folder: Path, people: int) -> list[Runner]:
    """What the outside bench has."""
    python = str(bench.parent / "venv" / "bin" / "python")
    return [
        Runner("floor_python.py", [python, "floor_python.py", str(folder)], bench),
        Runner(
            "ms-cql-sdk", [python, "peer_mscql.py", str(folder), str(people), "rules_mscql.cql"], bench, False
        ),
        Runner("cql-execution", ["node", "peer_cql.js", str(folder), str(people)], bench),
    ]


def run(runner: Runner) -> dict[str, Any]:
    """One run's line."""
    done = subprocess.run(runner.command, cwd=runner.folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{runner.name} failed:\n{done.stderr}")
    line: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return line


def data(people: int, bench: Path | None) -> Path:
    """The folder with that many people, made where it is missing."""
    if bench is None:
        folder = HERE / "data" / f"n{people}"
        if not (folder / "bundles.ndjson").is_file():
            make_people(people, folder)
        return folder
    folder = bench / "data" / f"n{people}"
    if not (folder / "bundles.ndjson").is_file():
        python = bench.parent / "venv" / "bin" / "python"
        subprocess.run([str(python), "gen.py", str(people), str(folder)], cwd=bench, check=True)
    return folder


def main() -> None:
    """Runs everything in turns, every other turn backwards, and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--fast", action="store_true", help="leave out what takes minutes")
    chosen = parser.parse_args()
    named = os.environ.get("ENGINES_BENCH")
    bench = Path(named).resolve() if named else None
    folder = data(chosen.people, bench)
    runners = ours(folder) + (outside(bench, folder, chosen.people) if bench else [])
    if chosen.fast:
        runners = [one for one in runners if one.name in ("sapwood", "hand-written loop", "floor_python.py")]
    lines: dict[str, list[dict[str, Any]]] = {runner.name: [] for runner in runners}
    for turn in range(chosen.runs):
        for runner in runners[:: 1 if turn % 2 else -1]:
            lines[runner.name].append(run(runner))
    reference = KNOWN_HASHES.get(chosen.people) if bench else lines["hand-written loop"][0]["sha"]
    floor = "floor_python.py" if bench else "hand-written loop"
    against = [line["pps"] for line in lines[floor]]
    print(f"{chosen.people} people, medians of {chosen.runs} turns; the floor is {floor}")
    wrong = False
    for runner in runners:
        speeds = [line["pps"] for line in lines[runner.name]]
        hashes = {line["sha"] for line in lines[runner.name]}
        same = hashes == {reference} if reference else len(hashes) == 1
        wrong = wrong or (runner.right and not same)
        ratio = statistics.median(one / other for one, other in zip(speeds, against, strict=True))
        spread = f"{min(speeds):.0f} to {max(speeds):.0f}"
        answers = "answers agree" if same else "ANSWERS DIFFER"
        middle = statistics.median(speeds)
        print(f"{runner.name:26} {middle:8.0f} people/s  {ratio:6.3f} x floor  ({spread}), {answers}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
