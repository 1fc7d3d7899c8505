"""What `sapwood facts`, `sapwood explain` and `sapwood pack` print."""

from __future__ import annotations

import difflib

from sapwood.errors import AnswerError, Problem
from sapwood.facts import Fact, Facts
from sapwood.formats.paper import Paper
from sapwood.pack import Pack, known_packs, load_pack


def list_facts(facts: Facts, *, everything: bool = False) -> str:
    """Every fact that was understood, from where; what was rejected, and why; what could not be read."""
    paper = Paper(colour=False)
    paper.say(f"Facts as of {facts.as_of}, by the pack {facts.pack.about.id} {facts.pack.about.version}.")
    if facts.replay:
        paper.say("A look back: only what is dated, and was known by then, counts.")
    absent = 0
    group_title = ""
    for name, definition in facts.pack.facts.items():
        groups = facts.groups if definition.per == "specimen" else (None,)
        for group in groups:
            fact = facts.fact(name, group)
            if fact.state in ("missing", "not_applicable") and not fact.rejected and not everything:
                absent += 1
                continue
            if definition.group != group_title:
                group_title = definition.group
                paper.heading(group_title)
            _fact(paper, name, fact)
    unused = [entry for entry in facts.record.resources if id(entry) not in _used(facts)]
    paper.heading("Not used")
    paper.say(f"{absent} facts of the pack are not on record (--all lists them).", indent=2)
    counts: dict[str, int] = {}
    for entry in unused:
        kind = str(entry.get("resourceType"))
        counts[kind] = counts.get(kind, 0) + 1
    listed = ", ".join(
        f"{number} {kind}" for kind, number in sorted(counts.items(), key=lambda pair: -pair[1])
    )
    paper.say(
        f"{len(unused)} resources hold nothing this pack asks for" + (f": {listed}." if listed else "."),
        indent=2,
    )
    if facts.problems:
        paper.heading("Problems")
        for problem in facts.problems:
            paper.say(str(problem), indent=2, mark="! ")
    return paper.text()


def _used(facts: Facts) -> set[int]:
    used = set(facts.finder.used)
    used.update(id(event.resource) for event in facts.treatment.events if event.resource is not None)
    return used


def _fact(paper: Paper, name: str, fact: Fact) -> None:
    specimen = f" [{fact.specimen}]" if fact.specimen else ""
    source = f" -- {', '.join(fact.sources)}" if fact.sources else ""
    note = f" ({fact.note})" if fact.note and fact.known else ""
    paper.say(f"{name}{specimen}: {fact.text}{note}{source}", indent=2, hang=4)
    for where, why in fact.rejected:
        paper.say(f"ignored {where}: {why}", indent=6, mark="x ", style="quiet")


def explain_criterion(pack: Pack, name: str, facts: Facts | None) -> str:
    """One criterion: what it means, its sentence, its evidence, and its verdict with reasons for a record."""
    criterion = pack.criteria.get(name)
    if criterion is None:
        close = difflib.get_close_matches(name, list(pack.criteria), 1)
        remedy = (
            f"Did you mean `{close[0]}`?" if close else f"`sapwood pack show {pack.about.id}` lists them."
        )
        raise AnswerError(Problem(f"explain {name}", "the pack has no such criterion", remedy))
    paper = Paper(colour=False)
    title = criterion.title or name.replace("_", " ")
    paper.say(f"{name} ({criterion.rule_set}): {title}")
    paper.say(f"True means: {criterion.means}", indent=2, hang=4)
    if criterion.false_means:
        paper.say(f"False means: {criterion.false_means}", indent=2, hang=4)
    if criterion.for_each == "specimen":
        paper.say("Read within one specimen; true for the person when true in one.", indent=2)
    paper.heading("Sentence")
    paper.say(criterion.is_, indent=2)
    if criterion.note:
        paper.say(criterion.note, indent=2)
    if facts is not None:
        _verdict(paper, facts, name)
    paper.heading("Evidence")
    for claim_id in criterion.evidence:
        claim = pack.claims[claim_id]
        paper.say(f"{claim_id}: {claim.text}", indent=2, hang=4)
        paper.say(pack.sources[claim.source].citation, indent=6, style="quiet")
    if not criterion.evidence:
        paper.say("none cited", indent=2)
    return paper.text()


def _verdict(paper: Paper, facts: Facts, name: str, depth: int = 0, seen: tuple[str, ...] = ()) -> None:
    from sapwood.verdicts import Verdict

    verdict = Verdict(name, facts)
    if depth == 0:
        paper.heading(f"Verdict as of {facts.as_of}: {verdict.word}")
    for reason in verdict.because:
        specimen = f" [{reason.specimen}]" if reason.specimen and reason.specimen not in reason.text else ""
        source = f" ({', '.join(reason.sources)})" if reason.sources else ""
        paper.say(
            f"{reason.name} is {reason.value}: {reason.text}{specimen}{source}",
            indent=2 + 2 * depth,
            mark="- ",
        )
        if reason.is_criterion and reason.name not in seen and depth < 6:
            _verdict(paper, facts, reason.name, depth + 1, (*seen, reason.name))
    if depth == 0 and verdict.value is None:
        for word, sets, more in (
            ("true", verdict.settle.true, verdict.settle.more_true),
            ("false", verdict.settle.false, verdict.settle.more_false),
        ):
            listed = "; or ".join(" + ".join(one) for one in sets) or "no set of four facts or fewer"
            paper.say(f"could become {word} by: {listed}{' (and more)' if more else ''}", indent=2, hang=4)


def list_packs() -> str:
    """The packs that come with Sapwood, one a line."""
    lines = []
    for name in known_packs():
        pack = load_pack(name)
        reviewed = "reviewed" if pack.reviewed else "not yet reviewed by a clinician"
        lines.append(f"{name}  {pack.about.version}  {pack.about.title} ({reviewed})")
    return "\n".join(lines) + "\n"


def show_pack(name: str) -> str:
    """What a pack holds: its review state, steps, criteria, options, facts and evidence."""
    pack = load_pack(name)
    paper = Paper(colour=False)
    about = pack.about
    paper.say(f"{about.id} {about.version}: {about.title}")
    paper.say(about.notice)
    paper.say(
        f"Region {about.region}; {'reviewed' if pack.reviewed else 'not yet reviewed by a clinician'}; "
        f"content {pack.hash[:12]}."
    )
    paper.heading(f"Steps ({len(pack.pathway.steps)})")
    for step in pack.pathway.steps:
        paper.row(step.id, step.title)
    paper.heading(f"Criteria ({len(pack.criteria)})")
    for criterion_id, criterion in pack.criteria.items():
        paper.row(criterion_id, criterion.means, width=34)
    paper.heading(f"Options ({len(pack.pathway.options)})")
    for option in pack.pathway.options:
        paper.row(option.id, option.title)
    paper.heading(f"Facts ({len(pack.facts)})")
    for fact_id, fact in pack.facts.items():
        unit = f" in {fact.unit}" if fact.unit and fact.unit != "1" else ""
        paper.row(fact_id, f"{fact.title} ({fact.type}{unit})", width=34)
    paper.heading("Evidence")
    paper.say(f"{len(pack.claims)} claims from {len(pack.sources)} sources.", indent=2)
    return paper.text()
