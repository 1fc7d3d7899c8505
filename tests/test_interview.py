"""An interview: it ends, it asks only what would change something, and a resumed one says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import bundle_text, condition, lantern, observed, small_pack
from test_asking import DIAGNOSED, RESOURCES, WICK

from sapwood.answers import as_moment, parse_setting
from sapwood.answers_file import keep, left_open, read_content
from sapwood.contract import as_dict
from sapwood.interview import Interview, Matter, Prompt, begin, closing, opening, reply
from sapwood.pack import Pack, load_pack
from sapwood.record import Record, parse_record

TODAY = "2026-03-02"
MAN = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1960-05-05"}
NOTHING = Record(None, (), {}, (), ())


def matter(
    *resources: dict[str, Any], pack: Pack | None = None, audience: str = "clinician", **more: Any
) -> Matter:
    as_of = as_moment(more.pop("as_of", TODAY))
    assert as_of is not None
    record = parse_record(bundle_text(*resources, patient=more.pop("patient", MAN))) if resources else NOTHING
    return Matter(record, pack or lantern(), as_of, audience, **more)


def start(*resources: dict[str, Any], content: Any = None, again: bool = False, **more: Any) -> Interview:
    return begin(matter(*resources, **more), content or {}, again=again)


def asked(interview: Interview) -> str:
    assert interview.prompt is not None
    return interview.prompt.question.fact


def till(interview: Interview, fact: str) -> Interview:
    """The interview with everything skipped that comes before a question."""
    while asked(interview) != fact:
        interview, _ = reply(interview, "skip")
    return interview


def through(interview: Interview, answer: Callable[[Prompt], str]) -> Interview:
    """The whole interview; every reply here must lead on."""
    for _ in range(500):
        if interview.prompt is None:
            return interview
        assert asked(interview) in {question.fact for question in interview.plan.questions}
        following, said = reply(interview, answer(interview.prompt))
        assert following.prompt != interview.prompt, said
        interview = following
    raise AssertionError("it does not end")


def favourable(prompt: Prompt) -> str:
    """Answers that open every gate of quill."""
    if prompt.sort == "specimen":
        return "skin biopsy"
    if prompt.sort in ("day", "limit"):
        return "today" if prompt.sort == "day" else "40"
    wanted = {"age_years": "60", "lux": "36 g/L", "lux_today": "3.6", "lux_baseline": "3.6", "wick": "40",
              "weight": "70", "fog": "no", "with_child": "no", "nursing": "no", "wish": "everything"}  # fmt: skip
    return wanted.get(prompt.question.fact, "yes")


# --- what is asked --------------------------------------------------------------------------------


def test_the_first_question_is_the_first_of_the_plan() -> None:
    interview = start(condition("c-glow"), observed("ember", True, bodySite={"text": "skin"}))
    assert interview.prompt is not None
    assert interview.prompt.question == interview.plan.questions[0]
    assert "[skin]" in interview.prompt.text


def test_what_is_asked_follows_the_answers() -> None:
    interview = start(condition("c-glow"))
    assert asked(interview) == "diagnosed"
    yes, _ = reply(interview, "yes")
    assert yes.plan.position.step == "workup"
    assert asked(yes) not in ("diagnosed", "ember")
    no, _ = reply(interview, "no")
    assert asked(no) == "ember"


def test_a_finding_names_its_specimen_and_an_unnamed_one_is_asked_for() -> None:
    interview, _ = reply(start(condition("c-glow")), "no")
    assert interview.prompt is not None
    assert interview.prompt.sort == "specimen"
    interview, _ = reply(interview, "left arm")
    assert interview.prompt is not None
    assert interview.prompt.text == "Is ember positive in this specimen? [left arm]"
    interview, _ = reply(interview, "yes")
    assert interview.content["specimens"][0]["name"] == "left arm"
    assert interview.prompt is not None
    assert "[left arm]" in interview.prompt.text


def test_a_passed_specimen_gives_way_to_the_next() -> None:
    found = [observed("ember", True, bodySite={"text": one}) for one in ("skin", "marrow")]
    interview = till(start(condition("c-glow"), *found), "ash")
    assert interview.prompt is not None
    assert interview.prompt.question.specimen == "skin"
    interview = till(reply(interview, "skip")[0], "ash")
    assert interview.prompt is not None
    assert interview.prompt.question.specimen == "marrow"


def test_a_patient_is_not_asked_what_only_the_team_knows() -> None:
    interview = start(condition("c-glow"), observed("ember", True), audience="patient")
    facts = set()
    while interview.prompt is not None:
        facts.add(asked(interview))
        interview, _ = reply(interview, "skip")
    assert not facts & {"ash", "soot", "diagnosed"}
    said = "\n".join(closing(interview))
    assert "For your team" in said
    assert "ash: Is ash positive in this specimen?" in said


def report_pack() -> Pack:
    """Two stains of one report, and a lump that a patient can see."""
    bring = "Can you take a photograph of the pathology report?"
    stain = {"type": "boolean", "ask": {"text": "Is it expressed?", "bring": bring}}
    lump = {
        "type": "boolean",
        "patient": "your lump",
        "ask": {"text": "Is a nodule present?", "patient": "Is there a lump?"},
    }
    return small_pack(
        {"lump": lump, "cd8": stain, "cd9": stain},
        criteria={
            "typed": {"is": "cd8 AND cd9", "means": "Both stains."},
            "seen": {"is": "lump", "means": "A nodule.", "patient": {"text": "You have a lump."}},
        },
        pathway={
            "steps": [
                {
                    "id": "a",
                    "title": "A",
                    "opens": "seen OR typed",
                    "patient": {"title": "A lump", "text": "We look."},
                }
            ]
        },
    )


def test_a_patient_reads_a_patients_words() -> None:
    interview = start(pack=report_pack(), audience="patient")
    assert interview.prompt is not None
    assert interview.prompt.text == "Is there a lump?"
    assert "- where you stand on the way" in reply(interview, "why")[1]
    interview, said = reply(interview, "yes")
    assert said[0] == "Noted: your lump: yes, 2026-03-02."
    assert "Where you stand now: A lump." in closing(interview)
    clinician = start(pack=report_pack())
    assert clinician.prompt is not None
    assert clinician.prompt.text == "Is a nodule present?"


@pytest.mark.parametrize(("word", "why"), [("yes", "will_bring"), ("no", "skipped"), ("skip", "skipped")])
def test_a_photograph_of_the_report_is_asked_for_once_and_is_no_value(word: str, why: str) -> None:
    """The yes to 'can you take a photograph' must never become a positive stain."""
    interview, _ = reply(start(pack=report_pack(), audience="patient"), "no")
    assert interview.prompt is not None
    assert (interview.prompt.sort, interview.prompt.text) == (
        "bring",
        "Can you take a photograph of the pathology report?",
    )
    interview, _ = reply(interview, word)
    assert interview.prompt is None
    assert [one["why"] for one in interview.content["not_answered"]] == [why]
    assert {interview.plan.facts[name].state for name in ("cd8", "cd9")} == {"missing"}
    assert "- cd9: Is it expressed?" in closing(interview)
    resumed = start(pack=report_pack(), audience="patient", content=interview.content)
    assert resumed.prompt is None


def test_what_would_change_nothing_is_not_asked() -> None:
    interview = start(DIAGNOSED, observed("lux", 3.0), WICK)
    facts = set()
    while interview.prompt is not None:
        facts.add(asked(interview))
        interview, _ = reply(interview, "skip")
    assert "weight" not in facts


# --- what can always be typed -----------------------------------------------------------------------


def test_back_takes_an_answer_back() -> None:
    interview = start(condition("c-glow"))
    following, _ = reply(interview, "yes")
    back, _ = reply(following, "back")
    assert (back.content, back.prompt) == (interview.content, interview.prompt)
    assert "first question" in reply(back, "back")[1][0]


def test_why_says_what_would_change() -> None:
    interview = start(condition("c-glow"))
    said = "\n".join(reply(interview, "why do you ask?")[1])
    assert "- the position on the pathway" in said
    patient = start(audience="patient")
    said = "\n".join(reply(patient, "why")[1])
    assert "- where you stand on the way" in said
    assert "`skip`" in said


def test_skipped_and_unknown_are_not_asked_again_but_listed() -> None:
    interview = start(condition("c-glow"))
    interview, _ = reply(interview, "skip")
    resumed = start(condition("c-glow"), content=interview.content)
    assert asked(resumed) != "diagnosed"
    assert asked(start(condition("c-glow"), content=interview.content, again=True)) == "diagnosed"
    assert "- lantern disease diagnosed: left out" in closing(resumed)
    interview, _ = reply(start(condition("c-glow")), "I don't know")
    assert "- lantern disease diagnosed: not known" in closing(interview)
    assert interview.plan.facts["diagnosed"].state == "missing"


def test_what_a_patient_left_open_is_put_to_a_clinician() -> None:
    patient = start(DIAGNOSED, audience="patient")
    fact = asked(patient)
    patient, _ = reply(patient, "I don't know")
    assert (fact, "") in start(DIAGNOSED, content=patient.content, audience="patient").asked
    assert till(start(DIAGNOSED, content=patient.content), fact).prompt is not None


def test_quitting_ends_it_and_keeps_everything() -> None:
    interview, _ = reply(start(condition("c-glow")), "no")
    left, _ = reply(interview, "quit")
    assert left.prompt is None
    assert left.content == interview.content
    assert "could still change something" in closing(left)[0]


# --- values, units, days ----------------------------------------------------------------------------


def test_a_unit_is_asked_for_openly_and_read() -> None:
    interview = till(start(DIAGNOSED), "lux")
    assert interview.prompt is not None
    assert "without one it is taken as g/dL" in interview.prompt.help[0]
    interview, said = reply(interview, "33 g/L on 1 March 2026")
    assert said[0] == "Noted: lux: 3.3 g/dL, 2026-03-01."
    assert interview.content["given"]["lux"]["value"] == "33 g/L"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("33", "That cannot be used (outside the plausible 0.5 to 10 g/dL): give a number in g/dL"),
        ("33 kg", "in a unit that cannot be turned into g/dL"),
        ("high", "words where a number belongs"),
        ("3.3 on 2026-05-01", "2026-05-01 lies after the day of this plan"),
    ],
)
def test_a_refused_value_gets_one_sentence_and_the_question_again(text: str, why: str) -> None:
    interview = till(start(DIAGNOSED), "lux")
    following, said = reply(interview, text)
    assert (following.content, following.prompt, len(said)) == (interview.content, interview.prompt, 1)
    assert why in said[0]


def test_a_value_that_ages_needs_its_day() -> None:
    """A value of unknown age would count as of today, and open a gate that it may not open."""
    interview, _ = reply(till(start(DIAGNOSED), "lux"), "3.3")
    assert interview.prompt is not None
    assert (interview.prompt.sort, interview.content.get("given")) == ("day", None)
    assert "a month or a year is enough" in interview.prompt.help[0]
    assert "no day that could be read" in reply(interview, "soon")[1][0]
    dated, said = reply(interview, "February 2026")
    assert dated.content["given"]["lux"]["when"] == "2026-02"
    old, said = reply(interview, "2025")
    assert "it does not count here" in said[0]
    assert not old.plan.facts["lux"].known
    undated, _ = reply(interview, "I don't know")
    assert not undated.plan.facts["lux"].known
    assert "- lux: said, but without a day, so it cannot count" in closing(undated)


def test_a_limit_of_normal_is_asked_for_where_a_sentence_reads_it() -> None:
    interview = till(start(DIAGNOSED), "wick")
    interview, _ = reply(interview, "400 U/L")
    assert interview.prompt is not None
    assert interview.prompt.sort == "limit"
    interview, _ = reply(interview, "40")
    interview, _ = reply(interview, "today")
    assert interview.plan.facts.values["wick_fine"] is False


def test_an_urgent_alert_does_not_wait_until_the_end() -> None:
    interview = start(condition("c-glow"), patient={**MAN, "birthDate": "2020-01-01"})
    assert "URGENT: A glowing child is seen today." in opening(interview)
    interview = till(start(audience="patient"), "glow")
    interview, _ = reply(interview, "yes")
    interview, said = reply(till(interview, "age_years"), "6")
    assert "URGENT: A glowing child is seen today." in said


# --- the patient's own word -------------------------------------------------------------------------


def gates_open(interview: Interview) -> list[str]:
    pack = interview.matter.pack
    gates = [name for name, role in pack.roles.items() if role == "gate"]
    return [name for name in gates if interview.plan.verdicts[name].value is True]


def test_a_patients_own_word_opens_no_gate_and_a_clinicians_does() -> None:
    patient = through(start(DIAGNOSED, audience="patient"), favourable)
    assert {answer.by for answer in patient.sheet.answers} == {"patient"}
    assert gates_open(patient) == []
    every = [parse_setting(text, lantern()) for text in ("lux=3.6", "fog=no", "with_child=no")]
    told = [replace(answer, by="patient") for answer in every]
    patient = through(
        start(DIAGNOSED, observed("wick", 40), audience="patient", more=tuple(told)), favourable
    )
    assert gates_open(patient) == []
    clinician = through(start(DIAGNOSED), favourable)
    assert {answer.by for answer in clinician.sheet.answers} == {"clinician"}
    assert gates_open(clinician) == ["quill_may_start"]
    standing = {one.option.id: one.standing for one in clinician.plan.options}
    assert standing["quill"] == "recommended"


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_patients_interview_opens_no_gate_of_bpdcn(word: str) -> None:
    def answer(prompt: Prompt) -> str:
        if prompt.sort in ("day", "limit", "specimen"):
            return {"day": "today", "limit": "40", "specimen": "skin"}[prompt.sort]
        definition = pack.facts[prompt.question.fact]
        if definition.type == "boolean":
            return word
        if prompt.choices:
            return prompt.choices[0][0]
        if definition.type == "instant":
            return "2026-01"
        low = definition.plausible[0] if definition.plausible else 1
        return str(max(low, 60 if definition.unit == "a" else low))

    pack = load_pack("bpdcn")
    interview = through(start(pack=pack, audience="patient"), answer)
    assert interview.sheet.answers
    assert gates_open(interview) == []


# --- it ends, and it can be left and resumed ----------------------------------------------------------

REPLIES = [
    "yes",
    "no",
    "3.6",
    "36 g/L on 2026-02",
    "60",
    "rest",
    "today",
    "skin",
    "skip",
    "I don't know",
    "back",
    "why",
    "",
    "x",
]


@settings(max_examples=25)
@given(
    chosen=st.lists(st.sampled_from(RESOURCES), max_size=4, unique_by=id),
    typed=st.lists(st.sampled_from(REPLIES), max_size=40),
    audience=st.sampled_from(["patient", "clinician"]),
)
def test_an_interview_always_ends(chosen: list[dict[str, Any]], typed: Sequence[str], audience: str) -> None:
    interview = start(DIAGNOSED, *chosen, audience=audience)
    for text in typed:
        if interview.prompt is None:
            break
        before = interview
        interview, _ = reply(interview, text)
        if text not in ("back",) and interview.content is not before.content:
            assert len(interview.asked) > len(before.asked)
    seen: set[tuple[str, str]] = set()
    while interview.prompt is not None:
        question = interview.prompt.question
        assert question.fact in {one.fact for one in interview.plan.questions}
        if interview.prompt.sort == "value":
            assert (question.fact, question.specimen) not in seen
            seen.add((question.fact, question.specimen))
        interview, _ = reply(interview, "skip")
    assert closing(interview)


@pytest.mark.parametrize("audience", ["patient", "clinician"])
def test_a_resumed_interview_gives_the_same_plan(audience: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    whole = through(start(condition("c-glow"), audience=audience), favourable)
    parts = start(condition("c-glow"), audience=audience)
    while parts.prompt is not None:
        while parts.begun is not None or parts.content == {} or not path.exists():
            parts, _ = reply(parts, favourable(parts.prompt))
            if parts.begun is None and parts.content:
                keep(path, parts.content)
        parts = begin(matter(condition("c-glow"), audience=audience), read_content(path))
        if parts.prompt is not None:
            content = parts.content
            while parts.content is content and parts.prompt is not None:
                parts, _ = reply(parts, favourable(parts.prompt))
            keep(path, parts.content)
    assert as_dict(parts.plan) == as_dict(whole.plan)
    assert left_open(parts.content, lantern(), "") == left_open(whole.content, lantern(), "")


def test_a_value_that_has_grown_old_is_asked_for_again() -> None:
    interview, _ = reply(till(start(DIAGNOSED), "lux"), "3.6 on 2026-03-01")
    later = start(DIAGNOSED, content=interview.content, as_of="2026-06-01", again=True)
    assert till(later, "lux").prompt is not None


def test_nobody_is_asked_on_after_a_death() -> None:
    pack = load_pack("bpdcn")
    dead = {**MAN, "deceasedBoolean": True}
    interview = start(condition(text="skin nodule"), pack=pack, patient=dead)
    assert interview.plan.deceased
    asked_for = {question.fact for question in interview.questions}
    assert asked_for <= {question.fact for question in interview.plan.questions}
