"""What all entries of a pack share: they refuse unknown keys, and may say a thing in a patient's words."""

from __future__ import annotations

from typing import Any

import msgspec

Words = list[str]
Codes = dict[str, list[str]]
Scalar = Any  # bool, int, Decimal or str; checked against the fact it belongs to


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Frozen content that refuses unknown keys, so that a typo cannot be silently ignored."""


class Plain(Definition, frozen=True):
    """The same thing in words for patients and care partners."""

    title: str = ""
    text: str = ""
    unknown: str = ""
    change: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.text or self.unknown or self.change)
