"""What is asked about a record."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sapwood_web.records.actions import GRANT_DAYS
from sapwood_web.records.models import InvitedAs, Scope
from sapwood_web.records.reading import pack


class BeginForm(forms.Form):
    """Whose record it is."""

    whose = forms.ChoiceField(
        label=_("Whose record is it?"),
        choices=[("own", _("Mine")), ("child", _("A child’s, and I am the parent or guardian"))],
        widget=forms.RadioSelect,
    )


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_("A FHIR file (JSON), as your hospital’s portal or app exports it. At most 10 MB."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".json,.ndjson,application/json,application/fhir+json"}
        ),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Export it again."),
        },
    )


def _facts() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, definition in pack().facts.items():
        if definition.derived:  # worked out from others, never stated
            continue
        title = getattr(definition, "patient", "") or definition.title
        groups.setdefault(definition.group or "", []).append((name, title))
    return [("", [("", _("Choose one"))]), *groups.items()]


class AnswerForm(forms.Form):
    """One fact, its value, and its day."""

    fact = forms.ChoiceField(label=_("What is it about?"), choices=_facts)
    value = forms.CharField(
        label=_("What is it?"),
        max_length=200,
        help_text=_("A number with its unit (3.6 g/dL), yes or no, or one of the words the question allows."),
    )
    when = forms.DateField(
        label=_("On which day was that?"),
        required=False,
        help_text=_("The day of the test or the event. Leave it empty if you do not know."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class InviteForm(forms.Form):
    """Whom to invite, as what, how far and how long."""

    email = forms.EmailField(
        label=_("Their e-mail address"),
        max_length=254,
        help_text=_("Only the person who has this address can accept."),
    )
    invited_as = forms.ChoiceField(label=_("Who are they?"), choices=InvitedAs, widget=forms.RadioSelect)
    scope = forms.ChoiceField(label=_("What may they do?"), choices=Scope, widget=forms.RadioSelect)
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(days, _("%(days)d days") % {"days": days}) for days in GRANT_DAYS],
        coerce=int,
        initial=GRANT_DAYS[0],
        widget=forms.RadioSelect,
    )
