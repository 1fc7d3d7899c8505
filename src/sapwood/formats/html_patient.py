"""Of the page for the person it is about: the plan in their words, with the steps drawn, in the order they need it."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.formats.html_pathway import Rail, rail_of
from sapwood.plain_words import Choice, PlainPlan, alike, day_words, plain_plan
from sapwood.plan import Plan


@dataclass(frozen=True, slots=True)
class Letter:
    """What the patient's template reads."""

    words: PlainPlan
    rail: Rail | None
    day: str
    language: str
    choices: tuple[tuple[Choice, ...], ...]


def letter_of(plan: Plan) -> Letter:
    """What the page for the person shows."""
    words = plain_plan(plan)
    return Letter(
        words,
        None if words.ended else rail_of(plan, own_words=True),
        day_words(plan.facts.as_of.first_day),
        plan.facts.pack.about.language,
        tuple(tuple(group) for group in alike(words.choices)),
    )
