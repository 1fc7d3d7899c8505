"""Talks, visitors' questions, who reviewed what, and the index that the search reads."""

from __future__ import annotations

import json
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sapwood_web.vault.key_store import KeyGoneError


class Talk(models.Model):
    """A talk, to come or recorded: who spoke, when, and in our own short words what was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    speaker = models.CharField(max_length=120)
    about_speaker = models.CharField(max_length=200, blank=True)
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    recording = models.URLField(max_length=400, blank=True)
    summary = models.TextField(max_length=4000, blank=True)
    invented = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("-day", "title")


class Passage(models.Model):
    """One question that a talk answers: where in the recording, and what was said."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="passages")
    seconds = models.PositiveIntegerField()
    question = models.CharField(max_length=200)
    said = models.TextField(max_length=1500)

    class Meta:
        ordering = ("seconds", "pk")


class Question(models.Model):
    """A question that a visitor sent, sealed until a steward publishes it in other words or removes it.

    Its key is its own. When it is answered, the key is destroyed: what was sent, and the address, are gone then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    data_key = models.UUIDField(unique=True, null=True)
    sealed = models.BinaryField(default=b"")
    talk = models.ForeignKey(Talk, models.SET_NULL, null=True, blank=True, related_name="questions")
    words = models.CharField(max_length=200, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-published_at", "at", "pk")

    def keep(self, words: str, address: str) -> None:
        """Takes what was sent, under a key of its own; not yet saved."""
        self.data_key = settings.KEY_STORE.create()
        sent = json.dumps({"words": words, "address": address}).encode()
        self.sealed = settings.KEY_STORE.seal(self.data_key, self._place, sent)

    @property
    def sent(self) -> dict[str, str]:
        """What was sent: `words` and `address`; empty once it was answered."""
        if self.data_key is None:
            return {"words": "", "address": ""}
        try:
            said: dict[str, str] = json.loads(
                settings.KEY_STORE.open(self.data_key, self._place, bytes(self.sealed))
            )
        except KeyGoneError:
            return {"words": "", "address": ""}
        return said

    @property
    def _place(self) -> str:
        return f"question:{self.pk}"


class Kind(models.TextChoices):
    """What can be reviewed, and found."""

    ARTICLE = "article", _("Page")
    CARD = "card", _("Emergency card")
    QUESTION = "question", _("Question")
    TALK = "talk", _("Talk")
    WORD = "word", _("Word")


class Review(models.Model):
    """That a clinician read a text and found it right: this text, by its hash, and no later one."""

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    content = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    named = models.BooleanField(default=False)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["kind", "name"]),)


class Entry(models.Model):
    """One thing the search finds; its words stand in the database's own full-text index, under the same number."""

    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=200)
    text = models.TextField()


class Spelling(models.Model):
    """A word of the index, by which one that was mistyped is put right."""

    word = models.CharField(max_length=40, unique=True)
    times = models.PositiveIntegerField()


class Gram(models.Model):
    """Three letters of a word of the index."""

    letters = models.CharField(max_length=3, db_index=True)
    spelling = models.ForeignKey(Spelling, models.CASCADE, related_name="grams")


class Indexed(models.Model):
    """What the index was built from; another stamp, or none, has it built anew."""

    stamp = models.CharField(max_length=80)
