"""What is asked on a clinician's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapwood_web.records.forms import AnswerForm


class DatesForm(forms.Form):
    """The day the plan is for, and the day it is compared with."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        help_text=_("Leave it empty for today. On an earlier day, only what was on record by then counts."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    since = forms.DateField(
        label=_("What changed since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        content: dict[str, Any] = super().clean() or {}
        as_of, since = content.get("as_of"), content.get("since")
        if as_of and as_of > timezone.localdate():
            self.add_error("as_of", _("This day is still to come. Choose today or an earlier day."))
        if since and since > (as_of or timezone.localdate()):
            self.add_error("since", _("This day lies after the day of the plan. Choose an earlier one."))
        return content


class OverrideForm(AnswerForm):
    """One fact, its value, its day, and why a clinician states it."""

    reason = forms.CharField(
        label=_("Why do you state this?"),
        max_length=300,
        help_text=_("For example: the report was wrong, the value was read to me by the laboratory."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignForm(forms.Form):
    """A remark beside the signature, and what was on the page."""

    note = forms.CharField(
        label=_("A remark, if you wish"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    basis = forms.CharField(widget=forms.HiddenInput)
