"""Everything that changes the library: one deed, one transaction, one event of the trail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sapwood_web.accounts.models import Person, Role
from sapwood_web.accounts.permissions import NotYoursError, check_reviewer, check_steward
from sapwood_web.accounts.policies import NotNowError
from sapwood_web.audit.actions import record_event
from sapwood_web.library import policies
from sapwood_web.library.models import Passage, Question, Review, Talk
from sapwood_web.library.reviewing import Text
from sapwood_web.library.search import forget_index

log = logging.getLogger("sapwood.library")


@transaction.atomic
def send_question(*, words: str, address: str, visitor: str) -> Question:
    """Keeps a visitor's question, sealed; `visitor` is a network address, counted and not kept."""
    policies.check_visitor_pace("ask", visitor)
    question = Question(at=timezone.now())
    question.keep(words, address)
    question.save()
    record_event("sent a question", actor=None, what=f"question {question.pk}")
    return question


@transaction.atomic
def answer_question(
    steward: Person,
    question: Question,
    *,
    words: str,
    answer: str,
    talk: Talk | None,
    link: Callable[[], str],
) -> None:
    """Publishes a question in a steward's words with its answer, tells who asked, and destroys what was sent."""
    why = check_steward("publish", steward)
    question = Question.objects.select_for_update().get(pk=question.pk)
    policies.check_waits(question)
    address, key = question.sent["address"], question.data_key
    question.words, question.answer, question.talk = words, answer, talk
    question.published_at = timezone.now()
    question.data_key, question.sealed = None, b""
    question.save()
    forget_index()
    record_event("answered a question", actor=steward.subject, what=f"question {question.pk}", why=why)
    transaction.on_commit(lambda: _destroy(key))
    if address:
        transaction.on_commit(lambda: _tell(address, link()))


@transaction.atomic
def mend_answer(steward: Person, question: Question, *, words: str, answer: str, talk: Talk | None) -> None:
    """Changes a published answer; a review of the words before does not cover the new ones."""
    why = check_steward("publish", steward)
    question.words, question.answer, question.talk = words, answer, talk
    question.save(update_fields=["words", "answer", "talk"])
    forget_index()
    record_event("changed an answer", actor=steward.subject, what=f"question {question.pk}", why=why)


@transaction.atomic
def remove_question(steward: Person, question: Question) -> None:
    """Removes a question, answered or not, and destroys what was sent."""
    why = check_steward("publish", steward)
    key, name = question.data_key, question.pk
    question.delete()
    forget_index()
    record_event("removed a question", actor=steward.subject, what=f"question {name}", why=why)
    transaction.on_commit(lambda: _destroy(key))


@transaction.atomic
def keep_talk(steward: Person, talk: Talk, passages: Sequence[Passage]) -> Talk:
    """Keeps a talk with the questions it answers; those before are replaced."""
    why = check_steward("publish", steward)
    talk.changed_at = timezone.now()
    talk.slug = talk.slug or _free_slug(talk)
    talk.save()
    talk.passages.all().delete()
    for passage in passages:
        passage.talk = talk
    Passage.objects.bulk_create(passages)
    forget_index()
    record_event("wrote a talk", actor=steward.subject, what=f"talk {talk.pk}", why=why)
    return talk


@transaction.atomic
def publish_talk(steward: Person, talk: Talk, *, shown: bool) -> None:
    """Shows a talk to everybody, or takes it back."""
    why = check_steward("publish", steward)
    if shown:
        policies.check_may_publish(talk)
    talk.published_at = timezone.now() if shown else None
    talk.save(update_fields=["published_at"])
    forget_index()
    deed = "published a talk" if shown else "took a talk back"
    record_event(deed, actor=steward.subject, what=f"talk {talk.pk}", why=why)


@transaction.atomic
def review(clinician: Person, text: Text, *, content: str, named: bool) -> Review:
    """Keeps that a verified clinician read exactly these words and found them right."""
    why = check_reviewer(clinician)
    if text.content != content:
        raise NotNowError(_("The text was changed while you read it. Please read it again."), "reviews")
    made = Review.objects.create(
        kind=text.kind, name=text.name, content=content, by=clinician, named=named, at=timezone.now()
    )
    record_event("reviewed a text", actor=clinician.subject, what=f"{text.kind} {text.name}"[:80], why=why)
    return made


@transaction.atomic
def withdraw_review(person: Person, made: Review) -> None:
    """Takes a review back: one's own, or as a steward."""
    own = made.by_id == person.pk and person.role == Role.CLINICIAN
    why = "clinician" if own else check_steward("publish", person)
    if made.withdrawn_at is not None:
        raise NotYoursError
    made.withdrawn_at = timezone.now()
    made.save(update_fields=["withdrawn_at"])
    record_event("took a review back", actor=person.subject, what=f"{made.kind} {made.name}"[:80], why=why)


def _free_slug(talk: Talk) -> str:
    """An address for a talk that no other has."""
    wanted = slugify(talk.title)[:70] or "talk"
    taken = set(Talk.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _destroy(key: Any) -> None:
    if key is not None:
        settings.KEY_STORE.destroy([key])


def _tell(address: str, link: str) -> None:
    """One mail to who asked; it says that there is an answer, and not to what."""
    words = _("Your question to Sapwood has an answer now:\n\n%(link)s\n\nWe have removed your address.")
    try:
        send_mail(_("Your question has an answer"), words % {"link": link}, None, [address])
    except OSError:
        log.warning("a mail about an answer could not be sent")
