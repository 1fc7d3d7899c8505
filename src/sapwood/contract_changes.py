"""How what changed since an earlier plan is written in the plan's JSON, in words for both audiences."""

from __future__ import annotations

from typing import Any

from sapwood.changes import Change, Changes
from sapwood.changes_words import because_words, change_words, fact_words, summary
from sapwood.contract_values import number_json, time_json
from sapwood.fact import Fact
from sapwood.fact_changes import FactChange


def changes_json(changes: Changes) -> dict[str, Any]:
    """What is new and what changed, each with the facts that explain it."""
    return {
        "since": time_json(changes.since),
        "until": time_json(changes.until),
        "days": changes.days,
        "text": summary(changes, "clinician"),
        "patient": summary(changes, "patient"),
        "found": [_change(change, changes.days) for change in changes.found],
        "facts": [_fact_change(change) for change in changes.facts],
    }


def _change(change: Change, days: int) -> dict[str, Any]:
    return {
        "sort": change.sort,
        "id": change.id,
        "title": change.title,
        "before": change.before,
        "after": change.after,
        "text": change_words(change, "clinician"),
        "patient": change_words(change, "patient"),
        "because": [_fact_change(fact) for fact in change.because],
        "because_text": list(because_words(change, days, "clinician")),
        "by_time": change.by_time,
        "moved": change.moved,
        "matters": change.matters,
    }


def _fact_change(change: FactChange) -> dict[str, Any]:
    return {
        "fact": change.fact,
        "specimen": change.after.specimen or change.before.specimen or None,
        "kind": change.kind,
        "before": _fact(change.before),
        "after": _fact(change.after),
        "late": change.late,
        "undated": change.undated,
        "text": fact_words(change, "clinician"),
        "patient": fact_words(change, "patient"),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "state": fact.state,
        **number_json(fact.value),
        "when": time_json(fact.when),
        "assurance": fact.assurance,
        "source": list(fact.sources),
    }
