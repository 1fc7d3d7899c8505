"""Every worked patient of every pack, read and planned for once."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from sapwood.check.worked import SECTIONS, STANDINGS, Case, read_case
from sapwood.check.worked import entry_of as _entry
from sapwood.pack import Pack, load_pack

os.environ.setdefault("SAPWOOD_CACHE", "off")

PACKS = Path(__file__).resolve().parent.parent / "packs"
__all__ = ["PACKS", "SECTIONS", "STANDINGS", "Case", "_entry", "case_files", "case_of", "pack_of"]


@cache
def pack_of(folder: str) -> Pack:
    """The pack a case belongs to."""
    return load_pack(PACKS / folder)


def case_files() -> list[Path]:
    """Every worked patient of every pack."""
    return sorted(PACKS.glob("*/cases/*.yaml"))


@cache
def case_of(path: Path) -> Case:
    """One worked patient, read and planned for."""
    return read_case(path, pack_of(path.parent.parent.name))
