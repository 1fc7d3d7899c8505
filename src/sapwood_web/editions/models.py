"""An edition of the pack as it was loaded, what the check said of it, and which edition the site reads records by."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How far the check of an edition has come."""

    LOADED = "loaded", _("Loaded, not checked yet")
    CHECKING = "checking", _("Being checked")
    SOUND = "sound", _("Found sound")
    FAULTY = "faulty", _("Faults found")
    BROKEN = "broken", _("The check did not end")


class Edition(models.Model):
    """The files of a pack's folder, byte for byte. They never change; `content` is their hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    content = models.CharField(max_length=64, unique=True)
    packed = models.BinaryField()
    loaded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    checked_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    counted_against = models.CharField(max_length=64, blank=True)
    counting_since = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-loaded_at", "-pk")

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Takes the files by their paths; not yet saved."""
        texts = {path: data.decode() for path, data in files.items()}
        self.packed = zlib.compress(json.dumps(texts, sort_keys=True).encode(), 9)

    @property
    def files(self) -> dict[str, bytes]:
        """The files by their paths."""
        texts: dict[str, Any] = json.loads(zlib.decompress(bytes(self.packed)))
        return {path: text.encode() for path, text in texts.items()}


class Activation(models.Model):
    """That from this moment on an edition is read by; without one, the pack that came with the site. Never changed."""

    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="activations")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
