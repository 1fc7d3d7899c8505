"""What a plan as text says of the choices: options, label rules, tracks, tasks, questions."""

from __future__ import annotations

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


def options(paper: Paper, plan: Plan) -> None:
    """Every option: its standing, what speaks for and against, what is not known, what would reopen it."""
    if not plan.options:
        return
    paper.heading("Options side by side")
    for standing in plan.options:
        word, style = STANDINGS[standing.standing]
        paper.say(f"{standing.option.title} -- ", indent=2, hang=4, end=(word, style))
        _option(paper, plan, standing)


def _option(paper: Paper, plan: Plan, standing: OptionStanding) -> None:
    approved = standing.option.approved.get(plan.facts.pack.about.region)
    if approved:
        paper.say(f"{plan.facts.pack.about.region}: {approved}", indent=4, hang=2)
    for point in standing.for_:
        paper.say(_point(point), indent=4, mark="+ ")
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
    facts = [reason.text for reason in point.because if not reason.is_criterion]
    return f"{point.text} ({facts[0]})" if len(facts) == 1 and len(facts[0]) < 70 else point.text


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
    if not plan.position.tracks:
        return
    paper.heading("Beside the steps")
    for track in plan.position.tracks:
        paper.row(track.title, track.text or track.status.replace("_", " "), width=22)


def tasks(paper: Paper, plan: Plan) -> None:
    """The tasks, those due first."""
    shown = [task for task in plan.tasks if task.status != "not_applicable"]
    if not shown:
        return
    paper.heading("Tasks")
    words = {"due": "due", "cannot_tell": "if it applies", "declined": "declined", "done": "done"}
    for status, word in words.items():
        for standing in (task for task in shown if task.status == status):
            due = f" ({standing.task.due})" if standing.task.due and status == "due" else ""
            if status == "done":
                paper.row(word, standing.task.title, width=15, style="quiet")
            else:
                paper.row(word, f"{standing.task.title}{due}: {standing.task.why}", width=15)


def questions(paper: Paper, plan: Plan) -> None:
    """What to ask next, and what the answers could change."""
    if not plan.questions or (plan.position.step == NO_SIGNAL and not plan.points_somewhere):
        return
    paper.heading("What to ask next")
    for number, question in enumerate(plan.questions[:_QUESTIONS], start=1):
        specimen = f" [{question.specimen}]" if question.specimen else ""
        paper.say(f"{question.ask}{specimen}", indent=2, mark=f"{number}. ")
        changes = ", ".join(question.would_change[:5])
        more = len(question.would_change) - 5
        paper.say(
            f"could change: {changes}{f' and {more} more' if more > 0 else ''}", indent=5, style="quiet"
        )
    if len(plan.questions) > _QUESTIONS:
        paper.say(f"{len(plan.questions) - _QUESTIONS} more questions would change something.", indent=2)
