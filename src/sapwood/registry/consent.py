"""Whether a person allows research with their record: only what is plainly said counts, and unknown is not consent."""

from __future__ import annotations

from typing import Any

from sapwood.concepts import codes_of, listed
from sapwood.record import Record
from sapwood.values import Moment, is_later, read_moment

PERMIT, DENY = "permit", "deny"
_RESEARCH = "research"


def research_consent(record: Record, as_of: Moment) -> str:
    """`permit` or `deny` by the newest research Consent in force at a moment; empty where nobody can tell.

    Only an active Consent of scope research counts. Of two of one day the denial counts. One with exceptions, with a
    modifier, or outside its period is not understood as a permit; without a date it can only deny.
    """
    found: list[tuple[Moment | None, str]] = []
    for consent in record.of_type("Consent"):
        if consent.get("status") != "active" or not _is_research(consent):
            continue
        when = read_moment(consent.get("dateTime"))
        if is_later(when, as_of):
            continue
        found.append((when, _says(consent, as_of)))
    if any(says == DENY and when is None for when, says in found):
        return DENY
    dated = [(when, says) for when, says in found if when is not None]
    if not dated:
        return ""
    edge = max(when.first for when, _ in dated)
    newest = {says for when, says in dated if when.last >= edge}
    if DENY in newest:
        return DENY
    return PERMIT if newest == {PERMIT} else ""


def _is_research(consent: dict[str, Any]) -> bool:
    return any(code == _RESEARCH for scope in listed(consent.get("scope")) for _, code in codes_of(scope))


def _says(consent: dict[str, Any], as_of: Moment) -> str:
    provision = consent.get("provision")
    if not isinstance(provision, dict):
        return ""
    if provision.get("type") == DENY:
        return DENY
    odd = (
        "modifierExtension" in consent
        or "implicitRules" in consent
        or set(provision) - {"type", "period", "id"}
    )
    if provision.get("type") != PERMIT or odd:
        return ""
    period = provision.get("period")
    if period is None:
        return PERMIT
    if not isinstance(period, dict):
        return ""
    start, end = read_moment(period.get("start")), read_moment(period.get("end"))
    if (period.get("start") and start is None) or (period.get("end") and end is None):
        return ""
    over = end is not None and not is_later(end, as_of) and end.last_day < as_of.last_day
    return "" if over or is_later(start, as_of) else PERMIT
