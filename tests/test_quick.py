"""The short way to a value and the careful one: the same answer for any record, however odd."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import LAB, WOMAN, code, condition, facts_of, observed, quantity, small_pack

from sapwood.facts import extract
from sapwood.quick import shortcuts_of
from sapwood.record import parse_record


def observation(*names: str, **more: Any) -> dict[str, Any]:
    return {"find": [{"in": "Observation", "codes": {"lab": [name]}} for name in names], **more}


COVERED = {"closed_world": {"covered_by": "covered"}}
FACTS: dict[str, Any] = {
    "record_last": {"type": "instant", "from_record": "record_last"},
    "covered": {"type": "boolean", "derived": "days_between(record_last, as_of) <= 9000"},
    "lux": observation("lux", type="quantity", unit="g/dL", plausible=[1, 10]),
    "lux_week": observation("lux", type="quantity", unit="g/dL", within="7d"),
    "either": observation("lux", "wick", type="quantity", unit="g/dL"),
    "glow": observation("glow", type="boolean", **COVERED),
    "glow_week": observation("glow", type="boolean", within="7d", **COVERED),
    "glow_any": observation("glow", type="boolean", which="any", **COVERED),
    "glow_seen": {
        **COVERED,
        "type": "boolean",
        "which": "any",
        "find": [{"in": "Observation", "codes": {"lab": ["glow"]}, "value": True}],
    },
    "fog": {
        **COVERED,
        "type": "boolean",
        "which": "any",
        "find": [{"in": "Condition", "codes": {"lab": ["fog"]}}],
    },
    "fog_sure": {
        **COVERED,
        "type": "boolean",
        "which": "any",
        "find": [{"in": "Condition", "codes": {"lab": ["fog"]}, "verification": ["confirmed"]}],
    },
    "dosed": {
        **COVERED,
        "type": "boolean",
        "which": "any",
        "find": [{"in": "MedicationAdministration", "codes": {"lab": ["drug"]}}],
    },
    "dosed_week": {
        **COVERED,
        "type": "boolean",
        "which": "any",
        "within": "7d",
        "find": [{"in": "MedicationAdministration", "codes": {"lab": ["drug"]}}],
    },
}
PACK = small_pack(FACTS)

PLAIN = st.sampled_from(
    ["2026-02-20T10:00:00Z", "2026-03-01T08:30:00Z", "2026-03-02T09:00:00Z", "2025-12-31T23:59:59Z"]
)
ODD = st.sampled_from(
    [
        None,
        "2026-03-02",
        "2026-03",
        "2026-03-03T07:00:00Z",
        "2026-03-02T09:00:00+05:00",
        "2026-02-23T12:00:00Z",
        "2026-13-45T00:00:00Z",
        "zzzz-zz-zzTzz:zz:zzZ",
        "0000-00-00T00:00:00Z",
        "2024-02-30T10:00:00Z",
        "",
        7,
    ]
)
WHEN = st.one_of(PLAIN, PLAIN, ODD)
STATUS = st.sampled_from(
    ["final", "final", "final", "completed", "amended", "preliminary", "entered-in-error", None, "odd"]
)
VALUE = st.sampled_from(
    [
        {"valueBoolean": True},
        {"valueBoolean": False},
        {"valueString": "negative"},
        {"valueString": "who knows"},
    ]
    + [
        {"valueQuantity": quantity(number, unit)}
        for number in (3, 4, 50)
        for unit in ("g/dL", "g/L", "", "kg")
    ]
    + [{"valueQuantity": quantity(3, comparator="<")}, {}]
)
TWIST = st.sampled_from(
    [{}] * 8
    + [{"issued": "2026-04-01T00:00:00Z"}, {"performer": [{"reference": "Patient/p"}]}]
    + [
        {"dataAbsentReason": code("unknown")},
        {"component": [{"code": code("lux"), "valueQuantity": quantity(9)}]},
    ]
    + [{"recordedDate": "2026-03-01"}, {"asserter": {"reference": "Patient/p"}}, {"valueString": "positive"}]
    + [{"source": {"reference": "Patient/p"}}, {"informationSource": {"reference": "RelatedPerson/1"}}]
)


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    """A resource that is plain, or has something unusual about it."""
    kind = draw(st.sampled_from(["Observation"] * 4 + ["Condition", "MedicationAdministration"]))
    when, status = draw(WHEN), draw(STATUS)
    if kind == "Observation":
        names = draw(st.sampled_from([("lux",), ("lux", "wick"), ("glow",), ("lux", "glow"), ("other",)]))
        found = {**observed("?", None, None, code=code(*names)), "status": status, **draw(VALUE)}
        time = "effectiveDateTime"
    elif kind == "Condition":
        text = draw(st.sampled_from([None, None, "rule out fog", "fog"]))
        states = st.sampled_from(["confirmed", "confirmed", "provisional", "refuted", "entered-in-error", ""])
        found = condition(
            "fog", text, draw(states), draw(st.sampled_from(["active", "active", "resolved", ""]))
        )
        time = "onsetDateTime"
    else:
        found = {"resourceType": kind, "status": status, "medicationCodeableConcept": code("drug")}
        time = "effectiveDateTime"
    if status is None:
        found.pop("status", None)
    if when is not None:
        found[time] = when
    return {**found, **draw(TWIST)}


@settings(max_examples=250)
@given(
    found=st.lists(resources(), max_size=5),
    as_of=st.sampled_from(["2026-03-02", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.500Z", "2026-02-25"]),
)
def test_both_ways_give_the_same_answer(found: list[dict[str, Any]], as_of: str) -> None:
    entries = [WOMAN, *({"id": f"r{number}", **one} for number, one in enumerate(found))]
    record = parse_record(json.dumps(entries))
    short = extract(record, PACK, as_of=as_of)
    long = extract(record, PACK, as_of=as_of)
    long.go_the_long_way()
    for name in FACTS:
        assert short.values[name] == long.values[name], (name, long.fact(name))
        fact = long.fact(name)
        assert short.values[name] == (fact.value if fact.known else None), (name, fact)
        assert short.trusted[name] == long.trusted[name], name


def test_the_short_way_is_taken_for_plain_facts_only() -> None:
    assert {"lux", "lux_week", "either", "glow", "fog", "dosed"} <= set(shortcuts_of(PACK))
    odd = {
        "held": observation("lux", type="quantity", unit="g/dL", holds="7d"),
        "worded": {"type": "boolean", "find": [{"in": "Observation", "words": ["lux"]}]},
        "highest": observation("lux", type="quantity", unit="g/dL", which="highest"),
        "specimen": observation("lux", type="boolean", per="specimen"),
        "day": observation("lux", type="quantity", unit="g/dL", on_day="as_of"),
    }
    assert not shortcuts_of(small_pack(odd))


def test_an_answer_switches_the_short_way_off() -> None:
    lux = observed("lux", 4, "2026-03-01T10:00:00Z")
    assert "lux" in facts_of(PACK, lux).ways
    facts = facts_of(PACK, lux, told=["lux=5"])
    assert "lux" not in facts.ways
    assert facts.values["lux"] == 5
    assert LAB
