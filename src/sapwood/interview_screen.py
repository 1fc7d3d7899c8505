"""The next few questions of an interview side by side, each whole: for a page, where a person sees several at once.

The questions, their order and their words are the interview's own; a terminal asks value, limit and day one by one,
a page asks them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sapwood.asking import Question
from sapwood.choosing import unit_words
from sapwood.interview import Interview
from sapwood.interview_words import choices_of, how_to_answer, name_of, needs_day, question_text, why_asked

Kind = Literal["choice", "number", "day", "words", "bring"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a page asks it.

    `kind` says what sort of field takes the answer; `bring` asks for a report instead of an answer. `wants_day` and
    `wants_limit` say whether the day of a value, and the laboratory's limit of it, are asked for too; `wants_specimen`
    whether it must be said from which specimen it is. `unit` is in words, empty where there is none.
    """

    question: Question
    kind: Kind
    text: str
    name: str
    help: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    unit: str
    wants_day: bool
    wants_limit: bool
    wants_specimen: bool
    why: tuple[str, ...]


def screen(interview: Interview, most: int = 3) -> tuple[Asked, ...]:
    """At most so many questions, the most telling first; of those that one report answers, one asks for it."""
    found: list[Asked] = []
    requests: set[str] = set()
    for question in interview.questions:
        if len(found) == most:
            break
        if not interview.is_put(question):
            continue
        request = interview.request_of(interview.matter.pack.facts[question.fact])
        if request and request in requests:
            continue
        requests.add(request)
        found.append(_asked(interview, question, request))
    return tuple(found)


def left(interview: Interview) -> int:
    """How many questions for this audience could still change something, each request for a report counted once."""
    requests = [
        interview.request_of(interview.matter.pack.facts[question.fact]) or question.fact
        for question in interview.questions
        if interview.is_put(question)
    ]
    return len(dict.fromkeys(requests))


def _asked(interview: Interview, question: Question, request: str) -> Asked:
    pack, audience = interview.matter.pack, interview.matter.audience
    definition = pack.facts[question.fact]
    number = definition.kind == "number"
    kind: Kind = "number" if number else "day" if definition.type == "instant" else "words"
    choices = choices_of(definition, audience)
    if choices:
        kind = "choice"
    if request:
        return Asked(
            question, "bring", request, name_of(definition, audience), (), (), "", False, False, False, ()
        )
    return Asked(
        question,
        kind,
        question_text(pack, question, audience, question.specimen),
        name_of(definition, audience),
        () if choices or number else tuple(how_to_answer(definition, audience)),
        choices,
        unit_words(definition.unit) if number else "",
        needs_day(definition) and definition.type != "instant",
        interview.wants_limit(question.fact),
        interview.is_unnamed(question),
        _reasons(why_asked(question, interview.plan, audience)),
    )


def _reasons(said: tuple[str, ...]) -> tuple[str, ...]:
    """What an answer could change, a reason a line; the words that only a terminal needs are left out."""
    return tuple(line.removeprefix("- ") for line in said if line.startswith("- ")) or said[:1]
