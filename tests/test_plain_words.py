"""The patient's words of a plan: what is shown, what is left out and counted, and what is never marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from small_packs import condition, observed, plan_of, quantity, small_pack

from sapwood.plain_words import PlainPlan, alike, day_words, plain_plan

GLOW = {"in": "Condition", "words": ["lantern disease"]}
FACTS: dict[str, Any] = {
    "ill": {"type": "boolean", "find": [GLOW], "patient": "the name of your illness"},
    "lux": {
        "type": "quantity",
        "unit": "g/dL",
        "find": [{"in": "Observation", "codes": {"lab": ["lux"]}}],
        "ask": {"text": "What is lux?", "of": "clinician"},
        "patient": "lux, a blood test",
    },
    "rash": {
        "type": "boolean",
        "find": [{"in": "Observation", "codes": {"lab": ["rash"]}}],
        "ask": {"text": "Is there a rash?", "of": "either", "patient": "Do you have a rash?"},
        "patient": "a rash",
    },
    "refused": {"type": "boolean", "find": [{"in": "Observation", "codes": {"lab": ["refused"]}}]},
    "age_years": {"type": "quantity", "unit": "a", "from_record": "birth_age_years"},
    "start": {"type": "instant", "derived": "ill.when"},
}
CRITERIA: dict[str, Any] = {
    "child": {"is": "age_years < 18", "means": "A child."},
    "known": {"is": "ill", "means": "It is known.", "patient": {"text": "You have lantern disease."}},
    "lux_ok": {
        "is": "lux >= 3",
        "means": "Lux is fine.",
        "rule_set": "label",
        "reversible": "Wait.",
        "patient": {"text": "Your lux is fine.", "change": "Your lux goes up with rest."},
    },
}
OPTION: dict[str, Any] = {
    "id": "quill",
    "title": "Quill",
    "steps": ["care"],
    "requires": [{"when": "lux_ok", "text": "lux", "patient": "It needs your lux to be high enough."}],
    "rules_out": [{"when": "rash", "text": "rash", "patient": "You have a rash."}],
    "for": [{"text": "works", "patient": "It has helped people."}],
    "against": [{"text": "tires", "patient": "It can make you tired."}],
    "patient": {"title": "Quill, a drug", "text": "A drug by drip."},
}
PATHWAY: dict[str, Any] = {
    "steps": [
        {
            "id": "care",
            "title": "Care",
            "opens": "known",
            "patient": {"title": "Care", "text": "You are in care.", "change": "A talk about drugs."},
        }
    ],
    "options": [OPTION],
    "tasks": [
        {"id": "see", "title": "See", "why": "Now.", "patient": {"title": "A visit", "text": "To talk."}},
        {
            "id": "needle",
            "title": "Needle",
            "why": "Now.",
            "declined": "refused",
            "patient": {"title": "A needle", "text": "To look."},
        },
    ],
    "alerts": [
        {
            "id": "hold",
            "title": "Lux",
            "severity": "hold",
            "when": "lux < 3",
            "message": "Hold.",
            "unknown_message": "Check lux.",
            "patient": {"title": "Lux", "text": "Your team waits.", "unknown": "Your lux."},
        },
        {"id": "only", "title": "For clinicians", "severity": "urgent", "when": "rash", "message": "Rash."},
    ],
    "follow_up": [
        {
            "id": "look",
            "title": "Look",
            "since": "start",
            "phases": [{"every": ["1mo", "3mo"]}],
            "patient": {"title": "A skin check"},
        }
    ],
}
ABOUT = {
    "patient_notice": "Talk with your team.",
    "no_signal_patient": "Nothing points to it.",
    "adult_only_patient": "This is for adults.",
    "call_patient": "Call when hot.",
    "adult_when_false": "child",
    "title": "Small",
}
ILL = condition(text="lantern disease", onsetDateTime="2026-02-01", recordedDate="2026-02-01")


def words(*resources: dict[str, Any], about: dict[str, Any] | None = None, **more: Any) -> PlainPlan:
    pack = small_pack(FACTS, criteria=CRITERIA, pathway=PATHWAY, about={**ABOUT, **(about or {})})
    return plain_plan(plan_of(pack, *resources, **more))


def lux(value: float) -> dict[str, Any]:
    return observed("lux", quantity(value, "g/dL"))


def test_an_open_option_could_be_a_choice() -> None:
    (choice,) = words(ILL, lux(4), observed("rash", False)).choices
    assert choice.standing == "possible"
    assert choice.sentence == "This could be a choice to talk about."
    assert (choice.good, choice.mind) == (("It has helped people.",), ("It can make you tired.",))


def test_a_closed_option_is_not_now_with_its_reason_and_what_would_change_it() -> None:
    (choice,) = words(ILL, lux(2), observed("rash", True)).choices
    assert (
        choice.sentence
        == "Not now, because it needs your lux to be high enough; and because you have a rash."
    )
    assert choice.change == ("Your lux goes up with rest.",)


def test_what_is_not_now_for_one_reason_is_said_once() -> None:
    (choice,) = words(ILL, lux(2), observed("rash", True)).choices
    other = replace(choice, title="Candle")
    open_ = replace(choice, title="Rest", standing="possible")
    assert alike([choice, open_, other]) == ((choice, other), (open_,))


def test_an_option_that_cannot_be_told_names_what_is_missing() -> None:
    (choice,) = words(ILL).choices
    assert choice.standing == "cannot_tell"
    assert (
        choice.sentence
        == "Your team does not know yet, because these are still missing: lux, a blood test; a rash."
    )


def test_a_hold_speaks_both_when_raised_and_when_it_cannot_be_assessed() -> None:
    assert [one.text for one in words(ILL, lux(2)).now] == ["Your team waits."]
    silent = words(ILL)
    assert silent.now == () and silent.before_doses == ("Your lux.",)


def test_an_option_that_may_not_be_for_them_is_nothing_to_read_yet() -> None:
    for offered, count in {"refused": 0, "known": 1}.items():
        pathway = {**PATHWAY, "options": [{**OPTION, "offered": offered}]}
        plan = plain_plan(plan_of(small_pack(FACTS, criteria=CRITERIA, pathway=pathway, about=ABOUT), ILL))
        assert len(plan.choices) == count


def test_an_option_whose_next_dose_waits_says_so() -> None:
    (choice,) = words(ILL, lux(4), observed("rash", False)).choices
    assert choice.sentence == "This could be a choice to talk about."
    hold = {**PATHWAY["alerts"][0], "id": "wait", "severity": "hold", "when": "known", "about": ["quill"]}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "alerts": [hold]}, about=ABOUT)
    (held,) = plain_plan(plan_of(pack, ILL, lux(4), observed("rash", False))).choices
    assert held.sentence == "It has to wait for now. What needs attention now, at the top, says why."
    silent = {**hold, "when": "refused"}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "alerts": [silent]}, about=ABOUT)
    (open_,) = plain_plan(plan_of(pack, ILL, lux(4), observed("rash", False))).choices
    assert open_.sentence.endswith("Before a dose, your team checks a few things.")


def test_what_is_due_stands_under_the_packs_words_for_who_does_it() -> None:
    whose = ("ward", "lab", "ward")
    tasks = [
        {**PATHWAY["tasks"][0], "id": f"t{number}", "done": "FALSE", "declined": "FALSE", "who": who}
        for number, who in enumerate(whose)
    ]
    about = {**ABOUT, "people": {"lab": "In the lab"}}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "tasks": tasks}, about=about)
    plan = plain_plan(plan_of(pack, ILL))
    assert [(who, len(said)) for who, said in plan.due_by] == [("", 2), ("In the lab", 1)]
    tasks[2] |= {"due": "now", "patient": {"title": "Call", "text": "Call today."}}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "tasks": tasks}, about=about)
    plan = plain_plan(plan_of(pack, ILL))
    assert [who for who, _ in plan.due_by] == ["First", "", "In the lab"] and plan.due[0].title == "Call"


def test_what_was_declined_bears_no_mark() -> None:
    plan = words(ILL, lux(4), observed("refused", True))
    assert [one.title for one in plan.due] == ["A visit"]
    assert "needle" not in repr(plan).lower()
    assert plan.declined and words(ILL, lux(4), observed("refused", False)).declined == ""


def test_a_line_without_words_is_left_out_and_counted() -> None:
    quiet, loud = words(ILL, lux(4), observed("rash", False)), words(ILL, lux(4), observed("rash", True))
    assert quiet.left_out == 0
    assert loud.left_out == 1 and "For clinicians" not in repr(loud)


def test_questions_go_to_the_one_who_can_answer() -> None:
    plan = words(ILL)
    assert plan.ask == ("Do you have a rash?",)
    assert plan.for_team == ("lux, a blood test",)


def test_a_late_date_is_said_without_blame() -> None:
    (due,) = words(ILL, as_of="2026-03-02").follow_up
    assert due.text == "This is due now, and no later than 1 May 2026. It comes round every 1 to 3 months."
    (late,) = words(ILL, as_of="2026-06-02").follow_up
    assert late.text.startswith("This was planned by 1 May 2026, and can still be done. Ask your team")


def test_a_record_without_a_sign_has_its_own_kind_words() -> None:
    plan = words()
    assert plan.here.text == "Nothing points to it." and plan.choices == () and plan.ask == ()


def test_a_page_about_a_child_says_so() -> None:
    child = {"resourceType": "Patient", "id": "p", "birthDate": "2015-01-01"}
    plan = words(ILL, patient=child)
    assert plan.opening[1:] == ('Where it says "you", it means the child.', "This is for adults.")
    assert len(words(ILL).opening) == 1


def test_days_are_written_as_people_write_them() -> None:
    assert day_words(date(2026, 3, 3)) == "3 March 2026"


def test_a_task_of_a_step_left_open_behind_is_named_and_not_told_at_length() -> None:
    later = {
        "id": "after",
        "title": "After",
        "opens": "lux_ok",
        "patient": {"title": "After", "text": "It is over.", "change": "Visits."},
    }
    tasks = [{**PATHWAY["tasks"][0], "steps": ["care"]}, {**PATHWAY["tasks"][1], "steps": ["after"]}]
    pathway = {**PATHWAY, "steps": [*PATHWAY["steps"], later], "tasks": tasks}
    plan = plain_plan(
        plan_of(small_pack(FACTS, criteria=CRITERIA, pathway=pathway, about=ABOUT), ILL, lux(4))
    )
    assert plan.still_open == ("Care",)
    assert [one.title for one in plan.due] == ["A needle"] and plan.from_before == ("a visit",)


def test_a_track_that_matters_later_is_kept_out_of_a_first_talk() -> None:
    track = {
        "id": "donor",
        "title": "Donor",
        "statuses": [{"status": "none", "text": "None.", "patient": "No donor is known yet."}],
        "patient": {"title": "A donor", "unknown": "Not known."},
    }
    later = {
        "id": "after",
        "title": "After",
        "opens": "lux_ok",
        "patient": {"title": "After", "text": "Over."},
    }
    steps = [*PATHWAY["steps"], later]

    def beside(lux_value: float, **more: str) -> list[str]:
        pathway = {**PATHWAY, "steps": steps, "tracks": [{**track, **more}]}
        pack = small_pack(FACTS, criteria=CRITERIA, pathway=pathway, about=ABOUT)
        return [one.text for one in plain_plan(plan_of(pack, ILL, lux(lux_value))).beside]

    assert beside(2) == ["No donor is known yet."]
    assert beside(2, patient_from="after") == []
    assert beside(4, patient_from="after") == ["No donor is known yet."]


def test_where_the_way_is_closed_the_reason_is_said() -> None:
    steps = [{**PATHWAY["steps"][0], "closes": "lux_ok"}]
    about = {**ABOUT, "closed_patient": "No step is open."}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "steps": steps}, about=about)
    plan = plain_plan(plan_of(pack, ILL, lux(4)))
    assert plan.here.text == "No step is open." and plan.why == ("Your lux is fine.",) and plan.next == ""


def test_where_to_look_for_studies_is_not_told_to_somebody_who_wants_none() -> None:
    trial = {
        **OPTION,
        "id": "trial",
        "kind": "trial",
        "requires": [],
        "rules_out": [{"when": "rash", "text": "no"}],
    }
    about = {**ABOUT, "trials_patient": "Look in the register."}
    pack = small_pack(FACTS, criteria=CRITERIA, pathway={**PATHWAY, "options": [trial]}, about=about)
    for rash, said in {False: "Look in the register.", True: ""}.items():
        assert plain_plan(plan_of(pack, ILL, observed("rash", rash))).trials_note == said
