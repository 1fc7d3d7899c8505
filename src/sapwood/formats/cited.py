"""The claims that a plan shows, numbered, by the source that makes them, with links to where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sapwood.choosing import plain
from sapwood.definitions import Claim, EvidenceSource
from sapwood.formats.text_findings import fitness_rules
from sapwood.plan import Plan

_HOW = {"V": "", "K": "known, not re-read", "ours": "our own design"}


@dataclass(frozen=True, slots=True)
class Cited:
    """One claim that the page rests on, by its number on the page."""

    id: str
    number: int
    text: str
    numbers: str
    how_known: str


@dataclass(frozen=True, slots=True)
class Work:
    """One source with the claims cited from it, and where to read it."""

    citation: str
    links: tuple[tuple[str, str], ...]
    claims: tuple[Cited, ...]


def shown_evidence(plan: Plan) -> tuple[str, ...]:
    """The claims behind what a page shows: position, fitness, options, labels, duties, what lies ahead."""
    found: dict[str, None] = {}
    here = set(plan.position.here)
    for step in plan.position.pathway.steps:
        if step.id in here:
            found.update(dict.fromkeys(step.evidence))
    for alert in plan.alerts:
        found.update(dict.fromkeys(alert.alert.evidence))
    for name in fitness_rules(plan):
        if not plan.hidden(name):
            found.update(dict.fromkeys(plan.facts.pack.criteria[name].evidence))
    for option in plan.options:
        found.update(dict.fromkeys(option.option.evidence))
        for point in (*option.for_, *option.against, *option.open_):
            found.update(dict.fromkeys(point.evidence))
        regimen = plan.label_rules(option)
        if regimen is not None:
            for rows in (regimen.hold_table, regimen.cls_table, regimen.seams):
                found.update(dict.fromkeys(name for row in rows for name in row.evidence))
    for track in plan.position.tracks:
        found.update(dict.fromkeys(track.evidence))
    for task in plan.tasks:
        if task.status != "not_applicable":
            found.update(dict.fromkeys(task.task.evidence))
    for entry in plan.follow_up:
        found.update(dict.fromkeys(entry.item.evidence))
    for trial in plan.trials:
        found.update(dict.fromkeys(trial.trial.evidence))
    for topic in plan.topics:
        found.update(dict.fromkeys(topic.rows))
    return tuple(name for name in found if name in plan.facts.pack.claims)


def works_of(plan: Plan, names: Iterable[str]) -> list[Work]:
    """Claims by their source, in the order in which the page first needs them, numbered through."""
    pack = plan.facts.pack
    by_source: dict[str, list[str]] = {}
    for name in names:
        by_source.setdefault(pack.claims[name].source, []).append(name)
    works, number = [], 0
    for source, listed in by_source.items():
        claims = []
        for name in listed:
            number += 1
            claim = pack.claims[name]
            claims.append(Cited(name, number, claim.text, numbers(claim), _HOW[claim.mark]))
        work = pack.sources[source]
        works.append(Work(work.citation, _links(work), tuple(claims)))
    return works


def numbers(claim: Claim) -> str:
    """What the source counted: in whom, how many people, which figure, which interval, shared with which series."""
    parts = [claim.population] if claim.population else []
    parts += [f"n = {claim.n}"] if claim.n is not None else []
    if claim.value is not None and not isinstance(claim.value, bool):
        measure = f"{claim.measure} " if claim.measure else ""
        parts.append(f"{measure}{claim.value}{' ' + claim.unit if claim.unit else ''}".replace("_", " "))
    if len(claim.ci) == 2:
        how = " worked out here" if claim.ci_source.startswith("computed") else ""
        parts.append(f"95% interval {plain(claim.ci[0])} to {plain(claim.ci[1])}{how}")
    if claim.overlap_group:
        parts.append(f"may share people with {claim.overlap_group}")
    if claim.pool_ok is False:
        parts.append("not poolable")
    return "; ".join(parts)


def _links(source: EvidenceSource) -> tuple[tuple[str, str], ...]:
    links = []
    if source.doi:
        links.append((f"doi:{source.doi}", f"https://doi.org/{source.doi}"))
    if source.pmid:
        links.append((f"PMID {source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"))
    if not links and source.url.startswith("https://"):
        links.append(("read it", source.url))
    return tuple(links)
