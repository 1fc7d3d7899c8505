"""Editions of the pack, for stewards; and for clinicians, which of their own patients' plans they change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sapwood.errors import PackError
from sapwood.pack_differences import differences
from sapwood_web.accounts.models import Person
from sapwood_web.accounts.permissions import access_to, check_reviewer, check_steward
from sapwood_web.accounts.policies import NotNowError
from sapwood_web.editions import actions, policies
from sapwood_web.editions.active import BUILT_IN, Active, active, edition_of
from sapwood_web.editions.counting import FEW, LOST, SORTS, compared
from sapwood_web.editions.models import Activation, Edition, State
from sapwood_web.editions.shelf import on_shelf
from sapwood_web.records.models import Grant

PATIENTS_A_PAGE = 20


def words_of(sort: str) -> str:
    """A sort of thing in a plan, in words."""
    return {
        "position": _("the step they are on"),
        "gap": _("earlier steps still open"),
        "track": _("what runs beside the steps"),
        "option": _("treatments and how they stand"),
        "alert": _("warnings"),
        "task": _("things to do"),
        "follow_up": _("dates of check-ups"),
        "trial": _("trials"),
        LOST: _("an answer they typed is not understood any more"),
    }[sort]


@require_http_methods(["GET", "POST"])
def editions(request: HttpRequest) -> HttpResponse:
    """What is in use, what was loaded, and what lies on the shelf to be loaded."""
    check_steward("load packs", request.user)
    problems: tuple[Any, ...] = ()
    if request.method == "POST":
        try:
            edition = actions.load(request.user, request.POST.get("name", ""))
        except PackError as error:
            problems = error.problems
        else:
            messages.success(request, _("It is loaded. Have it checked next."))
            return redirect("edition", edition.pk)
    now = active()
    context = {
        "now": now,
        "built_in": now.content == BUILT_IN,
        "editions": Edition.objects.defer("packed"),
        "shelf": on_shelf(settings.PACK_SHELF),
        "problems": problems[:20],
        "more": max(0, len(problems) - 20),
        "history": Activation.objects.select_related("edition").defer("edition__packed")[:20],
    }
    return render(request, "editions/editions.html", context, status=422 if problems else 200)


@require_GET
def edition(request: HttpRequest, edition_id: str) -> HttpResponse:
    """One edition: what is different in it, what the check said, how many plans it changes."""
    check_steward("load packs", request.user)
    one = get_object_or_404(Edition, pk=edition_id)
    now, at = active(), timezone.now()
    found = differences(now.pack, edition_of(one.content).pack)
    context = {
        "edition": one,
        "in_use": one.content == now.content,
        "entries": found[:200],
        "more": max(0, len(found) - 200),
        "logic": sum(entry.logic for entry in found),
        "may_check": _may(policies.check_may_check, one, at),
        "may_count": _may(policies.check_may_count, one, at),
        "may_activate": _may(policies.check_may_activate, one, now.content, at),
        "checking": one.state == State.CHECKING,
        "counting": one.counting_since is not None and not policies.cut_short(one.counting_since, at),
        "fresh": one.counted_against == now.content,
        "few": FEW,
        "counts": _count_lines(one),
    }
    return render(request, "editions/edition.html", context)


@require_POST
def edition_step(request: HttpRequest, edition_id: str) -> HttpResponse:
    """The next step with an edition: check, count, or put to use."""
    check_steward("load packs", request.user)
    one = get_object_or_404(Edition, pk=edition_id)
    step = request.POST.get("step")
    if step == "check":
        actions.begin_check(request.user, one)
        messages.success(
            request, _("The check has begun. It takes some minutes; this page shows how it ends.")
        )
    elif step == "count":
        actions.begin_count(request.user, one)
        messages.success(request, _("The count has begun. Load this page again in a while."))
    elif step == "activate":
        actions.activate(request.user, one)
        messages.success(request, _("From now on the site reads by this edition."))
    return redirect("edition", one.pk)


@require_GET
def plan_changes(request: HttpRequest) -> HttpResponse:
    """For a clinician: whose plan, of the people who shared theirs, reads differently by a newer edition."""
    check_reviewer(request.user)
    pair = _pair()
    if pair is None:
        return render(request, "editions/plan_changes.html", {"pair": None})
    at = timezone.now()
    page = Paginator(_patients(request.user, at), PATIENTS_A_PAGE).get_page(request.GET.get("page"))
    lines = []
    for grant, why in page:
        actions.see_changes(request.user, grant.record, why)
        found = compared(grant.record, *pair, at.date())
        lines.append((grant, [words_of(sort) for sort in (*SORTS, LOST) if sort in found.sorts], found.read))
    context = {"pair": pair, "page": page, "lines": lines, "coming": pair[0].content == active().content}
    return render(request, "editions/plan_changes.html", context)


def _patients(person: Person, at: Any) -> list[tuple[Grant, str]]:
    """Who shares a record with a clinician now, each with why it is open to them."""
    found = []
    for grant in Grant.objects.filter(person=person).select_related("record__owner").order_by("at", "pk"):
        access = access_to(grant.record, person, at)
        if access is not None and access.grant == grant.pk and access.may("see"):
            found.append((grant, access.why))
    return found


def _pair() -> tuple[Active, Active] | None:
    """The edition in use and a sound one that waits; else the one before and the one in use."""
    now = active()
    waiting = Edition.objects.filter(state=State.SOUND, counted_against=now.content).exclude(
        content=now.content
    )
    coming = waiting.exclude(counted_at=None).values_list("content", flat=True).first()
    if coming is not None:
        return now, edition_of(coming)
    past = list(Activation.objects.values_list("edition__content", flat=True)[:2])
    if not past:
        return None
    return edition_of((past[1] if len(past) > 1 else None) or BUILT_IN), now


def _may(check: Any, *arguments: Any) -> str:
    """Empty where a step is allowed; else what would change that."""
    try:
        check(*arguments)
    except NotNowError as error:
        return error.words
    return ""


def _count_lines(one: Edition) -> list[tuple[str, Any]]:
    """The counts in words, most telling first; `None` is fewer than can be told."""
    if not one.counts:
        return []
    names = {
        "people": _("people whose plan was worked out"),
        "differ": _("of them read differently"),
        "not read": _("could not be read"),
    }
    order = ("people", "differ", *SORTS, LOST, "not read")
    return [
        (names.get(name) or words_of(name), one.counts[name])
        for name in order
        if name in one.counts and (name in names or one.counts[name] != 0)
    ]
