"""What is kept of a record. Whatever says something about a person is sealed under the record's own key."""

from __future__ import annotations

import json
import uuid
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sapwood_web.vault.addresses import WIDTH, SealedAddress


class Record(models.Model):
    """One person's record, kept by the account that owns it: their own, or a guardian's for a child.

    `subject` stands for it in the audit trail, and goes with this row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="records")
    subject = models.UUIDField(unique=True, default=uuid.uuid4)
    data_key = models.UUIDField(unique=True)
    for_child = models.BooleanField(default=False)
    begun_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("begun_at", "pk")

    def seal(self, place: str, data: bytes) -> bytes:
        """Data under this record's key, readable in this place only."""
        return settings.KEY_STORE.seal(self.data_key, f"{place}:{self.pk}", data)

    def open(self, place: str, sealed: bytes) -> bytes:
        """What was sealed there."""
        return settings.KEY_STORE.open(self.data_key, f"{place}:{self.pk}", sealed)


class Upload(models.Model):
    """One FHIR file, byte for byte as it came. All that count are read together; each stays until it is removed.

    `set_aside` is a kind: `unlike` where it seemed to be of somebody else, `chosen` where a person left it out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    set_aside = models.CharField(max_length=10, default="", blank=True)
    sealed = models.BinaryField()

    class Meta:
        ordering = ("-at", "-pk")

    def keep(self, data: bytes) -> None:
        """Takes the bytes; not yet saved."""
        self.size = len(data)
        self.sealed = self.record.seal(f"upload:{self.pk}", zlib.compress(data, 6))

    @property
    def data(self) -> bytes:
        """The bytes as they came."""
        return zlib.decompress(self.record.open(f"upload:{self.pk}", self.sealed))


class Answer(models.Model):
    """One fact that somebody typed, or a correction: always beside what stood before, never in its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("at", "pk")

    def keep(self, said: dict[str, str]) -> None:
        """Takes `fact`, `value`, `when` and `by` (clinician or patient); not yet saved."""
        self.sealed = self.record.seal(f"answer:{self.pk}", json.dumps(said).encode())

    @property
    def said(self) -> dict[str, str]:
        """What was typed."""
        content: dict[str, str] = json.loads(self.record.open(f"answer:{self.pk}", self.sealed))
        return content


class _Sealed(models.Model):
    """Something said about a record, sealed as JSON in a place of its own."""

    PLACE = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        abstract = True
        ordering = ("at", "pk")

    record: Record

    def keep(self, said: dict[str, str]) -> None:
        """Takes what was said; not yet saved."""
        self.sealed = self.record.seal(f"{self.PLACE}:{self.pk}", json.dumps(said).encode())

    @property
    def said(self) -> dict[str, str]:
        """What was said."""
        content: dict[str, str] = json.loads(self.record.open(f"{self.PLACE}:{self.pk}", self.sealed))
        return content


class LeftOpen(_Sealed):
    """A question that got no answer, with `fact`, `specimen`, `why` and, of a value without its day, `value`.

    `why` is skipped, not_known, no_date or will_bring. It answers nothing: the fact stays unknown.
    """

    PLACE = "left open"

    record = models.ForeignKey(Record, models.CASCADE, related_name="left_open")


class DailyEntry(_Sealed):
    """What somebody measured on one day: `day`, and any of `weight`, `temperature` (with units) and `swelling`.

    `time` is the instant of an entry made on its own day. An entry is taken back, never changed.
    """

    PLACE = "daily"

    record = models.ForeignKey(Record, models.CASCADE, related_name="daily_entries")


class Picture(models.Model):
    """A photograph or a file of a report, as it came, for people to look at. It answers nothing by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="pictures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()
    sealed_about = models.BinaryField()

    class Meta:
        ordering = ("-at", "-pk")

    def keep(self, data: bytes, kind: str, about: str) -> None:
        """Takes the bytes, what kind of file they are, and what they are about; not yet saved."""
        self.size, self.kind = len(data), kind
        self.sealed = self.record.seal(f"picture:{self.pk}", data)
        self.sealed_about = self.record.seal(f"picture about:{self.pk}", about.encode())

    @property
    def data(self) -> bytes:
        """The bytes as they came."""
        return self.record.open(f"picture:{self.pk}", self.sealed)

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return self.record.open(f"picture about:{self.pk}", self.sealed_about).decode()

    @property
    def shown(self) -> bool:
        """Whether a browser shows it as a picture; other kinds are saved first."""
        return self.kind in ("image/jpeg", "image/png", "image/webp")


class Scope(models.TextChoices):
    """How far a grant reaches; each holds those before it."""

    READ = "read", _("See the record")
    ADD = "add", _("See it and add facts")
    ACT = "act", _("Act for me: see it, add facts and files, take a copy")


class InvitedAs(models.TextChoices):
    """As what somebody is invited."""

    CARE_PARTNER = "care_partner", _("Family or someone who cares for me")
    CLINICIAN = "clinician", _("A clinician")


class _Offer(models.Model):
    """What an invitation offers and a grant gives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invited_as = models.CharField(max_length=20, choices=InvitedAs)
    scope = models.CharField(max_length=10, choices=Scope)

    class Meta:
        abstract = True


class Invitation(_Offer):
    """An offer bound to one address: only who has confirmed that address can take it up. Its link holds no secret.

    While `told_at` is empty, the mail about it has still to be sent.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="invitations")
    email = SealedAddress(max_length=WIDTH, db_index=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    grant_days = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")


class Grant(_Offer):
    """What one person may do with one record, until it runs out or is ended."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="grants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")

    def save(self, *arguments: Any, **options: Any) -> None:
        if self.person_id == self.record.owner_id:
            raise ValueError("An owner needs no grant.")
        super().save(*arguments, **options)
