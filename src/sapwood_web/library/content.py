"""What visitors read of the edition in use: pages, questions, cards, words, trials, studies, red flags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sapwood.articles import CITED, Article, CardDefinition, Library, Reference
from sapwood.articles_html import Parts, html_parts
from sapwood.definitions import Alert, Topic, Trial
from sapwood.formats.cited import numbers
from sapwood.glossary import WordDefinition
from sapwood.pack import Pack
from sapwood_web.editions.active import active, edition_of

SURVIVAL = re.compile(
    r"surviv|\bOS\b|\bdied\b|\bdead\b|\bdeaths?\b|\bfatal|mortality|\balive\b", re.IGNORECASE
)


def library() -> Library:
    """The pages of the edition in use."""
    return active().library


def emergency_page(pages: Library) -> Article | None:
    """The page that says whom to call and when; none where the pack has none."""
    return next((page for page in pages.articles.values() if page.about.kind == "emergency"), None)


def questions_page(pages: Library) -> Article | None:
    """The page of common questions; none where the pack has none."""
    return next((page for page in pages.articles.values() if page.about.kind == "questions"), None)


def address_of(name: str) -> str:
    """Where a page of the pack is found on the site."""
    page = library().articles[name]
    if page.about.kind == "emergency":
        return reverse("red_flags")
    return reverse("questions") if page.about.kind == "questions" else reverse("article", args=[name])


def parts_of(page: Article) -> Parts:
    """The text of a page as HTML, its words explained where they stand; worked out once for an edition."""
    return _parts(active().content, page.about.id)


@lru_cache(maxsize=200)
def _parts(content: str, name: str) -> Parts:
    pages = edition_of(content).library
    return html_parts(pages, pages.article(name), address_of, _explained)


def _explained(shown: str, word: WordDefinition) -> str:
    """A word as a button that opens what it means, right where it stands; no script is needed."""
    return format_html(
        '<button type="button" class="word" popovertarget="meaning-{id}">{shown}</button>'
        '<span class="meaning" popover id="meaning-{id}"><dfn>{word}</dfn>{means} <a href="{more}">{words}</a></span>',
        id=word.id,
        shown=shown,
        word=word.word,
        means=word.means,
        more=f"{reverse('words')}#word-{word.id}",
        words=_("All words"),
    )


def opening(page: Article) -> str:
    """The first sentence of a page, as it is listed."""
    for block in page.body.split("\n\n"):
        text = plain_text(block)
        if text and not block.startswith(("#", ">", "-", "|")):
            return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]
    return ""


def plain_text(markdown: str) -> str:
    """A text in markdown without its marks, in one line; an item of a list and a heading end as sentences do."""
    lines = []
    for line in CITED.sub("", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)).splitlines():
        alone = re.match(r"\s*(?:#+|[-*>|]|\d+\.)\s", line) is not None
        words = " ".join(re.sub(r"[*`>#|_]+|^\s*- |-{3,}", " ", line).split())
        lines.append(f"{words}." if alone and words and words[-1].isalnum() else words)
    return " ".join(line for line in lines if line)


# ---- what a review covers ----


def content_of(*texts: str) -> str:
    """A hash that stands for exactly these words."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def article_content(page: Article) -> str:
    """Stands for a page as it is read: its heading and its text."""
    return content_of(page.about.title, page.body)


def card_content(card: CardDefinition) -> str:
    """Stands for an emergency card as it is read."""
    lines = [line.text for part in (card.think_of, card.do, card.do_not) for line in part]
    return content_of(card.title, card.treated_with, *lines)


# ---- cards, alerts, trials ----


def card_parts(card: CardDefinition) -> list[tuple[str, list[tuple[str, str]]]]:
    """The back of a card: each part with its lines, and the numbers of their sources."""
    references = card_references(card)
    named = ((_("Think of"), card.think_of), (_("Do"), card.do), (_("Do not"), card.do_not))
    return [
        (
            title,
            [
                (line.text, ",".join(str(one.number) for one in references if set(line.evidence) & set(one.claims)))
                for line in part
            ],
        )
        for title, part in named
        if part
    ]  # fmt: skip


def card_references(card: CardDefinition) -> tuple[Reference, ...]:
    """The sources of a card."""
    lines = [*card.think_of, *card.do, *card.do_not]
    return library().references(dict.fromkeys(name for line in lines for name in line.evidence))


def urgent_alerts() -> list[Alert]:
    """The pack's urgent alerts that it tells patients of."""
    return [
        alert
        for alert in active().pack.pathway.alerts
        if alert.severity == "urgent" and alert.patient.title and alert.patient.text
    ]


STATUSES = ("recruiting", "unknown", "not_recruiting", "completed")


def trials_by_status() -> list[tuple[str, list[Trial]]]:
    """The pack's trials, those that took people first, each status with its own."""
    trials = active().pack.trials
    found = [(status, [one for one in trials if one.status == status]) for status in STATUSES]
    return [(status, of_it) for status, of_it in found if of_it]


# ---- studies side by side ----


@dataclass(frozen=True, slots=True)
class Row:
    """One claim of a topic: what it says, what was counted, where from."""

    text: str
    figures: str
    source: str
    read: bool


@dataclass(frozen=True, slots=True)
class Studies:
    """One topic as a page: its rows, and whether they tell how long people lived."""

    topic: Topic
    rows: tuple[Row, ...]
    survival: bool

    @property
    def title(self) -> str:
        """Its heading in words for patients, where there are such."""
        return self.topic.patient.title or self.topic.title


@lru_cache(maxsize=4)
def _studies(content: str) -> Mapping[str, Studies]:
    pack = edition_of(content).pack
    return {topic.id: _topic(pack, topic) for topic in pack.topics}


def studies() -> Mapping[str, Studies]:
    """Every topic of the edition in use, by id."""
    return _studies(active().content)


def _topic(pack: Pack, topic: Topic) -> Studies:
    rows = []
    survival = bool(SURVIVAL.search(f"{topic.title} {topic.about}"))
    for name in topic.rows:
        claim: Any = pack.claims.get(name)
        source = pack.sources[claim.source if claim else name]
        said = claim.text if claim else source.citation
        figures = numbers(claim) if claim else ""
        survival = survival or bool(SURVIVAL.search(f"{said} {figures}"))
        rows.append(Row(said, figures, source.citation, claim is None or claim.mark != "K"))
    return Studies(topic, tuple(rows), survival)
