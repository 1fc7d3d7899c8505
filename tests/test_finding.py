"""Which resources hold a fact, which may not count, and to which specimen a finding belongs."""

from __future__ import annotations

from typing import Any

import pytest
from small_packs import LAB, TODAY, code, condition, facts_of, given, observed, one_fact, quantity, small_pack


def boolean(*sources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "boolean", "which": "any", "find": list(sources), **more}


GLOW = boolean({"in": "Condition", "words": ["skin glow"], "codes": {"lab": ["c-glow"]}})
SEEN = boolean({"in": "Observation", "words": ["skin glow"], "codes": {"lab": ["glow"]}})


# --- words and codes -------------------------------------------------------------------------


def test_codes_come_first_and_words_only_for_codes_nobody_knows() -> None:
    pack = small_pack({"x": SEEN, "y": boolean({"in": "Observation", "codes": {"lab": ["other"]}})})
    other = observed("other", True, code=code("other", text="skin glow"))
    facts = facts_of(pack, other)
    assert facts["x"].state == "missing"
    assert facts["y"].value is True
    unknown = observed("?", True, code=code("nobody-knows", text="Skin glow, left arm"))
    assert facts_of(pack, unknown)["x"].value is True


def test_words_are_found_in_displays_and_without_case() -> None:
    shown = {"coding": [{"system": "http://elsewhere", "code": "1", "display": "SKIN GLOW"}]}
    assert one_fact(SEEN, observed("?", True, code=shown)).value is True
    assert one_fact(SEEN, observed("?", True, code=code(text="skin glowing"))).state == "missing"


def test_without_disqualifies() -> None:
    fact = boolean({"in": "Condition", "words": ["nodule"], "without": ["thyroid"]})
    assert one_fact(fact, condition(text="Nodule of the arm")).value is True
    assert one_fact(fact, condition(text="Thyroid nodule")).state == "missing"


@pytest.mark.parametrize(
    "text",
    [
        "rule out skin glow",
        "suspected skin glow",
        "skin glow?",
        "family history of skin glow",
        "no skin glow",
        "without skin glow",
        "denies skin glow",
        "no evidence of skin glow",
        "not a skin glow",
        "never had skin glow",
    ],
)
def test_hedged_and_denied_words_state_nothing(text: str) -> None:
    fact = one_fact(GLOW, condition(text=text))
    assert (fact.state, fact.value) == ("unusable", None)
    assert fact.rejected == (("Condition/r1", "its words do not state a fact (hedged or denied)"),)


def test_a_denial_of_something_else_is_no_denial() -> None:
    assert one_fact(GLOW, condition(text="skin glow, not itching")).value is True


def test_value_words_need_a_plain_statement() -> None:
    fact = boolean({"in": "Observation", "codes": {"lab": ["why"]}, "value_words": ["glow"], "value": True})
    assert one_fact(fact, observed("why", "a glow on the arm")).value is True
    assert one_fact(fact, observed("why", "cough")).state == "missing"
    assert one_fact(fact, observed("why", "no glow")).state == "unusable"
    assert one_fact(fact, observed("why", "possible glow")).state == "unusable"
    assert one_fact(fact, observed("why", "glow?")).state == "unusable"


def test_notes_sites_and_categories_narrow_a_source() -> None:
    noted = boolean({"in": "Condition", "words": ["ulcer"], "note_words": ["biopsied"]})
    assert one_fact(noted, condition(text="ulcer")).state == "missing"
    assert one_fact(noted, condition(text="ulcer", note=[{"text": "was biopsied"}])).value is True
    sited = boolean(
        {"in": "Condition", "words": ["ulcer"], "at": {"words": ["arm"], "codes": {"lab": ["s-arm"]}}}
    )
    assert one_fact(sited, condition(text="ulcer", bodySite=[{"text": "left arm"}])).value is True
    assert one_fact(sited, condition(text="ulcer", bodySite=[code("s-arm")])).value is True
    assert one_fact(sited, condition(text="ulcer", bodySite=[{"text": "leg"}])).state == "missing"
    listed = boolean({"in": "Condition", "words": ["ulcer"], "category": ["problem-list-item"]})
    assert one_fact(listed, condition(text="ulcer", category=[code("problem-list-item")])).value is True
    assert (
        one_fact(listed, condition(text="ulcer", category=[code("encounter-diagnosis")])).state == "missing"
    )


# --- components --------------------------------------------------------------------------------

PANEL = {
    "resourceType": "Observation",
    "status": "final",
    "code": code("panel"),
    "effectiveDateTime": TODAY,
    "component": [
        {"code": code("sys"), "valueQuantity": quantity(120, "mm[Hg]")},
        {"code": code("dia"), "valueQuantity": quantity(80, "mm[Hg]")},
        {"code": code("lost"), "dataAbsentReason": code("error")},
    ],
}


def pressure(part: str) -> dict[str, Any]:
    return {"type": "quantity", "unit": "mm[Hg]", "find": [{"in": "Observation", "codes": {"lab": [part]}}]}


def test_each_component_of_a_panel_is_a_finding_of_its_own() -> None:
    assert one_fact(pressure("sys"), PANEL).value == 120
    assert one_fact(pressure("dia"), PANEL).value == 80
    assert one_fact(pressure("dia"), PANEL).sources == ("Observation/r1",)
    assert one_fact(pressure("lost"), PANEL).note == "recorded as not known"
    assert one_fact(pressure("panel"), PANEL).note == "has no value"
    taken = pressure("sys")
    taken["find"][0]["take"] = "component"
    assert one_fact(taken, PANEL).value == 120
    assert one_fact(taken, observed("sys", quantity(90, "mm[Hg]"))).state == "missing"


def test_a_resource_can_be_asked_for_by_a_component() -> None:
    gene = boolean(
        {"in": "Observation", "codes": {"lab": ["variant"]}, "component": {"words": ["tet2"]}, "value": True}
    )
    variant = observed(
        "variant", component=[{"code": code("gene"), "valueCodeableConcept": {"text": "TET2"}}]
    )
    assert one_fact(gene, variant).value is True
    other = observed("variant", component=[{"code": code("gene"), "valueCodeableConcept": {"text": "NRAS"}}])
    assert one_fact(gene, other).state == "missing"


# --- statuses ----------------------------------------------------------------------------------

COUNTING = {
    "Observation": "final amended corrected",
    "DiagnosticReport": "final amended corrected appended",
    "Procedure": "completed in-progress",
    "MedicationAdministration": "completed in-progress stopped on-hold",
    "MedicationStatement": "active completed stopped on-hold unknown",
    "MedicationRequest": "active completed stopped on-hold",
    "Immunization": "completed",
    "FamilyMemberHistory": "completed partial health-unknown",
}
NOT_COUNTING = {
    "Observation": "registered preliminary cancelled entered-in-error unknown",
    "DiagnosticReport": "registered partial preliminary cancelled entered-in-error unknown",
    "Procedure": "preparation not-done on-hold stopped entered-in-error unknown",
    "MedicationAdministration": "not-done entered-in-error unknown",
    "MedicationStatement": "entered-in-error intended not-taken",
    "MedicationRequest": "cancelled entered-in-error draft unknown",
    "Immunization": "entered-in-error not-done",
    "FamilyMemberHistory": "entered-in-error",
}
CODED_IN = {
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "MedicationRequest": "medicationCodeableConcept",
    "Immunization": "vaccineCode",
    "AdverseEvent": "event",
}


def of_kind(kind: str, **more: Any) -> dict[str, Any]:
    concept: Any = code("thing")
    if kind == "FamilyMemberHistory":
        return {"resourceType": kind, "condition": [{"code": concept}], **more}
    value = {"valueBoolean": True} if kind == "Observation" else {}
    return {"resourceType": kind, CODED_IN.get(kind, "code"): concept, **value, **more}


@pytest.mark.parametrize("kind", COUNTING)
def test_only_what_is_so_counts_whatever_the_resource(kind: str) -> None:
    fact = boolean({"in": kind, "codes": {"lab": ["thing"]}, "value": True})
    for status in COUNTING[kind].split():
        assert one_fact(fact, of_kind(kind, status=status)).value is True, status
    for status in NOT_COUNTING[kind].split():
        found = one_fact(fact, of_kind(kind, status=status))
        assert (found.state, found.value) == ("missing", None), status
        assert found.rejected == ((f"{kind}/r1", f"has the status `{status}`"),)
    bare = one_fact(fact, of_kind(kind))
    assert (bare.state, bare.note) == ("unusable", "has no status")


def test_a_strange_status_is_never_shown() -> None:
    fact = boolean({"in": "Observation", "codes": {"lab": ["thing"]}})
    found = one_fact(fact, of_kind("Observation", status="Jane Roe, born 1950"))
    assert found.rejected == (("Observation/r1", "has the status that is not a FHIR code"),)


def test_a_source_may_ask_for_other_statuses() -> None:
    planned = boolean(
        {"in": "Procedure", "codes": {"lab": ["thing"]}, "status": ["preparation"], "value": True}
    )
    assert one_fact(planned, of_kind("Procedure", status="preparation")).value is True
    assert one_fact(planned, of_kind("Procedure", status="completed")).state == "missing"


def test_a_proposal_is_no_order() -> None:
    fact = boolean({"in": "MedicationRequest", "codes": {"lab": ["thing"]}})
    proposal = of_kind("MedicationRequest", status="active", intent="proposal")
    assert one_fact(fact, proposal).rejected[0][1] == "is a plan, not an order"
    assert one_fact(fact, of_kind("MedicationRequest", status="active", intent="order")).value is True


@pytest.mark.parametrize(
    ("verification", "clinical", "why"),
    [
        ("confirmed", "active", None),
        ("confirmed", "recurrence", None),
        ("confirmed", "relapse", None),
        ("confirmed", "", None),
        ("", "active", None),
        ("entered-in-error", "active", "is entered in error"),
        ("refuted", "active", "is refuted"),
        ("provisional", "active", "has the verification status `provisional`"),
        ("differential", "active", "has the verification status `differential`"),
        ("unconfirmed", "active", "has the verification status `unconfirmed`"),
        ("confirmed", "resolved", "is history (clinical status `resolved`)"),
        ("confirmed", "inactive", "is history (clinical status `inactive`)"),
        ("confirmed", "remission", "is history (clinical status `remission`)"),
    ],
)
def test_conditions_count_when_confirmed_and_present(
    verification: str, clinical: str, why: str | None
) -> None:
    fact = one_fact(GLOW, condition("c-glow", None, verification, clinical))
    if why is None:
        assert fact.value is True
    else:
        assert (fact.state, fact.rejected) == ("missing", (("Condition/r1", why),))


def test_history_and_verification_can_be_asked_for() -> None:
    past = boolean({"in": "Condition", "words": ["glow"], "clinical": ["resolved"]})
    assert one_fact(past, condition(text="glow", clinical="resolved")).value is True
    assert one_fact(past, condition(text="glow")).state == "missing"
    sure = boolean({"in": "Condition", "words": ["glow"], "verification": ["confirmed"]})
    bare = one_fact(sure, condition(text="glow", verification=""))
    assert (bare.state, bare.value) == ("unusable", None)


def test_allergies_and_adverse_events_count_when_real() -> None:
    allergy = boolean({"in": "AllergyIntolerance", "codes": {"lab": ["thing"]}})
    assert one_fact(allergy, of_kind("AllergyIntolerance")).value is True
    refuted = of_kind("AllergyIntolerance", verificationStatus={"coding": [{"code": "refuted"}]})
    assert one_fact(allergy, refuted).rejected == (("AllergyIntolerance/r1", "is refuted"),)
    event = boolean({"in": "AdverseEvent", "words": ["leak"]})
    told = {"resourceType": "AdverseEvent", "event": {"text": "leak"}, "actuality": "actual"}
    assert one_fact(event, told).value is True
    assert one_fact(event, {**told, "actuality": "potential"}).rejected[0][1] == "is only a potential event"


# --- where the value is -------------------------------------------------------------------------


def test_a_path_leads_to_the_value() -> None:
    onset = {
        "type": "instant",
        "find": [{"in": "Condition", "words": ["glow"], "path": ["onsetDateTime", "onsetPeriod.start"]}],
    }
    assert str(one_fact(onset, condition(text="glow", onsetDateTime="2025-06")).value) == "2025-06"
    period = {"start": "2025-07-01"}
    assert str(one_fact(onset, condition(text="glow", onsetPeriod=period)).value) == "2025-07-01"
    assert one_fact(onset, condition(text="glow")).state == "missing"


def test_a_count_counts_each_resource_once() -> None:
    flares = {
        "type": "count",
        "which": "count",
        "find": [{"in": "Condition", "words": ["flare"]}, {"in": "Condition", "codes": {"lab": ["c-flare"]}}],
    }
    both = condition("c-flare", "flare", onsetDateTime="2025-01-01")
    assert one_fact(flares, both).value == 1
    assert one_fact(flares, both, condition("c-flare", "flare", onsetDateTime="2025-02-01")).value == 2


def test_an_impossible_date_is_a_reason_and_never_today() -> None:
    fact = one_fact(SEEN, observed("glow", True, "2024-13-45"))
    assert (fact.state, fact.rejected) == (
        "unusable",
        (("Observation/r1", "its date is not one that exists"),),
    )


def test_a_visit_and_a_scan_are_dated_by_their_beginning() -> None:
    visit = {"resourceType": "Encounter", "status": "finished", "type": [{"text": "clinic"}]}
    scan = {"resourceType": "ImagingStudy", "status": "available", "description": "scan"}
    lately = {"which": "any", "within": "30d"}
    clinic = boolean({"in": "Encounter", "words": ["clinic"]}, **lately)
    assert one_fact(clinic, {**visit, "period": {"start": "2026-02-20"}}).value is True
    assert one_fact(clinic, {**visit, "period": {"start": "2025-02-20"}}).value is not True
    assert one_fact(clinic, visit).value is not True
    assert (
        one_fact(boolean({"in": "ImagingStudy"}, **lately), {**scan, "started": "2026-02-20"}).value is True
    )


# --- whose word it is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        {"performer": [{"reference": "Patient/p"}]},
        {"performer": [{"reference": "RelatedPerson/7"}]},
        {"performer": [{"reference": "http://server/fhir/Patient/p"}]},
        {"asserter": {"reference": "Patient/p"}},
        {"informationSource": {"reference": "Patient/p"}},
    ],
)
def test_the_patients_own_word_is_known_as_such(who: dict[str, Any]) -> None:
    assert one_fact(SEEN, observed("glow", True, **who)).assurance == "patient"


def test_anyone_elses_word_is_clinical() -> None:
    assert (
        one_fact(SEEN, observed("glow", True, performer=[{"reference": "Practitioner/9"}])).assurance
        == "clinical"
    )
    assert one_fact(SEEN, observed("glow", True)).assurance == "clinical"


# --- specimens ----------------------------------------------------------------------------------

MARKERS = small_pack(
    {
        "ember": {
            "type": "boolean",
            "per": "specimen",
            "find": [{"in": "Observation", "codes": {"lab": ["ember"]}, "words": ["ember"]}],
        },
        "ash": {
            "type": "boolean",
            "per": "specimen",
            "find": [{"in": "Observation", "codes": {"lab": ["ash"]}, "words": ["ash"]}],
        },
    }
)
SKIN = {"resourceType": "Specimen", "id": "s1", "type": {"text": "skin biopsy"}}
MARROW = {"resourceType": "Specimen", "id": "s2", "collection": {"bodySite": {"text": "marrow"}}}


def table(*resources: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Each specimen's label, with its values of ember and ash."""
    facts = facts_of(MARKERS, *resources)
    return {
        group.label: (facts.fact("ember", group).value, facts.fact("ash", group).value)
        for group in facts.groups
    }


def test_findings_follow_their_specimen_reference() -> None:
    at = {"specimen": {"reference": "Specimen/s1"}}
    other = {"specimen": {"reference": "Specimen/s2"}}
    found = table(
        SKIN,
        MARROW,
        observed("ember", True, **at),
        observed("ash", True, **other),
        observed("ash", False, **at),
    )
    assert found == {"skin biopsy": (True, False), "marrow": (None, True)}


def test_findings_follow_the_one_report_that_lists_them() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "specimen": [{"reference": "Specimen/s1"}],
        "result": [{"reference": "Observation/e"}, {"reference": "Observation/a"}],
    }
    found = [observed("ember", True, id="e"), observed("ash", True, id="a"), SKIN]
    assert table(*found, report) == {"skin biopsy": (True, True)}
    two = {**report, "specimen": [{"reference": "Specimen/s1"}, {"reference": "Specimen/s2"}]}
    assert table(*found, two) == {"no specimen named": (True, True)}


def test_findings_follow_their_body_site_else_stand_alone() -> None:
    found = table(
        observed("ember", True, bodySite={"text": "Left arm"}),
        observed("ash", True, bodySite={"text": "left ARM"}),
        observed("ash", False),
    )
    assert found == {"Left arm": (True, True), "no specimen named": (None, False)}


def test_background_cells_are_a_population_of_their_own() -> None:
    found = table(observed("ember", True), observed("?", True, code=code(text="ash, background cells")))
    assert found == {"no specimen named": (True, None), "no specimen named, background cells": (None, True)}


def test_no_findings_give_one_unnamed_specimen() -> None:
    assert table() == {"no specimen named": (None, None)}
    assert LAB and given


def test_a_word_of_doubt_within_a_name_is_none() -> None:
    fact = {"type": "boolean", "which": "any", "find": [{"in": "Condition", "words": ["oil possible wick"]}]}
    assert one_fact(fact, condition(text="Oil possible wick, left")).value is True
    assert one_fact(fact, condition(text="Suspected oil possible wick")).state == "unusable"
    assert one_fact(fact, condition(text="Oil possible wick?")).state == "unusable"
