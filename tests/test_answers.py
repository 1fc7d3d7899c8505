"""What people type: read as exactly as a record, with its own source, and refused in one clear line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_packs import TODAY, facts_of, lantern, observed, small_pack

from sapwood.answers import Answer, as_moment, parse_setting, read_answers, sheet_of
from sapwood.errors import AnswerError
from sapwood.values import Range

PACK = lantern()


def refusal(text: str) -> str:
    with pytest.raises(AnswerError) as caught:
        parse_setting(text, PACK)
    return str(caught.value)


def test_an_override_keeps_what_it_overrode() -> None:
    facts = facts_of(PACK, observed("lux", 3.0), told=["lux=3.6"])
    fact = facts["lux"]
    assert (fact.value, fact.assurance, fact.sources) == (Decimal("3.6"), "clinical", ("--set",))
    assert fact.rejected == (("Observation/r1", "overridden by a clinician's answer (it says 3)"),)
    conflict = facts_of(PACK, observed("lux", 3.0), observed("lux", 4.0), told=["lux=3.6"])["lux"]
    assert (conflict.state, len(conflict.rejected)) == ("known", 2)


@pytest.mark.parametrize("which", ["latest", "earliest", "highest", "lowest", "agree"])
def test_an_override_counts_whatever_the_rule(which: str) -> None:
    find = [{"in": "Observation", "codes": {"lab": ["x"]}}]
    pack = small_pack({"x": {"type": "quantity", "unit": "g/dL", "which": which, "find": find}})
    found = [observed("x", value, f"2026-01-0{value}") for value in (1, 5, 9)]
    assert facts_of(pack, *found, told=["x=4"]).values["x"] == 4


def test_an_override_of_any_and_count() -> None:
    find = [{"in": "Observation", "codes": {"lab": ["x"]}}]
    pack = small_pack({"x": {"type": "boolean", "which": "any", "find": find}})
    fact = facts_of(pack, observed("x", True), observed("x", "odd"), told=["x=no"])["x"]
    assert fact.value is False
    assert ("Observation/r1", "overridden by a clinician's answer (it says yes)") in fact.rejected
    counted = small_pack({"x": {"type": "count", "which": "count", "find": find}})
    assert facts_of(counted, told=["x=3"]).values["x"] == 3


def test_what_is_said_to_be_unclear_is_unknown_and_never_no() -> None:
    facts = facts_of(PACK, told=["covered=yes"])
    assert facts.values["fog"] is False
    facts = facts_of(PACK, told=["covered=yes", "fog=unclear", "skin:ember=unclear", "covered=yes"])
    assert facts.values["fog"] is None
    assert (facts["fog"].state, facts["fog"].note) == ("unusable", "said to be unclear")
    assert [group.label for group in facts.groups] == ["skin"]


def test_something_newer_than_an_override_counts() -> None:
    facts = facts_of(PACK, observed("lux", 3.0, "2026-03-01"), told=["lux=3.6@2026-02-20"])
    assert facts.values["lux"] == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("lux=3.4", Decimal("3.4")),
        ("lux=34 g/L", Decimal("3.4")),
        ("lux= <2", Range(Decimal(0), Decimal(2), high_open=True)),
        ("lux=3-4", Range(Decimal(3), Decimal(4))),
        ("glow=yes", True),
        ("glow=negative", False),
        ("wish=REST", "rest"),
    ],
)
def test_settings_are_read(text: str, value: Any) -> None:
    assert parse_setting(text, PACK).value == value


def test_a_setting_may_name_specimen_and_day() -> None:
    answer = parse_setting("skin: ember = yes @ 2026-02-01", PACK)
    assert (answer.specimen, answer.fact, answer.value, str(answer.when)) == (
        "skin",
        "ember",
        True,
        "2026-02-01",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lux", "no `=` in the setting. Write it as FACT=VALUE."),
        ("lxu=3", "--set lxu: the pack has no such fact. Did you mean `lux`?"),
        ("zzz=3", "`sapwood pack show lantern` lists the facts."),
        ("lux=36", "outside the plausible 0.5 to 10 g/dL. Give a number in g/dL, between 0.5 and 10."),
        ("lux=3 kg", "in a unit that cannot be turned into g/dL"),
        ("lux=", "words where a number belongs"),
        ("glow=maybe", "Answer yes or no; leave it out where it is not known."),
        ("glow=", "could not be read as yes or no"),
        ("wish=money", "It is one of: rest, everything."),
        ("lux=3@2024-13-45", "the part after `@` is not a date"),
    ],
)
def test_a_bad_setting_is_refused_with_a_remedy(text: str, said: str) -> None:
    message = refusal(text)
    assert said in message
    assert message.startswith("--set")


def test_a_specimen_of_the_record_can_be_answered() -> None:
    found = observed("ember", True, bodySite={"text": "Left arm"})
    facts = facts_of(PACK, found, told=["left arm:ash=yes"])
    assert [group.label for group in facts.groups] == ["Left arm"]
    assert facts.values["lantern_pattern"] is True
    elsewhere = facts_of(PACK, found, told=["marrow:ash=yes"])
    assert [group.label for group in elsewhere.groups] == ["Left arm", "marrow"]
    assert elsewhere.values["lantern_pattern"] is None


# --- files ---------------------------------------------------------------------------------------


def test_a_file_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(
        "as_of: 2026-03-02\n"
        "given:\n  lux: 3.40\n  glow: true\n  weight: {value: 70, unit: kg, when: 2026-03-01, by: patient}\n"
        "specimens:\n  - {name: skin, ember: yes, ash: weak}\n"
        "lines:\n  - {regimen: quill, doses: [2026-02-02, 2026-02-03], held: [2026-02-04], response: PR}\n"
    )
    sheet = read_answers(path, PACK)
    by_name = {answer.fact: answer for answer in sheet.answers}
    assert str(by_name["lux"].value) == "3.40"
    assert (by_name["weight"].by, str(by_name["weight"].when)) == ("patient", "2026-03-01")
    assert (by_name["ember"].value, by_name["ash"].value, by_name["ash"].specimen) == (True, True, "skin")
    assert str(sheet.as_of) == TODAY
    facts = facts_of(PACK, answers=sheet.answers)
    assert facts.values["lantern_pattern"] is True
    (line,) = facts.treatment.lines
    assert (line.given, line.held, line.response) == (2, 1, "PR")
    assert facts["weight"].assurance == "patient"


def test_plain_facts_need_no_section() -> None:
    sheet = sheet_of({"lux": Decimal("3.4"), "title": "a case"}, PACK, "here")
    assert [answer.value for answer in sheet.answers] == [Decimal("3.4")]


def test_an_empty_answer_is_never_no() -> None:
    for content in ({"glow": None}, {"given": {"glow": {"value": None}}}, {"given": {"fog": None}}):
        with pytest.raises(AnswerError, match="has no value"):
            sheet_of(content, PACK, "here")


def test_doses_after_the_day_are_not_given_yet() -> None:
    sheet = sheet_of({"lines": [{"regimen": "quill", "doses": ["2026-02-02", "2026-04-02"]}]}, PACK, "here")
    (line,) = facts_of(PACK, answers=sheet.answers).treatment.lines
    assert line.given == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "holds no answers"),
        ("words", "holds no answers"),
        ({"given": [1]}, "`given` is not a mapping"),
        ({"given": {}, "gvien": {}}, "unknown key `gvien`"),
        ({"given": {"lux": {"val": 3}}}, "an answer has `value`"),
        ({"given": {"lux": {"value": 3, "by": "aunt"}}}, "`by` is neither clinician nor patient"),
        ({"given": {"lux": {"value": 3, "when": "soon"}}}, "`when` is not a date"),
        ({"given": {"lux": "high"}}, "words where a number belongs"),
        ({"as_of": "soon", "lux": 3}, "not a date"),
        ({"as_of": "2026", "lux": 3}, "not a date"),
        ({"specimens": {"ember": True}}, "a list is needed"),
        ({"specimens": [1]}, "an entry is not a mapping"),
        ({"lines": [{"regimen": "qill"}]}, "names no regimen of the pack"),
        ({"lines": [{"regimen": ["quill"]}]}, "names no regimen of the pack"),
        ({"lines": [{"regimen": "quill", "doses": 3}]}, "a list is needed"),
        ({"lines": [{"regimen": "quill", "doses": ["soon"]}]}, "a dose has no date that exists"),
        ({"lines": [{"regimen": "quill", "dozes": []}]}, "unknown key `dozes`"),
    ],
)
def test_a_bad_file_is_refused_with_a_place(content: Any, said: str) -> None:
    with pytest.raises(AnswerError) as caught:
        sheet_of(content, PACK, "answers.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("answers.yaml")


def test_every_problem_of_a_file_is_named() -> None:
    with pytest.raises(AnswerError) as caught:
        sheet_of({"given": {"lxu": 1, "glow": "maybe", "wish": "money"}}, PACK, "here")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "exact"),
    [("2026-03-02", False), ("2026-03-02T10:00:00Z", True), ("2026-03", None), ("now", None)],
)
def test_as_of_is_a_day_or_an_instant(text: str, exact: bool | None) -> None:
    moment = as_moment(text)
    assert (moment.exact if moment else None) is exact
    assert Answer
