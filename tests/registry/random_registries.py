"""Random packs and people for a registry: everything a check has, and what only one person's plan reads."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from random_packs import random_answers, random_content
from small_packs import small_pack

from sapwood.answers import Answer
from sapwood.pack import Pack


def random_registry_pack(r: Random) -> Pack:
    """A pack with gates, holds, reasons for and against, trials, adults' numbers and an end."""
    content = random_content(r)
    criteria, pathway = content["criteria"], content["pathway"]
    names = list(criteria)
    for criterion in criteria.values():
        criterion["rule_set"] = r.choice(["label", "safety", "definition"])

    def points(most: int) -> list[dict[str, str]]:
        return [{"text": "so", "when": r.choice(names)} for _ in range(r.randrange(most))]

    for option in pathway["options"]:
        option |= {"for": points(3), "against": points(3)}
    for step in pathway["steps"]:
        if r.random() < 0.3:
            step["opens"] = r.choice(["a", "NOT b OR k1", "TRUE", "FALSE", "a AND x > 1"])
    pathway["tasks"][0]["steps"] = r.choice([["all"], ["one", "three"]])
    trial = {
        "title": "t",
        "status": "recruiting",
        "status_as_of": "2026-03-01",
        "steps": r.choice([[], ["one"]]),
    }
    content["trials"] = {
        "trials": [
            {**trial, "nct": f"NCT0000000{n}", "offered": r.choice([*names, "TRUE"]), "meets": points(3)}
            | {"excludes": points(3)}
            for n in range(2)
        ]
    }
    about: dict[str, Any] = {}
    if r.random() < 0.5:
        about["ended_when"] = r.choice(["a", "b"])
    if r.random() < 0.5:
        about |= {"adult_when_false": r.choice(["k0", "k1"]), "adult_numbers": r.sample(names, 3)}
    return small_pack(content.pop("facts"), about=about, **content)


def random_people(r: Random, count: int) -> list[tuple[Answer, ...]]:
    """What is said of some patients, now and then in their own words."""
    people = []
    for _ in range(count):
        own = r.choice((0.0, 0.0, 0.3, 1.0))
        people.append(
            tuple(
                replace(answer, by="patient") if r.random() < own else answer for answer in random_answers(r)
            )
        )
    return people
