"""Whether a clinician has read a text as it stands, kept apart from the text: who, when, and for which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sapwood.articles import Article, CardDefinition
from sapwood_web.library import content
from sapwood_web.library.models import Kind, Question, Review, Talk


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a text stands: `good` where a clinician has read exactly these words."""

    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Text:
    """Something that can be reviewed: what it is, its hash, where it is read."""

    kind: Any
    name: str
    title: str
    content: str
    address: str
    day_in_pack: str = ""


class Reviews:
    """Every review that stands, asked for once and looked up by text."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], list[Review]] = {}
        for review in Review.objects.filter(withdrawn_at=None).select_related("by"):
            self.found.setdefault((review.kind, review.name), []).append(review)

    def latest(self, text: Text) -> Review | None:
        """The newest review of exactly these words."""
        return next(
            (one for one in self.found.get((text.kind, text.name), []) if one.content == text.content), None
        )

    def of(self, text: Text) -> Reviewed:
        """How a text stands, in words for everybody."""
        review = self.latest(text)
        if review is not None:
            return Reviewed(True, reviewed_words(review))
        if text.day_in_pack:
            day = date_format(date.fromisoformat(text.day_in_pack), "j F Y")
            return Reviewed(True, _("Reviewed by a clinician on %(day)s") % {"day": day})
        earlier = self.found.get((text.kind, text.name))
        if earlier:
            day = date_format(earlier[0].at, "j F Y")
            return Reviewed(
                False,
                _("Changed since a clinician reviewed it on %(day)s; not reviewed again yet") % {"day": day},
            )
        return Reviewed(False, _("Not yet reviewed by a clinician"))


def reviewed_words(review: Review) -> str:
    """Who reviewed a text and when, in one line; a name only where its owner agreed and is still here."""
    name = review.by.name if review.named and review.by is not None else ""
    words = {"day": date_format(review.at, "j F Y"), "name": name}
    if name:
        return _("Reviewed on %(day)s by %(name)s") % words
    return _("Reviewed by a clinician on %(day)s") % words


def text_of_article(page: Article) -> Text:
    """A page of the pack, as a text to review."""
    about = page.about
    return Text(
        Kind.ARTICLE,
        about.id,
        about.title,
        content.article_content(page),
        content.address_of(about.id),
        about.reviewed,
    )


def text_of_card(card: CardDefinition) -> Text:
    """An emergency card, as a text to review."""
    return Text(
        Kind.CARD,
        card.id,
        card.title,
        content.card_content(card),
        reverse("card", args=[card.id]),
        card.reviewed,
    )


def text_of_question(question: Question) -> Text:
    """A published question with its answer, as a text to review."""
    hashed = content.content_of(question.words, question.answer)
    address = f"{reverse('questions')}#q-{question.pk}"
    return Text(Kind.QUESTION, str(question.pk), question.words, hashed, address)


def text_of_talk(talk: Talk) -> Text:
    """A talk as it is told here, as a text to review."""
    parts = [talk.title, talk.summary]
    for passage in talk.passages.all():
        parts += [passage.question, passage.said]
    return Text(
        Kind.TALK, str(talk.pk), talk.title, content.content_of(*parts), reverse("talk", args=[talk.slug])
    )


def texts() -> Iterator[Text]:
    """Everything that visitors read and a clinician can review."""
    pages = content.library()
    for page in pages.articles.values():
        yield text_of_article(page)
    for card in pages.cards.values():
        yield text_of_card(card)
    for question in Question.objects.exclude(published_at=None):
        yield text_of_question(question)
    for talk in Talk.objects.exclude(published_at=None).prefetch_related("passages"):
        yield text_of_talk(talk)
