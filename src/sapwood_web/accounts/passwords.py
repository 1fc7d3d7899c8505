"""Passwords that this site itself suggests, and that are tried first."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = ("sapwood", "bpdcn", "patient", "clinician", "doctor", "steward", "leukaemia", "leukemia", "password")


class NotOfThisSite:
    """Refuses a password that is little more than words of this site."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError where fewer than eight characters are left without those words."""
        rest = password.lower()
        for word in WORDS:
            rest = rest.replace(word, "")
        if len(rest) < 8 and rest != password.lower():
            raise ValidationError(_("This password is mostly words of this site. Add other words."))

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("Words of this site do not count towards its length.")
