"""Computable care pathways for rare blood cancers: a record goes in, and out comes a plan with its reasons."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sapwood.facts import extract
    from sapwood.pack import load_pack
    from sapwood.pathway import locate
    from sapwood.plan import make_plan
    from sapwood.record import parse_record, read_record
    from sapwood.verdicts import evaluate_all

__all__ = ["evaluate_all", "extract", "load_pack", "locate", "make_plan", "parse_record", "read_record"]

_HOMES = {
    "evaluate_all": "sapwood.verdicts",
    "extract": "sapwood.facts",
    "load_pack": "sapwood.pack",
    "locate": "sapwood.pathway",
    "make_plan": "sapwood.plan",
    "parse_record": "sapwood.record",
    "read_record": "sapwood.record",
}


def __getattr__(name: str) -> Any:
    """The public functions, imported when first used: a command pays only for what it needs."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sapwood' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
