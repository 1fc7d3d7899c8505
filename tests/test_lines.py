"""Doses become cycles, cycles become lines; held, planned and told are kept apart."""

from __future__ import annotations

from typing import Any

from small_packs import facts_of, given, lantern

from sapwood.lines import Treatment


def treatment(*resources: dict[str, Any], as_of: str = "2026-06-30", **more: Any) -> Treatment:
    return facts_of(lantern(), *resources, as_of=as_of, **more).treatment


def quill(*days: str, status: str = "completed") -> list[dict[str, Any]]:
    return [given("Quill 1.5 mg/kg", f"2026-{day}", status) for day in days]


def statement(text: str, note: str | None = None, status: str = "completed", **more: Any) -> dict[str, Any]:
    noted = {"note": [{"text": note}]} if note else {}
    concept = {"medicationCodeableConcept": {"text": text}}
    return {"resourceType": "MedicationStatement", "status": status, **concept, **noted, **more}


def order(text: str, **more: Any) -> dict[str, Any]:
    return statement(text, resourceType="MedicationRequest", intent="order", **{"status": "active", **more})


def test_dated_doses_become_cycles() -> None:
    found = treatment(*quill("03-02", "03-03", "03-04", "03-23", "03-24"))
    (line,) = found.lines
    assert (line.number, line.regimen, line.title) == (1, "quill", "Quill")
    assert [(cycle.number, str(cycle.start), len(cycle.given)) for cycle in line.cycles] == [
        (1, "2026-03-02", 3),
        (2, "2026-03-23", 2),
    ]
    assert (line.given, line.held, line.ordered_by_text) == (5, 0, False)
    assert line.sources == tuple(f"MedicationAdministration/r{number}" for number in range(1, 6))


def test_facts_of_treatment_follow_the_current_cycle() -> None:
    facts = facts_of(lantern(), *quill("03-02", "03-03", "03-23", "03-24"), as_of="2026-03-25")
    assert facts.values["treatment_started"] is True
    assert str(facts.values["cycle_start"]) == "2026-03-23"
    assert facts.values["current_regimen"] == "quill"
    assert facts["cycle_start"].assurance == "derived"


def test_a_dose_not_done_is_held_and_not_given() -> None:
    (line,) = treatment(*quill("03-02", "03-03"), *quill("03-04", status="not-done")).lines
    assert (line.given, line.held) == (2, 1)
    assert [str(day) for day in line.cycles[0].held] == ["2026-03-04"]
    assert not treatment(*quill("03-04", status="entered-in-error")).lines
    only_held = treatment(*quill("03-04", status="not-done"))
    assert (only_held.lines[0].given, only_held.lines[0].start) == (0, None)


def test_only_held_doses_are_no_treatment_started() -> None:
    facts = facts_of(lantern(), *quill("03-04", status="not-done"), as_of="2026-03-05")
    assert facts.values["treatment_started"] is not True
    assert not facts.treatment.gave("quill")


def test_orders_and_plans_are_planned() -> None:
    found = treatment(order("Quill"), statement("Quill", status="intended"))
    assert (found.lines, len(found.planned)) == ((), 2)
    assert not found.gave("quill")


def test_a_change_of_regimen_is_a_new_line() -> None:
    found = treatment(*quill("03-02", "03-23"), given("Candle", "2026-04-13"), given("Wickol", "2026-04-13"))
    assert [(line.number, line.regimen) for line in found.lines] == [(1, "quill"), (2, "candle")]
    assert str(found.lines[0].end) == "2026-04-13"
    assert found.current is found.lines[1]


def test_a_long_gap_is_a_new_line() -> None:
    assert [line.regimen for line in treatment(*quill("01-05", "01-26")).lines] == ["quill"]
    assert [line.number for line in treatment(*quill("01-05", "05-26")).lines] == [1, 2]


def test_text_gives_the_order_where_nothing_is_dated() -> None:
    found = treatment(
        statement("Quill", "line 2: Quill; 3 cycles; response: partial response"),
        statement("Candle-wick", "line 1: candle and wick; response: progression"),
    )
    assert [(line.number, line.regimen, line.response, line.ordered_by_text) for line in found.lines] == [
        (1, "candle", "PD", True),
        (2, "quill", "PR", True),
    ]
    assert (found.lines[1].cycles_stated, found.lines[1].start) == (3, None)


def test_a_note_alone_can_name_the_regimen() -> None:
    (line,) = treatment(
        statement("systemic treatment", "line 1: candle-wick; response: complete remission")
    ).lines
    assert (line.regimen, line.response) == ("candle", "CR")


def test_a_response_that_is_not_plain_is_none() -> None:
    (line,) = treatment(statement("Quill", "line 1: Quill; response: not assessed")).lines
    assert line.response == ""


def test_intrathecal_treatment_stands_beside_the_lines() -> None:
    wickol = given("Wickol", "2026-03-05", dosage={"route": {"text": "Intrathecal"}})
    found = treatment(*quill("03-02"), wickol)
    assert [line.regimen for line in found.lines] == ["quill"]
    assert [event.source for event in found.adjuncts] == ["MedicationAdministration/r2"]
    assert found.gave("wickol")


def test_a_look_back_leaves_out_later_and_undated_treatment() -> None:
    doses = [*quill("03-02", "03-23"), statement("Candle")]
    assert [len(line.cycles) for line in treatment(*doses, as_of="2026-03-10").lines] == [1]
    assert not treatment(*doses, as_of="2026-01-01").lines
    at_noon = given("Quill", "2026-03-02T15:00:00Z")
    assert not treatment(at_noon, as_of="2026-03-02T12:00:00Z").lines
    later_told = statement("Quill", dateAsserted="2026-05-01", effectiveDateTime="2026-03-01")
    assert not treatment(later_told, as_of="2026-04-01").lines


def test_an_impossible_date_is_said() -> None:
    found = treatment(given("Quill", "2026-13-45"))
    assert [(problem.where, problem.what) for problem in found.problems] == [
        ("MedicationAdministration/r1", "its date is not one that exists")
    ]


def test_another_medicine_is_no_treatment() -> None:
    assert treatment(given("Aspirin", "2026-03-02"), statement("Vitamin D")).events == ()
    facts = facts_of(lantern(), given("Aspirin", "2026-03-01"), as_of="2026-03-02")
    started = facts["treatment_started"]
    assert (started.value, started.assurance, started.note) == (False, "assumed", "no treatment recorded")
