"""Search over everything a visitor can read, that forgives spelling. What was looked for is kept nowhere."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from sapwood.articles_html import anchor_of
from sapwood_web.editions.active import active, edition_of
from sapwood_web.library import content, full_text, spelling
from sapwood_web.library.models import Entry, Indexed, Kind, Question, Spelling, Talk

LONGEST_QUERY, MOST_WORDS, MOST_FOUND = 100, 8, 25
LOCK = 0x5A99001
"""Names, for PostgreSQL, the work of building the index."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, and the sentence that fits best, cut where the words looked for stand."""

    kind: str
    title: str
    address: str
    sentence: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and which words were read as which others."""

    hits: tuple[Hit, ...]
    corrected: tuple[tuple[str, str], ...]
    looked: bool


def search(query: str) -> Found:
    """What fits a query, the nearest first; a word that no page knows is read as those nearest to it."""
    ensure_index()
    words = [word for word in spelling.words_of(query[:LONGEST_QUERY]) if word not in spelling.STOPS][
        :MOST_WORDS
    ]
    words = list(dict.fromkeys(words))
    if not words:
        return Found((), (), False)
    known = set(Spelling.objects.filter(word__in=words).values_list("word", flat=True))
    near = {word: spelling.nearest(word) for word in words if word not in known}
    numbers, _groups = _find(words, near)
    if not numbers:  # a word may be spelled right, and another be meant: a sell for a cell
        numbers, _groups = _find(words, near | {word: spelling.others(word) for word in known})
    first = Entry.objects.filter(pk__in=numbers[:1]).first()
    told = set(spelling.words_of(f"{first.title} {first.text}")) if first else set()
    meant = {
        word: next((one for one in others if one in told), others[0])
        for word, others in near.items()
        if others
    }
    some, groups = _find([meant.get(word, word) for word in words], {}, every=False)
    numbers += some
    entries = Entry.objects.in_bulk(numbers)
    found = [entries[number] for number in dict.fromkeys(numbers) if number in entries][:MOST_FOUND]
    looked_for = [word for group in groups for word in group]
    return Found(tuple(_hit(entry, looked_for) for entry in found), tuple(meant.items()), True)


def _find(
    words: list[str], near: Mapping[str, list[str]], *, every: bool = True
) -> tuple[list[int], list[list[str]]]:
    """What holds every word (or any), or one that may have been meant by it; and the groups of words looked for."""
    same = _same_words(active().content)
    groups = [
        list(dict.fromkeys(form for one in (word, *near.get(word, ())) for form in same.get(one, (one,))))
        for word in words
    ]
    return full_text.find(groups, MOST_FOUND, every=every), groups


@lru_cache(maxsize=4)
def _same_words(edition: str) -> Mapping[str, tuple[str, ...]]:
    """Each word with its other spellings, as the glossary has them: leukemia and leukaemia."""
    same: dict[str, tuple[str, ...]] = {}
    for word in edition_of(edition).library.glossary.words.values():
        alone = [spelling.words_of(form) for form in word.forms]
        forms = [form[0] for form in alone if len(form) == 1]
        same |= {form: (form, *(other for other in forms if other != form)) for form in forms}
    return same


# ---- the index ----


def forget_index() -> None:
    """Has the index built anew before the next search; called in the transaction of what changed."""
    Indexed.objects.all().delete()


def ensure_index() -> None:
    """Builds the index where it is not of what is published now."""
    stamp = _stamp(active().content)
    if Indexed.objects.filter(stamp=stamp).exists():
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if Indexed.objects.filter(stamp=stamp).exists():
            return
        _build()
        Indexed.objects.all().delete()
        Indexed.objects.create(stamp=stamp)


def _build() -> None:
    Entry.objects.all().delete()
    entries = Entry.objects.bulk_create(_entries())
    rows = [(one.pk, spelling.plain(one.title), spelling.plain(one.text)) for one in entries]
    full_text.rewrite(rows)
    counts = Counter(word for _, title, body in rows for word in spelling.words_of(f"{title} {body}"))
    spelling.rewrite({word: times for word, times in counts.items() if not word.isdigit() and len(word) > 1})


@lru_cache(maxsize=4)
def _stamp(edition: str) -> str:
    """Stands for the pages of an edition and for how they are indexed."""
    total = hashlib.sha256(b"index 1")
    for entry in _of_pack(edition):
        total.update(f"{entry.kind}\n{entry.title}\n{entry.address}\n{entry.text}\n".encode())
    return total.hexdigest()


def _entries() -> Iterator[Entry]:
    yield from _of_pack(active().content)
    for question in Question.objects.exclude(published_at=None):
        address = f"{reverse('questions')}#q-{question.pk}"
        yield _entry(Kind.QUESTION, question.words, address, question.answer)
    for talk in Talk.objects.exclude(published_at=None).prefetch_related("passages"):
        said = " ".join(f"{one.question} {one.said}" for one in talk.passages.all())
        text = f"{talk.speaker}. {talk.about_speaker}. {content.plain_text(talk.summary)} {content.plain_text(said)}"
        yield _entry(Kind.TALK, talk.title, reverse("talk", args=[talk.slug]), text)


def _of_pack(edition: str) -> Iterator[Entry]:
    pages = edition_of(edition).library
    for name, page in pages.articles.items():
        if page.about.kind == "questions":
            for question, answer in page.answers.items():
                address = f"{reverse('questions')}#{anchor_of(question)}"
                yield _entry(Kind.QUESTION, question, address, answer.split("More:")[0])
        elif page.about.kind == "emergency":
            yield _entry(Kind.ARTICLE, page.about.title, reverse("red_flags"), page.body)
        else:
            yield _entry(Kind.ARTICLE, page.about.title, reverse("article", args=[name]), page.body)
    for name, card in pages.cards.items():
        lines = " ".join(line.text for part in (card.think_of, card.do, card.do_not) for line in part)
        yield _entry(Kind.CARD, card.title, reverse("card", args=[name]), f"{card.treated_with} {lines}")
    for name, word in pages.glossary.words.items():
        address = f"{reverse('words')}#word-{name}"
        yield _entry(Kind.WORD, ", ".join(word.forms), address, word.means)


def _entry(kind: Any, title: str, address: str, text: str) -> Entry:
    return Entry(kind=kind, title=title[:200], address=address, text=content.plain_text(text))


# ---- one hit ----


def _hit(entry: Entry, looked_for: list[str]) -> Hit:
    starts = {word[:5] for word in looked_for}
    sentences = re.split(r"(?<=[.?!])\s+", entry.text)
    fitting = [(sum(_is_it(word, starts) for word in sentence.split()), sentence) for sentence in sentences]
    _, best = max(fitting, key=lambda pair: pair[0], default=(0, ""))
    best = best if len(best) <= 240 else best[:240].rsplit(" ", 1)[0] + " …"
    return Hit(entry.kind, entry.title, entry.address, tuple(_cut(best, starts)))


def _cut(sentence: str, starts: set[str]) -> Iterator[tuple[str, bool]]:
    for piece in re.split(r"(\s+)", sentence):
        yield piece, _is_it(piece, starts)


def _is_it(word: str, starts: set[str]) -> bool:
    found = spelling.words_of(word)
    return any(one[:5] in starts for one in found)
