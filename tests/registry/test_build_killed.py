"""A build killed at any moment goes on and ends with the same rows: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from registries import AS_OF, CASES, albumin, everything, lines, patient, resources_of, write_bulk

from sapwood.registry.manifest import read_manifest

# Small chunks and buckets, and processes of their own even for so little, so that there are many moments to die at.
RUN = """
import sys
from sapwood.registry import build, sources
sources.CHUNK = 60_000
build._BUCKET = 120_000
build._ALONE = 0
from sapwood.cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


def command(tmp_path: Path, out: Path, *sources: Path) -> list[str]:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    given = [sys.executable, str(script), "registry", "build", *map(str, sources)]
    return [*given, "--out", str(out), "--as-of", AS_OF, "--workers", "2"]


def run(given: list[str]) -> float:
    began = time.monotonic()
    done = subprocess.run(given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def run_and_kill(given: list[str], after: float) -> bool:
    """Whether it was killed before it was through; everything it had started dies with it or by itself."""
    with subprocess.Popen(given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            return True
        assert process.returncode == 0
        return False


@pytest.mark.parametrize("kills", [int(os.environ.get("SAPWOOD_KILLS", "5"))])
def test_killed_at_random_moments_it_ends_with_the_same_rows(tmp_path: Path, kills: int) -> None:
    """Two goes (a first build, then new data), killed again and again in both."""
    people = [one for path in CASES for one in resources_of(path, f"p{path.name[:3]}")]
    first = write_bulk(tmp_path / "first", [*people, *(patient(f"q{n}") for n in range(150))])
    second = lines(tmp_path / "second" / "Observation.ndjson", *(albumin(f"q{n}") for n in range(0, 150, 3)))
    straight = tmp_path / "straight"
    took = run(command(tmp_path, straight, first))
    took = max(took, run(command(tmp_path, straight, second)))
    expected = everything(straight)
    killed = 0
    moments = random.Random(20260601)
    for attempt in range(max(1, kills // 5)):
        out = tmp_path / f"killed-{attempt}"
        left = min(5, kills)
        for sources in (first, second):
            given = command(tmp_path, out, sources)
            wanted = left - left // 2 if sources is first else left // 2
            for _ in range(wanted):
                killed += run_and_kill(given, moments.uniform(0.25, 0.85) * took)
            run(given)
        assert everything(out) == expected
        assert read_manifest(out) == read_manifest(straight)
        leftovers = [path.name for path in out.rglob(".*") if path.is_file()]
        assert not leftovers, leftovers
    assert killed, "no build was ever interrupted"
