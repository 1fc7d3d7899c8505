"""Files as they come in: in memory only, no larger than allowed, refused whole or taken whole."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.utils.translation import gettext as _

from sapwood import parse_record
from sapwood.errors import Problem, RecordError

DEEPEST = 64
"""FHIR itself needs fewer than twenty levels."""


class InMemoryOnly(MemoryFileUploadHandler):
    """Keeps a file in memory, and stops reading one that is too large."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > settings.UPLOAD_LIMIT * 4:
            raise RequestDataTooBig
        self.activated = True
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            self.request.too_large = True
            raise StopUpload
        super().receive_data_chunk(raw_data, start)


def check_file(data: bytes) -> None:
    """Raises RecordError, with what to do about it, for whatever the core cannot read as one person's record."""
    if len(data) > settings.UPLOAD_LIMIT:
        raise too_large()
    if _depth(data) > DEEPEST:
        raise RecordError(
            Problem(
                _("your file"),
                _("is nested more deeply than any health record"),
                _("Export it again as FHIR R4 JSON."),
            )
        )
    record = parse_record(data, where=_("your file"))
    if not record.resources and record.patient is None:
        raise RecordError(
            Problem(
                _("your file"), _("holds nothing of a health record"), _("Export it again as FHIR R4 JSON.")
            )
        )


def too_large() -> RecordError:
    """What is said of a file that was not read to its end."""
    size = {"size": settings.UPLOAD_LIMIT // 1024 // 1024}
    remedy = _("Export a shorter time, or one person only.")
    return RecordError(Problem(_("your file"), _("is larger than %(size)d MB") % size, remedy))


def _depth(data: bytes) -> int:
    """How deeply brackets nest, those within text left out."""
    depth = deepest = 0
    in_text = escaped = False
    for byte in data.translate(None, _PLAIN):
        if in_text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_text = False
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


_PLAIN = bytes(byte for byte in range(256) if byte not in b'[{]}"\\')
