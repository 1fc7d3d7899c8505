"""The page about the language says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sapwood.criteria.language import Name, parse
from sapwood.errors import SentenceError

LIMITS = frozenset({"high", "low"})
NAMES = {
    **{name: Name("boolean") for name in "cd4 cd56 cd123 tcf4 tcl1 diabetes febrile".split()},
    **{
        name: Name("number", attributes=LIMITS)
        for name in "albumin albumin_baseline alt ecog age_years".split()
    },
    "tissue": Name("code", words=("skin", "marrow", "blood")),
    "response": Name("code", words=("CR", "PR", "PD")),
    "regimen": Name("text"),
    "relapse_on": Name("moment"),
    "as_of": Name("moment", has_when=False),
}
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")


def fenced(kind: str) -> list[str]:
    blocks = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


REFUSED = fenced("refused")


@pytest.mark.parametrize("sentence", fenced("allowed"))
def test_what_the_page_allows_is_read(sentence: str) -> None:
    """Each allowed line is a sentence."""
    parse(sentence, NAMES, where="docs/language.md")


@pytest.mark.parametrize(("sentence", "remedy"), list(zip(REFUSED[::2], REFUSED[1::2], strict=True)))
def test_what_the_page_refuses_is_refused_with_that_remedy(sentence: str, remedy: str) -> None:
    """Each refused line is refused, and the remedy on the page is the one given."""
    with pytest.raises(SentenceError) as raised:
        parse(sentence, NAMES, where="docs/language.md")
    assert remedy.startswith("  -> ")
    assert any(remedy[5:] in problem.remedy for problem in raised.value.problems)


def test_the_page_names_every_name_it_uses() -> None:
    """A reader finds each name of the examples explained at the top."""
    top = PAGE.split("## ")[0]
    assert all(f"`{name}`" in top for name in NAMES)


def test_every_function_and_operator_is_on_the_page() -> None:
    """Nothing allowed goes unsaid."""
    for word in (
        "at_least(",
        "score(",
        "days_between(",
        "DATE",
        "BETWEEN",
        "NOT IN",
        "AND",
        "OR",
        "NOT",
        ".high",
        ".low",
        ".when",
    ):
        assert word in PAGE
