"""Talks and questions for the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from sapwood_web.library import actions
from sapwood_web.library.models import Passage, Question, Talk


def make_talk(**changed: Any) -> Talk:
    """A published talk of an invented speaker, in which two questions are answered."""
    talk = Talk(
        slug="an-example",
        title="Quorfing the marrow",
        speaker="Dr Ada Example",
        about_speaker="invented",
        day=date(2026, 3, 2),
        minutes=50,
        recording="https://videos.example.org/watch",
        summary="Why a **second look** helps.",
        invented=True,
        published_at=timezone.now(),
        changed_at=timezone.now(),
    )
    for name, value in changed.items():
        setattr(talk, name, value)
    talk.save()
    Passage.objects.create(
        talk=talk, seconds=750, question="Who should look again?", said="An expert centre."
    )
    Passage.objects.create(talk=talk, seconds=3750, question="What is snibbling?", said="A made-up word.")
    return talk


def send(words: str = "May I keep my cat?", address: str = "") -> Question:
    """A question as a visitor sends it."""
    return actions.send_question(words=words, address=address, visitor="192.0.2.7")
