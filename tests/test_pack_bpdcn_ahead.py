"""What lies ahead in the BPDCN pack: follow-up, supportive care and trials, as its reviewers were promised."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from case_runner import PACKS, Case, case_files, case_of, pack_of

from sapwood.facts import Facts, extract
from sapwood.pack import Pack
from sapwood.reading_grade import LIMIT, grade
from sapwood.record import parse_record
from sapwood.yaml_files import read_yaml

FOLDER = PACKS / "bpdcn"
OURS = {"surveillance_skin_ours", "surveillance_intervals_ours", "surveillance_start_ours"}
SHORT = 12  # words; a grade of fewer says nothing


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pack_of("bpdcn")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case_of(path) for path in case_files() if path.parent.parent.name == "bpdcn"]


@cache
def written_in(kind: str, subject: str) -> Any:
    """The entries of one file of the pack, as they are written."""
    return read_yaml(FOLDER / kind / f"{subject}.yaml", f"{kind}/{subject}.yaml")


def patient_words(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every sentence that these files say to a patient, with its place."""
    for subject in ("surveillance", "supportive"):
        for name, fact in written_in("facts", subject).items():
            yield f"{name}.patient", fact["patient"]
            if fact.get("ask", {}).get("of") == "either":
                yield f"{name}.ask", fact["ask"]["patient"]
        for name, criterion in written_in("criteria", subject).items():
            for key, said in criterion["patient"].items():
                yield f"{name}.{key}", said
        for items in written_in("pathway", subject).values():
            for item in items:
                assert item["patient"]["title"] and item["patient"]["text"], item["id"]
                yield item["id"], item["patient"]["text"]
    for trial in pack.trials:
        assert trial.patient.title and trial.patient.text, trial.nct
        yield trial.nct, trial.patient.text
        for point in (*trial.meets, *trial.excludes):
            assert point.patient, f"{trial.nct}: {point.text}"
            yield trial.nct, point.patient


def test_patients_read_plain_words_that_promise_and_blame_nothing(pack: Pack) -> None:
    for place, said in patient_words(pack):
        assert not re.search(r"eligib|will be cured|you failed|non-complian|refus", said, re.IGNORECASE), (
            place
        )
        if len(said.split()) >= SHORT:
            assert grade(said) <= LIMIT, f"{place} reads at grade {grade(said)}: {said}"


def test_an_interval_without_a_source_is_said_to_be_ours(pack: Pack) -> None:
    for item in pack.pathway.follow_up:
        if item.id in written_ids("surveillance") and item.id != "blood_count_again":
            assert OURS & set(item.evidence), f"{item.id} cites no word on its interval"
            assert "ours" in item.why, f"{item.id} does not say whose interval it is"


def written_ids(subject: str) -> set[str]:
    """The follow-up of one file."""
    return {item["id"] for item in written_in("pathway", subject).get("follow_up", [])}


def test_the_sourced_schedule_is_the_sources_own(pack: Pack) -> None:
    counts = next(item for item in pack.pathway.follow_up if item.id == "blood_count_again")
    assert [(phase.every, phase.until) for phase in counts.phases] == [
        (["1mo", "3mo"], "2y"),
        (["3mo", "6mo"], "5y"),
    ]
    assert "surveillance_counts" in counts.evidence
    marrow = {item.id for item in pack.pathway.follow_up if "marrow" in item.title.lower()}
    assert not marrow, "the marrow comes only for a reason, never round"


def test_follow_up_counts_from_the_current_line_and_moves_with_what_was_done(pack: Pack) -> None:
    assert pack.facts["surveillance_start"].after == "current_line_start"
    for item in pack.pathway.follow_up:
        if item.id in written_ids("surveillance"):
            assert item.since == "surveillance_start" and item.last.startswith("last_"), item.id
            fact = pack.facts[item.last]
            assert fact.type == "instant" and fact.undated == "refuse" and fact.ask, item.last


def test_no_trial_that_takes_bpdcn_is_said_to_recruit(pack: Pack) -> None:
    """True on the day the statuses were read; a trial that opens changes this test and the patient words."""
    for trial in pack.trials:
        if trial.status == "recruiting":
            assert any("BPDCN is not among" in point.text for point in trial.meets), trial.nct
            assert "not made for this disease" in trial.patient.text
        assert trial.status_as_of <= "2026-11-23"
    where = next(topic for topic in pack.topics if topic.id == "trials_known")
    assert "clinicaltrials.gov" in where.patient.text and "we know of no study" in where.patient.text


def test_uncertain_trials_are_not_loaded_and_named_as_left_out(pack: Pack) -> None:
    coverage = (FOLDER / "COVERAGE.md").read_text(encoding="utf-8")
    left_out = (
        "NCT04216524 NCT03599960 NCT03485547 NCT02159495 NCT04109482 NCT03203369 NCT02730312 NCT05476770"
    )
    for number in left_out.split():
        assert number not in {trial.nct for trial in pack.trials} and number in coverage, number


def test_the_ramp_of_venetoclax_says_whose_numbers_and_what_is_not_loaded(pack: Pack) -> None:
    tasks = {task.id: task for task in pack.pathway.tasks}
    assert "100, 200, 400" in tasks["ven_ramp"].title
    for name, dose in (("ven_ramp_posaconazole", "70 mg"), ("ven_ramp_other_inhibitor", "100 mg")):
        assert dose in tasks[name].title and "not loaded" in tasks[name].why and "ramp too" in tasks[name].why
    for name in ("ven_ramp", "ven_ramp_posaconazole", "ven_ramp_other_inhibitor"):
        assert " adult " in f" {tasks[name].applies} ", f"{name} would show an adult's dose to a child"


def test_every_trial_that_takes_the_disease_is_seen_fitting_failing_and_open(
    cases: list[Case], pack: Pack
) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for name, content in case.expected.get("trials", {}).items():
            seen[name].add(content["fit"])
    for trial in pack.trials:
        takes_bpdcn = any(point.when == "bpdcn_confirmed" for point in trial.meets) or "transplant_done" in {
            point.when for point in trial.meets
        }
        if not takes_bpdcn:
            assert seen[trial.nct] == {"does_not_fit"} | (seen[trial.nct] & {"not_shown"}), trial.nct
        elif len(trial.meets) > 1:
            assert {"may_fit", "does_not_fit", "cannot_tell"} <= seen[trial.nct], trial.nct
        else:
            assert "may_fit" in seen[trial.nct], trial.nct


def test_every_follow_up_is_seen_at_every_turn(cases: list[Case], pack: Pack) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for standing in case.plan.follow_up:
            seen[standing.item.id].add(standing.status)
    for item in pack.pathway.follow_up:
        lacking = {"planned", "overdue", "cannot_tell"} - seen[item.id]
        assert not lacking, f"{item.id} is never {' or '.join(sorted(lacking))}"


# --- what a record says ----------------------------------------------------------------------------------

SUBJECT = {"reference": "Patient/p"}


def entry(kind: str, name: str, text: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One resource of an invented record."""
    status = {"Procedure": "completed", "Encounter": "finished"}.get(kind, "final")
    coded = {"type": [{"text": text}]} if kind == "Encounter" else {"code": {"text": text}}
    return {"resourceType": kind, "id": name, "status": status, "subject": SUBJECT, **coded, **when, **more}


def facts_of(pack: Pack, *entries: dict[str, Any]) -> Facts:
    """The facts of a man treated with tagraxofusp in January 2026, with these entries."""
    given = {
        "resourceType": "MedicationAdministration",
        "id": "dose",
        "status": "completed",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "tagraxofusp"},
        "effectiveDateTime": "2026-01-12",
    }
    patient = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1960-04-04"}
    return extract(parse_record(json.dumps([patient, given, *entries])), pack, as_of="2026-11-20")


def test_what_was_done_is_read_from_a_record_and_what_was_not_is_not(pack: Pack) -> None:
    facts = facts_of(
        pack,
        entry(
            "Observation",
            "r",
            "Complete remission confirmed",
            {"effectiveDateTime": "2026-03-16"},
            valueBoolean=True,
        ),
        entry(
            "Observation", "pl", "Platelets", {"effectiveDateTime": "2026-10-15"}, valueQuantity={"value": 9}
        ),
        entry("DiagnosticReport", "pet", "PET/CT", {"effectiveDateTime": "2026-09-14"}),
        entry(
            "DiagnosticReport", "planned", "PET/CT", {"effectiveDateTime": "2026-11-01"}, status="registered"
        ),
        entry("Encounter", "skin", "Dermatology visit", {"period": {"start": "2026-08-01"}}),
        entry(
            "Procedure",
            "missed",
            "Full skin examination",
            {"performedDateTime": "2026-11-15"},
            status="not-done",
        ),
    )
    days = {
        name: str(facts.value(name))
        for name in ("surveillance_start", "last_blood_count", "last_pet_ct", "last_skin_examination")
    }
    assert days == {
        "surveillance_start": "2026-03-16",
        "last_blood_count": "2026-10-15",
        "last_pet_ct": "2026-09-14",
        "last_skin_examination": "2026-08-01",
    }
    assert [why for _, why in facts.fact("last_pet_ct").rejected] == ["has the status `registered`"]


def test_a_remission_of_an_older_line_starts_no_follow_up(pack: Pack) -> None:
    older = entry(
        "Observation",
        "r",
        "Complete remission confirmed",
        {"effectiveDateTime": "2025-03-16"},
        valueBoolean=True,
    )
    facts = facts_of(pack, older)
    assert facts.value("surveillance_start") is None and facts.fact("surveillance_start").rejected


def test_an_order_for_an_antibiotic_is_not_one_that_was_given(pack: Pack) -> None:
    order = {
        "resourceType": "MedicationRequest",
        "id": "o",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "meropenem"},
        "authoredOn": "2026-11-20",
    }
    given = {
        **order,
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "effectiveDateTime": "2026-11-20",
    }
    assert facts_of(pack, order).value("antibiotic_started") is not True
    assert facts_of(pack, given).value("antibiotic_started") is True
