"""What the core understands of a kept record, worked out once per request and never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood import evaluate_all, extract, locate, make_plan, parse_record
from sapwood.answers import Answer as Stated
from sapwood.answers import sheet_of
from sapwood.errors import AnswerError, Problem
from sapwood.fact import Fact
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.plan import Plan
from sapwood.record import Record as ParsedRecord
from sapwood.several import put_together, unlike
from sapwood_web.editions.active import active_pack
from sapwood_web.records.daily import measured
from sapwood_web.records.models import Answer, Record, Upload


def pack() -> Pack:
    """The pack by which the site reads records now."""
    return active_pack()


def title_of(fact: str) -> str:
    """What a fact is called on a person's own pages."""
    definition = pack().facts.get(fact)
    return (getattr(definition, "patient", "") or definition.title) if definition else fact


@dataclass(frozen=True, slots=True)
class Understood:
    """One fact as it stands, with what was looked at and does not count."""

    fact: Fact
    title: str
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The fact in one line."""
        return self.fact.text


@dataclass(frozen=True, slots=True)
class Part:
    """The facts of one group of the pack: what somebody stated or recorded, and what follows from it."""

    title: str
    stated: list[Understood]
    derived: list[Understood]


class KeptFile:
    """One uploaded file: its number in the order in which they came, and what is in it."""

    def __init__(self, number: int, upload: Upload) -> None:
        self.number, self.upload = number, upload

    @property
    def name(self) -> str:
        """What it is called on the site: files bring no names with them."""
        return _("file %(number)d") % {"number": self.number}

    @cached_property
    def parsed(self) -> ParsedRecord:
        """The file by itself."""
        return parse_record(self.upload.data, where=self.name)


class Reading:
    """One record as of one day: its facts and its plan, each worked out when first asked for.

    All of it by one edition of the pack: the one in use when it was begun, unless another is named. A reading that
    `looks_back` counts only what was on record by that day.
    """

    def __init__(
        self, record: Record, as_of: date, edition: Pack | None = None, *, looks_back: bool = False
    ) -> None:
        self.record, self.as_of, self.looks_back = record, as_of, looks_back
        self.pack = edition or pack()

    @cached_property
    def files(self) -> list[KeptFile]:
        """Every file that was kept, the oldest first; those set aside too."""
        uploads = enumerate(self.record.uploads.order_by("at", "pk"), 1)
        return [KeptFile(number, upload) for number, upload in uploads]

    @cached_property
    def parsed(self) -> ParsedRecord:
        """The files that count as the core reads them together; an empty record where none does."""
        counting = [(file.name, file.parsed) for file in self.files if not file.upload.set_aside]
        return put_together(counting) if counting else ParsedRecord(None, (), {}, (), ())

    @cached_property
    def measured(self) -> list[Stated]:
        """What of the daily entries is a fact on this day."""
        return measured(self.record.daily_entries.all(), self.pack, self.as_of)

    @cached_property
    def facts(self) -> Facts:
        """Every fact of the file and of what was typed."""
        stated = [one for answer in self.answers.values() for one in answer]
        stated += self.measured
        return extract(self.parsed, self.pack, as_of=self.as_of, answers=stated, looks_back=self.looks_back)

    @cached_property
    def answers(self) -> dict[Answer, tuple[Stated, ...]]:
        """Each kept answer as the core takes it; nothing for one that this edition of the pack does not understand."""
        taken: dict[Answer, tuple[Stated, ...]] = {}
        for answer in self.record.answers.all():
            try:
                taken[answer] = stated_by(answer, self.pack)
            except AnswerError:
                taken[answer] = ()
        return taken

    @property
    def lost_answers(self) -> int:
        """How many kept answers this edition does not understand: they stay, and do not count."""
        return sum(not stated for stated in self.answers.values())

    @cached_property
    def plan(self) -> Plan:
        """The plan as the core makes it."""
        verdicts = evaluate_all(self.pack.criteria, self.facts)
        return make_plan(locate(self.pack.pathway, verdicts), self.facts)

    @cached_property
    def understood(self) -> dict[str, list[Understood]]:
        """The facts there is anything to say about, by the pack's groups; `assumed` has the others."""
        groups: dict[str, list[Understood]] = {}
        for name, definition in self.pack.facts.items():
            for group in self.facts.groups if definition.per == "specimen" else (None,):
                fact = self.facts.fact(name, group)
                if fact.state in ("missing", "not_applicable") and not fact.rejected:
                    continue
                if fact.assurance == "assumed" and not fact.rejected:
                    continue
                title = getattr(definition, "patient", "") or definition.title
                sources = tuple(self._with_file(source) for source in fact.sources)
                groups.setdefault(definition.group, []).append(Understood(fact, title, sources))
        return groups

    @property
    def is_empty(self) -> bool:
        """Whether nothing came in yet, neither file nor fact."""
        return not self.files and not self.record.answers.exists() and not self.record.daily_entries.exists()

    @property
    def parts(self) -> list[Part]:
        """What was understood, group by group, with what was worked out apart."""
        return [
            Part(
                title.replace("_", " "),
                [one for one in facts if not one.fact.definition.derived],
                [one for one in facts if one.fact.definition.derived],
            )
            for title, facts in self.understood.items()
        ]

    def _with_file(self, source: str) -> str:
        """A source with the file it was in, where there are several."""
        name = getattr(self.parsed, "origins", {}).get(source)
        return f"{source} ({name})" if name else source

    @cached_property
    def assumed(self) -> list[Understood]:
        """What counts as "no" because a record that covers the time does not speak of it."""
        facts = [
            (definition, self.facts.fact(name))
            for name, definition in self.pack.facts.items()
            if definition.per == "person"
        ]
        return [
            Understood(fact, getattr(definition, "patient", "") or definition.title)
            for definition, fact in facts
            if fact.known and fact.assurance == "assumed" and not fact.rejected
        ]

    @cached_property
    def unused(self) -> dict[str, int]:
        """How many resources of each type hold nothing that the pack asks for."""
        used = set(self.facts.finder.used)
        used.update(id(event.resource) for event in self.facts.treatment.events if event.resource is not None)
        counts: dict[str, int] = {}
        for resource in self.facts.record.resources:
            if id(resource) not in used:
                kind = str(resource.get("resourceType"))
                counts[kind] = counts.get(kind, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or relied on."""
        if not self.lost_answers:
            return self.facts.problems
        lost = Problem(
            "what was typed",
            f"{self.lost_answers} of these answers are not understood any more, and do not count",
            "Answer these questions again as they are asked now.",
        )
        return (*self.facts.problems, lost)


def unlike_the_others(record: Record, data: bytes) -> tuple[str, ...]:
    """What a new file says differently about who the person is than the files that count."""
    reading = Reading(record, timezone.localdate())
    if all(file.upload.set_aside for file in reading.files):
        return ()
    return unlike(reading.parsed, parse_record(data, where="your file"))


def check_answer(said: dict[str, str]) -> None:
    """Raises AnswerError where the pack has no such fact, or it cannot have that value."""
    sheet_of({"given": {said["fact"]: _entry(said, "answer", None)}}, pack(), "your answer")


def stated_by(answer: Answer, edition: Pack | None = None) -> tuple[Stated, ...]:
    """A kept answer as the core takes it, with its own source and the day it was given."""
    return sheet_of(content_of(answer), edition or pack(), "an answer").answers


def content_of(answer: Answer) -> dict[str, Any]:
    """A kept answer as a file of answers holds it."""
    said = answer.said
    entry = _entry(said, f"answer/{answer.pk}", answer.at.date().isoformat())
    if specimen := said.get("specimen"):
        return {"specimens": [{"name": specimen, said["fact"]: entry}]}
    return {"given": {said["fact"]: entry}}


def _entry(said: dict[str, str], source: str, told: str | None) -> dict[str, str]:
    entry = {"value": said["value"], "by": said["by"], "source": source}
    if said.get("when"):
        entry["when"] = said["when"]
    if said.get("high"):
        entry["high"] = said["high"]
    if told:
        entry["said"] = told
    return entry
