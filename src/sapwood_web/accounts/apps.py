"""People as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class Accounts(AppConfig):
    name = "sapwood_web.accounts"

    def ready(self) -> None:
        """Has allauth's own table of addresses hold them sealed too, as ours does; and forms say what to do."""
        from allauth.account.models import EmailAddress

        from sapwood_web.accounts import adapter
        from sapwood_web.vault.addresses import SealedAddress

        EmailAddress._meta.get_field("email").__class__ = SealedAddress  # docs/decisions/0011-addresses.md
        Field.default_error_messages["required"] = _("Fill this in, please.")
        adapter.listen()
