"""The plan as the JSON contract that other programs read, described by `plan.schema.json`."""

from __future__ import annotations

from typing import Any

from sapwood.changes import Changes
from sapwood.contract_changes import changes_json
from sapwood.contract_choices import follow_up_json, option_json, plain_json, topic_json, trial_json
from sapwood.contract_values import fact_json, figure_json, merged_json, number_json, reasons_json, time_json
from sapwood.plan import Plan
from sapwood.verdicts import Verdict

SCHEMA_VERSION = "1.0"


def as_dict(plan: Plan, *, with_id: bool = False, changes: Changes | None = None) -> dict[str, Any]:
    """The plan as the JSON contract has it; no name, no birth date, and an id only when asked for."""
    facts, pack = plan.facts, plan.facts.pack
    record = facts.record
    patient: dict[str, Any] = {
        "age_years": figure_json(facts.value("age_years")) if "age_years" in pack.facts else None
    }
    patient["deceased"] = plan.deceased
    patient["sex"] = facts.value("sex") if "sex" in pack.facts else None
    if with_id and record.patient is not None:
        patient["id"] = record.patient.get("id")
    about = pack.about
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": " ".join(about.notice.split()),
        "pack": {
            "id": about.id,
            "version": about.version,
            "region": about.region,
            "reviewed": pack.reviewed,
        },
        "as_of": time_json(facts.as_of),
        "patient": patient,
        "position": {
            "step": plan.position.step,
            "line": plan.position.line,
            "title": plan.position.title,
            "because": reasons_json(plan.position.because),
            "gaps": [step.id for step in plan.position.gaps],
            "unclear": [step.id for step in plan.position.unclear],
            "tracks": [
                {
                    "id": track.id,
                    "title": track.title,
                    "status": track.status,
                    "text": track.text,
                    "patient": {
                        key: words
                        for key, words in (("title", track.patient_title), ("text", track.patient))
                        if words
                    },
                    "because": reasons_json(track.because),
                    "evidence": list(track.evidence),
                }
                for track in plan.position.tracks
            ],
        },
        "criteria": {
            name: _adult_only(plan.verdicts[name], about.adult_only_text)
            if plan.hidden(name)
            else _verdict(plan.verdicts[name])
            for name in plan.verdicts
        },
        "facts": _facts(plan),
        "options": [option_json(plan, standing) for standing in plan.options],
        "tasks": [
            {
                "id": standing.task.id,
                "title": standing.task.title,
                "why": standing.task.why,
                "status": standing.status,
                "due": standing.task.due,
                "who": standing.task.who,
                "patient": plain_json(standing.task.patient),
                "because": reasons_json(standing.because),
                "evidence": list(standing.task.evidence),
            }
            for standing in plan.tasks
        ],
        "alerts": [
            {
                "id": standing.alert.id,
                "title": standing.alert.title,
                "severity": standing.alert.severity,
                "state": standing.state,
                "about": list(standing.alert.about),
                "message": standing.message,
                "because": reasons_json(standing.because),
                "missing": list(standing.missing),
                "patient": plain_json(standing.alert.patient),
                "evidence": list(standing.alert.evidence),
            }
            for standing in plan.alerts
        ],
        "ask_next": [
            {
                "fact": question.fact,
                "ask": question.ask,
                "of": question.of,
                "specimen": question.specimen,
                "would_change": list(question.would_change),
            }
            for question in plan.questions
        ],
        "trials": [trial_json(standing) for standing in plan.trials],
        "follow_up": [follow_up_json(standing) for standing in plan.follow_up],
        "knowledge": [topic_json(topic) for topic in plan.topics],
        "lines": [
            {
                "number": line.number,
                "regimen": line.regimen,
                "title": line.title,
                "start": line.start.isoformat() if line.start else None,
                "end": line.end.isoformat() if line.end else None,
                "cycles": len(line.cycles) or line.cycles_stated,
                "doses_given": line.given,
                "doses_held": line.held,
                "best_response": line.response or None,
                "response_unread": line.response_unread,
                "ordered_by_text": line.ordered_by_text,
                "source": list(line.sources),
            }
            for line in facts.treatment.lines
        ],
        "series": _series(plan),
        "evidence": {name: _claim(plan, name) for name in plan.cited()},
        "record": {
            "resources_read": record.counts.get("read", 0),
            "resources_used": plan.used(),
            "problems": [
                {"where": problem.where, "what": problem.what, "remedy": problem.remedy}
                for problem in facts.problems
            ],
        },
        **({"changes": changes_json(changes)} if changes is not None else {}),
    }


def _facts(plan: Plan) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, definition in plan.facts.pack.facts.items():
        if definition.per == "person":
            shown[name] = fact_json(plan.facts.fact(name))
            continue
        entries = [fact_json(plan.facts.fact(name, group)) for group in plan.facts.groups]
        shown[name] = entries[0] if len(entries) == 1 else {**merged_json(entries), "by_specimen": entries}
    return shown


def _series(plan: Plan) -> dict[str, Any]:
    series: dict[str, Any] = {}
    for name, definition in plan.facts.pack.facts.items():
        if (
            definition.type != "quantity"
            or definition.per != "person"
            or not definition.find
            or definition.on_day
            or definition.after  # the same values as the fact without the bound
        ):
            continue
        values = plan.facts.series(name)
        if len(values) > 1:
            series[name] = {
                "unit": definition.unit,
                "values": [{"when": time_json(one.when), **number_json(one.value)} for one in values],
            }
    return series


def _claim(plan: Plan, name: str) -> dict[str, Any]:
    claim = plan.facts.pack.claims[name]
    source = plan.facts.pack.sources[claim.source]
    shown: dict[str, Any] = {"claim": claim.text, "source": claim.source, "citation": source.citation}
    for key in ("n", "value", "unit", "measure", "population", "ci_source", "note"):
        content = getattr(claim, key)
        if content not in (None, ""):
            shown[key] = figure_json(content)
    if claim.ci:
        shown["ci"] = [figure_json(end) for end in claim.ci]
    shown["how_known"] = {"V": "read", "K": "known, not re-read", "ours": "our own design"}[claim.mark]
    for key in ("doi", "pmid", "url"):
        if getattr(source, key):
            shown[key] = getattr(source, key)
    return shown


def _adult_only(verdict: Verdict, text: str) -> dict[str, Any]:
    """A criterion with numbers for adults, as it is shown of a child: without them."""
    definition = verdict.definition
    assert definition is not None
    return {
        "verdict": "unknown",
        "means": text,
        "rule_set": definition.rule_set,
        "because": [],
        "missing": [],
        "settle": {"true": [], "false": [], "more_true": False, "more_false": False},
        "evidence": list(definition.evidence),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    definition = verdict.definition
    assert definition is not None
    settle = verdict.settle
    return {
        "verdict": verdict.word,
        "means": definition.means,
        "rule_set": definition.rule_set,
        "because": reasons_json(verdict.because),
        "missing": list(verdict.missing),
        "settle": {
            "true": [list(one) for one in settle.true],
            "false": [list(one) for one in settle.false],
            "more_true": settle.more_true,
            "more_false": settle.more_false,
        },
        "evidence": list(definition.evidence),
    }
