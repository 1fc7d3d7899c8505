"""Ways to write a plan: one module each, with `write(plan, ...) -> str`."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

FORMATS: dict[str, str] = {
    "text": "sapwood.formats.text",
    "json": "sapwood.formats.plan_json",
    "html": "sapwood.formats.html",
    "fhir": "sapwood.formats.fhir",
    "ics": "sapwood.formats.ics",
}


def write(plan: Any, name: str, **choices: Any) -> str:
    """The plan in the format of that name, with the choices that format knows; KeyError where there is none."""
    writer = importlib.import_module(FORMATS[name]).write
    written: str = writer(plan, **{choice: value for choice, value in choices.items() if knows(name, choice)})
    return written


def knows(name: str, choice: str) -> bool:
    """Whether a format takes a choice, such as `changes`."""
    return choice in inspect.signature(importlib.import_module(FORMATS[name]).write).parameters
