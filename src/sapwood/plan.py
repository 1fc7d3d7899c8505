"""Position -> Plan: where the person stands, what to do, what to ask, the options, and why; with its evidence.

`Plan.as_dict` is the contract that other programs read (`plan.schema.json`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sapwood.asking import Question, ask_next
from sapwood.definitions import Regimen
from sapwood.doses import DoseStep, dose_steps
from sapwood.duties import (
    AlertStanding,
    OptionStanding,
    TaskStanding,
    Weighed,
    weigh_alerts,
    weigh_options,
    weigh_tasks,
)
from sapwood.facts import Fact, Facts
from sapwood.pathway import Position
from sapwood.values import Moment, Range, Value
from sapwood.verdicts import Reason, Verdict, Verdicts

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class Plan:
    """Everything there is to say about one person at one time."""

    position: Position
    facts: Facts
    options: tuple[OptionStanding, ...]
    tasks: tuple[TaskStanding, ...]
    alerts: tuple[AlertStanding, ...]
    questions: tuple[Question, ...]

    @property
    def verdicts(self) -> Verdicts:
        """The verdict of every criterion."""
        return self.position.verdicts

    @property
    def adult_numbers(self) -> bool:
        """Whether numbers meant for adults may be shown: only for a person known to be an adult."""
        rule = self.facts.pack.about.adult_when_false
        return not rule or self.verdicts.truth(rule) is False

    def regimen(self, standing: OptionStanding) -> Regimen | None:
        """The regimen behind an option."""
        return self.facts.pack.regimens.get(standing.option.regimen)

    def schedule(self, standing: OptionStanding) -> tuple[str, ...]:
        """The schedule of an option as its source gives it; for adults only."""
        regimen = self.regimen(standing)
        lines = tuple(standing.option.schedule) or (tuple(regimen.schedule) if regimen else ())
        if lines and not self.adult_numbers:
            return (self.facts.pack.about.adult_only_text,)
        return lines

    def label_rules(self, standing: OptionStanding) -> Regimen | None:
        """The label's own tables for an option that is not ruled out; for adults only."""
        regimen = self.regimen(standing)
        if (
            regimen is None
            or not regimen.hold_table
            or not self.adult_numbers
            or standing.standing == "ruled_out"
        ):
            return None
        return regimen

    def hidden(self, criterion: str) -> bool:
        """Whether a criterion's numbers must not be shown to this person, because they are for adults."""
        return not self.adult_numbers and criterion in self.facts.pack.about.adult_numbers

    def dose(self, standing: OptionStanding) -> tuple[DoseStep, ...]:
        """The labelled dose worked out step by step, or the reason why it is not shown."""
        regimen = self.regimen(standing)
        if regimen is None or regimen.dose is None:
            return ()
        return dose_steps(regimen.dose, self.facts, adult=self.adult_numbers)

    def not_loaded(self, standing: OptionStanding) -> tuple[str, ...]:
        """What this pack does not know about an option, said openly."""
        regimen = self.regimen(standing)
        return tuple(regimen.not_loaded) if regimen else ()

    def monitoring(self, standing: OptionStanding) -> tuple[str, ...]:
        """What to watch while an option is given."""
        regimen = self.regimen(standing)
        more = (*regimen.before_each_dose, *regimen.monitoring) if regimen else ()
        return tuple(dict.fromkeys((*standing.option.monitoring, *more)))

    def cited(self) -> tuple[str, ...]:
        """The ids of every claim this plan rests on."""
        cited: dict[str, None] = {}
        for name in self.verdicts:
            cited.update(dict.fromkeys(self.facts.pack.criteria[name].evidence))
        for standing in self.options:
            cited.update(dict.fromkeys(standing.option.evidence))
            for point in (*standing.for_, *standing.against, *standing.open_):
                cited.update(dict.fromkeys(point.evidence))
            regimen = self.regimen(standing)
            if regimen:
                cited.update(dict.fromkeys((*regimen.evidence, *regimen.efficacy)))
        for task in self.tasks:
            cited.update(dict.fromkeys(task.task.evidence))
        for alert in self.alerts:
            cited.update(dict.fromkeys(alert.alert.evidence))
        for track in self.position.tracks:
            cited.update(dict.fromkeys(track.evidence))
        return tuple(cited)

    def used(self) -> int:
        """How many resources of the record were read as facts or treatment."""
        for name, definition in self.facts.pack.facts.items():
            if definition.find:
                self.facts.found(name)
        used = set(self.facts.finder.used)
        used.update(id(event.resource) for event in self.facts.treatment.events if event.resource is not None)
        used.update([id(self.facts.record.patient)] if self.facts.record.patient is not None else [])
        return len(used)

    def as_dict(self, *, with_id: bool = False) -> dict[str, Any]:
        """The plan as the JSON contract has it; no name, no birth date, and an id only when asked for."""
        facts, pack = self.facts, self.facts.pack
        record = facts.record
        patient: dict[str, Any] = {
            "age_years": _figure(facts.value("age_years")) if "age_years" in pack.facts else None
        }
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
                "step": self.position.step,
                "line": self.position.line,
                "title": self.position.title,
                "because": _reasons(self.position.because),
                "gaps": [step.id for step in self.position.gaps],
                "unclear": [step.id for step in self.position.unclear],
                "tracks": [
                    {
                        "id": track.id,
                        "title": track.title,
                        "status": track.status,
                        "text": track.text,
                        "because": _reasons(track.because),
                        "evidence": list(track.evidence),
                    }
                    for track in self.position.tracks
                ],
            },
            "criteria": {
                name: _adult_only(self.verdicts[name], about.adult_only_text)
                if self.hidden(name)
                else _verdict(self.verdicts[name])
                for name in self.verdicts
            },
            "facts": self._facts(),
            "options": [self._option(standing) for standing in self.options],
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
                for standing in self.tasks
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
                for standing in self.alerts
            ],
            "ask_next": [
                {
                    "fact": question.fact,
                    "ask": question.ask,
                    "of": question.of,
                    "specimen": question.specimen,
                    "would_change": list(question.would_change),
                }
                for question in self.questions
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
                    "ordered_by_text": line.ordered_by_text,
                    "source": list(line.sources),
                }
                for line in facts.treatment.lines
            ],
            "series": self._series(),
            "evidence": {name: self._claim(name) for name in self.cited()},
            "record": {
                "resources_read": record.counts.get("read", 0),
                "resources_used": self.used(),
                "problems": [
                    {"where": problem.where, "what": problem.what, "remedy": problem.remedy}
                    for problem in facts.problems
                ],
            },
        }

    def _facts(self) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, definition in self.facts.pack.facts.items():
            if definition.per == "person":
                shown[name] = _fact(self.facts.fact(name))
                continue
            entries = [_fact(self.facts.fact(name, group)) for group in self.facts.groups]
            shown[name] = entries[0] if len(entries) == 1 else {**_merged(entries), "by_specimen": entries}
        return shown

    def _option(self, standing: OptionStanding) -> dict[str, Any]:
        option = standing.option
        region = self.facts.pack.about.region
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
            "schedule": list(self.schedule(standing)),
            "dose": [{"text": step.text, "shown": step.shown} for step in self.dose(standing)],
            "monitoring": list(self.monitoring(standing)),
            "label": _label(self.label_rules(standing)),
            "not_loaded": list(self.not_loaded(standing)),
            "evidence": list(option.evidence),
        }

    def _series(self) -> dict[str, Any]:
        series: dict[str, Any] = {}
        for name, definition in self.facts.pack.facts.items():
            if (
                definition.type != "quantity"
                or definition.per != "person"
                or not definition.find
                or definition.on_day
            ):
                continue
            values = self.facts.series(name)
            if len(values) > 1:
                series[name] = {
                    "unit": definition.unit,
                    "values": [{"when": _time(one.when), **_number(one.value)} for one in values],
                }
        return series

    def _claim(self, name: str) -> dict[str, Any]:
        claim = self.facts.pack.claims[name]
        source = self.facts.pack.sources[claim.source]
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


def make_plan(position: Position, facts: Facts) -> Plan:
    """The plan that follows from a position and the facts behind it."""
    return Plan(
        position,
        facts,
        weigh_options(position),
        weigh_tasks(position),
        weigh_alerts(position),
        ask_next(position),
    )


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
