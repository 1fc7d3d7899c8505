"""Seals everything anew under the newest keys; run with the site stopped, before the old keys are dropped."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from sapwood_web.accounts.models import Person, Session
from sapwood_web.records.models import Invitation


class Command(BaseCommand):
    help = "Seals addresses, people's keys and second factors under the newest keys; ends every session."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for model in (Person, EmailAddress, Invitation):
            for row in model.objects.all():
                model.objects.filter(pk=row.pk).update(email=row.email)
        for factor in Authenticator.objects.all():
            for name in ("secret", "seed"):
                if factor.data.get(name):
                    factor.data[name] = encrypt(decrypt(factor.data[name]))
            factor.save(update_fields=["data"])
        Session.objects.all().delete()
        self.stdout.write(
            f"{settings.KEY_STORE.rewrap()} keys wrapped anew; addresses and second factors sealed."
        )
