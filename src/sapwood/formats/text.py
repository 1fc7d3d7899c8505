"""The plan as text, in the order a tumour board reads: who, urgent, decision, findings, options, duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sapwood.choosing import plain
from sapwood.duties import AlertStanding, OptionStanding, Weighed
from sapwood.facts import Fact
from sapwood.formats.paper import Paper
from sapwood.plan import Plan
from sapwood.values import Range
from sapwood.verdicts import Reason, Verdict

_MARKS = {True: "[x]", False: "[ ]", None: "[?]"}
_STANDINGS = {
    "recommended": ("recommended", "good"),
    "possible": ("possible", "good"),
    "cannot_tell": ("cannot tell yet", "open"),
    "ruled_out": ("not now", "bad"),
}
_SEVERITY = {"urgent": "URGENT", "stop": "STOP", "hold": "HOLD", "warn": "WARNING"}
_SHOWN_ALERTS = 3
_QUESTIONS = 8


def write(plan: Plan, *, colour: bool = False, with_id: bool = False) -> str:
    """The plan as text at most 80 columns wide."""
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
        _alert(paper, alert)
    _position(paper, plan)
    _decision(paper, plan)
    _markers(paper, plan)
    _sites(paper, plan)
    _fitness(paper, plan)
    _lines(paper, plan)
    _options(paper, plan)
    _label(paper, plan)
    _tracks(paper, plan)
    _tasks(paper, plan)
    _questions(paper, plan)
    if others:
        paper.heading("Also watch")
        for alert in others:
            _alert(paper, alert)
    _record(paper, plan)
    return paper.text()


# --- who -------------------------------------------------------------------------------------------


def headline(plan: Plan) -> str:
    """One sentence: age, diagnosis and how sure, sites, line, response, wishes."""
    facts, board = plan.facts, plan.facts.pack.about.board
    age = facts.fact("age_years") if "age_years" in facts.pack.facts else None
    sex = facts.fact("sex") if "sex" in facts.pack.facts else None
    who = f"{_age(age)} {_person(sex, age)}".strip()
    parts = [next((said.text for said in board.diagnosis if plan.verdicts.truth(said.when) is True), "")]
    sites = [facts.fact(name) for name in board.sites]
    present = [_site(fact) for fact in sites if fact.value is True]
    if present:
        parts.append(f"in {_list(present)}")
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
    return f"{who[:1].upper()}{who[1:]}: {rest or 'nothing here points to the disease'}. As of {facts.as_of}."


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


def _site(fact: Fact) -> str:
    """A site's own name: `skin` for `disease in skin`."""
    title = fact.definition.title
    for edge in ("disease in ", "involvement of ", "the "):
        title = title.removeprefix(edge)
    return title.removesuffix(" involved").removesuffix(" involvement")


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- alerts, position, decision ----------------------------------------------------------------------


def _alert(paper: Paper, alert: AlertStanding) -> None:
    severity = alert.alert.severity
    tag = _SEVERITY[severity] + (" (cannot tell)" if alert.state == "cannot_tell" else "")
    paper.say(f"{tag}: {alert.message}", hang=4, style=severity)
    _because(paper, alert.because, indent=4, most=3)


def _because(paper: Paper, reasons: Iterable[Reason], *, indent: int, most: int = 4) -> None:
    listed = list(reasons)
    for reason in listed[:most]:
        specimen = f" [{reason.specimen}]" if reason.specimen and reason.specimen not in reason.text else ""
        source = f" ({', '.join(reason.sources[:2])})" if reason.sources else ""
        paper.say(f"{reason.text}{specimen}{source}", indent=indent, mark="- ", style="quiet")
    if len(listed) > most:
        paper.say(f"and {len(listed) - most} more", indent=indent, mark="- ", style="quiet")


def _position(paper: Paper, plan: Plan) -> None:
    paper.heading("Where on the pathway")
    position = plan.position
    line = f" (line {position.line})" if plan.facts.treatment.lines else ""
    paper.say(f"{position.title}{line}", indent=2, style="strong")
    if position.about:
        paper.say(position.about, indent=2)
    _because(paper, position.because, indent=4)
    if position.gaps:
        paper.say(f"Still open behind: {', '.join(gap.title for gap in position.gaps)}", indent=2, hang=4)


def _decision(paper: Paper, plan: Plan) -> None:
    if not plan.options:
        return
    paper.heading("Today's decision, and what blocks it")
    for standing in ("recommended", "possible", "cannot_tell"):
        titles = [one.option.title for one in plan.options if one.standing == standing]
        if titles:
            word, style = _STANDINGS[standing]
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


# --- findings --------------------------------------------------------------------------------------


def _markers(paper: Paper, plan: Plan) -> None:
    facts, names = plan.facts, plan.facts.pack.about.board.markers
    if not names or plan.position.step == "no_signal":
        return
    paper.heading("Markers by specimen")
    tested = [
        group for group in facts.groups if any(facts.fact(name, group).state != "missing" for name in names)
    ]
    for group in tested or facts.groups[:1]:
        entries = [facts.fact(name, group) for name in names]
        sorts = {
            "positive": [fact for fact in entries if fact.value is True],
            "negative": [fact for fact in entries if fact.value is False],
            "disagree": [fact for fact in entries if fact.state == "conflicting"],
            "not readable": [fact for fact in entries if fact.state in ("unusable", "stale")],
            "not tested": [fact for fact in entries if fact.state == "missing"],
        }
        paper.say(group.label, indent=2, style="strong")
        for word, listed in sorts.items():
            if listed:
                paper.row(word, ", ".join(fact.definition.title for fact in listed), indent=4, width=14)


def _sites(paper: Paper, plan: Plan) -> None:
    names = plan.facts.pack.about.board.sites
    if not names or plan.position.step == "no_signal":
        return
    paper.heading("Sites")
    unknown = []
    for name in names:
        fact = plan.facts.fact(name)
        if fact.state == "missing":
            unknown.append(_site(fact))
            continue
        day = f", {fact.when}" if fact.when is not None else ", undated" if fact.known else ""
        said = {True: "involved", False: "not involved"}.get(fact.value, fact.text.partition(": ")[2])  # type: ignore[arg-type]
        paper.row(_site(fact), f"{said}{day if fact.known else ''}", width=18)
    if unknown:
        paper.row("not on record", ", ".join(unknown), width=18)


def _fitness(paper: Paper, plan: Plan) -> None:
    names = plan.facts.pack.about.board.fitness
    if not names or plan.position.step == "no_signal":
        return
    paper.heading("Fitness, by rule set (never merged)")
    if not plan.adult_numbers:
        paper.say(plan.facts.pack.about.adult_only_text, indent=2)
    names = [name for name in names if not plan.hidden(name)]
    for name in names:
        verdict = plan.verdicts[name]
        definition = verdict.definition
        assert definition is not None
        style = {True: "good", False: "bad", None: "open"}[verdict.value]
        answer = {True: "yes", False: "no", None: "not known"}[verdict.value]
        title = definition.title or definition.means
        paper.say(f"{title}: ", indent=2, hang=4, end=(answer, style))
        _items(paper, plan, verdict)


def _asked(plan: Plan, name: str) -> str:
    """What is asked for under a fact's name: the fact, or where that is known its normal limits."""
    fact = plan.facts.pack.facts[name]
    known = fact.per == "person" and plan.facts.fact(name).known
    return f"{fact.title}{' (its limits of normal)' if known else ''}"


def _items(paper: Paper, plan: Plan, verdict: Verdict) -> None:
    """The items of a rule set that decided it: the failing ones by name, and whether each can be put right."""
    if verdict.value is None:
        if verdict.missing:
            waiting = [_asked(plan, name) for name in verdict.missing]
            paper.say(f"waits for: {'; '.join(waiting[:10])}", indent=4, hang=2)
        else:
            _because(paper, verdict.because, indent=4)
        return
    for reason in (one for one in verdict.because[:6] if not plan.hidden(one.name)):
        item = plan.verdicts[reason.name] if reason.is_criterion else None
        facts = [inner for inner in item.because if not inner.is_criterion] if item is not None else []
        detail = f" ({'; '.join(inner.text for inner in facts[:3])})" if facts else ""
        paper.say(f"{reason.text}{detail}", indent=4, mark="- ", style="quiet")
        definition = item.definition if item is not None else None
        if definition is not None and definition.reversible:
            paper.say(f"can change: {definition.reversible}", indent=6, hang=2)


def _lines(paper: Paper, plan: Plan) -> None:
    lines = plan.facts.treatment.lines
    if not lines:
        return
    paper.heading("Treatment so far")
    for line in lines:
        cycles = len(line.cycles) or line.cycles_stated
        parts = [line.title, f"from {line.start}" if line.start else "undated"]
        if cycles:
            parts.append(f"{cycles} cycle{'s' if cycles != 1 else ''}")
        if line.start:
            parts.append(f"{line.given} given, {line.held} held")
        if line.response:
            parts.append(f"best response {line.response}")
        if line.ordered_by_text:
            parts.append("order as the text gives it")
        paper.row(f"line {line.number}", "; ".join(parts), width=10)


# --- options, tracks, tasks, questions ---------------------------------------------------------------


def _options(paper: Paper, plan: Plan) -> None:
    if not plan.options:
        return
    paper.heading("Options side by side")
    for standing in plan.options:
        word, style = _STANDINGS[standing.standing]
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


def _label(paper: Paper, plan: Plan) -> None:
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


def _tracks(paper: Paper, plan: Plan) -> None:
    if not plan.position.tracks:
        return
    paper.heading("Beside the steps")
    for track in plan.position.tracks:
        paper.row(track.title, track.text or track.status.replace("_", " "), width=22)


def _tasks(paper: Paper, plan: Plan) -> None:
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


def _questions(paper: Paper, plan: Plan) -> None:
    if not plan.questions or (plan.position.step == "no_signal" and not _pointers(plan)):
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


def _pointers(plan: Plan) -> bool:
    """Whether a record without a sign holds something that might become one: a true part of an open first step."""
    for step in plan.position.unclear[:1]:
        for name in plan.facts.pack.base_facts[f"step:{step.id}:opens"]:
            definition = plan.facts.pack.facts[name]
            groups = plan.facts.groups if definition.per == "specimen" else (None,)
            if definition.find and any(plan.facts.fact(name, group).value is True for group in groups):
                return True
    return False


def _record(paper: Paper, plan: Plan) -> None:
    paper.heading("The record")
    read = plan.facts.record.counts.get("read", 0)
    paper.say(f"{read} resources read, {plan.used()} of them used.", indent=2)
    problems = plan.facts.problems
    for problem in problems[:6]:
        paper.say(str(problem), indent=2, mark="! ")
    if len(problems) > 6:
        paper.say(f"{len(problems) - 6} more problems; `sapwood facts` lists them all.", indent=2)
