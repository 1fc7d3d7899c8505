"""The follow-up as a calendar that gives nothing away: whole days, stable ids, opaque titles unless asked."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from sapwood.errors import AnswerError, Problem
from sapwood.follow_up import FollowUpStanding
from sapwood.formats.text_ahead import window
from sapwood.plan import Plan

TITLE = "Appointment"
_AHEAD = ("overdue", "due", "planned")


def write(plan: Plan, *, audience: str = "clinician", with_details: bool = False) -> str:
    """The windows of the follow-up as all-day events; what each is for only with `with_details`.

    Raises AnswerError where nothing has a date: a calendar without entries is none.
    """
    dated = [one for one in plan.follow_up if one.status in _AHEAD and one.begins is not None]
    if not dated:
        raise AnswerError(
            Problem("--format ics", "no follow-up of this plan has a date", "Read it as text; it says why.")
        )
    open_ = sum(one.status == "cannot_tell" for one in plan.follow_up)
    calendar = Calendar()
    calendar.add("prodid", "-//Sapwood//Follow-up//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Appointments")
    said = "Windows in which something is due, not fixed appointments."
    calendar.add("x-wr-caldesc", f"{said} {open_} more cannot be dated yet." if open_ else said)
    for standing in dated:
        calendar.add_component(_event(plan, standing, audience, with_details=with_details))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(plan: Plan, standing: FollowUpStanding, audience: str, *, with_details: bool) -> Event:
    item, today = standing.item, plan.facts.as_of.first_day
    assert standing.begins is not None
    begins, ends = standing.begins, standing.ends or standing.begins
    if standing.status == "overdue":  # nobody looks for it in the past
        begins = ends = today
    event = Event()
    event.add("uid", _uid(plan.facts.pack.about.id, item.id, standing.begins))
    event.add("dtstamp", plan.facts.as_of.first)
    event.add("dtstart", begins)
    event.add("dtend", ends + timedelta(days=1))
    event.add("class", "PRIVATE")
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    own_words = audience == "patient"
    if with_details:
        title, why = (item.patient.title, item.patient.text) if own_words else (item.title, item.why)
        event.add("summary", title or TITLE)
        when = "" if own_words else window(standing, plan)
        late = "This was due earlier." if standing.status == "overdue" else ""
        text = "\n".join(part for part in (late, why, when) if part)
        if text:
            event.add("description", text)
    else:
        event.add("summary", TITLE)
    return event


def _uid(pack: str, item: str, begins: date) -> str:
    """The same for the same window, and no word of what it is for."""
    return sha256(f"{pack} {item} {begins.isoformat()}".encode()).hexdigest()[:32] + "@sapwood.example"
