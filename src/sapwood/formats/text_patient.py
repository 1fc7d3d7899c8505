"""The plan as text for the person it is about, in the order they need it."""

from __future__ import annotations

from collections.abc import Sequence

from sapwood.changes import Changes
from sapwood.formats.paper import Paper
from sapwood.formats.text_changes import changed
from sapwood.plain_words import Choice, PlainPlan, Said, alike, plain_plan
from sapwood.plan import Plan

_ASKED = 6
_TEAM = 6
_PERHAPS = 8
_BEFORE = "Ask which of these still matter."
_DUE = (
    "The record does not show these yet. Some may be done already, so tell your team. "
    "Nobody has to do it all at once; ask what comes first."
)


def write_patient(plan: Plan, *, colour: bool = False, changes: Changes | None = None) -> str:
    """The plan in a patient's words, at most 80 columns wide."""
    words, paper = plain_plan(plan), Paper(colour=colour)
    for line in words.opening:
        paper.say(line)
    _lines(paper, "What needs attention now", words.now, style="strong")
    if changes is not None:
        changed(paper, changes, "patient")
    _here(paper, words)
    if words.before_doses:
        paper.heading("What your team checks")
        paper.say("Your team checks this before each dose:", indent=2)
        _list(paper, words.before_doses)
    _lines(paper, "Good to know", words.know)
    _lines(paper, "What goes on alongside", words.beside)
    _duties(paper, words)
    _choices(paper, words)
    _questions(paper, words)
    _lines(paper, "Dates to come", words.follow_up)
    _lines(paper, "Studies that look for people", words.trials, after=words.trials_note)
    if words.call:
        paper.heading("When to call")
        paper.say(words.call, indent=2)
    _sources(paper, words)
    return paper.text()


def _lines(paper: Paper, heading: str, lines: Sequence[Said], *, style: str = "", after: str = "") -> None:
    if not lines and not after:
        return
    paper.heading(heading)
    for line in lines:
        if line.title:
            paper.say(_stopped(line.title), indent=2, style=style)
        paper.say(line.text, indent=4 if line.title else 2)
    if after:
        paper.say(after, indent=2)


def _stopped(title: str) -> str:
    """A title with its full stop, but for one that asks."""
    return title if title.endswith(("?", "!", ".")) else f"{title}."


def _few(words: Sequence[str]) -> str:
    """The first of many, and how many more there are."""
    more = f"; and {len(words) - _PERHAPS} more" if len(words) > _PERHAPS else ""
    return f"{'; '.join(words[:_PERHAPS])}{more}"


def _list(paper: Paper, lines: Sequence[str], mark: str = "- ", indent: int = 4) -> None:
    for line in lines:
        paper.say(line, indent=indent, mark=mark)


def _here(paper: Paper, words: PlainPlan) -> None:
    if words.ended:
        paper.say(words.here.text)
        return
    paper.heading("Where you are, and what comes next")
    if words.here.title:
        paper.say(f"{words.here.title}.", indent=2, style="strong")
    if words.here.text:
        paper.say(words.here.text, indent=2)
    _list(paper, words.why)
    if words.still_open:
        paper.say(f"Still open from before: {'; '.join(words.still_open)}.", indent=2)
    if words.next:
        paper.say(f"Next: {words.next}", indent=2)


def _duties(paper: Paper, words: PlainPlan) -> None:
    if not (words.due or words.from_before or words.perhaps or words.done or words.declined):
        return
    paper.heading("What is due")
    if words.due:
        paper.say(_DUE, indent=2)
    for who, lines in words.due_by if words.many_due else (("", words.due),):
        if who:
            paper.say(f"{who}:", indent=2, style="strong")
        for line in lines:
            paper.say(f"{_stopped(line.title)} {line.text}", indent=4 if who else 2, mark="- ")
    if words.from_before:
        paper.say(f"Not on the record from before: {'; '.join(words.from_before)}. {_BEFORE}", indent=2)
    if words.perhaps:
        paper.say(f"Your team will say if you need this: {_few(words.perhaps)}.", indent=2)
    if words.done:
        paper.say(f"Done already: {'; '.join(words.done)}.", indent=2)
    if words.declined:
        paper.say(words.declined, indent=2)


def _choices(paper: Paper, words: PlainPlan) -> None:
    if not words.choices:
        return
    paper.heading("Choices to talk about")
    for group in alike(words.choices):
        if len(group) == 1:
            _choice(paper, group[0])
            continue
        paper.say(group[0].sentence, indent=2, style="strong")
        for line in group[0].change:
            paper.say(line, indent=4)
        for choice in group:
            paper.say(f"{choice.title}. {choice.about}", indent=4, mark="- ")


def _choice(paper: Paper, choice: Choice) -> None:
    paper.say(f"{choice.title}.", indent=2, style="strong")
    paper.say(choice.about, indent=4)
    paper.say(choice.sentence, indent=4)
    for line in choice.change:
        paper.say(line, indent=4)
    if choice.standing != "not_now":
        _list(paper, choice.good, mark="+ ")
        _list(paper, choice.mind)


def _questions(paper: Paper, words: PlainPlan) -> None:
    if not (words.ask or words.for_team):
        return
    paper.heading("What you could bring or tell your team")
    _list(paper, words.ask[:_ASKED], indent=2)
    if len(words.ask) > _ASKED:
        paper.say(f"And {len(words.ask) - _ASKED} more: `sapwood ask` asks them one by one.", indent=2)
    if words.for_team:
        more = f"; and {len(words.for_team) - _TEAM} more" if len(words.for_team) > _TEAM else ""
        paper.say(f"For your team to find out: {'; '.join(words.for_team[:_TEAM])}{more}.", indent=2)


def _sources(paper: Paper, words: PlainPlan) -> None:
    paper.heading("Where this comes from")
    if words.notice:
        paper.say(words.notice, indent=2)
    if words.unread:
        paper.say(words.unread, indent=2)
    _list(paper, words.sources, indent=2)
    if words.more_sources:
        paper.say(f"And {words.more_sources} more; the plan for clinicians names them all.", indent=2)
    if words.left_out:
        lines = (
            "1 line for clinicians is"
            if words.left_out == 1
            else f"{words.left_out} lines for clinicians are"
        )
        paper.say(f"{lines} left out here.", indent=2)
