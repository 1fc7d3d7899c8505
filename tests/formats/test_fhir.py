"""The plan as FHIR: valid R4, only ever a proposal, and read again with the facts it rests on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from small_packs import condition, given, lantern, observed, plan_of, quantity

from sapwood.answers import read_answers
from sapwood.errors import SapwoodError
from sapwood.facts import Facts, extract
from sapwood.formats import write
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record, parse_record, read_record
from sapwood.verdicts import evaluate_all

PUBLISHED = ["001", "022", "037", "055", "118"]
WORKED = [
    "age_80_and_fit",
    "branch_a_confirms",
    "capillary_leak_fluid",
    "cd34_positive_review",
    "csf_old",
    "hold_albumin_low",
    "lumbar_puncture_declined",
    "patients_word_opens_no_gate",
]
FULL = [
    condition(text="lantern disease"),
    condition("c-glow"),
    observed("ember", True, bodySite={"text": "skin"}),
    observed("ash", False, bodySite={"text": "skin"}),
    observed("lux", 3.0),
    observed("weight", quantity(70, "kg")),
    given("Quill", "2026-03-01"),
]


def plan_from(facts: Facts) -> Plan:
    return make_plan(locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts)), facts)


@cache
def bpdcn() -> Pack:
    return load_pack("bpdcn")


def facts_from(source: Path, as_of: str = "2026-03-04") -> Facts:
    pack = bpdcn()
    if source.suffix == ".yaml":
        sheet = read_answers(source, pack)
        return extract(Record(None, (), {}, (), ()), pack, as_of=sheet.as_of or as_of, answers=sheet.answers)
    return extract(read_record(source), pack, as_of=as_of)


def again(text: str, facts: Facts) -> Facts:
    """The facts that somebody finds in the bundle."""
    return extract(parse_record(text), facts.pack, as_of=facts.as_of, looks_back=facts.whole.looks_back)


def entries(text: str, kind: str = "") -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in json.loads(text)["entry"]]
    return [one for one in found if not kind or one["resourceType"] == kind]


def tagged(resource: dict[str, Any]) -> str:
    code: str = resource["meta"]["tag"][0]["code"]
    return code


def valid(text: str) -> None:
    """R4 as fhir.resources knows it, with every reference leading to an entry of the same bundle."""
    Bundle.model_validate(json.loads(text))
    there = {f"{one['resourceType']}/{one['id']}" for one in entries(text)}
    assert len(there) == len(entries(text)), "an id is given twice"

    def follow(content: Any) -> None:
        if isinstance(content, dict):
            if isinstance(content.get("reference"), str) and "resourceType" not in content:
                assert content["reference"] in there
            for inner in content.values():
                follow(inner)
        elif isinstance(content, list):
            for inner in content:
                follow(inner)

    follow(json.loads(text))


def differences(facts: Facts, read: Facts) -> dict[str, str]:
    """Every fact that reads otherwise, but for where the record begins and ends."""
    found = {}
    labels = {group.label: group for group in read.groups}
    for name, definition in facts.pack.facts.items():
        for group in facts.groups if definition.per == "specimen" else (None,):
            before = facts.fact(name, group)
            after = read.fact(name, labels[group.label] if group is not None else None)
            if (before.known, before.value) != (after.known, after.value):
                found[name] = f"{before.text} -> {after.text}"
    return {name: words for name, words in found.items() if name not in ("record_first", "record_last")}


@pytest.mark.parametrize("with_id", [False, True])
def test_the_example_reads_back_the_same(root: Path, with_id: bool) -> None:
    facts = facts_from(root / "examples" / "demo.json", "2026-03-02")
    text = write(plan_from(facts), "fhir", with_id=with_id)
    valid(text)
    read = again(text, facts)
    assert differences(facts, read) == {}
    plan, other = plan_from(facts), plan_from(read)
    assert other.position.step == plan.position.step
    assert [one.standing for one in other.options] == [one.standing for one in plan.options]
    assert {name: v.word for name, v in other.verdicts.items()} == {
        name: v.word for name, v in plan.verdicts.items()
    }


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_cases_read_back_the_same(root: Path, case: str) -> None:
    facts = facts_from(root / "examples" / "cases" / f"{case}.bundle.json")
    text = write(plan_from(facts), "fhir")
    valid(text)
    read = again(text, facts)
    assert differences(facts, read) == {}
    assert [(line.regimen, line.start, line.response) for line in read.treatment.lines] == [
        (line.regimen, line.start, line.response) for line in facts.treatment.lines
    ]
    assert [group.label for group in read.groups] == [group.label for group in facts.groups]


@pytest.mark.parametrize("name", ["mcode-breast-cancer", "synthea-adult", "synthea-adult-2"])
def test_other_records_read_back_the_same(root: Path, name: str) -> None:
    facts = facts_from(root / "examples" / "records" / f"{name}.json")
    text = write(plan_from(facts), "fhir")
    valid(text)
    assert differences(facts, again(text, facts)) == {}


@pytest.mark.parametrize("case", WORKED)
def test_what_people_answered_reads_back_or_is_named(root: Path, case: str) -> None:
    facts = facts_from(root / "packs" / "bpdcn" / "cases" / f"{case}.yaml")
    text = write(plan_from(facts), "fhir")
    valid(text)
    read = again(text, facts)
    [care_plan] = entries(text, "CarePlan")
    said = " ".join(note["text"] for note in care_plan.get("note", []))
    differing = differences(facts, read)
    for answer in facts.answers:
        if answer.fact in differing:
            assert facts.pack.facts[answer.fact].title in said, "an answer that is lost is named"
    for name, definition in facts.pack.facts.items():
        asked = definition.find and definition.per == "person" and definition.type == "boolean"
        if asked and read.fact(name).value is False:
            assert facts.fact(name).value is False, f"{name}: unknown or yes became no"


def test_most_answers_read_back(root: Path) -> None:
    facts = facts_from(root / "packs" / "bpdcn" / "cases" / "hold_albumin_low.yaml")
    read = again(write(plan_from(facts), "fhir"), facts)
    differing = differences(facts, read)
    told = {answer.fact for answer in facts.answers if answer.fact != "lines"}
    assert len(told & set(differing)) <= len(told) // 8, sorted(told & set(differing))
    assert read.fact("albumin_today").value == facts.fact("albumin_today").value
    assert read.fact("cycle_number").value == facts.fact("cycle_number").value


def test_a_proposal_is_never_read_as_a_finding(root: Path) -> None:
    for source in (root / "examples" / "demo.json", root / "examples" / "cases" / "055.bundle.json"):
        facts = facts_from(source)
        bundle = json.loads(write(plan_from(facts), "fhir"))
        kept = [
            one
            for one in bundle["entry"]
            if one["resource"]["resourceType"] == "Patient" or tagged(one["resource"]) == "proposed"
        ]
        bare = [one for one in kept if one["resource"]["resourceType"] == "Patient"]
        assert len(kept) > 8
        read = again(json.dumps({**bundle, "entry": kept}), facts)
        alone = again(json.dumps({**bundle, "entry": bare}), facts)
        assert differences(alone, read) == {}
        assert read.treatment.events == () and read.treatment.unread == ()
        assert read.whole.span == (None, None), "a proposal is no entry of the record: it covers no time"


def test_it_only_proposes() -> None:
    plan = plan_of(lantern(), *FULL)
    text = write(plan, "fhir")
    valid(text)
    [care_plan] = entries(text, "CarePlan")
    assert (care_plan["status"], care_plan["intent"]) == ("draft", "proposal")
    assert "doNotPerform" not in text
    details = {one["detail"]["code"]["coding"][0]["code"]: one["detail"] for one in care_plan["activity"]}
    standings = {one.option.id: one.standing for one in plan.options}
    assert standings["quill"] == "ruled_out"
    assert details["quill"]["status"] == "on-hold"
    reason = details["quill"]["statusReason"]["text"]
    assert (
        reason.startswith("not now, because ") and "would change if: Lux may recover within days." in reason
    )
    tasks = {one.task.id: one.status for one in plan.tasks}
    assert tasks["stage"] == "due" and details["stage"]["status"] == "not-started"
    assert details["stage"]["scheduledString"] == "this week"
    kinds = {one["resourceType"] for one in entries(text) if tagged(one) == "proposed"}
    assert kinds <= {"CarePlan", "Goal", "Flag", "DetectedIssue", "DocumentReference"}


def test_alerts_are_flags_and_issues_with_their_grounds() -> None:
    plan = plan_of(lantern(), *FULL)
    text = write(plan, "fhir")
    raised = [one.alert.id for one in plan.alerts if one.state == "raised"]
    assert raised == ["hold_lux"]
    [flag] = entries(text, "Flag")
    about = lantern().about.id
    assert flag["code"] == {"coding": [{"system": f"urn:sapwood:pack:{about}:alert", "code": "hold_lux"}]}
    assert "Hold quill: lux is low or fell." in flag["text"]["div"]
    [issue] = [one for one in entries(text, "DetectedIssue") if one["id"] == "issue-hold-lux"]
    assert issue["severity"] == "moderate"
    grounds = [one["reference"] for entry in issue["evidence"] for one in entry["detail"]]
    assert "Observation/r5" in grounds, "the low value itself"
    assert [one for one in grounds if one.startswith("DocumentReference/")]


def test_an_alert_that_cannot_be_assessed_raises_no_flag() -> None:
    known = [one for one in FULL if one.get("code") != observed("lux", 3.0)["code"]]
    plan = plan_of(lantern(), *known)
    text = write(plan, "fhir")
    assert [one.state for one in plan.alerts if one.alert.id == "hold_lux"] == ["cannot_tell"]
    assert entries(text, "Flag") == []
    [issue] = [one for one in entries(text, "DetectedIssue") if one["id"] == "issue-hold-lux"]
    assert "Cannot be assessed." in issue["detail"]


def test_the_persons_wishes_are_goals(root: Path) -> None:
    facts = facts_from(root / "packs" / "bpdcn" / "cases" / "declines_chemotherapy.yaml")
    text = write(plan_from(facts), "fhir")
    goals = {one["description"]["text"] for one in entries(text, "Goal")}
    assert "The person declines chemotherapy" in goals
    assert all(one["expressedBy"] == {"reference": "Patient/patient"} for one in entries(text, "Goal"))


def test_a_name_never_goes_along_and_an_id_only_when_asked_for() -> None:
    person = {
        "resourceType": "Patient",
        "id": "mrn-4711",
        "gender": "female",
        "birthDate": "1961-07-19",
        "name": [{"family": "Grimshaw"}],
        "identifier": [{"value": "4711"}],
    }
    doctor = {
        "performer": [{"reference": "Practitioner/x", "display": "Dr Heath"}],
        "note": [{"text": "moor"}],
    }
    plan = plan_of(lantern(), *FULL, observed("lux", 4, "2026-02-01", **doctor), patient=person)
    plain, named = write(plan, "fhir"), write(plan, "fhir", with_id=True)
    assert not [one for one in ("Grimshaw", "1961-07-19", "4711", "Heath", "moor") if one in plain]
    assert '"birthDate": "1961-07-19"' in named and "Patient/mrn-4711" in named
    assert not [one for one in ("Grimshaw", "Heath", "moor") if one in named]


def test_digits_are_kept_as_printed() -> None:
    text = write(plan_of(lantern(), *FULL, observed("weight", quantity(json.loads("70.50"), "kg"))), "fhir")
    exact = observed("lux")
    exact["valueQuantity"] = quantity("@")
    record = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": exact}]})
    facts = extract(parse_record(record.replace('"@"', "3.20")), lantern(), as_of="2026-03-02")
    assert '"value": 3.20' in write(plan_from(facts), "fhir")
    assert '"value": 70.5' in text


def test_it_is_the_same_each_time_and_as_of_the_plan() -> None:
    plan = plan_of(lantern(), *FULL)
    text = write(plan, "fhir")
    assert text == write(plan_of(lantern(), *FULL), "fhir")
    assert json.loads(text)["timestamp"] == "2026-03-02T23:59:59Z"


def test_an_impossible_date_still_keeps_silence_from_being_no() -> None:
    broken = observed("lux", 3.0, "2026-13-45")
    plan = plan_of(lantern(), *(one for one in FULL if one.get("code") != broken["code"]), broken)
    assert plan.facts.fact("lux").state == "unusable"
    text = write(plan, "fhir")
    valid(text)
    assert "2026-13-45" not in text
    read = again(text, plan.facts)
    assert read.fact("lux").state == "unusable" and read.fact("lux").value is None


def test_unknown_stays_unknown() -> None:
    asked = observed("ember", bodySite={"text": "skin"}, dataAbsentReason={"coding": [{"code": "unknown"}]})
    plan = plan_of(lantern(), condition("c-glow"), asked)
    text = write(plan, "fhir")
    valid(text)
    read = again(text, plan.facts)
    assert {name: None for name in plan.facts.pack.facts if plan.facts.fact(name).state == "missing"} == {
        name: read.fact(name).value
        for name in plan.facts.pack.facts
        if plan.facts.fact(name).state == "missing"
    }


JUNK = [
    None,
    True,
    -1,
    "",
    "<b>",
    "2026-13-45",
    [],
    ["a"],
    {"a": 1},
    {"coding": "x"},
    {"coding": [{"system": 1}]},
]


def places(content: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
        if key != "resourceType":
            yield content, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@pytest.mark.parametrize("seed", range(40))
def test_a_broken_record_makes_a_sound_bundle_that_says_no_more(root: Path, seed: int) -> None:
    luck = random.Random(seed)
    bundle = json.loads((root / "examples" / "demo.json").read_text())
    for _ in range(5):
        holder, key = luck.choice(list(places(luck.choice(bundle["entry"])["resource"])))
        holder[key] = luck.choice(JUNK)
    try:
        facts = extract(parse_record(json.dumps(bundle)), bpdcn(), as_of="2026-03-02")
    except SapwoodError:
        return  # refused as a whole, with its reason
    text = write(plan_from(facts), "fhir")
    valid(text)
    read = again(text, facts)
    for name in bpdcn().facts:
        before, after = facts.fact(name), read.fact(name)
        if name in ("record_first", "record_last") or not after.known or bpdcn().facts[name].per != "person":
            continue
        assert before.known and before.value == after.value, f"{name}: {before.text} -> {after.text}"


def test_a_status_that_is_no_text_is_a_pending_nothing() -> None:
    found = observed("lux", 3.0)
    plan = plan_of(lantern(), {**found, "status": {"code": "final"}})
    assert plan.facts.fact("lux").state == "unusable" or plan.facts.fact("lux").value is None
    valid(write(plan, "fhir"))
