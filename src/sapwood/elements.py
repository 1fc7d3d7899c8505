"""Small readings of one resource: its words, its times, an element by its path, its components."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sapwood.concepts import Resource, holds_phrase, listed, tokens
from sapwood.record import Record
from sapwood.values import Moment, read_moment

_CLINICAL_TIME = (
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "onsetDateTime",
    "onsetPeriod",
    "period",
    "started",
    "date",
    "authoredOn",
    "recordedDate",
    "dateAsserted",
    "issued",
    "recorded",
)
_KNOWN_TIME = ("issued", "recordedDate", "recorded", "authoredOn", "dateAsserted")


def parts_of(record: Record) -> Iterator[Resource]:
    """Each coded component of an Observation as an Observation of its own."""
    for whole in record.of_type("Observation"):
        components = whole.get("component")
        if not isinstance(components, list):
            continue
        shared = {
            key: content
            for key, content in whole.items()
            if key not in ("component", "code", "interpretation")
        }
        shared = {key: content for key, content in shared.items() if not key.startswith("value")}
        for component in components:
            if isinstance(component, dict) and component.get("code"):
                yield {**shared, **component, "_whole": whole}


@lru_cache(maxsize=4096)
def hedged_text(text: str, hedges: tuple[str, ...]) -> bool:
    """Whether a text only asks, suspects or denies, by the pack's own list of such words."""
    return "?" in text or holds_phrase(tokens(text), hedges)


def text_of(resource: Resource) -> str:
    """The words of what a resource is about, as written."""
    for key in ("code", "medicationCodeableConcept", "event", "vaccineCode"):
        concept = resource.get(key)
        if isinstance(concept, dict):
            displays = [c.get("display", "") for c in listed(concept.get("coding")) if isinstance(c, dict)]
            return " ; ".join(part for part in (concept.get("text", ""), *displays) if isinstance(part, str))
    return ""


def follow(resource: Resource, path: str) -> Any:
    """The element at a path such as `onsetPeriod.start`; of a list, the first that is there."""
    content: Any = resource
    for step in path.split("."):
        if isinstance(content, list):
            content = content[0] if content else None
        content = content.get(step) if isinstance(content, dict) else None
    return content


def suffix_of(content: Any) -> str:
    """The FHIR type of an element, as `value[x]` would name it."""
    if isinstance(content, bool):
        return "Boolean"
    if isinstance(content, str):
        return "String"
    if isinstance(content, dict):
        return "Quantity" if "value" in content else "CodeableConcept"
    return "Decimal"


def clinical_time(resource: Resource) -> Moment | None:
    """When what a resource says was so: a sample's time, a dose's time, an onset."""
    for key in _CLINICAL_TIME:
        content = resource.get(key)
        if content is not None:
            if isinstance(content, dict):
                content = content.get("start") or content.get("end")
            return read_moment(content)
    return None


def known_time(resource: Resource) -> Moment | None:
    """When what a resource says became known: issued, recorded, ordered or asserted."""
    for key in _KNOWN_TIME:
        content = resource.get(key)
        if content is not None:
            return read_moment(content)
    return None
