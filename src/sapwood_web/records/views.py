"""Pages of a record: parse, call, render. Every one of them asks permissions.py first, through actions.py."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sapwood.errors import SapwoodError
from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.actions import take_draft
from sapwood_web.accounts.forms import EraseForm
from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.audit.words import told
from sapwood_web.records import actions
from sapwood_web.records.export import record_export
from sapwood_web.records.forms import AnswerForm, BeginForm, InviteForm, UploadForm
from sapwood_web.records.models import Answer, Grant, Invitation, Record, Upload
from sapwood_web.records.reading import Reading, title_of
from sapwood_web.records.uploading import too_large


def keeps_draft(view: Any) -> Any:
    """A form whose typed answers outlive a session that runs out."""
    view.keeps_draft = True
    return view


def find(model: Any, **wanted: Any) -> Any:
    """The row; NotYours where there is none, so that what is absent and what is another's look the same."""
    row = model.objects.filter(**wanted).first()
    if row is None:
        raise permissions.NotYoursError
    return row


def allowed(request: HttpRequest, record: Record, deed: str) -> permissions.Access:
    """The access that opens a form of this record; the deed itself asks again when it is done."""
    return permissions.check(deed, record, request.user, timezone.now())


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begins a record: one's own, or a child's."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record = actions.begin_record(request.user, for_child=form.cleaned_data["whose"] == "child")
        return redirect("record", record.pk)
    if request.user.role not in actions.OWNERS:
        raise permissions.NotYoursError
    return render(request, "records/begin.html", {"form": form})


@require_GET
def see(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """What was understood of a record, from where, and what was ignored and why."""
    record = find(Record, pk=record_id)
    access = actions.see(request.user, record, "the record")
    context = {"record": record, "access": access, "reading": Reading(record, timezone.localdate())}
    context |= {f"may_{name}": access.may(deed) for name, deed in MAY.items()}
    return render(request, "records/record.html", context)


MAY = {"answer": "answer", "upload": "upload", "export": "export", "share": "share", "erase": "erase"}


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Takes one file, whole or not at all."""
    record = find(Record, pk=record_id)
    allowed(request, record, "upload")
    policies.check_keeping(record)
    posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    if posted and (getattr(request, "too_large", False) or form.is_valid()):
        try:
            if getattr(request, "too_large", False):
                raise too_large()
            kept = actions.keep_upload(request.user, record, form.cleaned_data["file"].read())
        except SapwoodError as error:
            for problem in error.problems:
                form.errors["file"] = form.error_class([f"{problem.what}. {problem.remedy}"])
        else:
            if kept.set_aside:
                messages.warning(
                    request,
                    _(
                        "Your file is kept, but it is not used yet: another name, date of birth or sex stands in it "
                        "than in your other files. If it is about the same person, press “Use this file”."
                    ),
                )
                return redirect("files", record.pk)
            messages.success(request, _("Your file is kept. This is what was understood."))
            return redirect("record", record.pk)
    return render(request, "records/upload.html", {"record": record, "form": form}, status=_status(form))


@require_GET
def files(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The files that came in."""
    record = find(Record, pk=record_id)
    access = actions.see(request.user, record, "the list of files")
    files = Reading(record, timezone.localdate()).files
    context = {"record": record, "files": files, "may_upload": access.may("upload")}
    return render(request, "records/files.html", context)


@require_GET
def file(request: HttpRequest, record_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """One file as it came, to be saved and not shown."""
    record = find(Record, pk=record_id)
    permissions.check("export", record, request.user, timezone.now())
    kept = find(Upload, pk=upload_id, record=record)
    actions.see(request.user, record, f"file {kept.pk}", deed="export")
    response = HttpResponse(kept.data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = 'attachment; filename="record.json"'
    return response


@require_POST
def use_file(request: HttpRequest, record_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """Has a file read with the others, or leaves it aside."""
    record = find(Record, pk=record_id)
    allowed(request, record, "upload")
    counts = request.POST.get("use") == "yes"
    actions.count_upload(request.user, find(Upload, pk=upload_id, record=record), counts=counts)
    messages.success(request, _("The file is used now.") if counts else _("The file is kept, and not used."))
    return redirect("files", record.pk)


@require_POST
def remove_file(request: HttpRequest, record_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """Takes a file out of the record."""
    record = find(Record, pk=record_id)
    allowed(request, record, "upload")
    actions.remove_upload(request.user, find(Upload, pk=upload_id, record=record))
    messages.success(request, _("The file is removed."))
    return redirect("files", record.pk)


@require_GET
def answers(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The facts that were typed, by whom, and when."""
    record = find(Record, pk=record_id)
    access = actions.see(request.user, record, "the typed facts")
    lines = [
        {"answer": answer, "said": answer.said, "title": title_of(answer.said["fact"]), "by": answer.by}
        for answer in record.answers.select_related("by")
    ]
    return render(
        request,
        "records/answers.html",
        {"record": record, "lines": lines, "may_answer": access.may("answer")},
    )


@keeps_draft
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Adds a fact, or corrects one: the new answer stands beside the old.

    A page that offers a correction posts `about` alone: the fact is then chosen already. No fact stands in an
    address.
    """
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    policies.check_keeping(record)
    if request.method == "POST" and "about" not in request.POST:
        form = AnswerForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                actions.add_answer(
                    request.user,
                    record,
                    fact=typed["fact"],
                    value=typed["value"],
                    when=typed["when"].isoformat() if typed["when"] else "",
                )
            except SapwoodError as error:
                for problem in error.problems:
                    form.add_error("value", f"{problem.what}. {problem.remedy}")
            else:
                messages.success(request, _("Your answer is kept, with your name as its source."))
                return redirect("record", record.pk)
    else:
        draft = {
            name: values[-1] for name, values in take_draft(request.user, request.path).items() if values
        }
        form = AnswerForm(initial={"fact": request.POST.get("about", ""), **draft})
    return render(request, "records/answer.html", {"record": record, "form": form}, status=_status(form))


@require_POST
def remove_answer(request: HttpRequest, record_id: uuid.UUID, answer_id: uuid.UUID) -> HttpResponse:
    """Takes an answer back."""
    record = find(Record, pk=record_id)
    allowed(request, record, "answer")
    actions.remove_answer(request.user, find(Answer, pk=answer_id, record=record))
    messages.success(request, _("The answer is taken back."))
    return redirect("answers", record.pk)


@require_GET
def sharing(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Who may see this record, and who is invited."""
    record = find(Record, pk=record_id)
    actions.see(request.user, record, "sharing", deed="share")
    now = timezone.now()
    grants = [(grant, policies.in_force(grant, now)) for grant in record.grants.select_related("person")]
    waiting = record.invitations.filter(answered_at=None, withdrawn_at=None, expires_at__gt=now)
    return render(request, "records/sharing.html", {"record": record, "grants": grants, "waiting": waiting})


@keeps_draft
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Invites one person."""
    record = find(Record, pk=record_id)
    allowed(request, record, "share")
    policies.check_sharing(record)
    if request.method == "POST":
        form = InviteForm(request.POST)
        if form.is_valid():
            invitation = actions.invite(request.user, record, **form.cleaned_data)
            invitation.refresh_from_db()
            if invitation.told_at is not None:
                messages.success(request, _("The invitation is on its way."))
            else:
                messages.warning(
                    request,
                    _(
                        "The invitation stands, but our mail about it could not be sent yet. We will try again. "
                        "You can also tell them yourself: they sign in with that address and open “Invitations”."
                    ),
                )
            return redirect("sharing", record.pk)
    else:
        draft = {
            name: values[-1] for name, values in take_draft(request.user, request.path).items() if values
        }
        form = InviteForm(initial={"invited_as": "clinician", "scope": "read", **draft})
    return render(request, "records/invite.html", {"record": record, "form": form}, status=_status(form))


@require_POST
def withdraw(request: HttpRequest, record_id: uuid.UUID, invitation_id: uuid.UUID) -> HttpResponse:
    """Takes an invitation back."""
    record = find(Record, pk=record_id)
    allowed(request, record, "share")
    actions.withdraw(request.user, find(Invitation, pk=invitation_id, record=record))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("sharing", record.pk)


@require_POST
def end_grant(request: HttpRequest, record_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponse:
    """Ends somebody's access at once."""
    record = find(Record, pk=record_id)
    allowed(request, record, "share")
    actions.revoke(request.user, find(Grant, pk=grant_id, record=record))
    messages.success(request, _("They can no longer see your record."))
    return redirect("sharing", record.pk)


@require_POST
def leave(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """Gives up one's own access to somebody's record."""
    actions.revoke(request.user, find(Grant, pk=grant_id, person=request.user))
    messages.success(request, _("You can no longer see that record."))
    return redirect("home")


@require_GET
def who_looked(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """Who did what with this record, when, and why it was allowed."""
    record = find(Record, pk=record_id)
    allowed(request, record, "see who looked")
    events = list(Event.objects.filter(about=record.subject)[:500])
    people = Person.objects.filter(subject__in={event.actor for event in events if event.actor})
    names = {person.subject: person.name or person.email for person in people}
    names[request.user.subject] = _("You")
    return render(request, "records/who_looked.html", {"record": record, "lines": told(events, names)})


@require_POST
@reauthentication_required
def export(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """A copy of the record: JSON, FHIR, and a page that reads them out."""
    record = find(Record, pk=record_id)
    allowed(request, record, "export")
    policies.check_pace(request.user, "export")
    actions.see(request.user, record, "the whole record", deed="export")
    response = HttpResponse(record_export(record, timezone.now()), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="sapwood-record.zip"'
    return response


@require_http_methods(["GET", "POST"])
@reauthentication_required
def erase(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """First what goes and what stays; then this record goes, and nothing brings it back."""
    record = find(Record, pk=record_id)
    allowed(request, record, "erase")
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase_record(request.user, record)
        messages.success(request, _("The record is erased."))
        return redirect("home")
    goes = {
        "files": record.uploads.count(),
        "facts": record.answers.count(),
        "open": record.left_open.count(),
        "days": record.daily_entries.count(),
        "pictures": record.pictures.count(),
        "plans": record.signed_plans.count(),
        "grants": record.grants.count(),
        "invitations": record.invitations.count(),
    }
    return render(request, "records/erase.html", {"record": record, "form": form, "goes": goes})


@require_GET
def invitations(request: HttpRequest) -> HttpResponse:
    """The open invitations to one's confirmed address."""
    return render(request, "records/invitations.html", {"invitations": actions.invitations_for(request.user)})


@require_POST
def accept(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Takes an invitation up."""
    grant = actions.accept(request.user, find(Invitation, pk=invitation_id))
    messages.success(request, _("You can see this record now."))
    return redirect("record", grant.record_id)


@require_POST
def decline(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Turns an invitation down."""
    actions.decline(request.user, find(Invitation, pk=invitation_id))
    messages.success(request, _("The invitation is turned down."))
    return redirect("home")


def _status(form: Any) -> int:
    return 422 if form.errors else 200
