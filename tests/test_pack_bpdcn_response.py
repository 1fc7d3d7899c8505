"""Response and relapse as records hold them: the newest look at a site, what came after, each line by itself."""

from __future__ import annotations

from typing import Any

from case_runner import pack_of
from small_records import bundle, parse

from sapwood.facts import extract
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.verdicts import evaluate_all

TODAY = "2026-03-04"
MAN = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1960-02-03"}
SITES = ("skin", "bone marrow", "blood", "lymph nodes")


def said(name: str, value: Any, when: str) -> dict[str, Any]:
    """An Observation in words, with a plain value."""
    key = "valueBoolean" if isinstance(value, bool) else "valueString"
    if isinstance(value, dict):
        key = "valueQuantity"
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": name},
        "effectiveDateTime": when,
        key: value,
    }


def percent(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}


def dose(drug: str, when: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": drug},
        "effectiveDateTime": when,
    }


def named(text: str, when: str, status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": text},
        "clinicalStatus": {"coding": [{"code": status}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "recordedDate": when,
        "onsetDateTime": when,
    }


DIAGNOSIS = (
    named("blastic plasmacytoid dendritic cell neoplasm", "2025-11-01"),
    *(said(f"Disease involvement: {site}", "present", "2025-11-03") for site in SITES),
    said("CSF flow cytometry", "negative", "2025-11-05"),
    *(dose("tagraxofusp", f"2025-12-0{day}") for day in (1, 2, 3, 4, 5)),
)
RESTAGED = (
    said("Disease involvement: skin", "absent", "2026-01-12"),
    said("Bone marrow blasts", percent(1), "2026-01-12"),
    said("Blood blasts", percent(0), "2026-01-12"),
    said("PET/CT", "complete metabolic response", "2026-01-13"),
    said("CSF flow cytometry", "negative", "2026-01-14"),
    said("Overall response", "CR", "2026-01-15"),
)


def plan(*entries: dict[str, Any], as_of: str = TODAY) -> Plan:
    facts = extract(parse(bundle(MAN, *entries)), pack_of("bpdcn"), as_of=as_of)
    return make_plan(locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts)), facts)


def words(shown: Plan, *criteria: str) -> list[str]:
    return [shown.verdicts[name].word for name in criteria]


def test_a_recorded_remission_with_every_site_looked_at_again_is_one() -> None:
    shown = plan(*DIAGNOSIS, *RESTAGED)
    assert words(shown, "remission_recorded", "in_remission", "restaging_complete") == ["true"] * 3
    assert str(shown.facts["response_date"].value) == "2026-01-15"
    assert shown.facts["nodes_now"].value is False  # the scan cleared them
    assert shown.position.step == "transplant"


def test_each_site_left_out_makes_it_unknown_and_is_named() -> None:
    for left_out, fact in (("skin", "skin_now"), ("Blood", "blood_blasts_now"), ("PET", "nodes_now")):
        entries = [entry for entry in RESTAGED if left_out not in entry["code"]["text"]]
        shown = plan(*DIAGNOSIS, *entries)
        verdict = shown.verdicts["in_remission"]
        assert verdict.word == "unknown" and fact in verdict.missing, left_out
        assert shown.position.step == "response"


def test_cytology_alone_does_not_clear_the_spinal_fluid() -> None:
    entries = [entry for entry in RESTAGED if entry["code"]["text"] != "CSF flow cytometry"]
    shown = plan(*DIAGNOSIS, *entries, said("CSF cytology", "negative", "2026-01-14"))
    assert words(shown, "restaging_complete") == ["unknown"]
    assert shown.facts["cns_now"].state == "missing"


def test_disease_after_the_remission_is_a_relapse_by_date() -> None:
    back = said("Disease involvement: bone marrow", "present", "2026-02-20")
    shown = plan(*DIAGNOSIS, *RESTAGED, back)
    assert words(shown, "relapsed", "in_remission", "refractory") == ["true", "false", "false"]
    assert shown.facts["disease_back"].value is True
    assert shown.position.step == "relapse"
    assert words(plan(*DIAGNOSIS, *RESTAGED, back, as_of="2026-02-01"), "relapsed", "in_remission") == [
        "false",
        "true",
    ]


def test_a_spot_called_active_without_a_biopsy_is_no_relapse() -> None:
    spot = said("Disease involvement: skin", "present", "2026-02-20")
    shown = plan(*DIAGNOSIS, *RESTAGED, spot)
    assert words(shown, "relapsed", "in_remission", "remission_contradicted") == ["false", "false", "true"]
    proven = plan(*DIAGNOSIS, *RESTAGED, spot, said("Biopsy of new skin lesion", "positive", "2026-02-22"))
    assert words(proven, "relapsed") == ["true"]


def test_a_relapse_opens_its_step_and_the_next_line_closes_it() -> None:
    relapse = named("Relapse / progression: skin", "2026-02-20", "recurrence")
    assert plan(*DIAGNOSIS, *RESTAGED, relapse).position.step == "relapse"
    again = plan(*DIAGNOSIS, *RESTAGED, relapse, *(dose("pivekimab", "2026-02-27"),))
    assert (again.position.step, again.position.line) == ("on_treatment", 2)
    assert words(again, "relapsed", "relapse_untreated") == ["true", "false"]
    assert again.facts["response"].state == "missing"  # the remission of line 1 says nothing of line 2
    assert words(again, "remission_recorded", "in_remission") == ["unknown", "unknown"]


def test_the_looks_of_the_first_line_do_not_count_for_the_second() -> None:
    relapse = named("Relapse / progression: skin", "2026-02-20", "recurrence")
    entries = (relapse, dose("pivekimab", "2026-02-27"), said("Overall response", "CR", "2026-03-03"))
    shown = plan(*DIAGNOSIS, *RESTAGED, *entries)
    assert words(shown, "remission_recorded", "in_remission") == ["true", "unknown"]
    assert shown.facts["skin_now"].state == "missing"


def test_progression_and_no_response_are_refractory_and_stable_disease_is_not() -> None:
    for word, verdict in (("PD", "true"), ("no response", "true"), ("SD", "false"), ("PR", "false")):
        shown = plan(*DIAGNOSIS, said("Overall response", word, "2026-01-15"))
        assert words(shown, "refractory") == [verdict], word


def test_residual_skin_is_biopsied_before_it_is_called_anything() -> None:
    left = said("Residual skin lesion", "present", "2026-01-12")
    entries = [entry for entry in RESTAGED if "skin" not in entry["code"]["text"]]
    shown = plan(*DIAGNOSIS, *entries, left)
    assert words(shown, "residual_skin_unproven", "in_remission", "relapsed") == ["true", "unknown", "false"]
    assert "residual_skin_biopsy" in {one.alert.id for one in shown.alerts if one.state == "raised"}
    due = {one.task.id for one in shown.tasks if one.status == "due"}
    assert "biopsy_residual_skin" in due


def test_mswat_is_kept_as_a_row_of_values() -> None:
    score = {"value": 12, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    shown = plan(
        *DIAGNOSIS,
        said("mSWAT", score, "2025-11-03"),
        said("mSWAT", {**score, "value": 2}, "2026-01-12"),
    )
    assert [str(one.value) for one in shown.facts.series("mswat")] == ["12", "2"]
    assert not [name for name, criterion in shown.facts.pack.criteria.items() if "mswat" in criterion.is_]


def test_a_persisting_tet2_is_said_not_to_be_residual_disease() -> None:
    shown = plan(*DIAGNOSIS, *RESTAGED, said("TET2 mutation", "positive", "2026-01-12"))
    (alert,) = [one for one in shown.alerts if one.alert.id == "clonal_genes"]
    assert alert.state == "raised" and "no residual BPDCN" in alert.message
    assert words(shown, "in_remission") == ["true"]
