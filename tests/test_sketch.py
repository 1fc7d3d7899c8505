"""The sketch of a record is a shortcut, never a second meaning: values, refusals and reasons are the long way's."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import LAB, condition, observed, quantity, small_pack

from sapwood.errors import RecordError
from sapwood.facts import Facts, extract
from sapwood.pack import load_pack
from sapwood.record import parse_record
from sapwood.sketch import sketch_record
from sapwood.verdicts import evaluate_all

SEVEN = load_pack(Path(__file__).parents[1] / "benchmarks" / "packs" / "seven_rules")
LOINC, LOCAL = "http://loinc.org", "http://example.org/lab"
ICD, RXNORM = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
AS_OF = "2025-06-30T12:00:00Z"
WORDS = small_pack(
    {
        "record_last": {"type": "instant", "from_record": "record_last"},
        "covered": {"type": "boolean", "derived": "days_between(record_last, as_of) <= 9000"},
        "always_so": {"type": "boolean", "derived": "TRUE"},
        "age": {"type": "count", "from_record": "birth_age_years"},
        "sex": {"type": "code", "from_record": "sex", "values": {"male": {}, "female": {}}},
        "dead": {"type": "boolean", "from_record": "deceased"},
        "albumin": {
            "type": "quantity",
            "unit": "g/dL",
            "plausible": [1, 10],
            "within": "7d",
            "find": [{"in": "Observation", "codes": {"lab": ["alb"]}}],
        },
        "albumin_worded": {
            "type": "quantity",
            "unit": "g/dL",
            "find": [{"in": "Observation", "codes": {"lab": ["alb"]}, "words": ["albumin"]}],
        },
        "stain": {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["stain", "alb"]}}]},
        "grade": {
            "type": "code",
            "values": {"low": {"words": ["low"]}, "high": {"codes": {"lab": ["H"]}}},
            "find": [{"in": "Observation", "codes": {"lab": ["grade"]}}],
        },
        "ill": {
            "type": "boolean",
            "which": "any",
            "closed_world": {"covered_by": "covered"},
            "find": [{"in": "Condition", "codes": {"lab": ["ill"]}}],
        },
        "ill_before": {
            "type": "boolean",
            "which": "any",
            "closed_world": {"covered_by": "always_so"},
            "find": [{"in": "Condition", "codes": {"lab": ["ill"]}, "clinical": ["resolved", "inactive"]}],
        },
        "dosed": {
            "type": "boolean",
            "which": "any",
            "closed_world": {"covered_by": "always_so"},
            "within": "14d",
            "find": [{"in": "MedicationAdministration", "codes": {"lab": ["drug"]}}],
        },
    },
    criteria={"fit": {"is": "albumin >= 3.2 AND NOT dosed", "means": "fit"}},
)


def concept(system: str, *codes: str, text: str | None = None) -> dict[str, Any]:
    coded = {"coding": [{"system": system, "code": code, "display": code} for code in codes]}
    return {**coded, "text": text} if text is not None else coded


def plain_bundle(*resources: dict[str, Any], patient: dict[str, Any] | None = None, **more: Any) -> bytes:
    """A Bundle as the sketch accepts it, unless one of its resources is odd."""
    person = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-05"}
    entries = [person if patient is None else patient]
    for number, resource in enumerate(resources):
        entries.append({"id": f"r{number}", "subject": {"reference": "Patient/p"}, **resource})
    wrapped = [{"fullUrl": f"urn:uuid:{number}", "resource": entry} for number, entry in enumerate(entries)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": wrapped, **more}).encode()


# --- any record: both ways give the same values -----------------------------------------------------

PLAIN_TIMES = ("2025-06-28T10:00:00Z", "2025-06-29T08:30:00Z", "2025-06-01T09:00:00Z", "2024-02-29T23:59:59Z")
ODD_TIMES = (
    *("2025-06-29", "2025-06", "2025-07-01T07:00:00Z", "2025-06-29T09:00:00+05:00", "2025-06-23T12:00:00Z"),
    *("2025-13-45T00:00:00Z", "zzzz-zz-zzTzz:zz:zzZ", "0000-01-01T00:00:00Z", "2025-02-30T10:00:00Z", "", 7),
    *("2025-06-29 09:00:00Z", "2025-06-29T09:00:00.5Z", "2025-06-30T12:00:00Z", "2025-06-29T24:00:00Z", None),
)
TIMES = st.one_of(*[st.sampled_from(PLAIN_TIMES)] * 5, st.sampled_from(ODD_TIMES))
STATUSES = st.sampled_from(
    ["final"] * 4
    + ["completed"] * 4
    + ["amended", "preliminary", "entered-in-error", "not-done", "odd", None, 3]
)
CODES = st.sampled_from(
    [concept(LAB, code) for code in ("alb", "stain", "grade", "ill", "drug")]
    + [concept(LOINC, code) for code in ("1751-7", "89247-1", "10230-1")]
    + [concept(LOCAL, code) for code in ("CD123", "CD4", "CD56")]
    + [concept(ICD, "C86.4"), concept(ICD, "C79.32"), concept(RXNORM, "2105839")]
    + [concept(LAB, "alb", "stain"), concept(LAB, "alb", "alb"), concept(LAB, "ill", text="rule out ill")]
    + [{"text": "serum albumin"}, {"coding": [{"code": "alb"}]}, {}, {"coding": [{"system": LAB, "code": 4}]}]
)
NUMBERS = (3, 3.2, 36, 2, 55, 120, 0)
VALUES = st.sampled_from(
    [
        {"valueQuantity": quantity(number, unit, code=unit)}
        for number in NUMBERS
        for unit in ("g/dL", "g/L", "%")
    ]
    + [{"valueInteger": number} for number in (0, 1, 2, 3, 2, 1)]
    + [{"valueCodeableConcept": concept(SNOMED, code)} for code in ("10828004", "260385009", "1")]
    + [{"valueQuantity": quantity(3, comparator="<")}, {"valueQuantity": quantity(None, "")}, {}]
    + [{"valueString": "low"}, {"valueString": "positive"}, {"valueCodeableConcept": concept(LAB, "H")}]
    + [{"valueBoolean": True}, {"valueBoolean": None}, {"valueString": "3.4 g/dL"}]
    + [{"valueQuantity": quantity(3), "valueString": "positive"}, {"valueRange": {"low": {"value": 3}}}]
)
PERSON = {"reference": "Patient/p"}
TWISTS = st.sampled_from(
    [{}] * 30
    + [{"issued": "2025-07-04T00:00:00Z"}, {"performer": [PERSON]}, {"performer": [{"actor": PERSON}]}]
    + [{"dataAbsentReason": {"text": "unknown"}}, {"interpretation": [concept(SNOMED, "10828004")]}]
    + [{"component": [{"code": concept(LAB, "alb"), "valueInteger": 3}]}, {"component": None}]
    + [{"focus": [{"reference": "RelatedPerson/1"}]}, {"contained": [{"resourceType": "Patient", "id": "x"}]}]
    + [{"recordedDate": "2025-07-04"}, {"asserter": PERSON}, {"recorder": PERSON}, {"source": PERSON}]
    + [{"effectivePeriod": {"start": "2025-06-29"}}, {"occurenceDateTime": "2025-06-29T09:00:00Z"}]
    + [
        {"medication": {"concept": concept(LAB, "drug")}},
        {"valueFoo": 1},
        {"abatementDateTime": "2025-06-01"},
    ]
    + [{"subject": {"reference": "Patient/q"}}, {"subject": {"reference": "urn:uuid:0"}}, {"subject": {}}]
    + [{"id": "r0"}, {"id": 4}, {"id": None}, {"meta": {"lastUpdated": "2025-06-30T00:00:00Z"}}]
    + [{"resourceType": "Procedure"}, {"resourceType": "Encounter"}, {"resourceType": "Patient"}]
    + [{"clinicalStatus": "active"}, {"verificationStatus": {"coding": []}}, {"note": [{"text": "é"}]}]
)


SKETCHED = {
    "Observation": st.sampled_from(["final"] * 4 + ["amended", "preliminary", "entered-in-error", "unknown"]),
    "MedicationAdministration": st.sampled_from(
        ["completed"] * 4 + ["not-done", "stopped", "entered-in-error"]
    ),
}
CODED = CODES.filter(lambda code: all(isinstance(one.get("system"), str) for one in code.get("coding", ())))
HARMLESS = {
    "Observation": TWISTS.filter(
        lambda twist: set(twist) <= {"issued", "performer", "interpretation", "note"}
    ),
    "Condition": st.sampled_from([{}] * 6 + [{"recordedDate": "2025-07-04"}, {"asserter": PERSON}]),
    "MedicationAdministration": st.sampled_from([{}] * 6 + [{"performer": [{"actor": PERSON}]}]),
}


QUANTITIES = [
    {"valueQuantity": quantity(number, unit, code=unit)} for number, unit in ((3, "g/dL"), (36, "g/L"))
]
QUANTITIES += [{"valueQuantity": quantity(3.2, "g/dL", comparator="<")}, {"valueQuantity": quantity(55, "%")}]
ANSWERS = [{"valueCodeableConcept": concept(SNOMED, code)} for code in ("10828004", "260385009")]
WORDED = [{"valueString": text} for text in ("positive", "low", "high")]
TOPICS: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("Observation", concept(LOINC, "1751-7"), QUANTITIES),
    ("Observation", concept(LOINC, "10230-1"), QUANTITIES),
    ("Observation", concept(LOINC, "89247-1"), [{"valueInteger": grade} for grade in (1, 2, 3)]),
    ("Observation", concept(LOCAL, "CD123"), ANSWERS),
    ("Condition", concept(ICD, "C86.4"), []),
    ("Condition", concept(ICD, "C79.32"), []),
    ("MedicationAdministration", concept(RXNORM, "2105839"), []),
    ("Observation", concept(LAB, "alb"), QUANTITIES),
    ("Observation", concept(LAB, "alb", "stain"), [*ANSWERS, *QUANTITIES]),
    ("Observation", concept(LAB, "stain"), [*ANSWERS, *WORDED, {"valueBoolean": True}]),
    ("Observation", concept(LAB, "grade"), WORDED),
    ("Condition", concept(LAB, "ill"), []),
    ("Condition", concept(LAB, "ill", text="rule out ill"), []),
    ("MedicationAdministration", concept(LAB, "drug"), []),
]


@st.composite
def records(draw: st.DrawFn, odd: bool) -> list[dict[str, Any]]:
    """Resources about one or two things at few times, so that they meet; plain ones, or with anything odd."""
    topics = draw(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=2))
    times = draw(
        st.lists(TIMES if odd else TIMES.filter(lambda time: isinstance(time, str)), min_size=2, max_size=2)
    )
    found = []
    for kind, about, values in draw(st.lists(st.sampled_from(topics), max_size=4)):
        code = draw(st.one_of(*[st.just(about)] * 9, CODES if odd else CODED))
        when = draw(st.sampled_from(times))
        if kind == "Condition":
            said = draw(
                st.sampled_from(["confirmed"] * 3 + ["provisional", "refuted", "entered-in-error", ""])
            )
            state = draw(st.sampled_from(["active"] * 3 + ["resolved", "inactive", "remission", ""]))
            resource = {**condition(None, None, said, state), "onsetDateTime": when, "code": code}
        else:
            status = draw(STATUSES if odd else SKETCHED[kind])
            main = "code" if kind == "Observation" else "medicationCodeableConcept"
            resource = {"resourceType": kind, "effectiveDateTime": when, "status": status, main: code}
            other = VALUES.filter(lambda value: odd or "valueRange" not in value)
            resource |= draw(st.one_of(*[st.sampled_from(values)] * 9, other)) if values else {}
        resource = {key: one for key, one in resource.items() if one is not None or draw(st.booleans())}
        found.append({**resource, **draw(TWISTS if odd else HARMLESS[kind])})
    return found


RECORDS = st.one_of(records(False), records(False), records(True))
PATIENTS = st.sampled_from(
    [None] * 8
    + [
        {"resourceType": "Patient", "id": "p", **more}
        for more in ({}, {"birthDate": "1960"}, {"birthDate": ""})
    ]
    + [
        {"resourceType": "Patient", "id": "p", **more}
        for more in ({"birthDate": "1960-02-30"}, {"gender": "other"})
    ]
    + [
        {
            "resourceType": "Patient",
            "id": "p",
            "link": [{"other": {"reference": "Patient/q"}, "type": "refer"}],
        }
    ]
    + [{"resourceType": "Patient", "id": "p", "deceasedBoolean": True, "birthDate": "2025-06-30"}]
)


@pytest.mark.parametrize("name_of_pack", ["seven rules", "with words"])
@settings(max_examples=400)
@given(
    found=RECORDS,
    patient=PATIENTS,
    as_of=st.sampled_from([AS_OF, AS_OF, "2025-06-30", "2025-06-29T08:30:00Z", "2025-06-30T12:00:00.500Z"]),
)
def test_both_ways_give_the_same_values(
    name_of_pack: str, found: list[dict[str, Any]], patient: dict[str, Any] | None, as_of: str
) -> None:
    pack = SEVEN if name_of_pack == "seven rules" else WORDS
    data = plain_bundle(*found, patient=patient)
    try:
        whole = parse_record(data.decode())
    except RecordError:
        with pytest.raises(RecordError):
            parse_record(data)
        return
    short, long = extract(parse_record(data), pack, as_of=as_of), extract(whole, pack, as_of=as_of)
    long.go_the_long_way()
    for name in (*pack.facts, *pack.criteria):
        assert short.values[name] == long.values[name], name
        assert short.trusted[name] == long.trusted[name], name
    for name in pack.facts:
        assert short.values[name] == (long.fact(name).value if long.fact(name).known else None), name
        assert said(short, name) == said(long, name)


def said(facts: Facts, name: str) -> tuple[Any, ...]:
    fact = facts.fact(name)
    return fact.state, fact.value, fact.when, fact.sources, fact.rejected, fact.note


# --- what is plain, and what is read when -----------------------------------------------------------

ALBUMIN = {**observed("alb", quantity(3.40), "2025-06-29T08:30:00Z"), "code": concept(LOINC, "1751-7")}


def test_a_plain_record_is_read_in_full_only_when_somebody_asks_for_more() -> None:
    record = parse_record(plain_bundle(ALBUMIN))
    facts = extract(record, SEVEN, as_of=AS_OF)
    verdicts = evaluate_all(SEVEN.criteria, facts)
    assert verdicts.truth("albumin_ok") is True
    assert str(facts.values["albumin"]) == "3.4"
    assert "_whole" not in record.__dict__
    (reason,) = verdicts["albumin_ok"].because
    assert reason.sources == ("Observation/r0",)
    assert "_whole" in record.__dict__
    assert record.counts == {"read": 2, "kept": 2} and not record.problems


def test_numbers_keep_their_printed_digits() -> None:
    data = plain_bundle(ALBUMIN).replace(b"3.4", b"3.4000000000000000000000000000000001")
    facts = extract(parse_record(data), SEVEN, as_of=AS_OF)
    assert str(facts.values["albumin"]) == "3.4000000000000000000000000000000001"


@pytest.mark.parametrize(
    "twist",
    [
        {"component": []},
        {"focus": []},
        {"contained": []},
        {"modifierExtension": []},
        {"valueFoo": 1},
        {"status": "odd"},
        {"status": 1},
        {"subject": {"reference": "Patient/q"}},
        {"id": None},
        {"resourceType": "Encounter"},
    ],
    ids=lambda twist: next(iter(twist)),
)
def test_anything_unusual_leaves_a_record_without_a_sketch(twist: dict[str, Any]) -> None:
    assert sketch_record(plain_bundle(ALBUMIN)) is not None
    assert sketch_record(plain_bundle({**ALBUMIN, **twist})) is None


def test_a_patient_may_be_named_by_the_address_of_the_entry() -> None:
    assert sketch_record(plain_bundle({**ALBUMIN, "subject": {"reference": "urn:uuid:0"}})) is not None
    assert sketch_record(plain_bundle({**ALBUMIN, "subject": {"reference": "urn:uuid:1"}})) is None


def test_a_bundle_that_is_odd_has_no_sketch() -> None:
    assert sketch_record(plain_bundle(ALBUMIN, type="history")) is None
    assert sketch_record(plain_bundle(ALBUMIN, link=[{"relation": "next"}])) is None
    assert sketch_record(plain_bundle(ALBUMIN, ALBUMIN | {"id": "r0"})) is None
    for data in (b"", b"[]", b"{}", b'{"resourceType": "Bundle", "type": "collection", "entry": []}'):
        assert sketch_record(data) is None


@pytest.mark.parametrize(
    "passed_over",
    [b'"\xff"', b'"\\ud800"', b'"\x01"', b"1" * 4301, b"[" * 5000 + b"]" * 5000],
    ids=["not UTF-8", "half a pair", "control character", "endless number", "nesting"],
)
def test_what_is_passed_over_is_still_refused_at_once(passed_over: bytes) -> None:
    data = plain_bundle({**ALBUMIN, "note": "HERE"}).replace(b'"HERE"', passed_over)
    with pytest.raises(RecordError):
        parse_record(data)


def test_a_number_no_measurement_could_have_is_noted_all_the_same() -> None:
    data = plain_bundle({**ALBUMIN, "note": "HERE"}).replace(b'"HERE"', b"1e9999")
    record = parse_record(data)
    assert extract(record, SEVEN, as_of=AS_OF).values["albumin_ok"] is True
    assert any("too large" in problem.what for problem in record.problems)


def test_facts_do_not_outlive_their_use() -> None:
    gc.disable()
    try:
        facts = extract(parse_record(plain_bundle(ALBUMIN)), SEVEN, as_of=AS_OF)
        assert facts.values["eligible"] is None
        gone = weakref.ref(facts)
        del facts
        assert gone() is None
    finally:
        gc.enable()
