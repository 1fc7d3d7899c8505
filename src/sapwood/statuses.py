"""What the status of a resource lets it say: what is, what is not, what is not settled yet, or nothing understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sapwood.concepts import Resource, codes_of
from sapwood.definitions import Source

_COUNTS: dict[str, tuple[str, ...]] = {
    "Observation": ("final", "amended", "corrected"),
    "DiagnosticReport": ("final", "amended", "corrected", "appended"),
    "Procedure": ("completed", "in-progress"),
    "MedicationAdministration": ("completed", "in-progress", "stopped", "on-hold"),
    "MedicationStatement": ("active", "completed", "stopped", "on-hold", "unknown"),
    "MedicationRequest": ("active", "completed", "stopped", "on-hold"),
    "Immunization": ("completed",),
    "FamilyMemberHistory": ("completed", "partial", "health-unknown"),
}
_ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
_OPEN = frozenset(
    "provisional differential unconfirmed preliminary registered preparation intended planned draft unknown on-hold "
    "stopped suspended".split()
)
_CURRENT = ("active", "recurrence", "relapse")


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a status keeps a resource from counting.

    `unusable` where the status itself is not understood; `pending` where the matter is not settled, so that silence
    may not be read as "no"; `history` where it was so once.
    """

    why: str
    unusable: bool = False
    pending: bool = False
    history: bool = False


def counting_statuses(kind: str) -> tuple[str, ...]:
    """The statuses in which a resource of this type says what is."""
    return _COUNTS[kind]


def pending_statuses() -> frozenset[str]:
    """The statuses of what is not settled: such an entry keeps silence from being read as "no"."""
    return _OPEN


def kept_from_counting(resource: Resource, source: Source) -> Standing | None:
    """Why its status keeps a resource from counting; `None` where it counts."""
    kind = str(resource.get("resourceType"))
    if kind == "Condition":
        return _condition(resource, source)
    if kind == "AllergyIntolerance":
        verification = _single_code(resource.get("verificationStatus"))
        return Standing(f"is {verification}") if verification in ("refuted", "entered-in-error") else None
    if kind == "AdverseEvent":
        actual = resource.get("actuality", "actual") == "actual"
        return None if actual else Standing("is only a potential event")
    status = resource.get("status")
    if source.status:
        return None if status in source.status else _other(status, "status")
    if kind not in _COUNTS:
        return Standing("is entered in error") if status == "entered-in-error" else None
    if status is None:
        return Standing("has no status", unusable=True)
    if status not in _COUNTS[kind]:
        return _other(status, "status")
    if kind == "MedicationRequest" and resource.get("intent", "order") not in _ORDERS:
        return Standing("is a plan, not an order", pending=True)
    return None


def _condition(resource: Resource, source: Source) -> Standing | None:
    verification = _single_code(resource.get("verificationStatus"))
    clinical = _single_code(resource.get("clinicalStatus"))
    if verification == "entered-in-error":
        return Standing("is entered in error")
    if source.verification:
        if not verification and "" not in source.verification:
            return Standing("does not say whether it is confirmed", unusable=True)
        if verification and verification not in source.verification:
            return _other(verification, "verification status")
    elif verification == "refuted":
        return Standing("is refuted")
    elif verification not in ("confirmed", ""):
        return _other(verification, "verification status")
    if source.clinical:
        if clinical not in source.clinical:
            return _other(clinical, "clinical status")
    elif clinical not in (*_CURRENT, ""):
        return Standing(f"is history (clinical status {_shown(clinical)})", history=True)
    return None


def _other(status: Any, what: str) -> Standing:
    pending = isinstance(status, str) and status in _OPEN
    return Standing(f"has the {what} {_shown(status)}", pending=pending)


def _single_code(content: Any) -> str:
    pairs = codes_of(content)
    return pairs[0][1] if pairs else ""


def _shown(status: Any) -> str:
    """A status as an error may show it: a FHIR code, never free text."""
    text = str(status or "")
    if not text:
        return "that is missing"
    plain = len(text) <= 24 and text.replace("-", "").isalpha()
    return f"`{text}`" if plain else "that is not a FHIR code"
