"""The plan as the JSON contract that other programs read, described by `plan.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sapwood.definitions import Regimen
from sapwood.duties import OptionStanding, Weighed
from sapwood.facts import Fact
from sapwood.plan import Plan
from sapwood.values import Moment, Range, Value
from sapwood.verdicts import Reason, Verdict

SCHEMA_VERSION = "1.0"


def as_dict(plan: Plan, *, with_id: bool = False) -> dict[str, Any]:
    """The plan as the JSON contract has it; no name, no birth date, and an id only when asked for."""
    facts, pack = plan.facts, plan.facts.pack
    record = facts.record
    patient: dict[str, Any] = {
        "age_years": _figure(facts.value("age_years")) if "age_years" in pack.facts else None
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
        "as_of": _time(facts.as_of),
        "patient": patient,
        "position": {
            "step": plan.position.step,
            "line": plan.position.line,
            "title": plan.position.title,
            "because": _reasons(plan.position.because),
            "gaps": [step.id for step in plan.position.gaps],
            "unclear": [step.id for step in plan.position.unclear],
            "tracks": [
                {
                    "id": track.id,
                    "title": track.title,
                    "status": track.status,
                    "text": track.text,
                    "because": _reasons(track.because),
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
        "options": [_option(plan, standing) for standing in plan.options],
        "tasks": [
            {
                "id": standing.task.id,
                "title": standing.task.title,
                "why": standing.task.why,
                "status": standing.status,
                "due": standing.task.due,
                "who": standing.task.who,
                "because": _reasons(standing.because),
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
                "because": _reasons(standing.because),
                "missing": list(standing.missing),
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
        "trials": [],
        "follow_up": [],
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
    }


def _facts(plan: Plan) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, definition in plan.facts.pack.facts.items():
        if definition.per == "person":
            shown[name] = _fact(plan.facts.fact(name))
            continue
        entries = [_fact(plan.facts.fact(name, group)) for group in plan.facts.groups]
        shown[name] = entries[0] if len(entries) == 1 else {**_merged(entries), "by_specimen": entries}
    return shown


def _option(plan: Plan, standing: OptionStanding) -> dict[str, Any]:
    option = standing.option
    region = plan.facts.pack.about.region
    return {
        "id": option.id,
        "title": option.title,
        "kind": option.kind,
        "standing": standing.standing,
        "for": _points(standing.for_),
        "against": _points(standing.against),
        "open": _points(standing.open_),
        "reversible_by": list(standing.reversible_by),
        "missing": list(standing.missing),
        "approved": option.approved.get(region, ""),
        "schedule": list(plan.schedule(standing)),
        "dose": [{"text": step.text, "shown": step.shown} for step in plan.dose(standing)],
        "monitoring": list(plan.monitoring(standing)),
        "label": _label(plan.label_rules(standing)),
        "not_loaded": list(plan.not_loaded(standing)),
        "evidence": list(option.evidence),
    }


def _series(plan: Plan) -> dict[str, Any]:
    series: dict[str, Any] = {}
    for name, definition in plan.facts.pack.facts.items():
        if (
            definition.type != "quantity"
            or definition.per != "person"
            or not definition.find
            or definition.on_day
        ):
            continue
        values = plan.facts.series(name)
        if len(values) > 1:
            series[name] = {
                "unit": definition.unit,
                "values": [{"when": _time(one.when), **_number(one.value)} for one in values],
            }
    return series


def _claim(plan: Plan, name: str) -> dict[str, Any]:
    claim = plan.facts.pack.claims[name]
    source = plan.facts.pack.sources[claim.source]
    shown: dict[str, Any] = {"claim": claim.text, "source": claim.source, "citation": source.citation}
    for key in ("n", "value", "unit", "measure", "population", "ci_source", "note"):
        content = getattr(claim, key)
        if content not in (None, ""):
            shown[key] = _figure(content)
    if claim.ci:
        shown["ci"] = [_figure(end) for end in claim.ci]
    shown["how_known"] = {"V": "read", "K": "known, not re-read", "ours": "our own design"}[claim.mark]
    for key in ("doi", "pmid", "url"):
        if getattr(source, key):
            shown[key] = getattr(source, key)
    return shown


# --- how values are written ------------------------------------------------------------------------


def _time(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    return moment.first.isoformat().replace("+00:00", "Z") if moment.exact else str(moment)


def _figure(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Range):
        return {"low": _figure(value.low), "high": _figure(value.high)}
    if isinstance(value, Moment):
        return _time(value)
    return value


def _number(value: Value) -> dict[str, Any]:
    if isinstance(value, Range):
        return {
            "low": _figure(value.low),
            "high": _figure(value.high),
            "low_open": value.low_open,
            "high_open": value.high_open,
        }
    return {"value": _figure(value)}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "state": fact.state,
        **_number(fact.value),
        "unit": fact.definition.unit or None,
        "when": _time(fact.when),
        "specimen": fact.specimen or None,
        "assurance": fact.assurance,
        "source": list(fact.sources),
        "rejected": [{"source": source, "why": why} for source, why in fact.rejected],
        "note": fact.note,
    }


def _merged(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What several specimens say together, for a reader who asks for one answer: known only where all agree."""
    known = [entry for entry in entries if entry["state"] == "known"]
    same = bool(known) and all(entry.get("value") == known[0].get("value") for entry in known)
    first = (
        known[0]
        if known and same
        else {**entries[0], "state": "conflicting" if known else entries[0]["state"]}
    )
    return {**first, **({} if known and same else {"value": None})}


def _reason(reason: Reason) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "criterion" if reason.is_criterion else "fact": reason.name,
        "value": reason.value,
        "relation": reason.relation,
        "text": reason.text,
    }
    if reason.rule_set:
        shown["rule_set"] = reason.rule_set
    if reason.specimen:
        shown["specimen"] = reason.specimen
    if reason.sources:
        shown["source"] = list(reason.sources)
    return shown


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [_reason(reason) for reason in reasons]


def _points(points: Sequence[Weighed]) -> list[dict[str, Any]]:
    return [
        {"text": point.text, "because": _reasons(point.because), "evidence": list(point.evidence)}
        for point in points
    ]


def _label(regimen: Regimen | None) -> dict[str, Any]:
    """The tables of a drug's label: holds, signs of capillary leak, and where its rules do not fit together."""
    if regimen is None:
        return {}
    return {
        "setting": list(regimen.setting),
        "premedication": list(regimen.premedication),
        "before_each_dose": list(regimen.before_each_dose),
        "holds": [
            {"id": row.id, "hold": row.hold, "resume": row.resume, "evidence": list(row.evidence)}
            for row in regimen.hold_table
        ],
        "signs": [
            {
                "when": row.when,
                "sign": row.sign,
                "action": row.action,
                "dosing": row.dosing,
                "evidence": list(row.evidence),
            }
            for row in regimen.cls_table
        ],
        "seams": [{"id": row.id, "text": row.text, "evidence": list(row.evidence)} for row in regimen.seams],
    }


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
        "because": _reasons(verdict.because),
        "missing": list(verdict.missing),
        "settle": {
            "true": [list(one) for one in settle.true],
            "false": [list(one) for one in settle.false],
            "more_true": settle.more_true,
            "more_false": settle.more_false,
        },
        "evidence": list(definition.evidence),
    }
