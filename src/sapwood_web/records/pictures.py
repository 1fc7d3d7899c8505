"""Which files may be attached to a record for people to look at: told by their first bytes, not by their names."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sapwood.errors import Problem, RecordError

KINDS = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
    "image/heic": (4, b"ftyphei"),
    "application/pdf": (0, b"%PDF-"),
}
"""Kinds of file, each with the bytes it has at one place. None of them can hold a script that a browser runs here."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}


def kind_of(data: bytes) -> str:
    """What kind of file it is; RecordError, with what to do, for any that is not taken."""
    for kind, (place, mark) in KINDS.items():
        if data[place : place + len(mark)] == mark:
            return kind
    raise RecordError(
        Problem(
            _("your file"),
            _("is not a photograph or a PDF"),
            _("Take a photograph of the report, or save it as PDF, and attach that."),
        )
    )
