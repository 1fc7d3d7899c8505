"""What `find`, `ask` and `missing` print: counts that may be shown, and lists for the hospital's own eyes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from .asked import Asked
from .case_finding import Found
from .opened import Registry
from .questions import Question
from .reasons import reasons_of_people
from .small_numbers import hide_parts, hide_small, shown, what_it_means

OWN_EYES = "# For the hospital's own eyes: ids of people. Not to be shown, sent or published.\n"


def asked_words(found: Asked, registry: Registry, threshold: int) -> str:
    """How many people a sentence is true, false and unknown of."""
    counts = hide_parts(found.counts, threshold)
    lines = [f"{_cell(counts[word]):>11}  {word}" for word in ("true", "false", "unknown")]
    lines.append(f"{shown(registry.people, threshold):>11}  people as of {registry.manifest.as_of}")
    return "\n".join([*lines, what_it_means(threshold), "Unknown is not no."]) + "\n"


def asked_list(found: Asked) -> str:
    """The ids, each with its answer; those of whom it is false are left out, and counted."""
    rows = [(person, "true") for person in found.people[True]]
    rows += [(person, "unknown") for person in found.people[None]]
    left = f"# Left out: {len(found.people[False]):,} people of whom it is false.\n"
    return OWN_EYES + left + _csv(("person", "answer"), rows)


def found_words(found: Found, registry: Registry, threshold: int) -> str:
    """What a search says, as counts to plan the work by."""
    pack, criterion = registry.pack, registry.pack.criteria[found.criterion]
    counts = hide_parts(found.counts, threshold)
    lines = [
        f"{found.criterion}: {criterion.title or criterion.means}",
        f"{shown(registry.people, threshold)} people as of {registry.manifest.as_of}. {what_it_means(threshold)}",
        "",
        *(f"  {_cell(counts[word]):>9}  {word}" for word in ("true", "false", "unknown")),
    ]
    steps = hide_parts(found.steps, threshold)
    titles = {step.id: step.title for step in pack.pathway.steps}
    if found.counts["true"] and counts["true"] is not None:
        lines += ["", "Where those of whom it is true stand:"]
        lines += [
            f"  {_cell(steps[step]):>9}  {titles.get(step, step)}" for step in steps if steps[step] != 0
        ]
    away = hide_parts(
        {"pointed": found.pointed_at, "rest": found.one_answer_away - found.pointed_at}, threshold
    )
    lines += [
        "",
        "Of the unknown, one single answer could make it true or false",
        f"  {_cell(away['pointed']):>9}  where something on record speaks for it already",
        f"  {_cell(away['rest']):>9}  others: nothing on record points to it",
        "",
        "The answers that would settle it, by the people in whom each would alone:",
    ]
    hidden = hide_small({one.fact: one.people for one in found.questions}, threshold)
    told = [one for one in found.questions if hidden[one.fact] is not None]
    lines += [f"  {hidden[one.fact]:>9,}  {pack.facts[one.fact].title} ({one.fact})" for one in told[:15]]
    if left := len(found.questions) - len(told[:15]):
        lines.append(f"  and {left} facts more, each for fewer people")
    lines += [
        "",
        "A finding asks for a second look by a person. `--list` names the ids, for the hospital's own eyes.",
    ]
    return "\n".join(lines) + "\n"


def found_list(found: Found, registry: Registry) -> str:
    """Who: first those of whom it is true, then those whom something points at and one answer could settle."""
    pointed = list(found.settling)
    why = reasons_of_people(registry, found.criterion, found.true)
    rows = [(person, "true", "; ".join(why[person]), "") for person in found.true]
    rows += [
        (person, "unknown", _yes(found.pointers[person]), " or ".join(found.settling[person]))
        for person in pointed
    ]
    left = found.counts["unknown"] - len(pointed)
    said = f"# Left out: {left:,} people of whom it is unknown and at whom nothing on record points.\n"
    return OWN_EYES + said + _csv(("person", "answer", "because", "one answer that would settle it"), rows)


def _yes(facts: Sequence[str]) -> str:
    return "; ".join(f"{fact}=yes" for fact in facts)


def missing_words(found: Sequence[Question], registry: Registry, threshold: int) -> str:
    """The questions, those that settle something for most people first."""
    pack = registry.pack
    lines = [
        f"{shown(registry.people, threshold)} people as of {registry.manifest.as_of}. {what_it_means(threshold)}",
        "People on a step of the pathway in whom one answer would settle what that step turns on:",
        "",
    ]
    people = hide_small({one.fact: one.people for one in found}, threshold)
    for one in found:
        if people[one.fact] is None:
            continue
        each = hide_small(dict(one.most), threshold)
        most = [f"{name} {_cell(count)}" for name, count in each.items() if count is not None][:3]
        lines.append(f"  {_cell(people[one.fact]):>9}  {pack.facts[one.fact].title} ({one.fact})")
        if most:
            lines.append(f"  {'':9}  settles {', '.join(most)}")
    few = sum(count is None for count in people.values())
    if few:
        lines.append(f"  and {few} questions that would settle something for fewer than {threshold} people")
    return "\n".join(lines) + "\n"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _cell(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"
