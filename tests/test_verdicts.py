"""Verdicts: the answer, what decided it, and what could decide it."""

from __future__ import annotations

from typing import Any

import pytest
from small_packs import TODAY, condition, facts_of, lantern, observed, plan_of, quantity

from sapwood.verdicts import Verdicts, evaluate_all

OWN = {"performer": [{"reference": "Patient/p"}]}
WICK = observed("wick", quantity(40, "U/L"), referenceRange=[{"high": quantity(40, "U/L")}])
OPEN = [observed("lux", 3.6), WICK, observed("hcg", False), observed("anything", True, "2026-02-20")]


def verdicts(*resources: dict[str, Any], **more: Any) -> Verdicts:
    facts = facts_of(lantern(), *resources, **more)
    return evaluate_all(lantern().criteria, facts)


def test_a_verdict_names_the_facts_that_decided_it() -> None:
    verdict = verdicts(observed("lux", 3.0))["lux_enough"]
    (reason,) = verdict.because
    assert (verdict.word, reason.name, reason.is_criterion, reason.value) == ("false", "lux", False, "3")
    assert reason.sources == ("Observation/r1",)
    assert reason.text.startswith("lux: 3 g/dL on 2026-03-02")
    assert (verdict.missing, verdict.settle.true, verdict.settle.false) == ((), (), ())


def test_only_what_decided_is_a_reason() -> None:
    found = verdicts(observed("lux", 3.0), WICK)
    assert [reason.name for reason in found["quill_may_start"].because] == ["lux_enough"]
    opened = verdicts(*OPEN)["quill_may_start"]
    assert opened.word == "true"
    assert [reason.name for reason in opened.because] == ["lux_enough", "wick_fine", "no_fog", "not_pregnant"]


def test_an_unknown_verdict_names_what_could_settle_it() -> None:
    verdict = verdicts(*OPEN[1:])["quill_may_start"]
    assert (verdict.word, verdict.missing) == ("unknown", ("lux",))
    assert (verdict.settle.true, verdict.settle.false) == ((("lux",),), (("lux",),))


def test_a_specimen_verdict_names_its_specimen() -> None:
    skin, marrow = {"bodySite": {"text": "skin"}}, {"bodySite": {"text": "marrow"}}
    verdict = verdicts(
        observed("ember", False, **marrow), observed("ember", True, **skin), observed("ash", True, **skin)
    )["lantern_pattern"]
    assert verdict.word == "true"
    assert {(reason.name, reason.specimen) for reason in verdict.because} == {
        ("ember", "skin"),
        ("ash", "skin"),
    }


def test_what_is_missing_is_missing_in_the_specimen_that_was_tested() -> None:
    found = verdicts(observed("ember", True, bodySite={"text": "skin"}))
    assert set(found["lantern_pattern"].missing) == {"ash", "soot"}
    assert "ember" not in found["lantern_confirmed"].missing


def test_a_patients_own_word_never_opens_a_gate() -> None:
    own = [*OPEN[:2], observed("hcg", False, **OWN), OPEN[3]]
    facts = facts_of(lantern(), *own)
    assert facts.values["quill_may_start"] is True
    assert facts.gate("quill_may_start") is None
    assert facts.gate("option:quill:requires:0") is None
    plan = plan_of(lantern(), *own, condition(text="lantern disease"))
    (quill,) = [standing for standing in plan.options if standing.option.id == "quill"]
    assert quill.standing == "cannot_tell"
    assert facts_of(lantern(), *OPEN).gate("quill_may_start") is True


def test_a_patients_own_word_can_close_a_gate() -> None:
    facts = facts_of(lantern(), *OPEN[:2], observed("hcg", True, **OWN), OPEN[3])
    assert facts.gate("quill_may_start") is False
    fog = facts_of(lantern(), *OPEN, {**condition("c-fog"), "asserter": {"reference": "Patient/p"}})
    assert fog.gate("quill_may_start") is False


def test_an_answer_by_the_patient_is_the_patients_own_word() -> None:
    from sapwood.answers import Answer

    said = Answer("with_child", False, by="patient")
    facts = facts_of(lantern(), *OPEN[:2], OPEN[3], answers=[said])
    assert (facts.values["quill_may_start"], facts.gate("quill_may_start")) == (True, None)
    clinician = Answer("with_child", False)
    assert facts_of(lantern(), *OPEN[:2], OPEN[3], answers=[clinician]).gate("quill_may_start") is True


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ([], "not on record"),
        ([observed("lux", 3.0, "2025-01-01")], "too old to count"),
        ([observed("lux", 3.0), observed("lux", 4.0)], "sources disagree"),
        ([observed("lux", quantity(3, "bananas"))], "on record, but cannot be used"),
    ],
)
def test_an_unknown_fact_says_why(resources: list[dict[str, Any]], words: str) -> None:
    (reason,) = verdicts(*resources)["lux_enough"].because
    assert words in reason.text


def test_verdicts_are_a_mapping_of_every_criterion() -> None:
    found = verdicts()
    assert list(found) == list(lantern().criteria)
    assert len(found) == len(lantern().criteria)
    assert TODAY
