"""What the pathway said at a decision: by what was recorded then, and by nothing that came after."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import CASES
from treated import Row, dose, obs, person, read

from sapwood.facts import extract
from sapwood.pack import load_pack
from sapwood.record import Record
from sapwood.registry.decisions import DIFFERED, SAME, UNJUDGED, Decision, Judgement, decisions_of, judge

PACK = load_pack("bpdcn")
AS_OF = "2026-11-01"


def decisions(record: Record) -> list[Decision]:
    return decisions_of(extract(record, PACK, as_of=AS_OF).treatment, PACK)


def judgements(*rows: Row) -> list[Judgement]:
    record = read(*rows)
    return [judge(record, PACK, decision) for decision in decisions(record)]


def first(rows: dict[str, Row]) -> Judgement:
    return next(one for one in judgements(*rows.values()) if one.decision.kind == "line")


# --- the choice of a line ---------------------------------------------------------------------------------


def test_an_option_that_was_open_is_the_same() -> None:
    judged = first(person())
    assert (judged.outcome, judged.step, judged.option) == (SAME, "first_treatment", "tagraxofusp")
    assert "tagraxofusp" in judged.said


def test_an_option_that_was_ruled_out_differs() -> None:
    rows = person()
    rows["albumin"] = obs("albumin", "albumin", (2.8, "g/dL"), "2026-05-01T07:00:00Z")
    judged = first(rows)
    assert (judged.outcome, judged.why, judged.reasons) == (DIFFERED, "it was ruled out", ())


def test_a_reason_in_the_entry_and_a_wish_by_then_are_found() -> None:
    rows = person()
    rows["albumin"] = obs("albumin", "albumin", (2.8, "g/dL"), "2026-05-01T07:00:00Z")
    rows["first"] = dose("first", "2026-05-01T09:00:00Z", reasonCode=[{"text": "no other choice"}])
    rows["wish"] = obs("wish", "declines chemotherapy", "yes", "2026-04-26")
    rows["later"] = obs("later", "declines transplant", "yes", "2026-06-26")
    judged = first(rows)
    assert judged.outcome == DIFFERED
    assert judged.reasons == ("stated", "declines_chemotherapy")


@pytest.mark.parametrize(
    "change",
    [
        {"issued": "2026-05-03T10:00:00Z"},  # the sample was earlier; the result was not there yet
        {"effectiveDateTime": "2026-05-02"},
        {"effectiveDateTime": None},  # undated
    ],
)
def test_what_was_not_recorded_by_then_does_not_count(change: Row) -> None:
    """Heart function was known only later (or nobody knows when): the decision cannot be judged, and why is said."""
    rows = person()
    rows["heart"] = {key: value for key, value in (rows["heart"] | change).items() if value is not None}
    judged = first(rows)
    assert (judged.outcome, judged.why) == (UNJUDGED, "facts were missing")
    assert judged.missing == ("cardiac_function",)


def test_a_decision_without_a_day_is_not_judged() -> None:
    rows = person()
    del rows["first"]["effectiveDateTime"]
    judged = first(rows)
    assert (judged.outcome, judged.why) == (UNJUDGED, "the day is not told")


def test_the_same_drugs_for_another_disease_are_not_judged() -> None:
    """Venetoclax and azacitidine for somebody in whom nothing points to this disease."""
    rows = person()
    for own in ("dx", "cd123", "first"):
        del rows[own]
    rows["aza"] = dose("aza", "2026-05-01", drug="azacitidine")
    rows["ven"] = dose("ven", "2026-05-01", drug="venetoclax")
    judged = first(rows)
    assert (judged.outcome, judged.option) == (UNJUDGED, "hma_ven")
    assert "did not stand where this is treated" in judged.why


def test_a_treatment_that_is_no_option_differs() -> None:
    rows = person()
    rows["first"] = dose("first", "2026-05-01T09:00:00Z", drug="gemcitabine")
    judged = first(rows)
    assert (judged.outcome, judged.why) == (DIFFERED, "the pathway has no such option")


# --- holds and taking up again ---------------------------------------------------------------------------


def doses(albumin: float | None, *, reason: bool = False) -> dict[str, Row]:
    """A first dose, the second and third held, a fourth given."""
    rows = person()
    if albumin is not None:
        rows["fall"] = obs("fall", "albumin", (albumin, "g/dL"), "2026-05-02T07:00:00Z")
    more: Row = {"statusReason": [{"text": "albumin"}]} if reason else {}
    rows["second"] = dose("second", "2026-05-02T09:00:00Z", held=True, **more)
    rows["third"] = dose("third", "2026-05-03T09:00:00Z", held=True)
    rows["fourth"] = dose("fourth", "2026-05-04T09:00:00Z")
    return rows


def test_a_row_of_held_doses_is_one_decision_and_the_next_dose_another() -> None:
    found = [(one.decision.kind, str(one.decision.when)) for one in judgements(*doses(3.0).values())]
    assert found == [("line", "2026-05-01"), ("hold", "2026-05-02"), ("restart", "2026-05-04")]


def test_a_hold_that_was_raised_is_the_same() -> None:
    _, hold, _ = judgements(*doses(3.0).values())
    assert (hold.outcome, hold.why) == (SAME, "a hold was raised")
    assert "hold_albumin_fall" in hold.said


def test_a_hold_nobody_could_assess_is_not_judged() -> None:
    _, hold, restart = judgements(*doses(None).values())
    assert (hold.outcome, hold.why) == (UNJUDGED, "facts were missing")
    assert "albumin_today" in hold.missing
    assert restart.outcome == UNJUDGED


def test_doses_taken_up_under_a_hold_differ() -> None:
    rows = doses(3.0)
    rows["again"] = obs("again", "albumin", (2.9, "g/dL"), "2026-05-04T07:00:00Z")
    *_, restart = judgements(*rows.values())
    assert (restart.outcome, restart.why) == (DIFFERED, "a hold was raised")


# --- nothing from the future -------------------------------------------------------------------------------

_SAMPLES: list[Row] = [
    entry["resource"]
    for path in CASES
    for entry in json.loads(path.read_bytes())["entry"]
    if entry["resource"]["resourceType"] != "Patient"
] + [row for row in doses(2.5).values() if row["resourceType"] != "Patient"]
_WHEN = {
    "Observation": ("effectiveDateTime", "issued"),
    "Condition": ("onsetDateTime", "recordedDate"),
    "Procedure": ("performedDateTime", None),
    "MedicationAdministration": ("effectiveDateTime", None),
    "MedicationStatement": ("effectiveDateTime", "dateAsserted"),
    "AdverseEvent": ("date", "recordedDate"),
}


def from_the_future(r: Random, number: int, after: date) -> Row:
    """An entry recorded after a day: about a later day, or about an earlier one."""
    row: Row = copy.deepcopy(r.choice(_SAMPLES))
    happened, recorded = _WHEN[row["resourceType"]]
    for key in [*row]:
        if key.startswith(("effective", "performed", "onset", "abatement")) or key in (
            "issued",
            "recordedDate",
            "date",
        ):
            del row[key]
    row |= {"id": f"future-{number}", "subject": {"reference": "Patient/p"}}
    later = after + timedelta(days=r.randint(1, 400))
    earlier = after - timedelta(days=r.randint(0, 400))
    if recorded is None:
        row[happened] = later.isoformat()
        return row
    form = r.choice(["{}", "{}T11:00:00Z"]) if recorded != "issued" else "{}T11:00:00Z"
    row[recorded] = form.format(later)
    if r.random() < 0.8:
        row[happened] = r.choice([later, earlier, earlier]).isoformat()
    return row


def ended_later(r: Random, rows: list[Row]) -> list[Row]:
    """The same, with a specimen, a report and a death of later days."""
    more: list[Row] = [
        {
            "resourceType": "Specimen",
            "id": "s-later",
            "subject": {"reference": "Patient/p"},
            "collection": {"collectedDateTime": "2027-01-01"},
        },
        {
            "resourceType": "DiagnosticReport",
            "id": "r-later",
            "status": "final",
            "code": {"text": "pathology"},
            "subject": {"reference": "Patient/p"},
            "specimen": [{"reference": "Specimen/s-later"}],
            "issued": "2027-01-02T00:00:00Z",
            "result": [{"reference": "Observation/cd123"}],
        },
    ]
    changed = [
        row | {"deceasedDateTime": "2027-02-01"} if row["resourceType"] == "Patient" else row for row in rows
    ]
    return [*changed, *(row for row in more if r.random() < 0.7)]


def comparable(judged: Judgement) -> Any:
    decision = judged.decision
    return (decision.kind, decision.regimen, str(decision.when), judged.step, judged.option, judged.outcome, judged.why,
            judged.said, judged.missing, judged.reasons)  # fmt: skip


@settings(max_examples=60)
@given(r=st.randoms(use_true_random=False))
def test_entries_recorded_later_never_change_a_judgement(r: Random) -> None:
    """Any number of them, about later and about earlier days, anywhere in the record."""
    rows = list((doses(r.choice([2.8, 3.6, None])) if r.random() < 0.6 else person()).values())
    rows = [
        row
        for row in rows
        if row["resourceType"] in ("Patient", "MedicationAdministration") or r.random() < 0.85
    ]
    before = read(*rows)
    for decision in decisions(before):
        assert decision.when is not None
        more = [from_the_future(r, number, decision.when.last_day) for number in range(r.randint(1, 12))]
        later = ended_later(r, rows)
        for row in more:
            later.insert(r.randint(1, len(later)), row)
        expected, found = (judge(record, PACK, decision) for record in (before, read(*later)))
        assert comparable(found) == comparable(expected)


def test_the_remarks_of_a_course_that_went_on_are_not_read() -> None:
    """A course is one entry, and its remark (a response) was written at its end."""
    rows = person()
    del rows["first"]
    rows["course"] = {
        "resourceType": "MedicationStatement",
        "id": "course",
        "status": "completed",
        "medicationCodeableConcept": {"text": "tagraxofusp"},
        "subject": {"reference": "Patient/p"},
        "effectivePeriod": {"start": "2026-03-01", "end": "2026-08-01"},
        "note": [{"text": "line 1; response: complete remission"}],
    }
    rows["transplant"] = {
        "resourceType": "Procedure",
        "id": "t",
        "status": "completed",
        "code": {"text": "allogeneic stem cell transplantation"},
        "subject": {"reference": "Patient/p"},
        "performedDateTime": "2026-06-01",
    }
    judged = next(one for one in judgements(*rows.values()) if one.decision.kind == "transplant")
    assert judged.outcome == UNJUDGED and "response" in judged.missing
