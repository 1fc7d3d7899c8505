"""A record that ends: nothing is known after its last day, and what was to end later is still open."""

from __future__ import annotations

from .pieces import CLINICAL, Resource, iso


def close_entry(resource: Resource, last: int) -> Resource:
    """An entry made by a last day as it stands on that day; its later endings are taken back."""
    day = iso(last)
    changed: Resource = {}
    if resource.get("abatementDateTime", "") > day:
        changed["clinicalStatus"] = CLINICAL["active"]
    if resource["resourceType"] == "Encounter" and resource["period"]["end"] > day:
        changed["period"] = {**resource["period"], "end": day}
    if resource.get("effectivePeriod", {}).get("end", "") > day:
        changed |= {"effectivePeriod": {"start": resource["effectivePeriod"]["start"]}, "status": "active"}
    if not changed:
        return resource
    closed = {**resource, **changed}
    if "clinicalStatus" in changed:
        del closed["abatementDateTime"]
    return closed
