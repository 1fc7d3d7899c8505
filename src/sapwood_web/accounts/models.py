"""People, what they allowed, and what they had begun to type."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from sapwood_web.vault.addresses import WIDTH, SealedAddress
from sapwood_web.vault.key_store import KeyGoneError


class Role(models.TextChoices):
    """What somebody comes as; the last three need a second factor, and two of them a steward's word."""

    PATIENT = "patient", _("A patient")
    CARE_PARTNER = "care_partner", _("Someone who cares for a patient")
    CLINICIAN = "clinician", _("A clinician")
    RESEARCHER = "researcher", _("A researcher")
    STEWARD = "steward", _("A steward of this site")


class People(BaseUserManager["Person"]):
    """People, found by their address."""

    def keep_new(self, person: Person, *, name: str = "") -> None:
        """Saves somebody for the first time, with a data key of their own."""
        person.data_key = settings.KEY_STORE.create()
        person.call(name)
        person.save()


class Person(AbstractBaseUser):
    """Someone who can sign in. `subject` stands for them in the audit trail, and goes with this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = SealedAddress(max_length=WIDTH, unique=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.PATIENT)
    verified_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    data_key = models.UUIDField(unique=True)
    subject = models.UUIDField(unique=True, default=uuid.uuid4)
    sealed_name = models.BinaryField(default=b"", blank=True)
    sessions_ended = models.PositiveIntegerField(default=0)

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return str(self.pk)  # never an address: this may reach a log

    @property
    def name(self) -> str:
        """What they wish to be called; empty where they did not say."""
        if not self.sealed_name:
            return ""
        try:
            return settings.KEY_STORE.open(self.data_key, self._place, self.sealed_name).decode()
        except KeyGoneError:
            return ""

    def call(self, name: str) -> None:
        """Takes a name to call them by; not yet saved."""
        sealed = settings.KEY_STORE.seal(self.data_key, self._place, name.encode()) if name else b""
        self.sealed_name = sealed

    @property
    def _place(self) -> str:
        return f"person.name:{self.pk}"

    def get_session_auth_hash(self) -> str:
        """Changes with the password, and whenever they end their sessions everywhere."""
        return salted_hmac(
            "sapwood.session", f"{self.password}:{self.sessions_ended}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())


def display(person: Person) -> str:
    """What the site calls somebody on their own pages and in their own mail."""
    return person.name or person.email


class Consent(models.Model):
    """One decision: its purpose, its text as it was shown, the language, the moment. Never changed.

    The last one written counts: its number says so, since two may carry one moment.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    given = models.BooleanField()
    text = models.TextField()
    version = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)


class Draft(models.Model):
    """What somebody had typed when their session ran out, kept for their return; sealed like the record."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=200)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "page"], name="one_draft_a_page"),)


class Session(models.Model):
    """One browser's session: the keyed hash of its token, whose it is, and what it remembers, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    sealed = models.TextField()
    expires_at = models.DateTimeField(db_index=True)
