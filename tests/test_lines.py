"""Doses become cycles, cycles become lines; held, planned and told are kept apart."""

from __future__ import annotations

from typing import Any

import pytest
from small_packs import facts_of, given, lantern, small_pack

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


# --- instants ----------------------------------------------------------------------------------

LINES = {
    key: {"type": kind, "from_lines": key}
    for kind, keys in {
        "instant": "cycle_start first_dose_day last_dose_day previous_dose_day current_line_start",
        "count": "cycle_number doses_this_cycle line_count",
    }.items()
    for key in keys.split()
}
CLOSED = {"closed_world": {"covered_by": "covered"}}
PACK = small_pack(
    {
        **LINES,
        "covered": {"type": "boolean", "derived": "TRUE"},
        "started": {"type": "boolean", "from_lines": "treatment_started", **CLOSED},
        "planned": {"type": "boolean", "from_lines": "treatment_planned", **CLOSED},
        "had_quill": {"type": "boolean", "from_lines": "given:quill", **CLOSED},
        "last_quill": {"type": "instant", "from_lines": "last_dose_day:quill"},
        "last_wick": {"type": "instant", "from_lines": "last_dose_day:wick"},
        "lux": {
            "type": "quantity",
            "unit": "g/dL",
            "before": "cycle_start",
            "find": [{"in": "Observation", "words": ["lux"]}],
        },
    },
    regimens={
        "quill": {
            "drugs": [{"id": "quill", "words": ["quill"], "codes": {"lab": ["d-quill"]}}],
            "cycle_days": 21,
            "dose": {"amount": 1, "unit": "mg", "window_days": 10},
        },
        "both": {
            "drugs": [{"id": "quill", "words": ["quill"]}, {"id": "wick", "words": ["wick"]}],
            "names": ["quill-wick", "double course, not named"],
        },
    },
)


def lines(*resources: dict[str, Any], as_of: str = "2026-06-30") -> Any:
    return facts_of(PACK, *resources, as_of=as_of)


def lux(value: str, when: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "lux"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": float(value), "unit": "g/dL", "code": "g/dL"},
    }


def test_a_value_of_the_same_morning_is_before_the_first_dose() -> None:
    dose = given("Quill", "2026-03-02T10:00:00Z")
    facts = lines(dose, lux("4", "2026-02-20"), lux("3", "2026-03-02T08:00:00Z"), as_of="2026-03-03")
    assert facts["cycle_start"].value.exact
    assert str(facts["lux"].value) == "3.0"
    after = lines(dose, lux("4", "2026-02-20"), lux("3", "2026-03-02T12:00:00Z"), as_of="2026-03-03")
    assert str(after["lux"].value) == "4.0"


def test_a_day_with_a_dose_of_unknown_time_is_not_exact() -> None:
    facts = lines(given("Quill", "2026-03-02T10:00:00Z"), given("Quill", "2026-03-02"), as_of="2026-03-03")
    assert not facts["cycle_start"].value.exact
    assert str(facts["cycle_start"].value) == "2026-03-02"


def test_a_dose_of_some_day_of_a_month_starts_no_cycle() -> None:
    facts = lines(given("Quill", "2026-03"), as_of="2026-04-02")
    assert str(facts["first_dose_day"].value) == str(facts["last_dose_day"].value) == "2026-03"
    assert facts["cycle_start"].state == facts["doses_this_cycle"].state == "unusable"


# --- entries that are not understood -------------------------------------------------------------


def entry(kind: str, status: str | None, text: str = "Quill", **more: Any) -> dict[str, Any]:
    concept = {"code" if kind == "Procedure" else "medicationCodeableConcept": {"text": text}}
    stated = {"status": status} if status else {}
    return {"resourceType": kind, **concept, **stated, **more}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MedicationAdministration", "unknown"),
        ("MedicationAdministration", "on-hold"),
        ("MedicationAdministration", None),
        ("MedicationStatement", "on-hold"),
        ("MedicationStatement", None),
        ("MedicationRequest", "unknown"),
        ("MedicationDispense", "completed"),
        ("MedicationUsage", "recorded"),
        ("Procedure", "unknown"),
        ("Procedure", "on-hold"),
        ("Procedure", "stopped"),
    ],
)
def test_a_status_not_understood_is_told_and_leaves_open(kind: str, status: str | None) -> None:
    facts = lines(entry(kind, status))
    assert [problem.where.partition("/")[2] for problem in facts.treatment.unread] == ["r1"]
    assert facts.treatment.unread[0] in facts.problems
    for name in ("started", "planned", "had_quill"):
        fact = facts[name]
        assert (fact.state, fact.note) == ("unusable", "a treatment entry is there that was not understood")
        assert facts.values[name] is None


@pytest.mark.parametrize("status", ["not-done", "not-taken", "entered-in-error", "cancelled"])
@pytest.mark.parametrize("kind", ["MedicationAdministration", "MedicationStatement", "MedicationDispense"])
def test_what_was_not_given_is_no(kind: str, status: str) -> None:
    facts = lines(entry(kind, status))
    assert facts.treatment.unread == ()
    assert facts.values["started"] is False


def test_a_medicine_that_is_not_in_the_record_leaves_open() -> None:
    dangling = {"resourceType": "MedicationAdministration", "status": "completed"}
    dangling["medicationReference"] = {"reference": "Medication/none"}  # type: ignore[assignment]
    facts = lines(dangling)
    assert "not in the record" in facts.treatment.unread[0].what
    assert facts["started"].state == "unusable"


def test_what_is_known_stays_known_beside_an_unread_entry() -> None:
    facts = lines(given("Quill", "2026-03-02"), entry("MedicationStatement", "on-hold"))
    assert facts.values["started"] is True
    assert facts.values["had_quill"] is True


def test_an_unread_entry_of_a_later_day_says_nothing_yet() -> None:
    later = entry("MedicationAdministration", "unknown", effectiveDateTime="2026-05-01")
    assert lines(later, as_of="2026-04-01").treatment.unread == ()


def test_an_order_not_to_give_is_no_plan() -> None:
    assert lines(entry("MedicationRequest", "active", doNotPerform=True)).values["planned"] is False


@pytest.mark.parametrize(
    "text",
    [
        "no quill given; patient declined",
        "quill declined",
        "Quill: considered, not given",
        "planned quill",
        "allergic to quill",
        "quill allergy",
        "pre-quill famotidine",
        "quill premedication: methylprednisolone",
        "wick instead of quill",
        "quill contraindicated",
        "possible quill",
        "quill?",
    ],
)
def test_words_that_do_not_plainly_say_given_are_not_a_dose(text: str) -> None:
    facts = lines(given(text, "2026-03-02"), as_of="2026-03-02")
    assert (facts.treatment.lines, len(facts.treatment.unread)) == ((), 1)
    assert facts["started"].state == "unusable"


@pytest.mark.parametrize("text", ["Quill 1.5 mg/kg", "quill dose no. 3", "double course, not named"])
def test_plain_words_are_a_dose(text: str) -> None:
    assert lines(given(text, "2026-03-02")).values["started"] is True


def test_a_code_says_it_plainly() -> None:
    dose = given("Quill", "2026-03-02")
    coding = [{"system": "http://lab.example/codes", "code": "d-quill"}]
    dose["medicationCodeableConcept"] = {"text": "quill, patient not allergic", "coding": coding}
    assert lines(dose).values["had_quill"] is True


# --- periods -----------------------------------------------------------------------------------


def period(start: str | None, end: str | None, status: str = "completed") -> dict[str, Any]:
    told = {key: day for key, day in (("start", start), ("end", end)) if day}
    return entry("MedicationStatement", status, effectivePeriod=told)


def shown(facts: Any, *names: str) -> list[str]:
    return [str(facts.values[name]) for name in names]


def test_a_period_tells_its_end_but_not_its_doses() -> None:
    facts = lines(period("2026-03-02", "2026-03-06"), as_of="2026-03-08")
    assert shown(facts, "cycle_start", "last_dose_day") == ["2026-03-02", "2026-03-06"]
    assert shown(facts, "previous_dose_day", "doses_this_cycle") == ["None", "None"]
    assert facts["doses_this_cycle"].note == "the days of the doses are not told"


def test_a_long_period_has_no_cycle_start() -> None:
    facts = lines(period("2026-03-02", "2026-05-06"))
    assert shown(facts, "first_dose_day", "last_dose_day") == ["2026-03-02", "2026-05-06"]
    assert shown(facts, "cycle_start", "cycle_number") == ["None", "None"]


def test_an_open_period_runs_to_now_only_while_active() -> None:
    facts = lines(period("2026-03-02", None, "active"), as_of="2026-03-20")
    assert shown(facts, "last_dose_day", "cycle_start") == ["2026-03-20", "None"]
    assert shown(lines(period("2026-03-02", None)), "last_dose_day") == ["None"]
    assert shown(lines(period(None, "2026-03-06")), "first_dose_day", "last_dose_day") == [
        "None",
        "2026-03-06",
    ]


def test_an_infusion_of_one_day_is_one_dose() -> None:
    times = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T09:15:00Z"}
    facts = lines(entry("MedicationAdministration", "completed", effectivePeriod=times), as_of="2026-03-03")
    assert shown(facts, "doses_this_cycle", "previous_dose_day") == ["1", "2026-03-02"]
    assert facts["cycle_start"].value.exact


# --- cycles ------------------------------------------------------------------------------------


def test_a_held_day_begins_no_cycle() -> None:
    facts = lines(*quill("03-02", status="not-done"), *quill("03-03", "03-04"), as_of="2026-03-05")
    assert shown(facts, "cycle_start", "doses_this_cycle") == ["2026-03-03", "2"]
    (cycle,) = facts.treatment.lines[0].cycles
    assert [str(day) for day in cycle.held] == ["2026-03-02"]


def test_a_delayed_dose_belongs_to_its_cycle() -> None:
    facts = lines(*quill("03-02", "03-03", "03-11"), as_of="2026-03-12")
    assert shown(facts, "cycle_start", "cycle_number", "doses_this_cycle") == ["2026-03-02", "1", "3"]


def test_a_new_cycle_needs_half_its_length_and_a_pause() -> None:
    facts = lines(*quill("03-02", "03-06", "03-13"), as_of="2026-03-14")
    assert shown(facts, "cycle_start", "cycle_number") == ["2026-03-13", "2"]
    no_pause = lines(*quill("03-02", "03-10", "03-13"), as_of="2026-03-14")
    assert no_pause["cycle_start"].state == "unusable"


def test_doses_of_neither_cycle_leave_its_start_open() -> None:
    doses = quill("03-02", "03-03", "03-12", "03-13")
    facts = lines(*doses, lux("4", "2026-02-20"), as_of="2026-03-14")
    assert facts["cycle_start"].state == "unusable"
    assert facts["cycle_start"].note == "it is not clear which doses belong to one cycle"
    assert shown(facts, "cycle_number", "doses_this_cycle", "lux") == ["None", "None", "None"]
    assert shown(facts, "last_dose_day", "previous_dose_day") == ["2026-03-13", "2026-03-13"]
    later = lines(*doses, *quill("04-02"), as_of="2026-04-03")
    assert shown(later, "cycle_start", "cycle_number") == ["2026-04-02", "None"]


# --- one drug ----------------------------------------------------------------------------------


def test_the_last_dose_of_one_drug() -> None:
    facts = lines(*quill("03-02", "03-03"), given("wick", "2026-03-20"))
    assert shown(facts, "last_dose_day", "last_quill", "last_wick") == [
        "2026-03-20",
        "2026-03-03",
        "2026-03-20",
    ]
    assert lines(given("wick", "2026-03-20"))["last_quill"].state == "missing"


def test_a_course_named_only_by_its_regimen_leaves_a_drugs_last_day_open() -> None:
    course = given("double course, not named", "2026-03-20")
    facts = lines(*quill("03-02"), course)
    assert facts.values["last_quill"] is None
    assert shown(lines(course, *quill("03-22")), "last_quill") == ["2026-03-22"]


# --- an adjunct with a day of its own ------------------------------------------------------------------

GRAFT = small_pack(
    LINES,
    regimens={
        "quill": {"drugs": [{"id": "quill", "words": ["quill"]}]},
        "candle": {"drugs": [{"id": "candle", "words": ["candle"]}, {"id": "wick", "words": ["wickol"]}]},
        "graft": {
            "adjunct": True,
            "around": {"before": 10, "after": 5, "bridges": 120},
            "drugs": [{"id": "wick", "words": ["wickol"]}, {"id": "salt", "words": ["salt"]}],
            "names": ["graft of light"],
            "without": ["evaluation"],
        },
    },
)


def graft(day: str, text: str = "Graft of light") -> dict[str, Any]:
    done = {"resourceType": "Procedure", "status": "completed", "code": {"text": text}}
    return {**done, "performedDateTime": f"2026-{day}"}


def grafted(*resources: dict[str, Any]) -> Treatment:
    return facts_of(GRAFT, *resources, as_of="2026-12-01").treatment


def test_drugs_around_an_adjunct_begin_no_line() -> None:
    around = [given("Salt", "2026-03-30"), given("Wickol", "2026-04-08"), given("Wickol", "2026-04-13")]
    found = grafted(*quill("03-02"), graft("04-10"), *around)
    assert [(line.regimen, line.given) for line in found.lines] == [("quill", 1)]
    assert len(found.adjuncts) == 4
    assert found.gave("wick")


def test_the_same_drug_far_from_the_adjunct_or_beside_another_begins_one() -> None:
    late = grafted(*quill("03-02"), graft("04-10"), given("Wickol", "2026-04-20"))
    assert [line.regimen for line in late.lines] == ["quill", "candle"]
    other = grafted(*quill("03-02"), graft("04-10"), given("Candle", "2026-04-12"))
    assert [line.regimen for line in other.lines] == ["quill", "candle"]


def test_what_goes_on_after_an_adjunct_stays_in_its_line() -> None:
    found = grafted(*quill("03-02"), graft("04-10"), *quill("07-20"))
    assert [(line.number, line.given) for line in found.lines] == [(1, 2)]
    assert len(grafted(*quill("03-02"), *quill("07-20")).lines) == 2
    assert len(grafted(*quill("03-02"), graft("04-10"), *quill("10-01")).lines) == 2
    assert len(grafted(*quill("01-02"), graft("06-10"), *quill("07-20")).lines) == 2


def test_words_that_leave_an_entry_out_make_it_none() -> None:
    found = grafted(*quill("03-02"), graft("04-10", "Graft of light evaluation"), *quill("07-20"))
    assert (len(found.lines), found.adjuncts, found.unread) == (2, (), ())
