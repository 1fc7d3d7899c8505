"""How many years of school a text asks for: the Flesch-Kincaid grade of its sentences.

Syllables and formula are the `readability` library's, but that no word has less than one syllable ("the" has none
there). What is a sentence and a word is ours: headings, tables, addresses, code and marks of citation are left out, so
that short titles cannot flatter a page; an item of a list is a sentence; a colon ends none within a line.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sapwood.errors import Problem, SapwoodError

LIMIT = Decimal(8)  # the grade that words for patients and care partners keep to

# Names that a person cannot avoid, with the plain word that stands for each while counting. Only names of drugs, of
# the disease and of its markers belong here: a hard word that could be said more simply stays hard.
NAMES = {
    "acetaminophen": "drug",
    "asparaginase": "drug",
    "azacitidine": "drug",
    "bpdcn": "this",
    "blastic plasmacytoid dendritic cell neoplasm": "this cancer",
    "cd123": "mark",
    "cytarabine": "drug",
    "decitabine": "drug",
    "decnupaz": "drug",
    "elzonris": "drug",
    "hyper-cvad": "drugs",
    "methotrexate": "drug",
    "mini-cvd": "drugs",
    "paracetamol": "drug",
    "pivekimab": "drug",
    "pivekimab sunirine": "drug",
    "tagraxofusp": "drug",
    "venetoclax": "drug",
    "vincristine": "drug",
}

_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_LEFT_OUT = re.compile(r"^(?:#{1,6}\s.*|\s*\|.*|\s*(?:[-*_]\s*){3,})$", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_CITED = re.compile(r"\[\^[\w-]+\]")
_ADDRESS = re.compile(r"<[^<>\s]+>|https?://\S+")
_SHORT_FORMS = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|No|approx|vs|etc|e\.g|i\.e)\.(?=\s)")
_END = re.compile(r"(?<=[.!?])[\"')\]”’]*\s+")
_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_NAME = re.compile(
    r"\b(?:" + "|".join(re.escape(name) for name in sorted(NAMES, key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)


def grade(text: str) -> Decimal:
    """The Flesch-Kincaid grade of a text in markdown, to one decimal; a text without words is grade 0."""
    spoken = sentences(text)
    words = [word.lower() for sentence in spoken for word in _WORD.findall(sentence)]
    if not words:
        return Decimal(0)
    try:
        from readability import KincaidGradeLevel  # type: ignore[import-untyped]
        from readability.langdata import LANGDATA  # type: ignore[import-untyped]
    except ImportError as error:
        raise SapwoodError(
            Problem(
                "reading grade",
                "the library that counts it is not installed",
                "Install Sapwood with its extra `check`: `pip install sapwood[check]`.",
            )
        ) from error
    in_word = LANGDATA["en"]["syllables"]
    syllables = sum(max(1, in_word(word)) for word in words)
    measured = KincaidGradeLevel(syllables, len(words), len(spoken))
    return max(Decimal(0), Decimal(str(measured)).quantize(Decimal("0.1")))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in markdown, without its marks, its names said plainly."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", _ITEM.sub("\n\n", _without_marks(text))):
        plain = _NAME.sub(lambda match: NAMES[match[0].lower()], " ".join(block.split()))
        plain = _SHORT_FORMS.sub(lambda match: match[0].replace(".", ""), plain)
        found += [sentence for sentence in _END.split(plain) if _WORD.search(sentence)]
    return tuple(found)


def _without_marks(text: str) -> str:
    text = _FENCED.sub("\n\n", text)
    text = _LEFT_OUT.sub("\n\n", text)
    text = re.sub(r"^\s*>\s?", "", text, flags=re.MULTILINE)
    text = _ADDRESS.sub("", _LINK.sub(r"\1", _CITED.sub("", text)))
    return re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", text)
