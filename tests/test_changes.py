"""What changed between two plans, and because of which fact; what only time did, and what was known late."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import MAN, WOMAN, bundle_text, condition, facts_of, lantern, observed
from small_packs import given as dose
from test_asking import DIAGNOSED, RESOURCES, WICK
from test_plan import validator

from sapwood.answers import as_moment, sheet_of
from sapwood.changes import Change, Changes, compare
from sapwood.changes_words import because_words, change_words, fact_words, said_changes, summary
from sapwood.contract import as_dict
from sapwood.earlier import earlier_plan, plan_from
from sapwood.errors import AnswerError
from sapwood.facts import extract
from sapwood.formats import write
from sapwood.pack import load_pack
from sapwood.plan import Plan
from sapwood.record import Record, parse_record

STAGED = {"resourceType": "Procedure", "status": "completed", "code": {"text": "lantern staging"}}
BEFORE, NOW = "2026-02-20", "2026-03-02"


def moment(text: str) -> Any:
    found = as_moment(text)
    assert found is not None
    return found


def plan(*resources: dict[str, Any], as_of: str = NOW, **more: Any) -> Plan:
    return plan_from(facts_of(lantern(), *resources, as_of=as_of, **more))


def since(*resources: dict[str, Any], day: str = BEFORE, as_of: str = NOW, **more: Any) -> Changes:
    now = plan(*resources, as_of=as_of, **more)
    return compare(earlier_plan(now.facts, moment(day)), now)


def of(changes: Changes, sort: str, name: str = "") -> Change:
    (found,) = [one for one in changes.found if one.sort == sort and name in ("", one.id)]
    return found


def said(changes: Changes, audience: str = "clinician") -> str:
    lines = [summary(changes, audience)]
    for told in said_changes(changes, audience):
        lines += [told.text, *told.because]
    return "\n".join([*lines, *(fact_words(fact, audience) for fact in changes.facts)])


DATED = {**DIAGNOSED, "onsetDateTime": "2026-02-10", "recordedDate": "2026-02-10"}


def test_nothing_changed_is_one_sentence() -> None:
    now = plan(DATED, observed("lux", 3.6, "2026-02-15"))
    same = compare(now, now)
    assert same.nothing
    assert summary(same, "clinician") == "Nothing has changed since 2026-03-02."
    assert summary(same, "patient") == "Nothing has changed since 2 March 2026."
    assert list(said_changes(same, "clinician")) == []


def test_a_move_names_the_fact_that_moved_it() -> None:
    changes = since(DATED, observed("lux", 3.6, "2026-02-25"))
    move = of(changes, "position")
    assert (move.before, move.after) == ("Work-up", "Treatment")
    assert [fact.fact for fact in move.because] == ["lux"]
    assert not move.by_time
    assert because_words(move, changes.days, "clinician") == ("lux: 3.6 g/dL, 2026-02-25",)
    assert (of(changes, "gap").id, of(changes, "gap").after) == ("workup", "open")


def test_a_changed_value_turns_an_option_and_says_both_values() -> None:
    found = [DATED, WICK, observed("hcg", False, "2026-02-12"), observed("fog-free", True, "2026-02-12")]
    changes = since(*found, observed("lux", 3.0, "2026-02-15"), observed("lux", 3.6, "2026-03-01"))
    verdict = of(changes, "criterion", "lux_enough")
    assert (verdict.before, verdict.after) == ("false", "true")
    assert because_words(verdict, changes.days, "clinician") == (
        "lux: 3 g/dL, 2026-02-15 -> 3.6 g/dL, 2026-03-01",
    )
    option = of(changes, "option", "quill")
    assert option.before == "ruled_out"
    assert "lux" in [fact.fact for fact in option.because]
    assert "Quill: not now ->" in said(changes)


def test_what_grew_old_says_so() -> None:
    changes = since(DATED, observed("lux", 3.6, "2026-02-15"), as_of="2026-03-30", day=NOW)
    (lux,) = [fact for fact in changes.facts if fact.fact == "lux"]
    assert lux.kind == "too_old"
    verdict = of(changes, "criterion", "lux_enough")
    assert (verdict.before, verdict.after, verdict.by_time) == ("true", "unknown", True)
    assert because_words(verdict, changes.days, "clinician") == (
        "28 days have passed",
        "lux: 3.6 g/dL, 2026-02-15, no longer counts (older than 30d)",
    )


def test_what_came_into_the_record_late_is_said() -> None:
    late = observed("lux", 3.6, "2026-02-15", issued="2026-02-26T10:00:00Z")
    changes = since(DATED, late)
    (lux,) = [fact for fact in changes.facts if fact.fact == "lux"]
    assert (lux.kind, lux.late) == ("new", True)
    assert fact_words(lux, "clinician") == "lux: 3.6 g/dL (dated 2026-02-15; in the record only since then)"
    timely = since(DATED, observed("lux", 3.6, "2026-02-25"))
    assert [fact.late for fact in timely.facts if fact.fact == "lux"] == [False]


def test_what_has_no_date_is_not_called_new() -> None:
    changes = since(
        DATED, observed("wish", None), observed("anything", True, "2026-03-01"), observed("hcg", False, None)
    )
    (fact,) = [one for one in changes.facts if one.fact == "with_child"]
    assert fact.undated
    assert "without a date, so a look back leaves it out" in fact_words(fact, "clinician")


def test_a_fact_that_was_taken_out_of_the_record_is_gone() -> None:
    now, then = plan(DATED), plan(DATED, observed("hcg", False, "2026-02-12"))
    changes = compare(then, now)
    (fact,) = [one for one in changes.facts if one.fact == "with_child"]
    assert (fact.kind, fact_words(fact, "clinician")) == (
        "gone",
        "pregnant: was no, 2026-02-12; now not on record",
    )


def test_a_conflict_is_news() -> None:
    changes = since(
        DATED,
        observed("hcg", False, "2026-02-12"),
        observed("hcg", True, "2026-02-27"),
        observed("hcg", False, "2026-02-27"),
    )
    (fact,) = [one for one in changes.facts if one.fact == "with_child"]
    assert fact.kind == "disputed"
    assert "sources disagree" in fact_words(fact, "clinician")


def test_an_urgent_alert_is_raised_and_cleared() -> None:
    child = {**MAN, "birthDate": "2020-01-01"}
    glowing = condition("c-glow", onsetDateTime="2026-02-25", recordedDate="2026-02-25")
    changes = since(glowing, observed("anything", True, "2026-02-01"), patient=child)
    alert = of(changes, "alert", "dark")
    assert (alert.before, alert.after) == ("silent", "raised")
    assert [fact.fact for fact in alert.because] == ["glow"]
    assert "URGENT: A glowing child is seen today." in said(changes)
    back = compare(plan(glowing, patient=child), plan(observed("anything", True), patient=child))
    assert of(back, "alert", "dark").after in ("", "silent")


def test_an_alert_that_fell_silent_is_not_called_cleared() -> None:
    """What raised it is only too old to count: that is no all clear."""
    pack = load_pack("bpdcn")
    platelets = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "LDH"},
        "valueQuantity": {"value": 900, "unit": "U/L"},
        "referenceRange": [{"high": {"value": 250, "unit": "U/L"}}],
        "effectiveDateTime": "2026-03-01",
    }
    now = plan_from(facts_of(pack, condition(text="skin nodule"), platelets, as_of="2026-06-01"))
    changes = compare(earlier_plan(now.facts, moment("2026-03-02")), now)
    for alert in (one for one in changes.found if one.sort == "alert" and one.before == "raised"):
        truth = now.verdicts.truth(f"alert:{alert.id}:when")
        assert (alert.after == "silent") == (
            truth is None and alert.id not in {a.alert.id for a in now.alerts}
        )
        if alert.after == "silent":
            assert "not settled either" in change_words(alert, "clinician")


def test_tasks_options_and_tracks_come_with_the_position() -> None:
    changes = since(
        DATED,
        STAGED | {"performedDateTime": "2026-02-25"},
        observed("lux", 3.6, "2026-02-25"),
        day="2026-02-01",
    )
    assert of(changes, "option", "quill").moved
    task = of(changes, "task", "stage")
    assert (task.moved, task.after) == (True, "done")
    text = said(changes)
    assert "Weighed at this position: " in text
    assert "Done already: Stage" in text


def test_a_new_line_of_treatment_is_told() -> None:
    changes = since(DATED, dose("quill", "2026-02-25"), dose("quill", "2026-02-26"))
    assert of(changes, "line").title.startswith("line 1: ")
    assert "new: line 1:" in said(changes)


def test_a_declined_task_is_no_news_for_the_person() -> None:
    nursing = observed("nursing", True, "2026-02-25")
    changes = since(DATED, observed("anything", True, "2026-02-01"), nursing, patient=WOMAN)
    task = of(changes, "task", "nurse")
    assert task.after == "declined"
    assert change_words(task, "clinician") == "declined: Speak of nursing"
    assert change_words(task, "patient") == ""


def test_criteria_are_never_told_to_a_patient_nor_adult_numbers_of_a_child() -> None:
    changes = since(DATED, observed("lux", 3.6, "2026-02-25"))
    assert all(change_words(one, "patient") == "" for one in changes.found if one.sort == "criterion")
    pack = load_pack("bpdcn")
    child = {**WOMAN, "birthDate": "2020-05-05"}
    albumin = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "albumin"},
        "valueQuantity": {"value": 3.1, "unit": "g/dL"},
        "effectiveDateTime": NOW,
    }
    now = plan_from(facts_of(pack, condition(text="BPDCN"), albumin, patient=child))
    turned = {
        one.id
        for one in compare(earlier_plan(now.facts, moment(BEFORE)), now).found
        if one.sort == "criterion"
    }
    assert not turned & set(pack.about.adult_numbers)


# --- the earlier plan --------------------------------------------------------------------------------


def test_the_earlier_plan_is_the_replay() -> None:
    now = plan(DATED, observed("lux", 3.0, "2026-02-15"), observed("lux", 3.6, "2026-03-01"))
    then = earlier_plan(now.facts, moment(BEFORE))
    assert as_dict(then) == as_dict(
        plan(DATED, observed("lux", 3.0, "2026-02-15"), observed("lux", 3.6, "2026-03-01"), as_of=BEFORE)
    )


def test_answers_count_from_the_day_on_which_they_were_said() -> None:
    content = {"given": {"lux": {"value": 3.6, "when": "2026-02-10", "said": "2026-03-01"}, "wish": "rest"}}
    sheet = sheet_of(
        {"given": {**content["given"], "lux": {**content["given"]["lux"], "value": "3.6"}}}, lantern(), "here"
    )  # type: ignore[dict-item]
    record = parse_record(bundle_text(DATED))
    now = plan_from(extract(record, lantern(), as_of=NOW, answers=sheet.answers))
    then = earlier_plan(now.facts, moment(BEFORE))
    assert not then.facts["lux"].known
    assert not then.facts["wish"].known
    lux, wish = (
        next(one for one in compare(then, now).facts if one.fact == name) for name in ("lux", "wish")
    )
    assert (lux.late, wish.late) == (True, False)
    with pytest.raises(AnswerError, match="`said` is not a date"):
        sheet_of({"given": {"lux": {"value": "3.6", "said": "soon"}}}, lantern(), "here")


def test_an_older_record_is_as_of_its_newest_entry() -> None:
    old = parse_record(bundle_text(DATED, observed("lux", 3.0, "2026-02-15")))
    now = plan(DATED, observed("lux", 3.6, "2026-03-01"))
    then = earlier_plan(now.facts, None, old)
    assert str(then.facts.as_of) == "2026-02-15"
    assert str(earlier_plan(now.facts, moment(BEFORE), old).facts.as_of) == BEFORE
    assert of(compare(then, now), "criterion", "lux_enough").before == "false"
    empty = earlier_plan(now.facts, None, Record(None, (), {}, (), ()))
    assert empty.facts.as_of == now.facts.as_of


def test_two_people_are_not_compared() -> None:
    now = plan(DATED)
    for other in ({**WOMAN, "birthDate": "1950-01-01"}, MAN):
        with pytest.raises(AnswerError, match="the two records have different"):
            earlier_plan(now.facts, None, parse_record(bundle_text(DATED, patient=other)))
    with pytest.raises(AnswerError, match="lies after the day of the plan"):
        earlier_plan(now.facts, moment("2026-05-01"))


# --- always --------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(
    old=st.lists(st.sampled_from(RESOURCES), max_size=5, unique_by=id),
    new=st.lists(st.sampled_from(RESOURCES), max_size=5, unique_by=id),
    day=st.sampled_from(["2026-03-02", "2026-02-01", "2025-06-01"]),
)
def test_every_change_is_explained(old: list[dict[str, Any]], new: list[dict[str, Any]], day: str) -> None:
    before, after = plan(*old, as_of=day), plan(*new)
    changes = compare(before, after)
    for change in changes.found:
        assert change.because or change.by_time or change.moved or change.sort == "line", change
        for fact in change.because:
            assert (
                fact.before.state != fact.after.state
                or fact.before.value != fact.after.value
                or (fact.before.when != fact.after.when)
            )
    for audience in ("clinician", "patient"):
        assert summary(changes, audience)
        for told in said_changes(changes, audience):
            assert told.text
    turned = [name for name in before.verdicts if before.verdicts[name].word != after.verdicts[name].word]
    assert {one.id for one in changes.found if one.sort == "criterion"} == set(turned)
    assert changes.nothing == (not changes.found and not changes.facts)
    found = as_dict(after, changes=changes)
    validator().validate(found)
    assert ("found" in found["changes"]) and len(found["changes"]["found"]) == len(changes.found)


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_the_text_has_them_near_the_top_in_80_columns(audience: str) -> None:
    now = plan(DATED, WICK, observed("lux", 3.6, "2026-02-25"))
    changes = compare(earlier_plan(now.facts, moment(BEFORE)), now)
    text = write(now, "text", audience=audience, changes=changes)
    assert "WHAT HAS CHANGED" in text
    assert text.index("WHAT HAS CHANGED") < text.index("WHERE ")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "WHAT HAS CHANGED" not in write(now, "text", audience=audience)
