"""A transplant as records tell it: its kind, its day, what only speaks of one, and what belongs to its line."""

from __future__ import annotations

from typing import Any

import pytest
from case_runner import pack_of
from small_packs import MAN, condition, facts_of, given

from sapwood.facts import Facts

SNOMED = "http://snomed.info/sct"
DIAGNOSIS = condition(text="blastic plasmacytoid dendritic cell neoplasm", recordedDate="2025-08-01")


def procedure(text: str, day: str | None = "2026-01-12", note: str = "", **more: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {"resourceType": "Procedure", "status": "completed", "code": {"text": text}}
    if day is not None:
        resource["performedDateTime"] = day
    if note:
        resource["note"] = [{"text": note}]
    return {**resource, **more}


def tagraxofusp(*days: str) -> list[dict[str, Any]]:
    return [given("tagraxofusp 12 mcg/kg", day) for day in days]


def read(*resources: dict[str, Any], as_of: str = "2026-02-01") -> Facts:
    return facts_of(pack_of("bpdcn"), DIAGNOSIS, *resources, as_of=as_of, patient=MAN)


@pytest.mark.parametrize(
    ("text", "note", "kind"),
    [
        ("Allogeneic haematopoietic stem cell transplantation", "", "allogeneic"),
        ("Allogeneic HCT, matched unrelated donor", "", "allogeneic"),
        ("allo-HSCT", "", "allogeneic"),
        ("Haploidentical stem cell transplant", "", "allogeneic"),
        ("haematopoietic stem cell transplant", "allogeneic", "allogeneic"),
        ("Bone marrow transplantation", "10/10 sibling donor", "allogeneic"),
        ("Autologous stem cell transplantation", "", "autologous"),
        ("stem cell transplant", "autologous, BEAM", "autologous"),
        ("haematopoietic stem cell transplant", "6 months after treatment start; type not stated", None),
    ],
)
def test_the_kind_is_what_the_record_says_and_never_guessed(text: str, note: str, kind: str | None) -> None:
    facts = read(procedure(text, note=note))
    assert facts.values["transplant_done"] is True
    assert facts.values["transplant_kind"] == kind
    wanted = None if kind is None else kind == "allogeneic"
    assert facts.values["post_allo"] is wanted
    assert str(facts.values["transplant_date"]) == "2026-01-12"


@pytest.mark.parametrize(
    "text",
    [
        "Stem cell transplant evaluation",
        "Allogeneic stem cell transplant consultation",
        "Stem cell harvest for autologous transplantation",
        "Kidney transplantation",
        "Allogeneic stem cell transplant declined",
        "Donor search for stem cell transplant",
        "Stem cell transplant discussed, postponed",
    ],
)
def test_what_only_speaks_of_a_transplant_is_none(text: str) -> None:
    facts = read(procedure(text))
    assert facts.values["transplant_done"] is not True
    assert facts.values["transplant_on_record"] is not True
    assert facts.values["post_allo"] is not True


def test_one_being_prepared_is_planned_and_not_done() -> None:
    facts = read(
        procedure(
            "haematopoietic stem cell transplant", None, "allogeneic; under evaluation", status="preparation"
        )
    )
    assert facts.values["transplant_planned"] is True
    assert facts.values["transplant_done"] is not True


def test_the_latest_of_two_transplants_counts() -> None:
    facts = read(
        procedure("Autologous stem cell transplantation", "2024-05-02"),
        procedure("Allogeneic stem cell transplantation", "2026-01-12"),
    )
    assert facts.values["transplant_kind"] == "allogeneic"
    assert str(facts.values["transplant_date"]) == "2026-01-12"


def test_a_status_code_tells_of_a_transplant_and_of_no_day() -> None:
    told = condition(text="Stem cells transplant status", recordedDate="2026-01-20")
    facts = read(told)
    assert facts.values["transplant_done"] is True
    assert facts.values["transplant_date"] is None
    assert facts.values["sos_exposed"] is True


def test_conditioning_begins_no_line() -> None:
    before = [given("fludarabine", "2026-01-07"), given("busulfan", "2026-01-08")]
    after = [given("cyclophosphamide", "2026-01-15"), given("cyclophosphamide", "2026-01-16")]
    around = [*before, procedure("Allogeneic stem cell transplantation"), *after]
    facts = read(*tagraxofusp("2025-11-03", "2025-11-04"), *around)
    assert [line.regimen for line in facts.treatment.lines] == ["tagraxofusp"]
    assert facts.values["transplant_this_line"] is True
    without = read(*tagraxofusp("2025-11-03", "2025-11-04"), *before, *after)
    assert len(without.treatment.lines) > 1


def test_maintenance_stays_in_the_line_and_its_holds_speak() -> None:
    graft = procedure("Allogeneic stem cell transplantation", "2025-10-10")
    facts = read(*tagraxofusp("2025-08-04", "2025-08-05"), graft, *tagraxofusp("2026-01-30", "2026-01-31"))
    assert len(facts.treatment.lines) == 1
    assert facts.values["tagraxofusp_in_play"] is True
    assert facts.values["transplant_this_line"] is True


def test_a_drug_begun_for_a_relapse_is_a_new_line() -> None:
    graft = procedure("Allogeneic stem cell transplantation", "2025-03-10")
    facts = read(
        *tagraxofusp("2025-01-06"),
        graft,
        given("azacitidine", "2026-01-10"),
        given("venetoclax", "2026-01-10"),
    )
    assert [line.regimen for line in facts.treatment.lines] == ["tagraxofusp", "hma_ven"]
    assert facts.values["transplant_this_line"] is False


@pytest.mark.parametrize(
    "text", ["Acute graft-versus-host disease of skin, grade II", "cGVHD", "Graft versus host disease"]
)
def test_graft_versus_host_disease_is_read(text: str) -> None:
    facts = read(
        procedure("Allogeneic stem cell transplantation"), condition(text=text, recordedDate="2026-01-28")
    )
    assert facts.values["gvhd_active"] is True
    over = condition(text=text, clinical="resolved", recordedDate="2026-01-28")
    facts = read(procedure("Allogeneic stem cell transplantation"), over)
    assert facts.values["gvhd_recorded"] is True
    assert facts.values["gvhd_active"] is False


def test_prophylaxis_is_no_graft_versus_host_disease() -> None:
    facts = read(condition(text="GVHD prophylaxis", recordedDate="2026-01-28"))
    assert facts.values["gvhd_recorded"] is False


def test_the_signs_are_read_from_the_words_of_a_record() -> None:
    signs = [condition(text=text, onsetDateTime="2026-01-30") for text in ("Maculopapular rash", "Diarrhea")]
    facts = read(procedure("Allogeneic stem cell transplantation"), *signs)
    assert facts.values["gvhd_suspected"] is True
    liver = [condition(text=text, onsetDateTime="2026-01-30") for text in ("Jaundice", "Rapid weight gain")]
    facts = read(procedure("Allogeneic stem cell transplantation"), *liver)
    assert facts.values["sos_suspected"] is True
