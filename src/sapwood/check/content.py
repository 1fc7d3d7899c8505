"""Promise 9: what is used is asked for, what is asked for is used, and everything has words, evidence and cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sapwood.articles import Library
from sapwood.criteria.tree import bases_in
from sapwood.definitions import FactDefinition
from sapwood.errors import SapwoodError
from sapwood.pack import Pack
from sapwood.pack_references import Content, mentions
from sapwood.reading_grade import LIMIT, grade

from .boundaries import limits, untold
from .findings import TITLES, Finding, Section
from .ground import Ground
from .worked import Case, case_files, entry_of, read_case

Seen = Mapping[str, set[str]]
"""For each id of one sort, the answers that worked patients show."""


def nothing_left_over(ground: Ground, cases: Sequence[Case], library: Library | None = None) -> Section:
    """Facts, evidence, words, worked patients: nothing missing, nothing that no plan, page or card uses."""
    section = Section(9, TITLES[9])
    _facts(ground, section)
    _evidence(ground, section, library.cited if library is not None else frozenset())
    _words(ground, section)
    _cases(ground, section, cases)
    _limits(ground, section, cases)
    return section


def _file(section: Section, ok: object, finding: Finding) -> None:
    if ok:
        section.proved += 1
    else:
        section.findings.append(finding)


# --- facts ----------------------------------------------------------------------------------------------


def used_facts(pack: Pack) -> dict[str, None]:
    """Every fact that something reads: a sentence, another fact, a dose, a follow-up, the board."""
    found: dict[str, None] = {}
    for name, sentence in pack.sentences.items():
        if not name.startswith("always:"):
            found.update((one, None) for one in bases_in(sentence.tree) if one in pack.facts)
    for fact in pack.facts.values():
        named = [fact.before, fact.after, fact.on_day, fact.day_before]
        named += [fact.closed_world.covered_by] if fact.closed_world else []
        found.update((one, None) for one in named if one in pack.facts)
    about = pack.about
    named = [about.ended_when, *about.board.facts]
    named += [regimen.dose.of for regimen in pack.regimens.values() if regimen.dose is not None]
    named += [
        one.partition(".")[0] for item in pack.pathway.follow_up for one in (item.since, item.last) if one
    ]
    found.update((one, None) for one in named if one in pack.facts)
    return found


def _facts(ground: Ground, section: Section) -> None:
    pack, used = ground.pack, used_facts(ground.pack)
    for name, definition in pack.facts.items():
        where = ground.where("fact", name)
        if name not in used:
            what = (
                "is asked for, and nothing uses it"
                if definition.ask is not None
                else "is read, and nothing uses it"
            )
            _file(section, False, Finding("unused", "content", where, what, "Use it, or take it out."))
            continue
        remedy = "Give it an `ask`, or leave to read silence as no."
        what = "can leave an answer open, and nobody is asked for it"
        learned = _can_be_learned(definition) or _silence_answers_its_readers(pack, name)
        _file(section, learned, Finding("not asked", "gap", where, what, remedy))


def _silence_answers_its_readers(pack: Pack, name: str) -> bool:
    """Whether it is read by nothing but derived facts in which silence answers for it."""
    readers = [one for one, sentence in pack.sentences.items() if name in bases_in(sentence.tree)]
    return bool(readers) and all(
        one in pack.facts and pack.facts[one].closed_world is not None for one in readers
    )


def _can_be_learned(fact: FactDefinition) -> bool:
    """Whether it is asked for, worked out, read from the record as a whole, or silence answers it."""
    return bool(
        fact.ask is not None
        or fact.derived
        or fact.from_record
        or fact.from_lines
        or fact.closed_world is not None
    )


# --- evidence -------------------------------------------------------------------------------------------


def _evidence(ground: Ground, section: Section, written: frozenset[str]) -> None:
    pack = ground.pack
    cited = {name for sort, name, _ in mentions(_content(pack), lambda file, entry: "") if sort == "evidence"}
    cited |= written
    for name in pack.claims:
        finding = Finding(
            "unused",
            "content",
            ground.where("claim", name),
            "nothing cites it",
            "Cite it where it decides, or take it out.",
        )
        _file(section, name in cited, finding)
    used = {claim.source for claim in pack.claims.values()}
    for name in pack.sources:
        finding = Finding(
            "unused", "content", ground.where("source", name), "no claim rests on it", "Take it out."
        )
        _file(section, name in used, finding)
    for sort, name, entry in _entries(pack):
        if sort in ("criterion", "option", "alert"):
            what, remedy = "cites no evidence", "Name the claims it rests on."
            _file(
                section,
                entry.evidence,
                Finding("no evidence", "content", ground.where(sort, name), what, remedy),
            )


def _content(pack: Pack) -> Content:
    from sapwood.definitions import EvidenceDefinition, KnowledgeDefinition, TrialsDefinition

    evidence = EvidenceDefinition(dict(pack.sources), dict(pack.claims))
    knowledge, trials = KnowledgeDefinition(list(pack.topics)), TrialsDefinition(list(pack.trials))
    return Content(
        pack.about, pack.facts, pack.criteria, pack.pathway, evidence, pack.regimens, knowledge, trials
    )


def _entries(pack: Pack) -> Iterator[tuple[str, str, Any]]:
    yield from (("criterion", name, one) for name, one in pack.criteria.items())
    pathway = pack.pathway
    yield from (("step", one.id, one) for one in pathway.steps)
    yield from (("track", one.id, one) for one in pathway.tracks)
    yield from (("task", one.id, one) for one in pathway.tasks)
    yield from (("option", one.id, one) for one in pathway.options)
    yield from (("alert", one.id, one) for one in pathway.alerts)
    yield from (("follow-up", one.id, one) for one in pathway.follow_up)
    yield from (("trial", one.nct, one) for one in pack.trials)


# --- words ----------------------------------------------------------------------------------------------


def patient_texts(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Everything the pack says to patients: of which sort and entry, and the text."""
    for sort, name, entry in _entries(pack):
        plain = entry.patient
        yield from (
            (sort, name, text) for text in (plain.title, plain.text, plain.unknown, plain.change) if text
        )
        for kind in ("requires", "rules_out", "for_", "against", "meets", "excludes", "statuses"):
            yield from ((sort, name, point.patient) for point in getattr(entry, kind, ()) if point.patient)
    for name, fact in pack.facts.items():
        if fact.patient:
            yield "fact", name, fact.patient
        if fact.ask is not None:
            yield from (("fact", name, text) for text in (fact.ask.patient, fact.ask.bring) if text)
    for topic in pack.topics:
        yield from (("topic", topic.id, text) for text in (topic.patient.title, topic.patient.text) if text)
    keys: tuple[str, ...] = type(pack.about).__struct_fields__
    for key in keys:
        if (key.endswith("_patient") or key == "patient_notice") and (text := str(getattr(pack.about, key))):
            yield "pack.yaml", key, text


def _words(ground: Ground, section: Section) -> None:
    for sort, name, entry in _entries(ground.pack):
        if sort in ("criterion", "option", "alert"):
            plain = entry.means if sort == "criterion" else entry.title if sort == "option" else entry.message
            patient = entry.patient.text or entry.patient.title or entry.patient.change
            remedy = "Say under `patient` what it means for a patient."
            finding = Finding(
                "no words", "content", ground.where(sort, name), "has no words for a patient", remedy
            )
            _file(section, plain and (patient or sort == "criterion"), finding)
    for sort, name, text in patient_texts(ground.pack):
        if len(text.split()) < _SHORT:
            continue
        found = grade(text)
        what = f"speaks to patients at grade {found}: {text[:60]}..."
        remedy = f"Shorter sentences and words; grade {LIMIT} or below."
        _file(
            section,
            found <= LIMIT,
            Finding("reading grade", "content", ground.where(sort, name), what, remedy, detail=_start(text)),
        )


_SHORT = 8
"""Fewer words than this are a title; a grade of so few says nothing."""


def _start(text: str) -> str:
    """The first words of a text, enough to know it by."""
    return " ".join(text.split()[:6])


# --- worked patients ------------------------------------------------------------------------------------


def read_cases(pack: Pack, folder: Path) -> tuple[list[Case], list[Finding]]:
    """The worked patients of a pack, and those that do not come out as they say."""
    cases: list[Case] = []
    findings: list[Finding] = []
    for path in case_files(folder):
        where = f"{pack.about.id}, worked patient `{path.stem}`"
        try:
            case = read_case(path, pack)
        except SapwoodError as error:
            findings += [Finding("case", "danger", where, one.what, one.remedy) for one in error.problems]
            continue
        cases.append(case)
        for unmet in case.unmet:
            remedy = "Mend the pack, or what the worked patient expects."
            findings.append(Finding("case", "danger", where, unmet, remedy))
    return cases, findings


def seen_ways(cases: Sequence[Case]) -> dict[str, dict[str, set[str]]]:
    """What worked patients expect, by sort and id."""
    found: dict[str, dict[str, set[str]]] = {"criteria": {}, "options": {}, "alerts": {}}
    keys = {"criteria": "verdict", "options": "standing", "alerts": "state"}
    for case in cases:
        for sort, key in keys.items():
            for name, content in (case.expected.get(sort) or {}).items():
                said = entry_of(content, key)[key]
                word = str(said).lower() if isinstance(said, bool) else str(said)
                found[sort].setdefault(name, set()).add(word)
    return found


def _cases(ground: Ground, section: Section, cases: Sequence[Case]) -> None:
    pack, seen = ground.pack, seen_ways(cases)
    remedy = "Add a worked patient that expects it."
    for name, criterion in pack.criteria.items():
        wanted = [way for way in ("true", "false") if way not in criterion.never]
        lacking = [way for way in wanted if way not in seen["criteria"].get(name, ())]
        what = f"no worked patient expects it {_or(lacking)}"
        _file(
            section,
            not lacking,
            Finding("no case", "content", ground.where("criterion", name), what, remedy, detail=_or(lacking)),
        )
    for option in pack.pathway.options:
        found = seen["options"].get(option.id, set())
        ways = {"open": {"possible", "recommended"}, "closed": {"ruled_out", "not_offered"}}
        lacking = [way for way, words in ways.items() if not words & found]
        if _always_open(option):
            lacking = [way for way in lacking if way != "closed"]
        what = f"no worked patient expects it {_or(lacking)}"
        _file(
            section,
            not lacking,
            Finding(
                "no case", "content", ground.where("option", option.id), what, remedy, detail=_or(lacking)
            ),
        )
    for alert in pack.pathway.alerts:
        found = seen["alerts"].get(alert.id, set())
        lacking = [] if found & {"raised", "cannot_tell"} else ["raised"]
        lacking += [] if "absent" in found else ["absent"]
        what = f"no worked patient expects it {_or(lacking)}"
        _file(
            section,
            not lacking,
            Finding("no case", "content", ground.where("alert", alert.id), what, remedy, detail=_or(lacking)),
        )


def _limits(ground: Ground, section: Section, cases: Sequence[Case]) -> None:
    """Worked patients tell each limit of each criterion from one moved by a hair, and by a step either way."""
    missed = set(untold(cases))
    for name, text in limits(ground.pack) if cases else ():
        what = f"no worked patient tells its limit `{text}` from one moved by a hair, or by a step"
        remedy = "Add one that stands exactly on it, and one a step beside it; both expect the criterion."
        finding = Finding("limit", "content", ground.where("criterion", name), what, remedy, detail=text)
        _file(section, (name, text) not in missed, finding)


def _or(ways: Sequence[str]) -> str:
    return " or ".join(ways)


def _always_open(option: Any) -> bool:
    return not (option.requires or option.rules_out) and option.offered == "TRUE"
