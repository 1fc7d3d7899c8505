"""The same seed invents the same people, byte for byte, whoever stands beside them; and every entry says what it is."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sapwood.errors import SapwoodError
from sapwood.synth.about import describe
from sapwood.synth.cohort import KEY, TYPES, Order, invent, people, write_cohort
from sapwood.synth.dice import Tally

UNTIL = date(2026, 11, 1)
DATED = re.compile(r"(DateTime|[dD]ate|issued|authoredOn|start|end|dateAsserted)$")


def test_two_runs_write_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sapwood.cli import main; "
        "sys.exit(main(['synth', '6', '--background', '40', '--seed', '5', '--out', sys.argv[1]]))"
    )
    for name, seed in (("one", "0"), ("two", "4242")):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / name)],
            check=True,
            env=environment,
            capture_output=True,
        )
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert written == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert {f"{kind}.ndjson" for kind in ("Patient", "Condition", "Observation")} < set(written)
    for name in written:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_person_is_the_same_however_many_others_there_are() -> None:
    few, many = Order(3, 5, 9, UNTIL), Order(300, 9000, 9, UNTIL)
    for kind in ("patient", "background"):
        one, other = invent(few, kind, 3, Tally()), invent(many, kind, 3, Tally())
        assert one.chart.entries == other.chart.entries
    assert (
        invent(few, "patient", 1, Tally()).chart.entries != invent(few, "patient", 2, Tally()).chart.entries
    )
    assert one.chart.person != invent(Order(3, 5, 10, UNTIL), kind, 3, Tally()).chart.person


def test_everybody_asked_for_is_there_once_and_spread_out() -> None:
    order = Order(4, 37, 1, UNTIL)
    found = list(people(order))
    assert sorted(found) == sorted(
        [("patient", n) for n in range(1, 5)] + [("background", n) for n in range(1, 38)]
    )
    places = [at for at, (kind, _) in enumerate(found) if kind == "patient"]
    assert max(b - a for a, b in pairwise(places)) <= 11, "patients stand together"


def test_packed_files_hold_the_same_lines(tmp_path: Path) -> None:
    order = Order(2, 12, 3, UNTIL)
    write_cohort(order, tmp_path / "plain")
    write_cohort(order, tmp_path / "packed", packed=True)
    for path in (tmp_path / "plain").glob("*.ndjson"):
        packed = (tmp_path / "packed" / f"{path.name}.gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()


def test_every_entry_is_marked_as_test_data_and_nobody_has_a_name(tmp_path: Path) -> None:
    order = Order(8, 60, 2, UNTIL)
    written = write_cohort(order, tmp_path / "out")
    describe(order, written, tmp_path / "out")
    mark = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    ids: set[tuple[str, str]] = set()
    for resource in read_all(tmp_path / "out"):
        assert mark in resource["meta"]["tag"], resource["id"]
        assert mark in resource["meta"]["security"], resource["id"]
        assert resource["id"].startswith("syn-")
        ids.add((resource["resourceType"], resource["id"]))
        if resource["resourceType"] == "Patient":
            assert "name" not in resource
            assert "address" not in resource
    assert len(ids) == sum(written.counts.values()), "an id is given twice"
    assert "Nobody in these files exists" in (tmp_path / "out" / "README.md").read_text()


def test_nothing_is_known_after_the_last_day(tmp_path: Path) -> None:
    write_cohort(Order(25, 25, 4, UNTIL), tmp_path / "out")
    late = [
        resource["id"]
        for resource in read_all(tmp_path / "out")
        if max(days_of(resource), default="") > UNTIL.isoformat()
    ]
    assert not late


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(SapwoodError, match="not empty"):
        write_cohort(Order(1, 1, 1, UNTIL), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt"]


def read_all(folder: Path) -> list[dict[str, Any]]:
    """Every resource of a cohort."""
    assert (folder / KEY).exists()
    return [
        json.loads(line)
        for kind in TYPES
        for path in [folder / f"{kind}.ndjson"]
        if path.exists()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_nothing_is_known_after_a_death() -> None:
    order = Order(400, 400, 5, UNTIL)
    died = 0
    for kind, number in (
        *(("patient", n) for n in range(1, 121)),
        *(("background", n) for n in range(1, 301)),
    ):
        entries = invent(order, kind, number, Tally()).chart.entries
        death = entries[0][1].get("deceasedDateTime")
        if death:
            died += 1
            told = [day for _, resource in entries for day in days_of(resource)]
            assert max(told) <= death, number
    assert died > 20, "too few deaths to try it on"


def days_of(content: Any) -> list[str]:
    """Every day that an entry speaks of."""
    if isinstance(content, dict):
        return [
            day
            for key, part in content.items()
            for day in (
                days_of(part) if not isinstance(part, str) else [part[:10]] if DATED.search(key) else []
            )
        ]
    return [day for part in content for day in days_of(part)] if isinstance(content, list) else []
