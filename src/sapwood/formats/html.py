"""The plan as one page that needs nothing else: no script, no request, readable on a phone and on paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from sapwood.changes import Changes
from sapwood.formats.html_board import Board, board_of
from sapwood.formats.html_changes import Block, block_of
from sapwood.formats.html_parts import FOLDED, PARTS, Part
from sapwood.formats.html_patient import letter_of
from sapwood.plan import Plan

_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"
"""What a site that takes the parts in has to serve: `pieces.css`, whose every rule stands inside the class `plan`."""


def write(plan: Plan, *, audience: str = "clinician", changes: Changes | None = None) -> str:
    """The plan as an HTML page: for a tumour board, or with `audience="patient"` in the patient's words."""
    changed = block_of(changes, audience) if changes is not None else None
    if audience == "patient":
        return _template("patient.html").render(letter=letter_of(plan), changed=changed)
    board = board_of(plan)
    return _template("board.html").render(board=board, parts=parts_of(board, changed))


def parts_of(board: Board, changed: Block | None = None) -> tuple[Part, ...]:
    """The parts of a board's page that have something to say, in the order they are read."""
    found = []
    for id, title, short in PARTS:
        html = _template(f"board/{id}.html").render(board=board, changed=changed).strip()
        if html:
            found.append(Part(id, title, short, html, id in FOLDED))
    return tuple(found)


def alerts_of(board: Board) -> str:
    """The urgent and the stopping alerts, as they stand above everything."""
    return _template("urgent.html").render(board=board)


@cache
def _template(name: str) -> Template:
    """A page's template; everything a record or a pack says is escaped."""
    return Environment(
        loader=FileSystemLoader([_TEMPLATES, _STATIC]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
