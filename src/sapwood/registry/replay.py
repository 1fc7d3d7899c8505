"""A record as it was known at an earlier moment: everything that was recorded later is taken out before it is read.

Facts by themselves look back too; taking the entries out is what lets nothing of the future leak through what no
fact asks: the span of the record, a report that ties results to a specimen, a remark written at the end of a course.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from sapwood.elements import clinical_time, known_time
from sapwood.record import Record
from sapwood.shapes import NOT_CLINICAL, Resource
from sapwood.unwrap import Located
from sapwood.values import Moment, is_later, read_moment

_TIMELESS = NOT_CLINICAL | {"Specimen"}
"""Types that say what something is, not what was found when: kept where they have no time."""
_PERIODS = ("effectivePeriod", "performedPeriod", "onsetPeriod", "period")


def known_by(record: Record, moment: Moment, without: Set[str] = frozenset()) -> Record:
    """The record as of a moment: what has a time and was not recorded later; `without` names sources to leave out.

    What was changed in place since (a status, a result that was corrected) cannot be told, unless the record holds
    its earlier version.
    """
    kept: list[Resource] = []
    changed: dict[int, Resource] = {}
    for resource in record.resources:
        if record.source_of(resource) in without or not _known(resource, moment):
            continue
        then = _as_then(resource, moment)
        changed[id(resource)] = then
        kept.append(then)
    entries = []
    for entry in record.entries:
        inner = entry.resource if isinstance(entry, Located) else entry["resource"]
        if inner is record.patient:
            entries.append(entry)
        elif id(inner) in changed:
            then = changed[id(inner)]
            entries.append(
                entry._replace(resource=then) if isinstance(entry, Located) else {**entry, "resource": then}
            )
    return Record(record.patient, tuple(kept), {"kept": len(kept)}, (), entries)


def _known(resource: Resource, moment: Moment) -> bool:
    when, known = _happened(resource), known_time(resource)
    if when is None and known is None:
        return resource["resourceType"] in _TIMELESS
    return not is_later(when, moment) and not is_later(known, moment)


def _happened(resource: Resource) -> Moment | None:
    if resource["resourceType"] == "Specimen":
        collection = resource.get("collection")
        times = [collection.get("collectedDateTime")] if isinstance(collection, dict) else []
        found = [read_moment(text) for text in (*times, resource.get("receivedTime"))]
        return max((one for one in found if one is not None), key=lambda one: one.last, default=None)
    return clinical_time(resource)


def _as_then(resource: Resource, moment: Moment) -> Resource:
    """Without the remarks of something that went on: they may have been written at its end."""
    if "note" not in resource or known_time(resource) is not None:
        return resource
    for element in _PERIODS:
        period: Any = resource.get(element)
        if isinstance(period, dict):
            end = read_moment(period.get("end"))
            if end is None or is_later(end, moment):
                return {key: content for key, content in resource.items() if key != "note"}
    return resource
