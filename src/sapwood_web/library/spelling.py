"""Words as they are compared, and the words of the index nearest to one that was mistyped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Count

from sapwood_web.library.models import Gram, Spelling

STOPS = frozenset(
    "a about after all am an and any are as at be been but by can could did do does for from had has have how i if in "
    "is it its may me my no not of on or our s should so t than that the their them then there these they this to was "
    "we were what when where which who why will with would you your".split()
)
LONGEST = 40
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Small letters without marks, as everything is compared."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in taken_apart if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, plain, in order."""
    return [word[:LONGEST] for word in _WORD.findall(plain(text)) if word.isalnum()]


def grams_of(word: str) -> set[str]:
    """Every three letters of a word, with its edges."""
    edged = f"  {word} "
    return {edged[at : at + 3] for at in range(len(edged) - 2)}


def others(word: str) -> list[str]:
    """The words of the index nearest to one that is a word of it itself."""
    return [found for found in nearest(word, but=word) if found != word]


def nearest(word: str, most: int = 6, *, but: str = "") -> list[str]:
    """Words of the index that may have been meant, the nearest first; none where nothing is near enough."""
    allowed = 0 if len(word) < 3 else 1 if len(word) < 6 else 2 if len(word) < 9 else 3
    if not allowed:
        return []
    candidates = (
        Gram.objects.filter(letters__in=grams_of(word))
        .values("spelling__word", "spelling__times")
        .annotate(shared=Count("pk"))
        .order_by("-shared")[:80]
    )
    near = []
    for one in candidates:
        away = distance(word, one["spelling__word"], allowed)
        if away <= allowed and one["spelling__word"] != but:
            longer = abs(len(word) - len(one["spelling__word"]))
            near.append((away, longer, -one["shared"], -one["spelling__times"], one["spelling__word"]))
    if not near:
        return []
    closest = min(near)[0]
    return [found for away, *_, found in sorted(near) if away == closest][:most]


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be put in, taken out, changed or swapped; `most + 1` stands for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last, row = [0], [0], list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = last, row, [i]
        for j, against in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def rewrite(counts: dict[str, int]) -> None:
    """Puts these words, with how often each stands in the index, in the place of those before."""
    Spelling.objects.all().delete()
    made = Spelling.objects.bulk_create(Spelling(word=word, times=times) for word, times in counts.items())
    Gram.objects.bulk_create(_grams(made), batch_size=2000)


def _grams(made: Iterable[Spelling]) -> list[Gram]:
    return [Gram(letters=letters, spelling=one) for one in made for letters in sorted(grams_of(one.word))]
