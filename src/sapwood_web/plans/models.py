"""Plans that a clinician signed."""

from __future__ import annotations

import json
import uuid
import zlib
from typing import Any

from django.db import models

from sapwood_web.records.models import Record


class SignedPlan(models.Model):
    """A plan exactly as it was signed: the database refuses to change it, and it is erased with its record.

    `signer` stands for the clinician as in the audit trail; their name, the pack and the facts are in what is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="signed_plans")
    signer = models.UUIDField()
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("-at", "-pk")

    def keep(self, content: dict[str, Any]) -> None:
        """Takes what was signed; not yet saved."""
        data = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        self.sealed = self.record.seal(f"signed plan:{self.pk}", zlib.compress(data, 6))

    @property
    def content(self) -> dict[str, Any]:
        """What was signed: `plan` as JSON, `page` as it was shown, `signer`, `note`, `pack`, `as_of`, `digest`."""
        found: dict[str, Any] = json.loads(
            zlib.decompress(self.record.open(f"signed plan:{self.pk}", self.sealed))
        )
        return found
