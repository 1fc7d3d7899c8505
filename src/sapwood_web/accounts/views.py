"""Pages of one's own account, and of the stewards: parse, call, render."""

from __future__ import annotations

import uuid

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from sapwood_web.accounts import actions, permissions, policies
from sapwood_web.accounts.consents import PURPOSES, standings
from sapwood_web.accounts.forms import EraseForm, NameForm
from sapwood_web.accounts.models import Person, Session
from sapwood_web.accounts.sessions import sessions_of
from sapwood_web.audit.actions import record_event, verify_trail
from sapwood_web.audit.models import Event
from sapwood_web.audit.words import told
from sapwood_web.public_pages import public_page
from sapwood_web.records import actions as record_actions
from sapwood_web.records.export import everything_of
from sapwood_web.records.models import Grant


@public_page(seconds=0)
def welcome(request: HttpRequest) -> HttpResponse:
    """What this is and for whom, in ten seconds."""
    return render(request, "welcome.html")


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where everyone begins: what this is; or one's own records and those one may see."""
    person = request.user
    if not person.is_authenticated:
        return welcome(request)
    now = timezone.now()
    shared = [
        grant
        for grant in Grant.objects.filter(person=person).select_related("record__owner")
        if policies.in_force(grant, now)
    ]
    context = {
        "records": person.records.all(),
        "shared": shared,
        "invitations": record_actions.invitations_for(person),
        "to_ask": [standing for standing in standings(person).values() if standing.to_ask],
        "waits": policies.waits_for_steward(person),
        "may_begin": person.role in record_actions.OWNERS,
        "lacks_second_factor": policies.lacks_second_factor(person),
    }
    return render(request, "accounts/home.html", context)


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: name, consents, sign-in, export, erasure."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename(request.user, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("account")
    context = {"form": form, "sessions": sessions_of(request.user, request.session.session_key)}
    return render(request, "accounts/account.html", context)


@require_GET
def safer(request: HttpRequest) -> HttpResponse:
    """Right after joining: a passkey, an app, or not now; who needs a second step is not offered "not now"."""
    context = {"must": request.user.role in policies.SECOND_FACTOR, "has": is_mfa_enabled(request.user)}
    return render(request, "accounts/safer.html", context)


@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """What one allows: one button for each purpose, as easy to take back as to give."""
    if request.method == "POST":
        purpose, given = request.POST.get("purpose"), request.POST.get("given")
        if purpose in PURPOSES and given in ("yes", "no"):
            actions.decide(request.user, purpose, given=given == "yes")
            messages.success(request, _("Your decision is kept."))
        return redirect("consents")
    context = {"standings": standings(request.user).values(), "decisions": request.user.consents.all()}
    return render(request, "accounts/consents.html", context)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere, here too."""
    actions.end_sessions(request.user)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


@require_POST
def end_session(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Signs one other browser out."""
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise permissions.NotYoursError
    actions.end_session(request.user, session)
    messages.success(request, _("That browser is signed out."))
    return redirect("account")


@require_POST
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """Everything kept about this person, in one file."""
    person = request.user
    policies.check_pace(person, "export")
    record_event("took a copy", actor=person.subject, about=person.subject, what="everything", why="themself")
    for record in person.records.all():
        record_actions.see(person, record, "everything", deed="export")
    response = HttpResponse(everything_of(person, timezone.now()), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="sapwood-export.zip"'
    return response


@require_http_methods(["GET", "POST"])
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    """First what goes, what stays and why; then all of it goes."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = Person.objects.get(pk=request.user.pk)
        logout(request)
        actions.erase(person)
        messages.success(request, _("Everything is erased. Thank you for having been here."))
        return redirect("home")
    context = {"form": form, "goes": actions.what_goes(request.user)}
    return render(request, "accounts/erase.html", context)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Clinicians and researchers who wait to be verified."""
    permissions.check_steward("verify people", request.user)
    waiting = Person.objects.filter(role__in=policies.VERIFIED, verified_at=None, is_active=True).order_by(
        "joined_at"
    )
    return render(request, "accounts/people.html", {"waiting": waiting})


@require_POST
def verify(request: HttpRequest, person_id: str) -> HttpResponse:
    """A steward's word about one of them."""
    permissions.check_steward("verify people", request.user)
    person = get_object_or_404(Person, pk=person_id)
    if request.POST.get("real") in ("yes", "no"):
        actions.verify(request.user, person, real=request.POST["real"] == "yes")
        messages.success(request, _("Your decision is kept."))
    return redirect("people")


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """The audit trail, under random ids, and whether it is whole."""
    why = permissions.check_steward("read the trail", request.user)
    record_event("read the trail", actor=request.user.subject, why=why)
    page = Paginator(Event.objects.all(), 100).get_page(request.GET.get("page"))
    context = {"page": page, "lines": told(page, {}), "faults": verify_trail()}
    return render(request, "accounts/trail.html", context)
