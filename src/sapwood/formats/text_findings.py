"""What a plan as text says of the findings: markers, sites, fitness, treatment so far."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import zip_longest

from sapwood.fact import Fact, Group
from sapwood.formats.paper import Paper
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan
from sapwood.verdicts import Reason, Verdict

_NAMES = re.compile(r"\w+")
_DEEP = 6
_BEHIND = 3
"""So many facts stand behind one reason; the page shows all of them."""


def because(paper: Paper, plan: Plan, reasons: Iterable[Reason], *, indent: int, most: int = 4) -> None:
    """The reasons for something, one a line: a fact with its sources, a criterion with the facts that decided it."""
    listed = list(reasons)
    for reason in listed[:most]:
        specimen = f" [{reason.specimen}]" if reason.specimen and reason.specimen not in reason.text else ""
        behind = ", ".join(reason.sources[:2]) or "; ".join(_behind(plan, reason))
        text = f"{reason.text}{specimen}{f' ({behind})' if behind else ''}"
        paper.say(text, indent=indent, mark="- ", style="quiet")
    if len(listed) > most:
        paper.say(f"and {len(listed) - most} more", indent=indent, mark="- ", style="quiet")


def _behind(plan: Plan, reason: Reason) -> list[str]:
    """The facts of the record that decided a criterion, from each of its own reasons in turn; nothing hidden."""
    if not reason.is_criterion or plan.hidden(reason.name):
        return []
    inner = plan.verdicts[reason.name].because
    turns = zip_longest(*(_facts_of(plan, one, _DEEP) for one in inner))
    said = dict.fromkeys(text for turn in turns for text in turn if text)
    return list(dict.fromkeys(part for text in list(said)[:_BEHIND] for part in text.split("; ")))


def _facts_of(plan: Plan, reason: Reason, depth: int) -> list[str]:
    if not reason.is_criterion:
        return [reason.text] if reason.sources else []
    if not depth or plan.hidden(reason.name):
        return []
    inner = plan.verdicts[reason.name].because
    return [text for one in inner for text in _facts_of(plan, one, depth - 1)]


def site_name(fact: Fact) -> str:
    """A site's own name: `skin` for `disease in skin`."""
    title = fact.definition.title
    for edge in ("disease in ", "involvement of ", "the "):
        title = title.removeprefix(edge)
    return title.removesuffix(" involved").removesuffix(" involvement")


def markers(paper: Paper, plan: Plan) -> None:
    """Each specimen with its markers: positive, negative, disagreeing, not readable, not tested."""
    facts, board = plan.facts, plan.facts.pack.about.board
    if not board.markers or plan.position.step == NO_SIGNAL:
        return
    paper.heading("Markers by specimen")
    for group in stained(plan) or facts.groups[:1]:
        others = [facts.fact(name, group) for name in board.other_markers]
        entries = [facts.fact(name, group) for name in board.markers]
        entries += [fact for fact in others if fact.state != "missing"]
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


def stained(plan: Plan) -> list[Group]:
    """The specimens of which a marker is on record."""
    facts, board = plan.facts, plan.facts.pack.about.board
    names = (*board.markers, *board.other_markers)
    return [
        group for group in facts.groups if any(facts.fact(name, group).state != "missing" for name in names)
    ]


def findings_of(plan: Plan, *, without: Collection[str] = ()) -> dict[str, list[str]]:
    """What else of the findings is on record, in words, under the name of its group; nothing that is assumed."""
    found: dict[str, list[str]] = {}
    facts = plan.facts
    names = () if plan.position.step == NO_SIGNAL else facts.pack.about.board.findings
    for name in (one for one in names if one not in without):
        definition = facts.pack.facts[name]
        for group in facts.groups if definition.per == "specimen" else (None,):
            fact = facts.fact(name, group)
            if fact.state in ("known", "conflicting", "unusable") and fact.assurance != "assumed":
                where = f" [{group.label}]" if group is not None and len(facts.groups) > 1 else ""
                text = fact.text.replace("_", " ") if definition.type == "code" else fact.text
                found.setdefault(definition.group, []).append(f"{text}{where}")
    return found


def findings(paper: Paper, plan: Plan) -> None:
    """What else is on record that a board asks about; what is not on record is not listed."""
    found = findings_of(plan)
    if not found:
        return
    paper.heading("Also on record")
    for group, texts in found.items():
        paper.row(group, "; ".join(texts), width=14)


def sites(paper: Paper, plan: Plan) -> None:
    """Each site of the disease, with its date."""
    names = plan.facts.pack.about.board.sites
    if not names or plan.position.step == NO_SIGNAL:
        return
    paper.heading("Sites")
    unknown = []
    for name in names:
        fact = plan.facts.fact(name)
        if fact.state == "missing":
            unknown.append(site_name(fact))
            continue
        day = f", {fact.when}" if fact.when is not None else ", undated" if fact.known else ""
        said = {True: "involved", False: "not involved"}.get(fact.value, fact.text.partition(": ")[2])  # type: ignore[arg-type]
        paper.row(site_name(fact), f"{said}{day if fact.known else ''}", width=18)
    if unknown:
        paper.row("not on record", ", ".join(unknown), width=18)


def fitness_rules(plan: Plan) -> list[str]:
    """The fitness rules that matter now: those an option on the table, its regimen or the step itself turns on."""
    asked: set[str] = set()
    for option in (standing.option for standing in plan.options):
        points = (*option.requires, *option.rules_out, *option.for_, *option.against)
        asked.update(word for point in points for word in _NAMES.findall(point.when))
        regimen = plan.facts.pack.regimens.get(option.regimen)
        asked.update(regimen.gates if regimen is not None else ())
    asked.update(
        name for step in plan.position.pathway.steps if step.id in plan.position.here for name in step.focus
    )
    return [name for name in plan.facts.pack.about.board.fitness if name in asked]


def fitness(paper: Paper, plan: Plan) -> None:
    """Each fitness rule by itself, with what failed or is awaited."""
    names = fitness_rules(plan)
    if not names:
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
    settled = came_out_well(plan, verdict)
    if verdict.value is None:
        if verdict.missing:
            waiting = [_asked(plan, name) for name in verdict.missing]
            paper.say(f"waits for: {'; '.join(waiting[:10])}", indent=4, hang=2)
        else:
            because(paper, plan, verdict.because, indent=4)
        return
    for reason in (one for one in verdict.because[:6] if not plan.hidden(one.name)):
        item = plan.verdicts[reason.name] if reason.is_criterion else None
        facts = [inner for inner in item.because if not inner.is_criterion] if item is not None else []
        detail = f" ({'; '.join(inner.text for inner in facts[:3])})" if facts else ""
        paper.say(f"{reason.text}{detail}", indent=4, mark="- ", style="quiet")
        definition = item.definition if item is not None else None
        if definition is not None and definition.reversible and not settled:
            paper.say(f"can change: {definition.reversible}", indent=6, hang=2)


def came_out_well(plan: Plan, verdict: Verdict) -> bool:
    """Whether a rule has come out well, so that nothing of it needs to change: a gate met, a danger not there."""
    options = plan.position.pathway.options
    gates = {point.when for option in options for point in option.requires}
    gates |= {gate for regimen in plan.facts.pack.regimens.values() for gate in regimen.gates}
    wanted = any(f"NOT {verdict.name}" in point.when for option in options for point in option.against)
    return verdict.value is (wanted or verdict.name in gates)


def lines(paper: Paper, plan: Plan) -> None:
    """The lines of treatment so far."""
    lines = plan.facts.treatment.lines
    if not lines or plan.position.step == NO_SIGNAL:
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
        elif line.response_unread:
            parts.append("a response is told in words that were not read")
        if line.ordered_by_text:
            parts.append("order as the text gives it")
        paper.row(f"line {line.number}", "; ".join(parts), width=10)
