"""The clinician's pages: parse, call, render."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sapwood.errors import SapwoodError
from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.actions import take_draft
from sapwood_web.accounts.models import Role, display
from sapwood_web.plans import actions
from sapwood_web.plans.forms import DatesForm, OverrideForm, SignForm
from sapwood_web.plans.models import SignedPlan
from sapwood_web.plans.pages import BoardPage, basis_of, entries_of, line_of
from sapwood_web.records import actions as record_actions
from sapwood_web.records.models import Answer, DailyEntry, Grant, Record
from sapwood_web.records.reading import Reading, title_of
from sapwood_web.records.views import allowed, find, keeps_draft

PEOPLE_A_PAGE = 10


@require_GET
def plan(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The plan in the order a board reads it, as of today or an earlier day."""
    record = find(Record, pk=record_id)
    access = record_actions.see(request.user, record, "the plan")
    clinician = request.user.role == Role.CLINICIAN
    if not clinician and "open" not in request.GET:
        return render(request, "plans/for_clinicians.html", {"record": record})
    dates = DatesForm(request.GET if {"as_of", "since"} & set(request.GET) else None)
    today = timezone.localdate()
    asked = dates.cleaned_data if dates.is_bound and dates.is_valid() else {}
    as_of = asked.get("as_of") or today
    page = BoardPage(
        Reading(record, as_of, looks_back=as_of < today),
        "entries/",
        asked.get("since"),
    )
    context = {
        "record": record,
        "page": page,
        "dates": dates,
        "as_of": as_of,
        "past": as_of < today,
        "clinician": clinician,
        "may_answer": access.may("answer"),
        "sign_form": SignForm(initial={"basis": basis_of(page.reading)})
        if clinician and as_of == today
        else None,
        "signed": record.signed_plans.count(),
        "left_out": page.left_out,
    }
    return render(request, "plans/plan.html", context, status=422 if dates.errors else 200)


@require_GET
def entries(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The entries of the record as they came, which the reasons of a plan lead to."""
    record = find(Record, pk=record_id)
    record_actions.see(request.user, record, "the entries of the record")
    found = entries_of(Reading(record, timezone.localdate()), _typed)
    return render(request, "plans/entries.html", {"record": record, "entries": found})


@keeps_draft
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """States a fact with a reason; what stood before stays beside it."""
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    policies.check_keeping(record)
    if request.method == "POST":
        form = OverrideForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                record_actions.add_answer(
                    request.user,
                    record,
                    fact=typed["fact"],
                    value=typed["value"],
                    when=typed["when"].isoformat() if typed["when"] else "",
                    reason=typed["reason"],
                )
            except SapwoodError as error:
                for problem in error.problems:
                    form.add_error("value", f"{problem.what}. {problem.remedy}")
            else:
                messages.success(request, _("The fact is kept, with your name and your reason."))
                return redirect("plan", record.pk)
    else:
        kept = take_draft(request.user, request.path)
        form = OverrideForm(initial={name: values[-1] for name, values in kept.items() if values})
    context = {"record": record, "form": form}
    return render(request, "plans/override.html", context, status=422 if form.errors else 200)


@require_POST
def sign(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Signs today's plan as it was shown."""
    record = find(Record, pk=record_id)
    allowed(request, record, "sign")
    policies.check_may_sign(request.user)
    form = SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The remark is too long. Shorten it to 1,000 characters."))
        return redirect("plan", record.pk)
    reading = Reading(record, timezone.localdate())
    signed = actions.sign(request.user, record, reading, **form.cleaned_data)
    messages.success(request, _("The plan is signed, and kept as it is."))
    return redirect("signed_plan", record.pk, signed.pk)


@require_GET
def signed_plans(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The plans that were signed, the newest first."""
    record = find(Record, pk=record_id)
    record_actions.see(request.user, record, "the signed plans")
    lines = [{"plan": one, "content": one.content} for one in record.signed_plans.all()]
    return render(request, "plans/signed_plans.html", {"record": record, "lines": lines})


@require_GET
def signed_plan(request: HttpRequest, record_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """One plan as it was signed."""
    record = find(Record, pk=record_id)
    signed = find(SignedPlan, pk=plan_id, record=record)
    access = record_actions.see(request.user, record, f"signed plan {signed.pk}")
    if request.user.role != Role.CLINICIAN and "open" not in request.GET:
        return render(request, "plans/for_clinicians.html", {"record": record})
    content = signed.content
    return render(
        request,
        "plans/signed_plan.html",
        {
            "record": record,
            "signed": signed,
            "content": content,
            "as_of": date.fromisoformat(content["as_of"]),
            "may_export": access.may("export"),
        },
    )


@require_GET
def signed_plan_file(request: HttpRequest, record_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """A signed plan as JSON, to be kept elsewhere."""
    record = find(Record, pk=record_id)
    permissions.check("export", record, request.user, timezone.now())
    signed = find(SignedPlan, pk=plan_id, record=record)
    record_actions.see(request.user, record, f"signed plan {signed.pk}", deed="export")
    content = {name: value for name, value in signed.content.items() if name != "page"}
    content["signed_at"] = signed.at.isoformat()
    response = HttpResponse(
        json.dumps(content, indent=1, ensure_ascii=False), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="signed-plan.json"'
    return response


@require_GET
def my_people(request: HttpRequest) -> HttpResponse:
    """The people who share their record with this clinician: the step, what is urgent, what is due."""
    if request.user.role != Role.CLINICIAN:
        raise permissions.NotYoursError
    now = timezone.now()
    grants = Grant.objects.filter(person=request.user).select_related("record__owner")
    in_force = [grant for grant in grants if policies.in_force(grant, now)]
    page = Paginator(in_force, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    lines: list[dict[str, Any]] = []
    for grant in page:
        record_actions.see(request.user, grant.record, "the list of people")
        line = line_of(Reading(grant.record, timezone.localdate()).plan)
        lines.append({"grant": grant, "name": display(grant.record.owner), "line": line})
    lines.sort(key=lambda one: one["line"].weight)
    return render(request, "plans/my_people.html", {"page": page, "lines": lines})


def _typed(typed: Answer | DailyEntry) -> str:
    said = typed.said
    who = display(typed.by) if typed.by else _("somebody who has left")
    if isinstance(typed, DailyEntry):
        lines = [f"{name}: {value}" for name, value in said.items()]
        lines.append(_("typed by %(who)s on %(day)s") % {"who": who, "day": typed.at.date().isoformat()})
        return "\n".join(lines)
    lines = [
        f"{title_of(said['fact'])}: {said['value']}",
        _("of %(day)s") % {"day": said["when"]} if said.get("when") else _("without a day"),
        _("typed by %(who)s (%(as)s) on %(day)s")
        % {"who": who, "as": said["by"], "day": typed.at.date().isoformat()},
    ]
    if said.get("reason"):
        lines.append(_("reason: %(reason)s") % {"reason": said["reason"]})
    return "\n".join(lines)
