"""A labelled dose by weight, worked out step by step with the weight and its date; never a chemotherapy dose.

Shown only from a pack that a clinician has reviewed, and only for a person known to be an adult.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sapwood.choosing import plain
from sapwood.definitions import Dose
from sapwood.facts import Facts


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One line of the arithmetic, or the one line that says why it is not shown."""

    text: str
    shown: bool = True


def dose_steps(dose: Dose, facts: Facts, *, adult: bool) -> tuple[DoseStep, ...]:
    """The labelled dose for this person, or why it is not shown."""
    if not facts.pack.reviewed:
        return (DoseStep("No dose is worked out: a clinician has not yet reviewed this pack.", False),)
    if not adult:
        return (DoseStep("No dose is worked out: the numbers are for adults.", False),)
    weight = facts.fact(dose.of)
    if not weight.known or not isinstance(weight.value, Decimal):
        return (DoseStep(f"No dose is worked out: {weight.text}.", False),)
    if weight.assurance == "patient":
        return (DoseStep("No dose is worked out: the weight is in the patient's own words.", False),)
    amount = Decimal(dose.amount)
    product = amount * weight.value
    unit = dose.unit.split("/")[0]
    days = f", on days {', '.join(str(day) for day in dose.days)}" if dose.days else ""
    return (
        DoseStep(f"Labelled dose: {plain(amount)} {dose.unit}{days}"),
        DoseStep(
            f"Weight: {plain(weight.value)} {weight.definition.unit}, measured {weight.when or 'on an unknown day'}"
        ),
        DoseStep(f"{plain(amount)} × {plain(weight.value)} = {plain(product)} {unit}"),
        DoseStep("Check this against the current label and a weight of the day before giving anything."),
    )
