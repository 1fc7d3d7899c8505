"""The plan as text, in the order a tumour board reads: who, urgent, decision, findings, options, duties."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sapwood.changes import Changes
from sapwood.choosing import plain
from sapwood.duties import AlertStanding
from sapwood.facts import Fact
from sapwood.formats.paper import Paper
from sapwood.formats.text_ahead import follow_up, known, trials
from sapwood.formats.text_changes import changed
from sapwood.formats.text_choices import STANDINGS, label, on_hold, options, questions, tasks, tracks
from sapwood.formats.text_findings import because, findings, fitness, lines, markers, site_name, sites
from sapwood.formats.text_patient import write_patient
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan
from sapwood.values import Range

_SEVERITY = {"urgent": "URGENT", "stop": "STOP", "hold": "HOLD", "warn": "WARNING"}
_SHOWN_ALERTS = 3


def write(
    plan: Plan, *, colour: bool = False, audience: str = "clinician", changes: Changes | None = None
) -> str:
    """The plan as text at most 80 columns wide."""
    if audience == "patient":
        return write_patient(plan, colour=colour, changes=changes)
    paper = Paper(colour=colour)
    paper.say(headline(plan), style="strong")
    paper.say(plan.facts.pack.about.notice, style="quiet")
    urgent = [
        alert
        for alert in plan.alerts
        if alert.alert.severity in ("urgent", "stop") and alert.state == "raised"
    ]
    others = [alert for alert in plan.alerts if alert not in urgent[:_SHOWN_ALERTS]]
    for alert in urgent[:_SHOWN_ALERTS]:
        _alert(paper, plan, alert)
    if changes is not None:
        changed(paper, changes, audience)
    _position(paper, plan)
    _decision(paper, plan)
    markers(paper, plan)
    sites(paper, plan)
    findings(paper, plan)
    fitness(paper, plan)
    lines(paper, plan)
    options(paper, plan)
    label(paper, plan)
    tracks(paper, plan)
    tasks(paper, plan)
    questions(paper, plan)
    follow_up(paper, plan)
    trials(paper, plan)
    known(paper, plan)
    if others:
        paper.heading("Also watch")
        silent = [
            alert for alert in others if alert.state == "cannot_tell" and alert.alert.severity == "hold"
        ]
        for alert in others:
            if alert not in silent or len(silent) <= _SHOWN_ALERTS:
                _alert(paper, plan, alert)
        if len(silent) > _SHOWN_ALERTS:
            titles = "; ".join(alert.alert.title for alert in silent)
            paper.say(f"HOLD (cannot tell): do not give until checked: {titles}.", hang=4, style="hold")
    _record(paper, plan)
    return paper.text()


# --- who -------------------------------------------------------------------------------------------


def headline(plan: Plan) -> str:
    """One sentence: age, diagnosis and how sure, sites, line, response, wishes."""
    facts, board = plan.facts, plan.facts.pack.about.board
    age = facts.fact("age_years") if "age_years" in facts.pack.facts else None
    sex = facts.fact("sex") if "sex" in facts.pack.facts else None
    who = f"{_age(age)} {_person(sex, age)}".strip()
    if plan.position.step == NO_SIGNAL:
        disease = facts.pack.about.disease or "the disease"
        said = f"{who}: nothing in this record points to {disease}. As of {facts.as_of}."
        return said[:1].upper() + said[1:]
    parts = [next((said.text for said in board.diagnosis if plan.verdicts.truth(said.when) is True), "")]
    involved = [facts.fact(name) for name in board.sites]
    present = [site_name(fact) for fact in involved if fact.value is True]
    if present:
        parts.append(f"in {_list(present)}")
    if plan.deceased:
        parts.append("has died")
    line = facts.treatment.current
    if line is not None:
        parts.append(
            f"line {line.number}: {line.title}"
            + (f", best response {line.response}" if line.response else "")
        )
    elif parts[0]:
        parts.append("no treatment on record")
    parts += [said.text for said in board.wishes if plan.verdicts.truth(said.when) is True]
    rest = "; ".join(part for part in parts if part)
    disease = facts.pack.about.disease or "the disease"
    return f"{who[:1].upper()}{who[1:]}: {rest or f'something may point to {disease}'}. As of {facts.as_of}."


def _age(fact: Fact | None) -> str:
    if fact is None or not fact.known:
        return "age not known,"
    if isinstance(fact.value, Range):
        return f"{plain(fact.value)} year old"
    return f"{plain(fact.value)} year old"


def _person(sex: Fact | None, age: Fact | None) -> str:
    oldest = (
        age.value.high if age is not None and isinstance(age.value, Range) else age.value if age else None
    )
    child = isinstance(oldest, Decimal) and oldest < 18
    words = {"male": ("man", "boy"), "female": ("woman", "girl")}.get(
        str(sex.value) if sex else "", ("person", "child")
    )
    return words[1] if child else words[0]


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- alerts, position, decision ----------------------------------------------------------------------


def _alert(paper: Paper, plan: Plan, alert: AlertStanding) -> None:
    severity = alert.alert.severity
    tag = _SEVERITY[severity] + (" (cannot tell)" if alert.state == "cannot_tell" else "")
    paper.say(f"{tag}: {alert.message}", hang=4, style=severity)
    because(paper, plan, alert.because, indent=4, most=3)


def what_stands(plan: Plan) -> str:
    """What the step the person stands on is for; after a death, that this is where the record ended."""
    return "The person has died; this is where the record ended." if plan.deceased else plan.position.about


def _position(paper: Paper, plan: Plan) -> None:
    paper.heading("Where on the pathway")
    position = plan.position
    treated = bool(plan.facts.treatment.lines) and position.step != NO_SIGNAL
    line = f" (line {position.line})" if treated else ""
    paper.say(f"{position.title}{line}", indent=2, style="strong")
    if about := what_stands(plan):
        paper.say(about, indent=2)
    because(paper, plan, position.because, indent=4)
    if position.gaps and not plan.deceased:
        paper.say(f"Still open behind: {', '.join(gap.title for gap in position.gaps)}", indent=2, hang=4)


def _decision(paper: Paper, plan: Plan) -> None:
    if not plan.options:
        return
    paper.heading("Today's decision, and what blocks it")
    for standing in ("recommended", "possible", "cannot_tell"):
        titles = [
            f"{one.option.title}{on_hold(plan, one)}" for one in plan.options if one.standing == standing
        ]
        if titles:
            word, style = STANDINGS[standing]
            paper.row(word, "; ".join(titles), style=style, width=18)
    blocked = [one for one in plan.options if one.standing == "cannot_tell"]
    blockers: dict[str, int] = {}
    for one in blocked:
        for fact in dict.fromkeys(one.missing):
            blockers[fact] = blockers.get(fact, 0) + 1
    if blockers:
        ranked = sorted(blockers, key=lambda fact: -blockers[fact])[:8]
        words = "; ".join(plan.facts.pack.facts[fact].title for fact in ranked)
        paper.row("waits for", words, width=18)


def _record(paper: Paper, plan: Plan) -> None:
    paper.heading("The record")
    read = plan.facts.record.counts.get("read", 0)
    paper.say(f"{read} resources read, {plan.used()} of them used.", indent=2)
    problems = plan.facts.problems
    for problem in problems[:6]:
        paper.say(str(problem), indent=2, mark="! ")
    if len(problems) > 6:
        paper.say(f"{len(problems) - 6} more problems; `sapwood facts` lists them all.", indent=2)
