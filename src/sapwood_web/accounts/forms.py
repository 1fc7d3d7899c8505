"""What is asked at sign-up, and of an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sapwood_web.accounts.actions import JOINING
from sapwood_web.accounts.models import Role

NAME_HINT = _("As you wish to be called here. It need not be your real name.")


class JoinForm(forms.Form):
    """Beside address and password: who somebody comes as, and what to call them."""

    name = forms.CharField(
        label=_("What may we call you?"),
        max_length=80,
        required=False,
        help_text=NAME_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.ChoiceField(
        label=_("You come as"),
        choices=[(role.value, role.label) for role in JOINING],
        initial=Role.PATIENT,
        widget=forms.RadioSelect,
    )
    field_order = ("role", "name", "email", "password1", "password2")

    def signup(self, request: Any, user: Any) -> None:
        """All is done by the adapter; allauth asks for this method."""


class NameForm(forms.Form):
    """What to call somebody."""

    name = forms.CharField(
        label=_("What may we call you?"),
        max_length=80,
        required=False,
        help_text=NAME_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class EraseForm(forms.Form):
    """The word that shows it is meant."""

    sure = forms.BooleanField(
        label=_("I understand that this cannot be undone"),
        error_messages={"required": _("Tick this box if you want to erase it for good.")},
    )
