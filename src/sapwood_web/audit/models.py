"""The trail in the database."""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import Any, NoReturn

from django.db import models

from sapwood_web.audit.chain import Link


class NeverChangedError(Exception):
    """An event of the trail was about to be changed or removed."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events, to be read."""

    def update(self, **_: Any) -> NoReturn:
        raise NeverChangedError

    def delete(self) -> NoReturn:
        raise NeverChangedError


class Event(models.Model):
    """One deed. People and records stand under random ids, which erasure leaves without an owner."""

    shard = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, db_index=True)
    about = models.UUIDField(null=True, db_index=True)
    deed = models.CharField(max_length=40)
    what = models.CharField(max_length=80)
    why = models.CharField(max_length=80)
    mac = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shard", "number"], name="one_event_a_place"),)
        ordering = ("-at", "-pk")

    def save(self, *arguments: Any, **options: Any) -> None:
        if self.pk is not None:
            raise NeverChangedError
        super().save(*arguments, **options)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise NeverChangedError

    @property
    def link(self) -> Link:
        """The event as its hash covers it."""
        content = (
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            _text(self.actor),
            _text(self.about),
            self.deed,
            self.what,
            self.why,
        )
        return Link(self.shard, self.number, content, self.mac)


class Chain(models.Model):
    """Where each chain stands; its row is what writers of one chain wait for."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64)


def _text(subject: uuid.UUID | None) -> str:
    return subject.hex if subject is not None else ""
