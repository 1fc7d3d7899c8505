"""The only writer of the trail."""

from __future__ import annotations

import random
import uuid
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from sapwood_web.audit.chain import START, Fault, Head, faults_of, mac_of
from sapwood_web.audit.heads import note_head, read_heads
from sapwood_web.audit.models import Chain, Event


def record_event(
    deed: str,
    *,
    actor: uuid.UUID | None,
    about: uuid.UUID | None = None,
    what: str = "",
    why: str = "",
) -> Event:
    """Writes one event, in the transaction of the deed itself where there is one: both stand, or neither.

    `what` and `why` are kinds and random ids, never words of a record.
    """
    with transaction.atomic():
        chain = _free_chain()
        event = Event(
            shard=chain.shard,
            number=chain.number + 1,
            at=timezone.now(),
            actor=actor,
            about=about,
            deed=deed,
            what=what,
            why=why,
        )
        key = settings.KEYS.audit
        event.mac = mac_of(key, chain.mac, event.shard, event.number, event.link.content)
        event.save()
        chain.number, chain.mac = event.number, event.mac
        chain.save(update_fields=["number", "mac"])
        head = Head(event.number, event.mac)
        transaction.on_commit(partial(note_head, settings.AUDIT_HEADS, key, event.shard, head))
    return event


def verify_trail() -> list[Fault]:
    """Every place where the trail is not as it was written."""
    heads, faults = read_heads(settings.AUDIT_HEADS, settings.KEYS.audit)
    links = (event.link for event in Event.objects.order_by("shard", "number").iterator())
    return [*faults, *faults_of(settings.KEYS.audit, links, heads)]


def _free_chain() -> Chain:
    """A chain that no other transaction is writing, held until this one ends; readers so never queue."""
    if connection.features.has_select_for_update_skip_locked:
        free = Chain.objects.select_for_update(skip_locked=True).order_by("?")[:1]
        for chain in free:
            return chain
    shard = random.randrange(settings.AUDIT_SHARDS)  # nosec B311: only spreads the load
    chain, _ = Chain.objects.select_for_update().get_or_create(shard=shard, defaults={"mac": START})
    return chain


def note_all_heads() -> None:
    """Notes where every chain stands, after the database was brought back."""
    for chain in Chain.objects.filter(number__gt=0):
        note_head(settings.AUDIT_HEADS, settings.KEYS.audit, chain.shard, Head(chain.number, chain.mac))
