"""How options, trials, follow-up and what is known are written in the plan's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sapwood.contract_values import reasons_json, time_json
from sapwood.definitions import Plain, Regimen, Topic
from sapwood.duties import OptionStanding, Weighed
from sapwood.follow_up import FollowUpStanding
from sapwood.plan import Plan
from sapwood.trials import TrialStanding


def plain_json(words: Plain) -> dict[str, str]:
    """The words for patients, those that there are."""
    return {key: text for key in ("title", "text", "unknown", "change") if (text := getattr(words, key))}


def option_json(plan: Plan, standing: OptionStanding) -> dict[str, Any]:
    """One option with its standing and everything that speaks for and against it."""
    option = standing.option
    region = plan.facts.pack.about.region
    return {
        "id": option.id,
        "title": option.title,
        "kind": option.kind,
        "standing": standing.standing,
        "for": points_json(standing.for_),
        "against": points_json(standing.against),
        "open": points_json(standing.open_),
        "reversible_by": list(standing.reversible_by),
        "missing": list(standing.missing),
        "approved": option.approved.get(region, ""),
        "schedule": list(plan.schedule(standing)),
        "dose": [{"text": step.text, "shown": step.shown} for step in plan.dose(standing)],
        "monitoring": list(plan.monitoring(standing)),
        "label": label_json(plan.label_rules(standing)),
        "not_loaded": list(plan.not_loaded(standing)),
        "knowledge": list(option.knowledge),
        "patient": {
            **plain_json(option.patient),
            **(
                {"would_change": list(standing.patient_reversible_by)}
                if standing.patient_reversible_by
                else {}
            ),
        },
        "evidence": list(option.evidence),
    }


def points_json(points: Sequence[Weighed]) -> list[dict[str, Any]]:
    """What speaks for or against something, each with its reasons."""
    return [
        {
            "text": point.text,
            "because": reasons_json(point.because),
            "evidence": list(point.evidence),
            **({"patient": point.patient} if point.patient else {}),
        }
        for point in points
    ]


def label_json(regimen: Regimen | None) -> dict[str, Any]:
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


def trial_json(standing: TrialStanding) -> dict[str, Any]:
    """A trial and whether this person may fit; its status as of the day it was last known."""
    trial = standing.trial
    return {
        "nct": trial.nct,
        "title": trial.title,
        "phase": trial.phase,
        "fit": standing.fit,
        "because": points_json((*standing.fails, *standing.meets)),
        "open": points_json(standing.unknown),
        "missing": list(standing.missing),
        "status": trial.status,
        "status_as_of": trial.status_as_of,
        "note": trial.note,
        "patient": plain_json(trial.patient),
        "evidence": list(trial.evidence),
    }


def follow_up_json(standing: FollowUpStanding) -> dict[str, Any]:
    """One thing of the follow-up, with the window in which it is next due."""
    item = standing.item
    return {
        "id": item.id,
        "title": item.title,
        "why": item.why,
        "status": standing.status,
        "from": standing.begins.isoformat() if standing.begins else None,
        "until": standing.ends.isoformat() if standing.ends else None,
        "every": standing.every,
        "since": time_json(standing.since),
        "last": time_json(standing.last),
        "who": item.who,
        "because": reasons_json(standing.because),
        "missing": list(standing.missing),
        "patient": plain_json(item.patient),
        "evidence": list(item.evidence),
    }


def topic_json(topic: Topic) -> dict[str, Any]:
    """What is known of one question; `rows` are ids of claims, never pooled."""
    return {
        "id": topic.id,
        "title": topic.title,
        "about": topic.about,
        "conflict": topic.conflict,
        "why_they_differ": topic.why_they_differ,
        "rows": list(topic.rows),
        "patient": plain_json(topic.patient),
    }
