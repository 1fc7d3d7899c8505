"""What a pack may not say though every word of it is known: times, limits and keys that would never work."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sapwood.definitions import FactDefinition, FollowUp
from sapwood.pack_references import Content
from sapwood.units import ucum_code
from sapwood.values import read_moment

_LENGTH = re.compile(r"\d+\s*(?:h|d|w|mo|y)")
_REQUEST = re.compile(
    r"(?:can|could|would|will|please)(?: you)? (?:bring|take|send|show|get|ask)\b", re.IGNORECASE
)
_FROM_RECORD = ("birth_age_years", "sex", "record_first", "record_last", "deceased")
_FROM_LINES = (
    "treatment_started treatment_planned line_count current_regimen current_line_start cycle_number cycle_start "
    "doses_this_cycle last_dose_day first_dose_day previous_dose_day best_response"
).split()
_OF_ONE = ("given", "last_dose_day")
"""What lines give of one drug or regimen."""

Fault = tuple[str, str, str, str]
"""A file, an entry of it, what is wrong with it, and what to do."""


def unsound(content: Content) -> Iterator[Fault]:
    """Everything that could be read, and would then silently never count, or fail on a patient."""
    facts, pathway, regimens = content.facts, content.pathway, content.regimens
    treatments = {*regimens, *(drug.id for regimen in regimens.values() for drug in regimen.drugs)}
    for name, fact in facts.items():
        yield from (("facts.yaml", name, what, remedy) for what, remedy in _faults(fact, facts))
        key, of_one, given = fact.from_lines.partition(":")
        if of_one and key in _OF_ONE and given not in treatments:
            what = "`from_lines` names no drug or regimen of the pack"
            yield "facts.yaml", name, what, f"Known: {', '.join(sorted(treatments))}."
    for sort in ("steps", "tracks", "tasks", "options", "alerts", "follow_up"):
        yield from _twice("pathway.yaml", sort, [one.id for one in getattr(pathway, sort)])
    yield from _twice("knowledge.yaml", "topics", [topic.id for topic in content.knowledge.topics])
    yield from _twice("trials.yaml", "trials", [trial.nct for trial in content.trials.trials])
    for item in pathway.follow_up:
        yield from (("pathway.yaml", item.id, what, remedy) for what, remedy in _follow_up(item, facts))
    for trial in content.trials.trials:
        if read_moment(trial.status_as_of) is None:
            yield "trials.yaml", trial.nct, "`status_as_of` is no date", "Write it as 2026-03-01 or 2026-03."


def _twice(file: str, sort: str, ids: Sequence[str]) -> Iterator[Fault]:
    for entry, times in Counter(ids).items():
        if times > 1:
            yield file, entry, f"{times} {sort} have this id", "Give each its own."


def _follow_up(item: FollowUp, facts: Mapping[str, FactDefinition]) -> Iterator[tuple[str, str]]:
    """Why a date could not be worked out: a start that is no time, a length that is none, both ways or neither."""
    for name in (item.since, item.last):
        base, _, attribute = name.partition(".")
        if base in facts and (attribute != "when" if attribute else facts[base].type != "instant"):
            yield f"`{name}` is no time", "Name a fact of the type `instant`, or write FACT.when."
    if bool(item.phases) == bool(item.at):
        yield "has both or neither of `phases` and `at`", "Give `phases` for what comes again, `at` for once."
    lengths = [*item.at, *(one for phase in item.phases for one in phase.every)]
    lengths += [phase.until for phase in item.phases if phase.until != "always"]
    if any(_LENGTH.fullmatch(length) is None or length.endswith("h") for length in lengths):
        yield "a length of time is not understood", "Write it as 7d, 2w, 3mo or 1y."
    if any(not 1 <= len(phase.every) <= 2 for phase in item.phases) or len(item.at) not in (0, 1, 2):
        yield "a window has more than two ends", "Give one length, or the shortest and the longest."


def _faults(fact: FactDefinition, facts: Mapping[str, FactDefinition]) -> Iterator[tuple[str, str]]:
    if fact.ask is not None and _REQUEST.match(fact.ask.patient):
        yield "`patient` is a request, and its yes would become the fact's value", "Write it as `bring`."
    for key, length in (("within", fact.within), ("holds", fact.holds)):
        if length not in ("", "always") and _LENGTH.fullmatch(length) is None:
            yield f"`{key}` is no length of time", "Write it as 12h, 7d, 2w, 3mo or 1y."
    for key in ("before", "after", "on_day", "day_before"):
        anchor = facts.get(getattr(fact, key))
        if anchor is not None and anchor.type != "instant":
            yield f"`{key}` names a fact that is no instant", "Name a fact of the type `instant`, or as_of."
    if fact.closed_world is not None and not (fact.type == "boolean" or fact.from_lines):
        yield "`closed_world` on a fact that is not yes or no", "Make it a boolean, or take it out."
    if fact.type == "quantity" and ucum_code(fact.unit) is None and not fact.derived:
        yield "a quantity without a UCUM unit", "Give its `unit` as a UCUM code, such as g/dL or 10*9/L."
    if fact.holds != "always" and fact.which not in ("latest", "earliest", "agree"):
        yield f"`holds` has no effect with `which: {fact.which}`", "Use `within` there."
    if fact.plausible and not _limits(fact.plausible):
        yield "`plausible` is not a low and a high limit", "Write two numbers, the smaller first."
    if fact.from_record and fact.from_record not in _FROM_RECORD:
        yield "`from_record` names nothing a record gives", f"Known: {', '.join(_FROM_RECORD)}."
    key, of_one, _ = fact.from_lines.partition(":")
    if fact.from_lines and key not in (_OF_ONE if of_one else _FROM_LINES):
        known = ", ".join((*_FROM_LINES, *(f"{one}:ID" for one in _OF_ONE)))
        yield "`from_lines` names nothing that lines give", f"Known: {known}."


def _limits(plausible: list[Any]) -> bool:
    numbers = [one for one in plausible if isinstance(one, int | Decimal) and not isinstance(one, bool)]
    return len(numbers) == len(plausible) == 2 and numbers[0] <= numbers[1]
