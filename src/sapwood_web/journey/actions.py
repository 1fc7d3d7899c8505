"""Everything that the rooms of a patient change: one deed, one transaction, one event of the trail."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.models import Person
from sapwood_web.audit.actions import record_event
from sapwood_web.records.models import Answer, DailyEntry, LeftOpen, Picture, Record
from sapwood_web.records.pictures import kind_of
from sapwood_web.records.reading import check_answer


@transaction.atomic
def keep_answer(
    person: Person, record: Record, *, fact: str, value: str, when: str, specimen: str = "", high: str = ""
) -> Answer:
    """Keeps one answer the moment it is given; AnswerError where the fact cannot have that value."""
    why = _may(person, record, "answer")
    said = {"fact": fact, "value": value, "when": when, "by": policies.assurance_of(person)}
    said |= {name: text for name, text in (("specimen", specimen), ("high", high)) if text}
    check_answer(said)
    answer = Answer(record=record, by=person, at=timezone.now())
    answer.keep(said)
    answer.save()
    _close(record, fact, specimen)
    _note("added a fact", person, record, f"answer {answer.pk}", why)
    return answer


@transaction.atomic
def leave_open(
    person: Person, record: Record, *, fact: str, why: str, specimen: str = "", value: str = ""
) -> LeftOpen:
    """Keeps that a question was skipped, is not known to them, lacks its day, or waits for a report."""
    allowed = _may(person, record, "answer")
    _close(record, fact, specimen)
    said = {
        "fact": fact,
        "specimen": specimen,
        "why": why,
        "value": value,
        "by": policies.assurance_of(person),
    }
    row = LeftOpen(record=record, by=person, at=timezone.now())
    row.keep(said)
    row.save()
    _note("left a question open", person, record, f"question {row.pk}", allowed)
    return row


@transaction.atomic
def ask_again(person: Person, row: LeftOpen) -> None:
    """Has a question that was left open asked once more."""
    why = _may(person, row.record, "answer")
    what = f"question {row.pk}"
    row.delete()
    _note("took a question up again", person, row.record, what, why)


def attach(person: Person, record: Record, *, data: bytes, about: str) -> Picture:
    """Keeps a photograph or a file of a report; RecordError for any other kind, and nothing is kept."""
    policies.check_pace(person, "upload")
    return _attach(person, record, data, kind_of(data), about)


@transaction.atomic
def _attach(person: Person, record: Record, data: bytes, kind: str, about: str) -> Picture:
    why = _may(person, record, "attach")
    picture = Picture(record=record, by=person, at=timezone.now())
    picture.keep(data, kind, about)
    picture.save()
    _note("attached a report", person, record, f"picture {picture.pk}", why)
    return picture


@transaction.atomic
def remove_picture(person: Person, picture: Picture) -> None:
    """Takes a photograph away: whoever attached it, or the owner of the record."""
    access = permissions.check("attach", picture.record, person, timezone.now())
    _check_own(person, picture, access)
    what = f"picture {picture.pk}"
    picture.delete()
    _note("removed a report", person, picture.record, what, access.why)


@transaction.atomic
def keep_day(person: Person, record: Record, said: dict[str, str]) -> DailyEntry:
    """Keeps what was measured on one day, in the words of whoever measured it."""
    why = _may(person, record, "answer")
    entry = DailyEntry(record=record, by=person, at=timezone.now())
    entry.keep({**said, "by": policies.assurance_of(person)})
    entry.save()
    _note("kept a day", person, record, f"day {entry.pk}", why)
    return entry


@transaction.atomic
def remove_day(person: Person, entry: DailyEntry) -> None:
    """Takes a day's entry back: whoever made it, or the owner of the record."""
    access = permissions.check("answer", entry.record, person, timezone.now())
    _check_own(person, entry, access)
    what = f"day {entry.pk}"
    entry.delete()
    _note("took a day back", person, entry.record, what, access.why)


def _may(person: Person, record: Record, deed: str) -> str:
    """Why they may add to the record; NotYoursError, or NotNowError while its owner lets nothing be kept."""
    access = permissions.check(deed, record, person, timezone.now())
    policies.check_keeping(record)
    return access.why


def _check_own(person: Person, row: Any, access: permissions.Access) -> None:
    if row.by_id != person.pk and access.scope < permissions.OWN:
        raise permissions.NotYoursError


def _close(record: Record, fact: str, specimen: str) -> None:
    """A question is open once at most: what was said last about it stands."""
    for row in record.left_open.all():
        if (row.said["fact"], row.said["specimen"]) == (fact, specimen):
            row.delete()


def _note(deed: str, person: Person, record: Record, what: str, why: str) -> None:
    record_event(deed, actor=person.subject, about=record.subject, what=what, why=why)
