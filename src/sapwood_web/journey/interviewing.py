"""The core's interview over what is kept of a record: what to ask now, and what was said so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from sapwood.answers import as_moment
from sapwood.answers_file import Said, with_said
from sapwood.definitions import FactDefinition
from sapwood.errors import AnswerError, Problem
from sapwood.interview import Interview, Matter, begin
from sapwood.interview_screen import Asked, left, screen
from sapwood.interview_words import DAYS, name_of, noted
from sapwood.plain_words import alert_words
from sapwood.typed import day_in
from sapwood_web.records.daily import signs
from sapwood_web.records.models import Answer, LeftOpen, Record
from sapwood_web.records.reading import Reading, content_of

AT_ONCE = 3
OURS = "this form"
"""Where a problem lies that whoever reads it has before them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of this day; where it does not count, `words` say why."""

    answer: Answer
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Open:
    """One question that got no answer, by its name, and why."""

    row: LeftOpen
    name: str
    why: str


class Sitting:
    """One sitting of an interview about a record, for one audience; the plan behind it is worked out once."""

    def __init__(self, record: Record, reading: Reading, audience: str) -> None:
        self.record, self.reading, self.audience = record, reading, audience
        self.day = reading.as_of.isoformat()

    @cached_property
    def interview(self) -> Interview:
        """The core's interview, going on from what is kept."""
        content: dict[str, Any] = {}
        for answer in self.answers:
            content = _joined(content, content_of(answer))
        for row in self.left_open:
            said = row.said
            kept = Said(said["fact"], said["specimen"], said["by"], self.day, why=said["why"])
            content = dict(with_said(content, kept))
        as_of = as_moment(self.day)
        assert as_of is not None
        more = tuple(self.reading.measured)
        matter = Matter(self.reading.parsed, self.reading.pack, as_of, self.audience, more, looks_back=False)
        return begin(matter, content)

    @cached_property
    def answers(self) -> list[Answer]:
        """What was typed, in order, and is still understood."""
        return [answer for answer, stated in self.reading.answers.items() if stated]

    @cached_property
    def left_open(self) -> list[LeftOpen]:
        """What got no answer."""
        return [row for row in self.record.left_open.all() if row.said["fact"] in self.reading.pack.facts]

    @property
    def asked(self) -> Sequence[Asked]:
        """The few questions of this screen."""
        return screen(self.interview, AT_ONCE)

    @property
    def left(self) -> int:
        """How many questions could still change something, those of this screen among them."""
        return left(self.interview)

    @property
    def urgent(self) -> list[Any]:
        """What must not wait, in the words of the pack."""
        raised = [one for one in self.interview.plan.alerts if one.state == "raised"]
        acute = [one for one in raised if one.alert.severity in ("urgent", "stop")]
        return [words for one in acute if (words := alert_words(one)) is not None]

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs of today that the clinic must hear of."""
        return signs(self.interview.plan.facts)

    @property
    def told(self) -> list[Told]:
        """What was answered today, the newest first, and whether it counts."""
        groups = {group.label: group for group in self.interview.plan.facts.groups}
        found = []
        for answer in reversed(self.answers):
            said = answer.said
            if answer.at.date() != self.reading.as_of or said["fact"] not in self.reading.pack.facts:
                continue
            fact = self.interview.plan.facts.fact(said["fact"], groups.get(said.get("specimen", "")))
            words = ""
            if not fact.known:
                words = noted(fact, self.audience)
            elif f"answer/{answer.pk}" not in fact.sources:
                words = _("Kept. What stands in the record, or was said later, counts.")
            found.append(Told(answer, name_of(fact.definition, self.audience), words))
        return found

    @property
    def open(self) -> list[Open]:
        """What is open, by its name in the audience's words."""
        return [
            Open(row, name_of(self.reading.pack.facts[row.said["fact"]], self.audience), WHY[row.said["why"]])
            for row in self.left_open
        ]

    @property
    def for_team(self) -> tuple[str, ...]:
        """What only the team can answer."""
        names = [name_of(self.reading.pack.facts[one.fact], self.audience) for one in self.interview.for_team]
        return tuple(dict.fromkeys(names))


WHY = {
    "skipped": later("you left it out"),
    "not_known": later("you do not know"),
    "no_date": later("its day is missing"),
    "will_bring": later("you will bring the report, or you attached it"),
}


def value_typed(definition: FactDefinition, text: str) -> str:
    """An answer as it is kept: the word of a choice, the day in words as a day, anything else as typed."""
    text = " ".join(text.split())
    if definition.type == "instant":
        return day_typed(text)
    return text


def day_typed(text: str) -> str:
    """A day in plain words (3 March 2026, March 2026, today) as it is kept; AnswerError where it is none."""
    moment = as_moment(timezone.localdate().isoformat())
    assert moment is not None
    day = day_in(text, moment)
    if not day:
        raise AnswerError(Problem(OURS, _("That is no day we can read"), DAYS))
    return day


def _joined(content: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Two contents of answers as one; of one fact, both stand."""
    joined = dict(content)
    for fact, entry in more.get("given", {}).items():
        given = dict(joined.get("given", {}))
        given[fact] = [*given.get(fact, []), entry]
        joined["given"] = given
    if "specimens" in more:
        joined["specimens"] = [*joined.get("specimens", []), *more["specimens"]]
    return joined
