"""What is invented is valid FHIR R4, read by an independent library."""

from __future__ import annotations

from datetime import date

from fhir.resources.R4B import get_fhir_model_class

from sapwood.synth.cohort import Order, invent
from sapwood.synth.dice import Tally

UNTIL = date(2026, 11, 1)


def test_a_sample_of_people_is_valid_r4() -> None:
    order = Order(40, 150, 11, UNTIL)
    seen: set[str] = set()
    for kind, count in (("patient", 12), ("background", 80)):
        for number in range(1, count + 1):
            for name, resource in invent(order, kind, number, Tally()).chart.entries:
                assert resource["resourceType"] == name
                get_fhir_model_class(name).model_validate(resource)
                seen.add(name)
    assert {"Patient", "Condition", "Observation", "Consent", "MedicationAdministration", "Specimen"} <= seen


def test_what_an_entry_refers_to_is_there() -> None:
    order = Order(40, 150, 12, UNTIL)
    for kind in ("patient", "background"):
        for number in range(1, 25):
            entries = invent(order, kind, number, Tally()).chart.entries
            there = {f"{name}/{resource['id']}" for name, resource in entries}
            for _, resource in entries:
                named = [resource.get("subject"), resource.get("patient"), resource.get("specimen")]
                named += resource.get("result", [])
                flat = [
                    one for entry in named if entry for one in (entry if isinstance(entry, list) else [entry])
                ]
                assert {one["reference"] for one in flat} <= there, resource["id"]
