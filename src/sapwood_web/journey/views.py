"""The rooms of a patient: parse, call, render. Every one asks permissions.py first, through the actions."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sapwood.errors import AnswerError, Problem, RecordError, SapwoodError
from sapwood.interview_words import name_of, needs_day
from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.actions import take_draft
from sapwood_web.journey import actions
from sapwood_web.journey.forms import DayForm
from sapwood_web.journey.interviewing import OURS, Sitting, day_typed, value_typed
from sapwood_web.journey.roadmap import cards_of, figures_of, roadmap_of
from sapwood_web.records import actions as record_actions
from sapwood_web.records.daily import WEIGHT, value_of
from sapwood_web.records.models import DailyEntry, LeftOpen, Picture, Record
from sapwood_web.records.pictures import ENDINGS
from sapwood_web.records.reading import Reading, pack
from sapwood_web.records.uploading import too_large
from sapwood_web.records.views import allowed, find, keeps_draft

SHEET_DAYS = 14


def _frame(request: HttpRequest, record: Record, access: permissions.Access, page: str) -> dict[str, Any]:
    """What every room shows: whose record it is, what one may do, and which room this is."""
    return {
        "record": record,
        "page": page,
        "own": access.scope == permissions.OWN,
        "may_answer": access.may("answer"),
        "owner": record.owner,
    }


@require_GET
def roadmap(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Where somebody is, what comes next, what is unknown, what the choices mean, when to call."""
    record = find(Record, pk=record_id)
    access = record_actions.see(request.user, record, "the roadmap")
    plan = Reading(record, timezone.localdate()).plan
    context = _frame(request, record, access, "roadmap") | {
        "road": roadmap_of(plan),
        "as_of": timezone.localdate(),
    }
    return render(request, "journey/roadmap.html", context)


@keeps_draft
@require_http_methods(["GET", "POST"])
def interview(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """A few questions at a time; each answer is kept the moment it is sent."""
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    policies.check_keeping(record)
    typed: dict[str, str] = {}
    wrong = ""
    if request.method == "POST":
        typed = {
            name: str(request.POST.get(name, "")) for name in ("fact", "specimen", "value", "when", "high")
        }
        try:
            said = _answered(request, record, typed)
        except SapwoodError as error:
            wrong = _kindly(error)
        else:
            messages.success(request, said)
            return redirect(f"{reverse('interview', args=[record.pk])}#questions")
    else:
        draft = take_draft(request.user, request.path)
        typed = {name: values[-1] for name, values in draft.items() if values}
    access = record_actions.see(request.user, record, "the questions", deed="answer")
    sitting = Sitting(record, Reading(record, timezone.localdate()), policies.assurance_of(request.user))
    context = _frame(request, record, access, "interview")
    asked = sitting.asked
    here = typed.get("fact") in [one.question.fact for one in asked]
    context |= {"sitting": sitting, "asked": asked, "typed": typed, "wrong": wrong, "elsewhere": not here}
    return render(request, "journey/interview.html", context, status=422 if wrong else 200)


def _answered(request: HttpRequest, record: Record, typed: dict[str, str]) -> str:
    """Does what was sent about one question; what to say about it. SapwoodError where it cannot be kept."""
    definition = pack().facts.get(typed["fact"])
    if definition is None or definition.ask is None:
        raise permissions.NotYoursError
    fact, specimen = typed["fact"], typed["specimen"][:100]
    name = name_of(definition, policies.assurance_of(request.user))
    deed = request.POST.get("deed", "keep")
    if getattr(request, "too_large", False):
        raise too_large()
    if deed in ("skipped", "not_known", "will_bring"):
        actions.leave_open(request.user, record, fact=fact, why=deed, specimen=specimen)
        return _("Kept: nothing is said about %(name)s. You can come back to it below.") % {"name": name}
    if deed == "attach" or "file" in request.FILES:
        sent = request.FILES.get("file")
        if sent is None:
            raise _no_file()
        actions.attach(request.user, record, data=sent.read(), about=name)
        actions.leave_open(request.user, record, fact=fact, why="will_bring", specimen=specimen)
        return _("Your file is kept. People can look at it; it answers no question by itself.")
    value = value_typed(definition, typed["value"])
    if not value:
        raise _nothing_said()
    when = timezone.localdate().isoformat()
    if definition.type == "instant":
        when = value
    elif needs_day(definition):
        if not typed["when"].strip():
            actions.leave_open(request.user, record, fact=fact, why="no_date", specimen=specimen, value=value)
            return _(
                "Kept, but without its day it cannot count yet. Ask for it again below when you know the day."
            )
        when = day_typed(typed["when"])
    actions.keep_answer(
        request.user, record, fact=fact, value=value, when=when, specimen=specimen, high=typed["high"].strip()
    )
    return _("Kept: %(name)s.") % {"name": name}


def _nothing_said() -> SapwoodError:
    remedy = _("Give an answer, or press “Skip” or “I don’t know”.")
    return AnswerError(Problem(OURS, _("Nothing is filled in yet."), remedy))


def _no_file() -> SapwoodError:
    return RecordError(Problem(OURS, _("No file is chosen yet."), _("Choose a photo or a PDF first.")))


def _kindly(error: SapwoodError) -> str:
    """What was wrong, and what to do, as one would say it."""
    said = []
    for problem in error.problems:
        if problem.where.startswith("your answer"):  # the core's own words about a value
            words = {"what": problem.what, "remedy": problem.remedy}
            said.append(_("This cannot be used (%(what)s). %(remedy)s") % words)
        else:
            what = f"{problem.where} {problem.what}" if problem.where != OURS else problem.what
            said.append(" ".join(f"{part.rstrip('.')}." for part in (what, problem.remedy)))
    return " ".join(f"{part[:1].upper()}{part[1:]}" for part in said)


@require_POST
def ask_again(request: HttpRequest, record_id: uuid.UUID, left_id: uuid.UUID) -> HttpResponse:
    """Has a question that was left open asked once more."""
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    actions.ask_again(request.user, find(LeftOpen, pk=left_id, record=record))
    return redirect(f"{reverse('interview', args=[record.pk])}#questions")


@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Photographs and files of reports: for people to look at."""
    record = find(Record, pk=record_id)
    wrong = ""
    if request.method == "POST":
        allowed(request, record, "attach")
        try:
            if getattr(request, "too_large", False):
                raise too_large()
            sent = request.FILES.get("file")
            if sent is None:
                raise _no_file()
            about = str(request.POST.get("about", "")).strip()[:100] or _("a report")
            actions.attach(request.user, record, data=sent.read(), about=about)
        except SapwoodError as error:
            wrong = _kindly(error)
        else:
            messages.success(
                request, _("Your file is kept. People can look at it; it answers no question by itself.")
            )
            return redirect("pictures", record.pk)
    access = record_actions.see(request.user, record, "the list of photographs")
    context = _frame(request, record, access, "pictures")
    context |= {"pictures": record.pictures.select_related("by"), "wrong": wrong}
    return render(request, "journey/pictures.html", context, status=422 if wrong else 200)


@require_GET
def picture(request: HttpRequest, record_id: uuid.UUID, picture_id: uuid.UUID) -> HttpResponse:
    """One photograph as it came; what a browser does not show as a picture is saved instead."""
    record = find(Record, pk=record_id)
    allowed(request, record, "see")
    kept = find(Picture, pk=picture_id, record=record)
    record_actions.see(request.user, record, f"picture {kept.pk}")
    response = HttpResponse(kept.data, content_type=kept.kind if kept.shown else "application/octet-stream")
    how = "inline" if kept.shown else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="report.{ENDINGS[kept.kind]}"'
    return response


@require_POST
def remove_picture(request: HttpRequest, record_id: uuid.UUID, picture_id: uuid.UUID) -> HttpResponse:
    """Takes a photograph away."""
    record = find(Record, pk=record_id)
    allowed(request, record, "attach")
    actions.remove_picture(request.user, find(Picture, pk=picture_id, record=record))
    messages.success(request, _("The file is removed."))
    return redirect("pictures", record.pk)


@keeps_draft
@require_http_methods(["GET", "POST"])
def daily(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The daily sheet: to fill in here, or to print and fill in by hand."""
    record = find(Record, pk=record_id)
    today = timezone.localdate()
    if request.method == "POST":
        allowed(request, record, "answer")
        policies.check_keeping(record)
        form = DayForm(request.POST, last_weight=_last_weight(record))
        if form.is_valid():
            said = dict(form.cleaned_data["said"])
            if said["day"] == today.isoformat():
                said["time"] = timezone.now().isoformat(timespec="seconds")
            actions.keep_day(request.user, record, said)
            messages.success(
                request, _("Kept. Nobody watches what you write here: if something worries you, call.")
            )
            return redirect("daily", record.pk)
    else:
        draft = {
            name: values[-1] for name, values in take_draft(request.user, request.path).items() if values
        }
        form = DayForm(initial={"day": today, "weight_unit": "kg", "temperature_unit": "c", **draft})
    access = record_actions.see(request.user, record, "the daily sheet")
    road = roadmap_of(Reading(record, today).plan)
    context = _frame(request, record, access, "daily")
    context |= {
        "form": form,
        "now": road.words.now,
        "call": road.call,
        "signs": road.signs,
        "entries": _lines(_newest_first(record)),
        "blank": range(SHEET_DAYS),
    }
    return render(request, "journey/daily.html", context, status=422 if form.errors else 200)


def _lines(entries: list[DailyEntry]) -> list[dict[str, Any]]:
    """Each entry with its day, and how its weight differs from that of the day before."""
    edition = pack()
    weights: dict[date, Decimal] = {}
    lines: list[dict[str, Any]] = []
    for entry in reversed(entries):
        said, day = entry.said, date.fromisoformat(entry.said["day"])
        weight = value_of(edition, WEIGHT, said["weight"]) if said.get("weight") else None
        before = weights.get(day - timedelta(days=1))
        change = ""
        if weight is not None:
            weights[day] = weight
            change = f"{weight - before:+.1f} kg" if before is not None else ""
        lines.append({"row": entry, "said": said, "by": entry.by, "day": day, "change": change})
    return lines[::-1]


def _newest_first(record: Record) -> list[DailyEntry]:
    entries = record.daily_entries.select_related("by")
    return sorted(entries, key=lambda entry: (entry.said["day"], entry.at), reverse=True)


def _last_weight(record: Record) -> Decimal | None:
    """The newest weight of the last thirty days, in the pack's unit."""
    since = timezone.localdate() - timedelta(days=30)
    for entry in _newest_first(record):
        said = entry.said
        if said.get("weight") and date.fromisoformat(said["day"]) >= since:
            return value_of(pack(), WEIGHT, said["weight"])
    return None


@require_POST
def remove_day(request: HttpRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Takes a day's entry back."""
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    actions.remove_day(request.user, find(DailyEntry, pk=entry_id, record=record))
    messages.success(request, _("The entry is taken back."))
    return redirect("daily", record.pk)


@require_GET
def card(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The emergency card of the treatment, to print and carry."""
    record = find(Record, pk=record_id)
    access = record_actions.see(request.user, record, "the emergency card")
    mine, others = cards_of(Reading(record, timezone.localdate()).plan)
    context = _frame(request, record, access, "card") | {"card": mine, "others": others}
    return render(request, "journey/card.html", context)


@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """What studies counted of how long people lived: only for who asks, and never of one person."""
    record = find(Record, pk=record_id)
    access = record_actions.see(request.user, record, "whether to see figures")
    context = _frame(request, record, access, "figures")
    if request.method == "POST":
        context |= {"figures": figures_of(pack()), "about": pack().about}
    return render(request, "journey/figures.html", context)
