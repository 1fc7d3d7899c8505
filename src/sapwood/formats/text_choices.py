"""What a plan as text says of the choices: options, label rules, tracks, tasks, questions."""

from __future__ import annotations

from collections.abc import Sequence

from sapwood.definitions import Task
from sapwood.duties import OptionStanding, Weighed
from sapwood.formats.paper import Paper
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan

STANDINGS = {
    "recommended": ("recommended", "good"),
    "possible": ("possible", "good"),
    "cannot_tell": ("cannot tell yet", "open"),
    "ruled_out": ("not now", "bad"),
}
_QUESTIONS = 8
_CHANGES = 4


def options(paper: Paper, plan: Plan) -> None:
    """Every option: its standing, what speaks for and against, what is not known, what would reopen it."""
    if not plan.options:
        return
    paper.heading("Options side by side")
    for standing in plan.options:
        word, style = STANDINGS[standing.standing]
        paper.say(
            f"{standing.option.title} -- ", indent=2, hang=4, end=(f"{word}{on_hold(plan, standing)}", style)
        )
        _option(paper, plan, standing)


def on_hold(plan: Plan, standing: OptionStanding) -> str:
    """What stands behind an option's title while its next dose has to wait."""
    if standing.standing == "ruled_out" or not (held := plan.held(standing)):
        return ""
    return " (on hold now)" if any(one.state == "raised" for one in held) else " (not before its checks)"


def _option(paper: Paper, plan: Plan, standing: OptionStanding) -> None:
    approved = standing.option.approved.get(plan.facts.pack.about.region)
    if approved:
        paper.say(f"{plan.facts.pack.about.region}: {approved}", indent=4, hang=2)
    for point in standing.for_:
        paper.say(_point(point), indent=4, mark="+ ")
    for alert in plan.held(standing) if standing.standing != "ruled_out" else ():
        if alert.state == "raised":
            paper.say(f"on hold: {alert.alert.title}", indent=4, mark="! ")
    for point in standing.against:
        paper.say(_point(point), indent=4, mark="- ")
    for point in standing.open_[:6]:
        missing = _unknown_words(plan, point)
        paper.say(f"not known: {point.text}{missing}", indent=4, mark="? ")
    if len(standing.open_) > 6:
        paper.say(f"and {len(standing.open_) - 6} more not known", indent=4, mark="? ")
    if standing.reversible_by:
        paper.say(f"would change if: {'; '.join(standing.reversible_by)}", indent=4, mark="> ")
    if standing.standing in ("possible", "recommended", "cannot_tell"):
        for line in plan.schedule(standing)[:4]:
            paper.say(line, indent=4, mark="  ", style="quiet")
        for step in plan.dose(standing):
            paper.say(step.text, indent=4, mark="  ", style="quiet")
    for line in plan.not_loaded(standing):
        paper.say(f"not loaded: {line}", indent=4, mark="! ")
    evidence = [*standing.option.evidence]
    if evidence:
        paper.say(f"evidence: {', '.join(evidence[:6])}", indent=4, mark="  ", style="quiet")


def _point(point: Weighed) -> str:
    if not point.gate:
        return point.text
    text = f"not met: {point.text}" if point.truth is False else point.text
    facts = [reason.text for reason in point.because if not reason.is_criterion]
    return f"{text} ({facts[0]})" if len(facts) == 1 and len(facts[0]) < 70 else text


def _unknown_words(plan: Plan, point: Weighed) -> str:
    names = [
        plan.facts.pack.facts[reason.name].title
        for reason in point.because
        if not reason.is_criterion and reason.name in plan.facts.pack.facts
    ]
    words = ", ".join(dict.fromkeys(names))
    return f" ({words})" if words and len(words) < 60 and words not in point.text else ""


def label(paper: Paper, plan: Plan) -> None:
    """The label's own tables of the drugs that are still possible, and the seams between their rules."""
    for standing in plan.options:
        regimen = plan.label_rules(standing)
        if regimen is None:
            continue
        paper.heading(f"Label rules: {regimen.title}")
        for line in (*regimen.setting, *regimen.premedication):
            paper.say(line, indent=2, hang=2)
        paper.say(f"Before each dose: {', '.join(regimen.before_each_dose)}.", indent=2, hang=2)
        for row in regimen.hold_table:
            paper.row(row.id, f"hold: {row.hold}; go on: {row.resume}", width=7)
        for sign in regimen.cls_table:
            paper.say(f"{sign.when}, {sign.sign}: {sign.action}; dosing: {sign.dosing}", indent=2, mark="* ")
        for seam in regimen.seams:
            paper.say(f"seam: {seam.text}", indent=2, mark="! ")


def tracks(paper: Paper, plan: Plan) -> None:
    """What runs beside the steps."""
    told = [one for one in plan.position.tracks if one.told]
    if not told:
        return
    paper.heading("Beside the steps")
    for track in told:
        paper.row(track.title, track.text or track.status.replace("_", " "), width=22)


def tasks(paper: Paper, plan: Plan) -> None:
    """The tasks: those due by who does them, with the reason unless they are many; the others by their titles."""
    found = {status: [one for one in plan.tasks if one.status == status] for status in _TASKS}
    if not any(found.values()):
        return
    paper.heading("Tasks")
    due = found["due"]
    groups: dict[str, list[Task]] = {}
    for one in due:
        who = f"due, {one.task.who}" if one.task.who else "due"
        groups.setdefault("due at once" if one.pressing else who, []).append(one.task)
    for heading, listed in groups.items():
        paper.say(heading, indent=2, style="strong")
        for task in listed:
            when = f" ({task.due})" if task.due else ""
            why = f": {task.why}" if len(due) <= _MANY else ""
            paper.say(f"{task.title}{when}{why}", indent=4, mark="- ")
    if len(due) > _MANY:
        paper.say("The page (--format html) gives the reason for each.", indent=2, style="quiet")
    for status, word in _TASKS.items():
        if status != "due" and found[status]:
            paper.row(word, "; ".join(one.task.title for one in found[status]), width=15)


_TASKS = {"due": "due", "cannot_tell": "if it applies", "declined": "declined", "done": "done"}
_MANY = 12


def questions(paper: Paper, plan: Plan) -> None:
    """What to ask next, and what the answers could change."""
    if not plan.questions or (plan.position.step == NO_SIGNAL and not plan.points_somewhere):
        return
    paper.heading("What to ask next")
    for number, question in enumerate(plan.questions[:_QUESTIONS], start=1):
        specimen = f" [{question.specimen}]" if question.specimen else ""
        paper.say(f"{question.ask}{specimen}", indent=2, mark=f"{number}. ")
        names = _names(plan, question.would_change)
        more = f" and {len(names) - _CHANGES} more" if len(names) > _CHANGES else ""
        if names:
            paper.say(f"could change: {'; '.join(names[:_CHANGES])}{more}", indent=5, style="quiet")
    if len(plan.questions) > _QUESTIONS:
        paper.say(f"{len(plan.questions) - _QUESTIONS} more questions would change something.", indent=2)


def _names(plan: Plan, changes: Sequence[str]) -> list[str]:
    """What an answer could change, by its title where it has one; no criterion whose numbers must not be shown."""
    criteria = plan.facts.pack.criteria
    titles = {one.id: one.title for one in plan.position.pathway.options}
    titles |= {name: one.title for name, one in criteria.items()}
    return [titles.get(name) or name.replace("_", " ") for name in changes if not plan.hidden(name)]
