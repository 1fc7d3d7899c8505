"""The invented pack of the tests, still smaller packs made on the spot, and FHIR resources to read with them."""

from __future__ import annotations

import json
import os
import tempfile
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sapwood.answers import Answer, parse_setting
from sapwood.definitions import Review
from sapwood.facts import Fact, Facts, extract
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import parse_record
from sapwood.verdicts import evaluate_all

os.environ.setdefault("SAPWOOD_CACHE", "off")

LANTERN = Path(__file__).parent / "packs" / "lantern"
LAB = "http://lab.example/codes"
TODAY = "2026-03-02"
ABOUT: dict[str, Any] = {
    "id": "small",
    "title": "Small",
    "version": "1",
    "region": "US",
    "notice": "An invented pack.",
    "codesystems": {"lab": [LAB]},
    "hedges": ["rule out", "suspected", "possible", "no evidence of", "family history"],
    "populations": {"background": {"words": ["background cells"]}},
}
WOMAN: dict[str, Any] = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-05"}
MAN: dict[str, Any] = {**WOMAN, "gender": "male"}


@cache
def lantern(*, reviewed: bool = True) -> Pack:
    """The invented pack of tests/packs, signed as it stands unless said otherwise."""
    pack = load_pack(LANTERN)
    if not reviewed:
        return pack
    signature = Review("A. Nobody", "invented reviewer", "2026-01-01", pack.hash)
    return Pack(**{**_fields(pack), "reviews": (signature,)})


def _fields(pack: Pack) -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: getattr(pack, field.name) for field in fields(pack) if field.name != "_compiled"}


def folder_of(folder: Path, **files: Any) -> Path:
    """A pack folder with these files; `about` is pack.yaml, and JSON is YAML too."""
    folder.mkdir(exist_ok=True)
    about = {**ABOUT, **files.pop("about", {})}
    (folder / "pack.yaml").write_text(json.dumps(about))
    (folder / "regimens").mkdir(exist_ok=True)
    for name, regimen in files.pop("regimens", {}).items():
        (folder / "regimens" / f"{name}.yaml").write_text(json.dumps({"id": name, "title": name, **regimen}))
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.yaml").write_text(text)
    return folder


def small_pack(facts: Any, **files: Any) -> Pack:
    """A pack of just these facts; a fact needs no title."""
    titled = {
        name: content if name == "always" else {"title": name.replace("_", " "), **content}
        for name, content in facts.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        return load_pack(folder_of(Path(folder), facts=titled, **files))


# --- resources ---------------------------------------------------------------------------------


def code(*codes: str, text: str | None = None) -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": LAB, "code": one} for one in codes]} if codes else {}
    return {**concept, "text": text} if text else concept


def quantity(value: Any, unit: str = "g/dL", **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, **more}


def observed(what: str, value: Any = None, when: str | None = TODAY, **more: Any) -> dict[str, Any]:
    """An Observation: a boolean, text or quantity under a code of the invented laboratory."""
    resource: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": code(what)}
    if isinstance(value, bool):
        resource["valueBoolean"] = value
    elif isinstance(value, str):
        resource["valueString"] = value
    elif isinstance(value, dict):
        resource["valueQuantity"] = value
    elif value is not None:
        resource["valueQuantity"] = quantity(value)
    if when is not None:
        resource["effectiveDateTime"] = when
    return {**resource, **more}


def condition(
    what: str | None = None,
    text: str | None = None,
    verification: str = "confirmed",
    clinical: str = "active",
    **more: Any,
) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "code": code(*([what] if what else []), text=text),
    }
    if verification:
        resource["verificationStatus"] = {"coding": [{"code": verification}]}
    if clinical:
        resource["clinicalStatus"] = {"coding": [{"code": clinical}]}
    return {**resource, **more}


def given(drug: str, when: str | None, status: str = "completed", **more: Any) -> dict[str, Any]:
    """One administration of a drug named in words."""
    resource: dict[str, Any] = {
        "resourceType": "MedicationAdministration",
        "status": status,
        "medicationCodeableConcept": {"text": drug},
    }
    return {**resource, **({"effectiveDateTime": when} if when else {}), **more}


def bundle_text(*resources: dict[str, Any], patient: dict[str, Any] | None = WOMAN) -> str:
    """A Bundle of a patient and these resources, each with an id."""
    entries = [*([patient] if patient else [])]
    for number, resource in enumerate(resources, 1):
        entries.append({"id": f"r{number}", "subject": {"reference": "Patient/p"}, **resource})
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in entries]}
    )


_kept: deque[Facts] = deque(maxlen=20)
"""Values hold their facts weakly; a test that reads both in one line needs them kept."""


# --- from resources to answers --------------------------------------------------------------------


def facts_of(
    pack: Pack,
    *resources: dict[str, Any],
    as_of: str = TODAY,
    patient: dict[str, Any] | None = WOMAN,
    answers: Sequence[Answer] = (),
    told: Sequence[str] = (),
) -> Facts:
    """The facts of a record, with answers; `told` are settings as on the command line."""
    settings = [parse_setting(text, pack) for text in told]
    record = parse_record(bundle_text(*resources, patient=patient))
    _kept.append(extract(record, pack, as_of=as_of, answers=[*answers, *settings]))
    return _kept[-1]


def one_fact(definition: dict[str, Any], *resources: dict[str, Any], as_of: str = TODAY, **more: Any) -> Fact:
    """The one fact `x` of a pack that holds nothing else."""
    facts = facts_of(small_pack({"x": definition, **more.pop("others", {})}), *resources, as_of=as_of, **more)
    fact = facts.fact("x", facts.groups[0] if definition.get("per") == "specimen" else None)
    if definition.get("per") != "specimen" and not fact.known:
        assert facts.values["x"] is None
    elif definition.get("per") != "specimen":
        assert facts.values["x"] == fact.value
    return fact


def plan_of(pack: Pack, *resources: dict[str, Any], **more: Any) -> Plan:
    """The plan of a record."""
    facts = facts_of(pack, *resources, **more)
    return make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)
