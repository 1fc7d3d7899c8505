"""The plan as it was at an earlier moment: the same record replayed, or an older record of the same person."""

from __future__ import annotations

from dataclasses import replace

from sapwood.errors import AnswerError, Problem
from sapwood.facts import Facts, extract
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record
from sapwood.values import Moment, is_later
from sapwood.verdicts import evaluate_all


def plan_from(facts: Facts) -> Plan:
    """The plan that follows from some facts."""
    return make_plan(locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts)), facts)


def earlier_plan(facts: Facts, since: Moment | None = None, record: Record | None = None) -> Plan:
    """The plan as of `since` by what was known then; of an older `record`, by default as of its newest entry.

    What has no date, and answers without a day, are of the later plan. Raises AnswerError where `since` lies after
    it, or where the older record is of somebody else.
    """
    if since is not None and is_later(since, facts.as_of):
        raise AnswerError(
            Problem("--since", f"lies after the day of the plan ({facts.as_of})", "Name an earlier day.")
        )
    if record is not None:
        _check_same_person(facts.record, record)
    answers = tuple(
        answer if answer.when is not None else replace(answer, when=facts.as_of) for answer in facts.answers
    )
    moment = since or facts.as_of
    before = extract(record or facts.record, facts.pack, as_of=moment, answers=answers)
    if since is None and record is not None:
        newest = before.whole.span[1]
        if newest is not None:
            before = extract(record, facts.pack, as_of=newest, answers=answers)
    return plan_from(before)


def _check_same_person(now: Record, then: Record) -> None:
    for what, one, other in (
        ("birth dates", now.birth_date, then.birth_date),
        ("sexes", now.gender, then.gender),
    ):
        if one and other and one != other:
            raise AnswerError(
                Problem(
                    "--before", f"the two records have different {what}", "Name two records of one person."
                )
            )
