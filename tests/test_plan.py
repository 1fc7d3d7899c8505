"""The plan as other programs read it: every plan fits the schema, and holds no more of a person than it must."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from small_packs import MAN, condition, given, lantern, observed, plan_of, quantity

import sapwood
from sapwood.contract import as_dict
from sapwood.facts import extract
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import read_record
from sapwood.verdicts import evaluate_all

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CASES = sorted((EXAMPLES / "cases").glob("*.bundle.json"))
OWN = {"performer": [{"reference": "Patient/p"}]}


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((Path(sapwood.__file__).parent / "plan.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check(plan: Plan, **more: Any) -> dict[str, Any]:
    """The plan as JSON, which fits the schema."""
    written: dict[str, Any] = json.loads(json.dumps(as_dict(plan, **more), allow_nan=False))
    faults = [
        f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator().iter_errors(written)
    ]
    assert not faults
    return written


@cache
def bpdcn() -> Pack:
    return load_pack("bpdcn")


def example(path: Path) -> Plan:
    pack = bpdcn()
    facts = extract(read_record(path), pack, as_of="2026-03-02")
    return make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)


FULL = [
    condition(text="lantern disease"),
    observed("ember", True, bodySite={"text": "skin"}),
    observed("ember", False, bodySite={"text": "marrow"}),
    observed("lux", 3.0, "2026-02-01"),
    observed("lux", quantity(4, comparator="<")),
    observed(
        "wick", quantity(40, "U/L"), "2026-02-28T10:00:00Z", referenceRange=[{"high": quantity(40, "U/L")}]
    ),
    observed("with-child", True, **OWN),
    given("Quill", "2026-03-01"),
    given("Quill", "2026-03-02", "not-done"),
]


@pytest.mark.parametrize(
    ("resources", "more"),
    [
        ([], {}),
        ([observed("anything", True)], {"patient": None}),
        (
            [observed("anything", True)],
            {"patient": {"resourceType": "Patient", "id": "p", "birthDate": "1960"}},
        ),
        (FULL, {}),
        (FULL, {"as_of": "2026-03-02T10:00:00Z"}),
        (FULL, {"as_of": "2026-02-10"}),
        (FULL, {"told": ["wish=rest", "skin:ash=yes", "fog=yes"]}),
        ([observed("hcg", True)], {"patient": MAN}),
    ],
)
def test_every_plan_fits_the_schema(resources: list[dict[str, Any]], more: dict[str, Any]) -> None:
    check(plan_of(lantern(), *resources, **more))
    check(plan_of(lantern(reviewed=False), *resources, **more), with_id=True)


@pytest.mark.parametrize("path", [EXAMPLES / "demo.json", *CASES[::9]], ids=lambda path: path.name)
def test_the_plans_of_the_examples_fit_the_schema(path: Path) -> None:
    check(example(path))


def test_the_schema_is_strict() -> None:
    written = check(plan_of(lantern(), *FULL))
    for damage in (
        {"surprise": 1},
        {"options": [{"id": "quill"}]},
        {"patient": {"age_years": 3, "sex": "male", "name": "Jane"}},
        {"criteria": {"child": {**written["criteria"]["child"], "verdict": "maybe"}}},
        {"facts": {"lux": {**written["facts"]["lux"], "state": "missing", "value": 3}}},
        {"as_of": "today"},
    ):
        assert list(validator().iter_errors({**written, **damage})), damage


def test_the_contract_in_short() -> None:
    written = check(plan_of(lantern(), *FULL))
    assert (
        list(written)
        == (
            "schema_version notice pack as_of patient position criteria facts options tasks alerts ask_next trials "
            "follow_up knowledge lines series evidence record"
        ).split()
    )
    assert written["pack"] == {"id": "lantern", "version": "0.0.1", "region": "US", "reviewed": True}
    assert written["patient"] == {"age_years": 65, "sex": "female", "deceased": False}
    assert written["position"]["step"] == "workup"
    lux = written["facts"]["lux"]
    assert (lux["low"], lux["high"], lux["high_open"], lux["source"]) == (0, 4, True, ["Observation/r5"])
    assert "value" not in lux
    (line,) = written["lines"]
    assert (line["regimen"], line["doses_given"], line["doses_held"]) == ("quill", 1, 1)
    assert [value["when"] for value in written["series"]["lux"]["values"]] == ["2026-02-01", "2026-03-02"]
    assert written["evidence"]["quill_works"]["ci"] == [0.35, 0.93]
    assert written["record"]["resources_read"] == 10


def test_specimens_stay_apart() -> None:
    ember = check(plan_of(lantern(), *FULL))["facts"]["ember"]
    assert (ember["state"], ember["value"]) == ("conflicting", None)
    assert [(one["specimen"], one["value"]) for one in ember["by_specimen"]] == [
        ("skin", True),
        ("marrow", False),
    ]


def test_everything_cited_is_explained() -> None:
    written = check(example(EXAMPLES / "demo.json"))
    text = json.dumps([written["options"], written["tasks"], written["alerts"], written["criteria"]])
    assert written["evidence"]
    for name, claim in written["evidence"].items():
        assert claim["citation"] and claim["claim"], name
    for part in ("options", "tasks", "alerts"):
        for entry in written[part]:
            assert set(entry["evidence"]) <= set(written["evidence"]), entry["id"]
    assert text


def test_no_name_birth_date_or_number_of_a_person_is_in_a_plan() -> None:
    patient = {
        **MAN,
        "id": "secret-id",
        "name": [{"family": "Grimshaw", "given": ["Theodora"]}],
        "identifier": [{"value": "MRN-99812"}],
        "telecom": [{"value": "555-0199"}],
        "birthDate": "1961-07-19",
    }
    about = {"subject": {"reference": "Patient/secret-id"}}
    plan = plan_of(lantern(), *[{**one, **about} for one in FULL], patient=patient)
    written = json.dumps(check(plan))
    for secret in ("Grimshaw", "Theodora", "MRN-99812", "555-0199", "1961-07-19", "07-19"):
        assert secret not in written
