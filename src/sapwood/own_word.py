"""Where a patient's own word counts although clinical sources speak too: how they are now, and worse or newer.

A fever at home is not answered by yesterday's chart. It rests on the patient's word all the same, so that it raises
alerts, may close a drug's gate, and opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from sapwood.definitions import FactDefinition
from sapwood.found import Candidate


def beside_clinical(
    patients: Sequence[Candidate], clinical: Sequence[Candidate], fact: FactDefinition
) -> list[Candidate]:
    """Of what the patient said of a short-lived fact, or after all clinical sources are too old, what counts beside.

    A sign that no clinical source has; a number above all of theirs, where the highest counts; a value surely newer
    than theirs, where the latest counts. Nothing of what is not a patient's to say.
    """
    if fact.ask is None or fact.ask.of == "clinician":
        return []
    if fact.which == "any":
        return [own for own in patients if own.value is True]
    if fact.which == "highest":
        return [own for own in patients if _above_all(own, clinical)]
    if fact.which == "latest":
        return [own for own in patients if _newer_than_all(own, clinical)]
    return []


def _above_all(own: Candidate, clinical: Sequence[Candidate]) -> bool:
    value = own.value
    if not isinstance(value, (Decimal, Fraction)):
        return False
    return all(value > one.value for one in clinical if isinstance(one.value, (Decimal, Fraction)))


def _newer_than_all(own: Candidate, clinical: Sequence[Candidate]) -> bool:
    when = own.when
    return when is not None and all(one.when is None or when.first > one.when.last for one in clinical)
