"""The seven rules as one hand-written loop, which knows its data and nothing else: `floor.py FOLDER`.

It compares instants as texts, looks only at the codes it knows, keeps no reason, and would be wrong about a unit, a
time zone or a tie it does not expect. It is what the engine is measured against.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from common import AS_OF, BUFFER, LETTERS, report

WEEK_AGO, FORTNIGHT_AGO = "2025-06-23T12:00:00Z", "2025-06-16T12:00:00Z"
COUNTS = frozenset(("final", "amended", "corrected"))
LOINC, LOCAL = "http://loinc.org", "http://example.org/lab"
ALBUMIN, ECOG, LVEF = (LOINC, "1751-7"), (LOINC, "89247-1"), (LOINC, "10230-1")
MARKERS = ((LOCAL, "CD123"), (LOCAL, "CD4"), (LOCAL, "CD56"))
WANTED = frozenset((ALBUMIN, ECOG, LVEF, *MARKERS))
Truth = bool | None


def all_of(*truths: Truth) -> Truth:
    """Kleene's AND."""
    return False if False in truths else None if None in truths else True


def any_of(*truths: Truth) -> Truth:
    """Kleene's OR."""
    return True if True in truths else None if None in truths else False


def codes(concept: dict[str, Any]) -> set[str]:
    """The codes of a concept, whatever their systems."""
    return {coding["code"] for coding in concept["coding"]}


def word(concept: dict[str, Any]) -> str:
    """The first code of a concept."""
    code: str = concept["coding"][0]["code"]
    return code


def answers(bundle: dict[str, Any]) -> tuple[str, tuple[Truth, ...]]:
    """The person's id, and the seven rules with their conjunction."""
    latest: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    confirmed: Truth = None
    in_cns = dosed = False
    patient = bundle["entry"][0]["resource"]
    for entry in bundle["entry"]:
        resource = entry["resource"]
        kind = resource["resourceType"]
        if kind == "Observation":
            when = resource["effectiveDateTime"]
            if resource["status"] not in COUNTS or when > AS_OF:
                continue
            for coding in resource["code"]["coding"]:
                key = coding["system"], coding["code"]
                if key in WANTED and (key != ALBUMIN or when >= WEEK_AGO):
                    known = latest.get(key)
                    if known is None or when > known[0]:
                        latest[key] = when, resource
        elif kind == "Condition":
            said, what = word(resource["verificationStatus"]), codes(resource["code"])
            if "C86.4" in what:
                confirmed = True if said == "confirmed" else confirmed or False
            elif "C79.32" in what and word(resource["clinicalStatus"]) == "active":
                in_cns = in_cns or said not in ("refuted", "entered-in-error")
        elif kind == "MedicationAdministration":
            recent = FORTNIGHT_AGO <= resource["effectiveDateTime"] <= AS_OF
            if recent and resource["status"] == "completed":
                dosed = dosed or "2105839" in codes(resource["medicationCodeableConcept"])
    born = patient.get("birthDate")
    adult = None if born is None else born <= "2007-06-30"
    albumin = ecog = lvef = None
    if ALBUMIN in latest:
        quantity = latest[ALBUMIN][1]["valueQuantity"]
        albumin = quantity["value"] >= (32 if quantity["code"] == "g/L" else 3.2)
    if ECOG in latest:
        ecog = latest[ECOG][1]["valueInteger"] <= 2
    if LVEF in latest:
        lvef = latest[LVEF][1]["valueQuantity"]["value"] >= 40
    cd123, cd4, cd56 = (
        word(latest[key][1]["valueCodeableConcept"]) == "10828004" if key in latest else None
        for key in MARKERS
    )
    dx, pheno = all_of(confirmed, not in_cns), all_of(cd123, any_of(cd4, cd56))
    seven = (adult, albumin, ecog, lvef, dx, pheno, not dosed)
    return patient["id"], (*seven, all_of(*seven))


def main() -> None:
    """One run over a folder."""
    decode = msgspec.json.Decoder().decode
    rows = {}
    start = time.perf_counter()
    with (Path(sys.argv[1]) / "bundles.ndjson").open("rb", buffering=BUFFER) as people:
        for line in people:
            person, truths = answers(decode(line))
            rows[person] = "".join([LETTERS[truth] for truth in truths])
    report("hand-written loop", time.perf_counter() - start, rows)


if __name__ == "__main__":
    main()
