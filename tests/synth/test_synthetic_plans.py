"""Invented people are read as real ones are: a plan without problems, and somebody on every step of the pathway."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from sapwood.answers import as_moment
from sapwood.earlier import plan_from
from sapwood.facts import extract
from sapwood.pack import load_pack
from sapwood.plan import Plan
from sapwood.record import parse_record
from sapwood.synth.cohort import Invented, Order, invent
from sapwood.synth.dice import Tally

ORDER = Order(2000, 0, 21, date(2026, 11, 1))


def plan_of(person: Invented) -> Plan:
    """The plan of one invented person on the last day of the cohort."""
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for _, resource in person.chart.entries],
    }
    as_of = as_moment(ORDER.until.isoformat())
    assert as_of is not None
    return plan_from(extract(parse_record(json.dumps(bundle).encode()), load_pack("bpdcn"), as_of=as_of))


SETTLED = re.compile("[Tt]ransplant(?! consultation)")


def whether_to_transplant_is_open(person: Invented) -> bool:
    """In remission, and nothing is written of a transplant: the rarest place to stand."""
    written = {resource.get("code", {}).get("text", "") for _, resource in person.chart.entries}
    return person.group in ("remission", "follow-up") and not any(SETTLED.search(text) for text in written)


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    """Two of each stage, and a dozen more where the question of a transplant is open."""
    stages: dict[str, list[Invented]] = {}
    for number in range(1, 201):
        person = invent(ORDER, "patient", number, Tally())
        stage = "open" if whether_to_transplant_is_open(person) else person.group
        stages.setdefault(stage, []).append(person)
    chosen = [one for stage, people in stages.items() for one in people[: 12 if stage == "open" else 2]]
    return [plan_of(person) for person in chosen]


def test_no_record_holds_a_fault_that_was_not_meant(plans: list[Plan]) -> None:
    problems = [problem for plan in plans for problem in plan.facts.problems]
    assert not problems, "the mess is of values and statuses; the records themselves are sound"


def test_somebody_stands_on_every_step(plans: list[Plan]) -> None:
    steps = {step.id for step in load_pack("bpdcn").pathway.steps}
    reached = {plan.position.step for plan in plans}
    reached |= {step.id for plan in plans for step in plan.position.gaps}
    assert steps <= reached, f"nobody is on {sorted(steps - reached)}"


def test_doses_are_read_as_cycles_and_held_doses_as_held(plans: list[Plan]) -> None:
    lines = [line for plan in plans for line in plan.facts.treatment.lines]
    assert {"tagraxofusp", "hma_ven", "hyper_cvad"} <= {line.regimen for line in lines}
    ours = [line for line in lines if line.regimen == "tagraxofusp"]
    assert any(line.held for line in ours), "no dose was held"
    assert any(len(line.cycles) > 1 for line in ours), "no second cycle"


def test_of_the_background_most_give_no_signal() -> None:
    steps = [plan_of(invent(ORDER, "background", number, Tally())).position.step for number in range(1, 21)]
    assert steps.count("no_signal") > 14
