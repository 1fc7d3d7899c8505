"""The question worth putting to many: which single fact, asked of everybody it concerns, would settle most."""

from __future__ import annotations

from dataclasses import dataclass

from sapwood.pathway import NO_SIGNAL

from .opened import Registry
from .parts import text
from .stages import quoted
from .standings import STEP
from .what_if import askable, put_question_to, settled_by


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask: of how many people an answer could settle something, how many verdicts, and which the most."""

    fact: str
    people: int
    verdicts: int
    most: tuple[tuple[str, int], ...]
    """The criteria it settles, with the people in whom it does, most first."""


def missing(registry: Registry) -> tuple[Question, ...]:
    """The facts to ask, the one that settles something for most people first; ties by verdicts, then by pack order.

    A verdict is settled where at least one answer to this fact alone would make it true or false. Counted are the
    criteria that the pack turns on, and those on which the step turns where the person stands; a question concerns
    nobody who stands on no step, or has died.
    """
    pack = registry.pack
    registry.answer_everybody()
    here: dict[str, list[str]] = {step.id: list(step.focus) for step in pack.pathway.steps}
    watched = dict.fromkeys([*pack.about.turns_on, *(name for names in here.values() for name in names)])
    watched = {name: None for name in watched if name in pack.criteria}
    ended = pack.about.ended_when
    alive = f"AND {quoted(ended)} IS NOT TRUE" if ended else ""
    registry.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE concerned AS SELECT a.* FROM answers a JOIN people p USING (person, as_of) "  # nosec B608: names of the pack
        f"WHERE a.{quoted(STEP)} <> {text(NO_SIGNAL)} AND NOT p.trusted {alive}"
    )
    put_question_to(registry, "concerned", list(watched))
    found = []
    order = {name: number for number, name in enumerate(pack.facts)}
    for fact in askable(pack, watched):
        names = [name for name in watched if fact in pack.base_facts[name]]
        tried = settled_by(pack, fact, names, registry.as_of)
        settles = {name: _settles(name, here, pack.about.turns_on) for name in names}
        any_of = " OR ".join(f"({one})" for one in settles.values())
        counts = [f"count(*) FILTER (WHERE {one})" for one in settles.values()]
        registry.engine.execute(f"CREATE OR REPLACE TEMP TABLE settled AS {tried}")
        (row,) = registry.rows(
            f"SELECT count(*) FILTER (WHERE {any_of}), {', '.join(counts)} "  # nosec B608: names of the pack
            "FROM settled t JOIN concerned c USING (person, as_of)"
        )
        people, *each = row
        if people:
            most = sorted(
                ((name, count) for name, count in zip(names, each, strict=True) if count),
                key=lambda one: -one[1],
            )
            found.append(Question(fact, people, sum(each), tuple(most)))
    return tuple(sorted(found, key=lambda one: (-one.people, -one.verdicts, order[one.fact])))


def _settles(name: str, here: dict[str, list[str]], turning: list[str]) -> str:
    """Whether an answer settles a criterion that is open, and that matters where the person stands."""
    settled = f"c.{quoted(name)} IS NULL AND (t.{quoted(f'true:{name}')} OR t.{quoted(f'false:{name}')})"
    if name in turning:
        return settled
    steps = ", ".join(text(step) for step, focus in here.items() if name in focus)
    return f"{settled} AND c.{quoted(STEP)} IN ({steps})"
