"""The packs that Sapwood brings end with no finding open: each is put right, or answered with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from sapwood.check.findings import TO_MEND
from sapwood.check.running import check
from sapwood.pack import load_pack

PACKS = ("hairy_cell", "bpdcn")


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_ends_with_no_finding_open(name: str, root: Path) -> None:
    folder = root / "packs" / name
    report = check(load_pack(folder), folder, seconds=30)
    assert not report.findings, "\n".join(f"{one.name}: {one.what}" for one in report.findings)
    assert report.sound and [section.number for section in report.sections] == list(range(1, 10))
    assert all(section.proved for section in report.sections), "each promise was asked about"
    assert not {one.kind for one in report.answered} & TO_MEND
    assert all(one.answer for one in report.answered)


def test_every_pack_is_held_to_it(root: Path) -> None:
    assert {path.parent.name for path in (root / "packs").glob("*/pack.yaml")} == set(PACKS)
