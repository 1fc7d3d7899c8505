"""Of the page for the person it is about: their words, in the order they need them."""

from __future__ import annotations

from sapwood.plan import Plan


class Letter:
    """What the patient's template reads."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan


def letter_of(plan: Plan) -> Letter:
    """What the page for the person shows."""
    return Letter(plan)
