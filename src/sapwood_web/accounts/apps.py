"""People as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "sapwood_web.accounts"

    def ready(self) -> None:
        """Has allauth's own table of addresses hold them sealed too, as ours does."""
        from allauth.account.models import EmailAddress

        from sapwood_web.accounts import adapter
        from sapwood_web.vault.addresses import SealedAddress

        EmailAddress._meta.get_field("email").__class__ = SealedAddress  # docs/decisions/0011-addresses.md
        adapter.listen()
