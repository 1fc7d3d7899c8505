"""What to ask next: ranked by what it would change, and true to what answering really changes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small_packs import condition, facts_of, lantern, observed, plan_of, quantity

from sapwood.answers import Answer
from sapwood.criteria.settle import candidate_answers
from sapwood.pathway import stands_on
from sapwood.plan import Plan
from sapwood.values import Value

DIAGNOSED = condition(text="lantern disease", onsetDateTime="2026-02-20")
WICK = observed("wick", quantity(40, "U/L"), referenceRange=[{"high": quantity(40, "U/L")}])


def plan(*resources: dict[str, Any], **more: Any) -> Plan:
    return plan_of(lantern(), *resources, **more)


def test_what_moves_the_position_comes_first() -> None:
    questions = plan(condition("c-glow"), observed("ember", True, bodySite={"text": "skin"})).questions
    first = questions[0]
    assert "position" in first.would_change
    assert first.fact in ("ash", "soot", "diagnosed")
    moves = ["position" in question.would_change for question in questions[:3]]
    assert all(moves)


def test_a_question_names_its_specimen() -> None:
    questions = plan(condition("c-glow"), observed("ember", True, bodySite={"text": "skin"})).questions
    assert {question.specimen for question in questions if question.fact == "ash"} == {"skin"}


def test_what_is_known_or_does_not_apply_is_not_asked() -> None:
    asked = {question.fact for question in plan(DIAGNOSED, observed("lux", 3.6), WICK).questions}
    assert not asked & {"lux", "wick", "diagnosed", "age_years"}
    man = {"resourceType": "Patient", "id": "p", "gender": "male"}
    assert "nursing" not in {question.fact for question in plan(DIAGNOSED, patient=man).questions}


def test_what_would_change_nothing_is_not_asked() -> None:
    asked = {question.fact for question in plan(DIAGNOSED, observed("lux", 3.0), WICK).questions}
    assert "weight" not in asked


def test_questions_carry_the_packs_words() -> None:
    by_fact = {question.fact: question for question in plan(DIAGNOSED, patient=None).questions}
    assert (by_fact["age_years"].ask, by_fact["age_years"].of) == ("How old is the person?", "either")
    assert by_fact["lux"].of == "clinician"


RESOURCES = [
    DIAGNOSED,
    condition("c-glow"),
    observed("ember", True, bodySite={"text": "skin"}),
    observed("ember", True),
    observed("ash", False, bodySite={"text": "skin"}),
    observed("soot", False),
    observed("lux", 3.6),
    observed("lux", 3.0, "2026-02-20"),
    WICK,
    observed("hcg", False),
    observed("anything", True, "2026-02-20"),
]


@settings(max_examples=15)
@given(chosen=st.lists(st.sampled_from(RESOURCES), max_size=6, unique_by=id))
def test_really_answering_changes_what_was_said(chosen: list[dict[str, Any]]) -> None:
    before = plan(*chosen)
    pack = lantern()
    for question in before.questions:
        outcomes: set[str] = set()
        for value in answers(before, question.fact):
            if question.fact == "wick":
                break  # its limit comes with the laboratory's own value
            answer = Answer(question.fact, value, specimen=question.specimen)
            facts = facts_of(pack, *chosen, answers=[answer])
            outcomes |= {
                name
                for name in pack.criteria
                if facts.values[name] is not None and before.facts.values[name] is None
            }
            outcomes |= {
                option.id
                for option in pack.pathway.options
                for name in pack.sentences
                if name.startswith(f"option:{option.id}:")
                and facts.values[name] is not None
                and before.facts.values[name] is None
            }
            if stands_on(pack.pathway, lambda name, facts=facts: facts.values[name]) != before.position.step:  # type: ignore[misc]
                outcomes.add("position")
        else:
            said = set(question.would_change)
            if not said & outcomes:  # alone it changes nothing: it is one of a few that settle it together
                assert all(question.fact in before.verdicts[name].missing for name in said), question
            else:
                assert said <= outcomes, question


def answers(before: Plan, fact: str) -> tuple[Value, ...]:
    pack = lantern()
    definition = pack.facts[fact]
    trees = [pack.sentences[name].tree for name in pack.dependents.get(fact, ())]
    words = tuple(str(word) for word in definition.values)
    return candidate_answers(definition.kind, words, trees, fact, as_of=before.facts.as_of)
