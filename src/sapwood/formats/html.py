"""The plan as one page that needs nothing else: no script, no request, readable on a phone and on paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from sapwood.changes import Changes
from sapwood.formats.html_board import board_of
from sapwood.formats.html_changes import block_of
from sapwood.formats.html_patient import letter_of
from sapwood.plan import Plan

_TEMPLATES = Path(__file__).parent / "templates"


def write(plan: Plan, *, audience: str = "clinician", changes: Changes | None = None) -> str:
    """The plan as an HTML page: for a tumour board, or with `audience="patient"` in the patient's words."""
    changed = block_of(changes, audience) if changes is not None else None
    if audience == "patient":
        return _template("patient.html").render(letter=letter_of(plan), changed=changed)
    return _template("board.html").render(board=board_of(plan), changed=changed)


@cache
def _template(name: str) -> Template:
    """A page's template; everything a record or a pack says is escaped."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
