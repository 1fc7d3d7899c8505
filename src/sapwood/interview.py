"""An interview as a pure state machine: a question, the text of an answer, the next state. No clock, no terminal.

It asks what would change something now, worked out anew after each answer, and ends when nothing is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sapwood.answers import Answer, Sheet, sheet_of
from sapwood.answers_file import Content, Said, answered, left_open, with_said
from sapwood.asking import Question, ask_next
from sapwood.choosing import unit_words
from sapwood.definitions import FactDefinition
from sapwood.errors import AnswerError
from sapwood.fact import Fact, Group
from sapwood.facts import extract
from sapwood.interview_words import (
    DAYS,
    choices_of,
    for_the_team,
    how_to_answer,
    in_own_words_only,
    needs_day,
    noted,
    question_text,
    spoken_alerts,
    what_is_open,
    where_one_stands,
    why_asked,
)
from sapwood.pack import Pack
from sapwood.pathway import locate
from sapwood.plan import Plan, has_ended, make_plan
from sapwood.record import Record
from sapwood.typed import command_in, day_in, with_day
from sapwood.values import Moment, is_later, read_moment
from sapwood.verdicts import evaluate_all

HELP = (
    "Type an answer, or one of: skip; I don't know; back (to the question before); why (why this is asked); "
    "quit (everything is kept, and the same command goes on from here)."
)


@dataclass(frozen=True)
class Matter:
    """Whom an interview is about, as of when, and who answers: `patient` or `clinician`."""

    record: Record
    pack: Pack
    as_of: Moment
    audience: str = "clinician"
    more: tuple[Answer, ...] = ()
    looks_back: bool | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked now: the words, and what kind of answer; `sort` is value, limit, day, specimen or bring."""

    sort: str
    question: Question
    text: str
    help: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A value that still lacks its day or its limit of normal."""

    value: Any
    when: str = ""
    high: str = ""
    limit_asked: bool = False


@dataclass(frozen=True)
class Interview:
    """One state of an interview; `content` is what its file of answers holds."""

    matter: Matter
    content: Content
    asked: frozenset[tuple[str, str]] = frozenset()
    declined: frozenset[str] = frozenset()
    specimen: str | None = None
    begun: _Begun | None = None
    before: Interview | None = None
    left: bool = False

    @cached_property
    def sheet(self) -> Sheet:
        """The answers so far."""
        return sheet_of(dict(self.content), self.matter.pack, "the answers")

    @cached_property
    def plan(self) -> Plan:
        """The plan that follows from the record and the answers so far."""
        matter = self.matter
        answers = (*self.sheet.answers, *matter.more)
        facts = extract(
            matter.record, matter.pack, as_of=matter.as_of, answers=answers, looks_back=matter.looks_back
        )
        verdicts = evaluate_all(matter.pack.criteria, facts)
        return make_plan(locate(matter.pack.pathway, verdicts), facts)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What would still change something and was not asked yet, the most telling first."""
        ended = has_ended(self.plan.facts)
        return ask_next(self.plan.position, only_turning=ended, without=self.asked)

    @property
    def for_team(self) -> tuple[Question, ...]:
        """Of those, what only a clinician can answer, in a patient's interview."""
        return tuple(question for question in self.questions if not self.is_put(question))

    def is_put(self, question: Question) -> bool:
        """Whether a question is put to this audience."""
        if self.matter.audience != "patient":
            return True
        definition = self.matter.pack.facts[question.fact]
        if (definition.ask is not None and definition.ask.patient) or question.of in ("patient", "either"):
            return True
        request = self.request_of(definition)
        return bool(request) and request not in self.declined

    def request_of(self, definition: FactDefinition) -> str:
        """What a patient can bring instead of an answer: a photograph of the report."""
        ask = definition.ask
        if self.matter.audience != "patient" or ask is None or ask.patient or ask.of != "clinician":
            return ""
        return ask.bring

    @cached_property
    def prompt(self) -> Prompt | None:
        """What is asked now, or `None` where nothing is left or the person left."""
        question = next((one for one in self.questions if self.is_put(one)), None)
        if question is None or self.left:
            return None
        pack, audience = self.matter.pack, self.matter.audience
        definition = pack.facts[question.fact]
        if request := self.request_of(definition):
            return Prompt("bring", question, request, ("yes or no",), (("yes", "yes"), ("no", "no")))
        if self.is_unnamed(question) and self.specimen is None:
            text = "Which specimen are the findings from? A few words are enough, such as: skin biopsy."
            return Prompt("specimen", question, text, ("`skip` where it has no name",))
        if self.begun is None:
            text = question_text(pack, question, audience, question.specimen or self.specimen or "")
            return Prompt(
                "value",
                question,
                text,
                tuple(how_to_answer(definition, audience)),
                choices_of(definition, audience),
            )
        if self.wants_limit(question.fact) and not self.begun.limit_asked:
            text = "What is the laboratory's upper limit of normal for it?"
            unit = unit_words(definition.unit)
            return Prompt("limit", question, text, (f"in {unit}, unless you write another unit",))
        return Prompt("day", question, "When was that?", (DAYS, "`today` is fine."))

    def is_unnamed(self, question: Question) -> bool:
        """Whether a finding is asked for although no specimen is known at all."""
        facts = self.plan.facts
        if self.matter.pack.facts[question.fact].per != "specimen" or len(facts.groups) > 1:
            return False
        group = facts.groups[0]
        return not group.key and all(
            facts.fact(name, group).state == "missing"
            for name, definition in self.matter.pack.facts.items()
            if definition.per == "specimen" and definition.find
        )

    def wants_limit(self, fact: str) -> bool:
        """Whether sentences read the laboratory's upper limit of normal beside the value."""
        return f"{fact}.high" in self.matter.pack.comparisons

    def fact_of(self, question: Question, specimen: str) -> Fact:
        """The fact a question was about, as it stands now."""
        groups: Mapping[str, Group] = {group.label: group for group in self.plan.facts.groups}
        return self.plan.facts.fact(
            question.fact, groups.get(specimen or question.specimen, self.plan.facts.groups[0])
        )


def begin(matter: Matter, content: Content, *, again: bool = False, where: str = "the answers") -> Interview:
    """The first state of an interview that goes on from what a file of answers holds.

    What was skipped or not known is not asked again, unless `again`. Raises AnswerError for a file that cannot be read.
    """
    sheet_of(dict(content), matter.pack, where)
    day = matter.as_of.last_day.isoformat()
    asked = {(one.fact, one.specimen) for one in answered(content) if one.on >= day}
    open_ = left_open(content, matter.pack, where)
    asked |= {(one.fact, one.specimen) for one in open_ if one.by == matter.audience and not again}
    interview = Interview(matter, content)
    labels = {group.label for group in interview.plan.facts.groups if group.key}
    asked |= {(fact, "") for fact, specimen in asked if specimen not in labels}
    requests = {
        interview.request_of(matter.pack.facts[fact]) for fact, _ in asked if fact in matter.pack.facts
    }
    begun = replace(interview, asked=frozenset(asked), declined=frozenset(requests - {""}))
    begun.__dict__.update(sheet=interview.sheet, plan=interview.plan)  # the same whatever was asked
    return begun


def reply(interview: Interview, text: str) -> tuple[Interview, tuple[str, ...]]:
    """The next state after one typed line, and what to say about it."""
    prompt = interview.prompt
    if prompt is None:
        return interview, ()
    text = " ".join(text.split())
    definition = interview.matter.pack.facts[prompt.question.fact]
    choice = _choice(text, prompt) if definition.type == "code" else ""
    command = "" if choice else command_in(text)
    if not text:
        return interview, ("Nothing was typed.", HELP)
    if command == "help":
        return interview, (HELP,)
    if command == "why":
        return interview, why_asked(prompt.question, interview.plan, interview.matter.audience)
    if command == "quit":
        return replace(interview, left=True, begun=None), ()
    if command == "back":
        return _back(interview)
    if command in ("skip", "not_known"):
        return _passed(interview, prompt, "skipped" if command == "skip" else command)
    if prompt.sort == "bring":
        return _bring(interview, prompt, text)
    if prompt.sort == "specimen":
        return replace(interview, specimen=text), ()
    if prompt.sort == "limit":
        assert interview.begun is not None
        return _checked(interview, prompt, replace(interview.begun, high=text, limit_asked=True))
    if prompt.sort == "day":
        return _dated(interview, prompt, text)
    value, day = with_day(text, interview.matter.as_of)
    if definition.type == "code":
        value = choice or _choice(value, prompt) or value
    if definition.type == "instant":
        value = day_in(text, interview.matter.as_of) or text
        day = value if needs_day(definition) else ""
    return _checked(interview, prompt, _Begun(value, day))


def opening(interview: Interview) -> tuple[str, ...]:
    """What is said before the first question: what must not wait, and what can always be typed."""
    audience = interview.matter.audience
    about = interview.matter.pack.about
    notice = (about.patient_notice if audience == "patient" else "") or about.notice
    alerts = spoken_alerts(interview.plan.alerts, audience)
    return (" ".join(notice.split()), *alerts, HELP)


def closing(interview: Interview) -> tuple[str, ...]:
    """What is said at the end: whether something is left, where the person stands, what stays open."""
    audience, pack = interview.matter.audience, interview.matter.pack
    left = sum(interview.is_put(question) for question in interview.questions)
    if left:
        ended = f"{left} question{'s' if left > 1 else ''} could still change something."
    elif audience == "patient":
        ended = "That is all. Nothing else we could ask you now would change anything."
    else:
        ended = "Nothing that is left to ask would change anything now."
    return (
        ended,
        *where_one_stands(interview.plan, audience),
        *spoken_alerts(interview.plan.alerts, audience),
        *for_the_team(interview.for_team, pack),
        *what_is_open(left_open(interview.content, pack, "the answers"), pack, audience),
        *in_own_words_only(interview.plan, audience),
    )


# --- one reply ----------------------------------------------------------------------------------------


def _choice(text: str, prompt: Prompt) -> str:
    """The word of a choice that was typed as its word, its label or its number."""
    words = text.casefold()
    numbered = not any(word.isdigit() for word, _ in prompt.choices)
    for number, (word, label) in enumerate(prompt.choices, start=1):
        if words in (word.casefold(), label.casefold(), word.replace("_", " ").casefold()):
            return word
        if numbered and words == str(number):
            return word
    return ""


def _back(interview: Interview) -> tuple[Interview, tuple[str, ...]]:
    if interview.begun is not None:
        return replace(interview, begun=None), ()
    if interview.before is None:
        return interview, (
            "This is the first question of this sitting; answers from before are in the file.",
        )
    return replace(interview.before), ("Taken back. The question once more:",)


def _passed(interview: Interview, prompt: Prompt, why: str) -> tuple[Interview, tuple[str, ...]]:
    """A question that gets no answer; where only its day or its limit is missing, what was said is not lost."""
    if prompt.sort == "specimen":
        return replace(interview, specimen=""), ()
    if prompt.sort == "limit":
        assert interview.begun is not None
        return _checked(interview, prompt, replace(interview.begun, limit_asked=True))
    if prompt.sort == "bring":
        return _recorded(interview, prompt, _said(interview, prompt, why=why), declined=prompt.text)
    if prompt.sort == "day":
        assert interview.begun is not None
        said = _said(interview, prompt, value=interview.begun.value, why="no_date")
        state, _ = _recorded(interview, prompt, said)
        return state, ("Without a day it cannot count here. It is kept, and listed at the end.",)
    return _recorded(interview, prompt, _said(interview, prompt, why=why))


def _bring(interview: Interview, prompt: Prompt, text: str) -> tuple[Interview, tuple[str, ...]]:
    from sapwood.readings import read_answer

    answer = read_answer(text)
    if not isinstance(answer, bool):
        return interview, ("Please answer yes or no.",)
    said = _said(interview, prompt, why="will_bring" if answer else "skipped")
    state, _ = _recorded(interview, prompt, said, declined=prompt.text)
    if answer:
        return state, ("Thank you. Please give it to your team: they can read the results from it.",)
    return state, ("That is fine. Your team can ask for the report themselves.",)


def _dated(interview: Interview, prompt: Prompt, text: str) -> tuple[Interview, tuple[str, ...]]:
    day = day_in(text, interview.matter.as_of)
    if not day:
        return interview, (f"That is no day that could be read. {DAYS}",)
    assert interview.begun is not None
    return _checked(interview, prompt, replace(interview.begun, when=day))


def _checked(interview: Interview, prompt: Prompt, begun: _Begun) -> tuple[Interview, tuple[str, ...]]:
    """The value held against the fact as any answers file is; what is refused is asked again."""
    matter = interview.matter
    fact = prompt.question.fact
    moment = read_moment(begun.when) if begun.when else None
    if is_later(moment, matter.as_of):
        return interview, (f"{begun.when} lies after the day of this plan ({matter.as_of}).",)
    said = _said(interview, prompt, value=begun.value, when=begun.when, high=begun.high)
    try:
        sheet_of(dict(with_said({}, said)), matter.pack, "that")
    except AnswerError as error:
        problem = error.problems[0]
        remedy = problem.remedy[:1].lower() + problem.remedy[1:]
        return interview, (f"That cannot be used ({problem.what}): {remedy}",)
    definition = matter.pack.facts[fact]
    unready = interview.wants_limit(fact) and not begun.limit_asked
    if unready or (needs_day(definition) and not begun.when):
        return replace(interview, begun=begun), ()
    return _recorded(interview, prompt, said)


def _said(interview: Interview, prompt: Prompt, **more: Any) -> Said:
    matter = interview.matter
    day = matter.as_of.last_day.isoformat()
    if more.get("value") is not None and not more.get("why"):
        more["when"] = more.get("when") or day
        if matter.pack.facts[prompt.question.fact].type == "boolean":
            from sapwood.readings import read_answer

            answer = read_answer(str(more["value"]))
            more["value"] = answer if isinstance(answer, bool) else more["value"]
    specimen = prompt.question.specimen or (
        interview.specimen or "" if interview.is_unnamed(prompt.question) else ""
    )
    return Said(prompt.question.fact, specimen, matter.audience, day, **more)


def _recorded(
    interview: Interview, prompt: Prompt, said: Said, declined: str = ""
) -> tuple[Interview, tuple[str, ...]]:
    """The next state, with what was said in its content, and what changed by it."""
    question = prompt.question
    state = Interview(
        interview.matter,
        with_said(interview.content, said),
        interview.asked | {(question.fact, question.specimen), (question.fact, said.specimen)},
        interview.declined | ({declined} if declined else set()),
        interview.specimen,
        before=replace(interview, begun=None),
    )
    if said.why:
        return state, ()
    audience = interview.matter.audience
    words = [noted(state.fact_of(question, said.specimen), audience)]
    if state.plan.position.step != interview.plan.position.step:
        words.append(f"This changes the place on the pathway. {where_one_stands(state.plan, audience)[0]}")
    raised = {one.alert.id for one in interview.plan.alerts if one.state == "raised"}
    words += spoken_alerts((one for one in state.plan.alerts if one.alert.id not in raised), audience)
    return state, tuple(words)
