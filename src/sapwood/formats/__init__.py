"""Ways to write a plan: one module each, with `write(plan, ...) -> str`."""

from __future__ import annotations

import importlib
from typing import Any

FORMATS: dict[str, str] = {
    "text": "sapwood.formats.text",
    "json": "sapwood.formats.plan_json",
}


def write(plan: Any, name: str, **choices: Any) -> str:
    """The plan in the format of that name; KeyError where there is none."""
    written: str = importlib.import_module(FORMATS[name]).write(plan, **choices)
    return written
