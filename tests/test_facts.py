"""Facts: known with a source, or unknown with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from small_packs import (
    MAN,
    TODAY,
    WOMAN,
    bundle_text,
    condition,
    facts_of,
    given,
    lantern,
    observed,
    quantity,
    small_pack,
)

from sapwood.facts import Facts, extract
from sapwood.record import parse_record
from sapwood.values import Range

RECENT = observed("anything", True, "2026-02-20")
OWN = {"performer": [{"reference": "Patient/p"}]}


def lantern_facts(*resources: dict[str, Any], **more: Any) -> Facts:
    return facts_of(lantern(), *resources, **more)


def test_an_implausible_value_is_unusable() -> None:
    facts = lantern_facts(observed("lux", 36))
    fact = facts["lux"]
    assert (fact.state, fact.value, facts.values["lux"]) == ("unusable", None, None)
    assert fact.rejected == (("Observation/r1", "outside the plausible 0.5 to 10 g/dL"),)
    assert facts.values["lux_enough"] is None


def test_what_was_entered_in_error_never_counts() -> None:
    facts = lantern_facts(
        observed("lux", 3.6, status="entered-in-error"), condition("c-glow", verification="entered-in-error")
    )
    assert (facts["lux"].state, facts["glow"].state) == ("missing", "missing")
    assert facts["lux"].rejected == (("Observation/r1", "has the status `entered-in-error`"),)
    assert facts["glow"].rejected == (("Condition/r2", "is entered in error"),)


def test_a_stale_value_is_unknown() -> None:
    facts = lantern_facts(observed("lux", 3.6, "2026-01-20"))
    assert (facts["lux"].state, facts["lux"].note) == ("stale", "older than 30d")
    assert facts.values["lux"] is None
    assert facts.values["lux_enough"] is None
    assert facts["lux_today"].state == "missing"
    assert lantern_facts(observed("lux", 3.6, "2026-01-20"), as_of="2026-02-10").values["lux_enough"] is True


def test_two_values_of_one_day_conflict() -> None:
    facts = lantern_facts(observed("lux", 3.0), observed("lux", 3.6))
    fact = facts["lux"]
    assert (fact.state, facts.values["lux"], facts.values["lux_enough"]) == ("conflicting", None, None)
    assert fact.sources == ("Observation/r1", "Observation/r2")
    assert fact.text == "lux: sources disagree (sources disagree: 3 / 3.6)" or "3 / 3.6" in fact.text


def test_two_tissues_never_complete_one_phenotype() -> None:
    skin, marrow = {"bodySite": {"text": "skin"}}, {"bodySite": {"text": "marrow"}}
    apart = lantern_facts(observed("ember", True, **skin), observed("ash", True, **marrow))
    assert apart.values["lantern_pattern"] is None
    together = lantern_facts(
        observed("ember", True, **skin), observed("ash", True, **skin), observed("soot", True, **marrow)
    )
    assert together.values["lantern_pattern"] is True
    denied = lantern_facts(
        observed("ember", False, **skin), observed("ember", True, **marrow), observed("ash", True, **marrow)
    )
    assert denied.values["lantern_pattern"] is True
    background = observed("?", True, code={"text": "ash on background cells"})
    assert lantern_facts(observed("ember", True), background).values["lantern_pattern"] is None


def test_closed_world_needs_a_covered_period_and_nothing_unusable() -> None:
    fact = lantern_facts(RECENT)["fog"]
    assert (fact.value, fact.assurance, fact.sources) == (False, "assumed", ())
    assert fact.note == "not recorded, in a record that covers the time"
    assert lantern_facts()["fog"].state == "missing"
    assert lantern_facts(observed("anything", True, "2025-02-20"))["fog"].state == "missing"
    hedged = lantern_facts(RECENT, condition(text="rule out fog of the lungs"))["fog"]
    assert (hedged.state, hedged.value) == ("unusable", None)
    provisional = lantern_facts(RECENT, condition("c-fog", verification="provisional"))["fog"]
    assert provisional.value is None
    mistaken = lantern_facts(RECENT, condition("c-fog", verification="entered-in-error"))["fog"]
    assert (mistaken.value, mistaken.assurance) == (False, "assumed")
    assert lantern_facts(RECENT, condition("c-fog"))["fog"].value is True


def test_only_facts_that_say_so_are_closed() -> None:
    assert lantern_facts(RECENT)["glow"].state == "missing"
    assert lantern_facts(RECENT).values["lantern_suspected"] is None


def test_hedged_text_states_nothing() -> None:
    facts = lantern_facts(condition(text="suspected lantern disease"), condition(text="no skin glow"))
    assert (facts["diagnosed"].state, facts["glow"].state) == ("unusable", "unusable")
    assert facts.values["lantern_suspected"] is None
    why = "its words do not state a fact (hedged or denied)"
    assert facts["diagnosed"].rejected == (("Condition/r1", why),)


def test_a_pregnant_man_is_a_conflict_and_not_a_fact() -> None:
    found = observed("hcg", True, "2026-03-01T10:00:00Z")
    man = lantern_facts(found, patient=MAN)
    assert (man["with_child"].state, man.values["with_child"], man.trusted["with_child"]) == (
        "conflicting",
        None,
        None,
    )
    assert man["with_child"].note == "entries contradict each other (no person can be like that)"
    assert man.values["sex"] == "male"
    assert man.values["not_pregnant"] is None
    assert lantern_facts(found).values["with_child"] is True


def test_both_sides_of_a_broken_invariant_conflict() -> None:
    fog = condition("c-fog", onsetDateTime="2026-02-01T10:00:00Z")
    facts = lantern_facts(fog, observed("fog-free", True, "2026-02-01T10:00:00Z"))
    assert {facts[name].state for name in ("fog", "fog_free")} == {"conflicting"}
    assert facts.values["no_fog"] is None


def test_a_fact_that_does_not_apply_is_unknown_and_says_so() -> None:
    fact = lantern_facts(patient=MAN)["nursing"]
    assert (fact.state, fact.value, fact.text) == ("not_applicable", None, "nursing: does not apply")
    told = lantern_facts(observed("nursing", True), patient=MAN)["nursing"]
    assert (told.state, told.value) == ("conflicting", None)
    assert told.note == "on record although it cannot apply to this person"
    assert lantern_facts(observed("nursing", True)).values["nursing"] is True


def test_every_value_carries_its_words() -> None:
    facts = lantern_facts(observed("lux", quantity(36, "g/L")), condition("c-glow"))
    assert facts["lux"].text == "lux: 3.6 g/dL on 2026-03-02"
    assert facts["glow"].text == "glow of the skin: yes"
    assert facts["wick"].text == "wick: not on record"


def test_reference_limits_are_read_under_the_facts_name() -> None:
    limit = [{"high": quantity(40, "U/L")}]
    facts = lantern_facts(observed("wick", quantity(200, "U/L"), referenceRange=limit))
    assert (facts.values["wick.high"], facts.values["wick.low"]) == (40, None)
    assert facts.values["wick_fine"] is True
    assert str(facts.values["wick.when"]) == TODAY
    assert lantern_facts(observed("wick", quantity(200, "U/L"))).values["wick_fine"] is None


# --- the person and the record --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "age", "state"),
    [
        ("1960-03-02", Decimal(66), "known"),
        ("1960-03-03", Decimal(65), "known"),
        ("1960-03", Range(Decimal(65), Decimal(66)), "known"),
        ("1960", Range(Decimal(65), Decimal(66)), "known"),
        ("2026", Decimal(0), "known"),
        (None, None, "missing"),
        ("2030-01-01", None, "unusable"),
        ("1850-01-01", None, "unusable"),
        ("1960-13-45", None, "unusable"),
    ],
)
def test_age_is_exact_a_range_or_unknown(born: str | None, age: Any, state: str) -> None:
    patient = {key: value for key, value in WOMAN.items() if key != "birthDate"} | (
        {"birthDate": born} if born else {}
    )
    facts = lantern_facts(patient=patient)
    assert (facts["age_years"].value, facts["age_years"].state) == (age, state)
    assert facts.values["age_years"] == age


def test_no_patient_means_no_age_and_no_sex() -> None:
    facts = lantern_facts(RECENT, patient=None)
    assert (facts["age_years"].state, facts["sex"].state) == ("missing", "missing")
    assert facts["age_years"].note == "the record has no Patient resource"
    other = lantern_facts(patient={**WOMAN, "gender": "other"})["sex"]
    assert (other.state, other.note) == ("unusable", "recorded as other or unknown")


def test_a_replay_counts_what_was_known_then() -> None:
    early = observed("lux", 3.0, "2026-02-01", issued="2026-02-01T12:00:00Z")
    late = observed("lux", 3.6, "2026-02-01", issued="2026-02-20T12:00:00Z")
    undated = condition("c-glow")
    facts = lantern_facts(early, late, undated, RECENT, as_of="2026-02-10")
    assert facts.replay
    assert (facts.values["lux"], facts.values["lux_enough"]) == (3, False)
    assert ("Observation/r2", "was not yet known on the day of this plan") in facts["lux"].rejected
    assert facts["glow"].value is None
    today = lantern_facts(undated)
    assert not today.replay
    assert (today["glow"].value, today["glow"].note) == (True, "undated")


def test_as_of_can_be_an_instant_and_must_exist() -> None:
    record = parse_record('{"resourceType": "Patient", "id": "p"}')
    assert extract(record, lantern(), as_of="2026-03-02T10:00:00Z").as_of.exact
    with pytest.raises(ValueError, match="not a date or an instant"):
        extract(record, lantern(), as_of="soon")


def test_a_series_is_dated_and_in_order() -> None:
    found = [
        observed("lux", 3.6),
        observed("lux", 4, "2026-01-01"),
        observed("lux", 2, None),
        observed("lux", 1, "2027"),
    ]
    assert [candidate.value for candidate in lantern_facts(*found).series("lux_today")] == [4, Decimal("3.6")]


def test_derived_facts_carry_sources_and_assurance() -> None:
    pack = small_pack(
        {
            "a": {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["a"]}}]},
            "b": {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["b"]}}]},
            "both": {"type": "boolean", "derived": "a AND b"},
        }
    )
    facts = facts_of(pack, observed("a", True), observed("b", True, "2026-01-01", **OWN))
    assert (facts["both"].value, facts["both"].assurance) == (True, "patient")
    assert facts["both"].sources == ("Observation/r1", "Observation/r2")
    assert (facts.values["both"], facts.trusted["both"]) == (True, None)
    alone = facts_of(pack, observed("a", True))["both"]
    assert (alone.state, alone.note) == ("missing", "what it is worked out from is not known")
    assert facts_of(pack, observed("a", False))["both"].assurance == "derived"


def test_an_entry_of_another_time_breaks_no_silence_and_one_that_cannot_be_placed_does() -> None:
    """Disease before a treatment says nothing of what came after it; without the day of the treatment it might."""
    glow = {"in": "Observation", "codes": {"lab": ["glow"]}}
    pack = small_pack(
        {
            "day": {
                "type": "instant",
                "find": [{"in": "Observation", "codes": {"lab": ["day"]}, "path": "effectiveDateTime"}],
            },
            "covered": {"type": "boolean", "derived": "TRUE"},
            "since": {"type": "boolean", "after": "day", "find": [glow]},
            "found": {"type": "boolean", "derived": "since", "closed_world": {"covered_by": "covered"}},
        }
    )
    before, day = observed("glow", True, "2026-01-01"), observed("day", True, "2026-02-01")
    known = facts_of(pack, before, day)["found"]
    assert (known.value, known.assurance) == (False, "assumed")
    assert facts_of(pack, before)["found"].value is None
    assert facts_of(pack, observed("glow", True, "2026-02-20"), day)["found"].value is True


def test_a_derived_closed_world_needs_silence_beneath() -> None:
    pack = small_pack(
        {
            "record_last": {"type": "instant", "from_record": "record_last"},
            "covered": {"type": "boolean", "derived": "days_between(record_last, as_of) <= 90"},
            "a": {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["a"]}}]},
            "x": {"type": "boolean", "derived": "a", "closed_world": {"covered_by": "covered"}},
        }
    )
    silent = facts_of(pack, RECENT)["x"]
    assert (silent.value, silent.assurance, silent.note) == (False, "assumed", "nothing of it is on record")
    assert facts_of(pack, RECENT, observed("a", "odd"))["x"].value is None
    assert facts_of(pack)["x"].value is None


def test_a_patients_word_travels_through_specimens() -> None:
    pack = small_pack(
        {
            "ember": {
                "type": "boolean",
                "per": "specimen",
                "find": [{"in": "Observation", "codes": {"lab": ["ember"]}}],
            },
            "pattern": {"type": "boolean", "derived": "found"},
        },
        criteria={"found": {"is": "ember", "means": "Ember is there.", "for_each": "specimen"}},
    )
    facts = facts_of(pack, observed("ember", True, bodySite={"text": "skin"}, **OWN))
    assert (facts.values["pattern"], facts.trusted["pattern"]) == (True, None)
    assert facts["pattern"].assurance == "patient"
    assert given


def test_an_entry_dated_after_a_plan_of_today_breaks_silence_and_in_a_look_back_it_does_not() -> None:
    pack = small_pack(
        {
            "covered": {"type": "boolean", "derived": "TRUE"},
            "ill": {"type": "boolean", "which": "any", "find": [{"in": "Condition", "words": ["ill"]}]},
            "found": {"type": "boolean", "derived": "ill", "closed_world": {"covered_by": "covered"}},
        }
    )
    to_come = condition(text="ill", onsetDateTime="2026-09-09")
    record = parse_record(bundle_text(to_come))
    assert extract(record, pack, as_of=TODAY, looks_back=False)["found"].state == "missing"
    assert extract(record, pack, as_of=TODAY, looks_back=True)["found"].value is False


def test_what_does_not_apply_is_silent_too() -> None:
    pack = small_pack(
        {
            "sex": {
                "type": "code",
                "from_record": "sex",
                "values": {"male": {"words": ["male"]}, "female": {"words": ["female"]}},
            },
            "covered": {"type": "boolean", "derived": "TRUE"},
            "test": {
                "type": "boolean",
                "not_when": "sex = 'male'",
                "find": [{"in": "Observation", "codes": {"lab": ["test"]}}],
            },
            "found": {"type": "boolean", "derived": "test", "closed_world": {"covered_by": "covered"}},
        }
    )
    assert facts_of(pack, patient=MAN)["found"].assurance == "assumed"
    positive = facts_of(pack, observed("test", True), patient=MAN)
    assert (positive["test"].state, positive["found"].value) == ("conflicting", None)
