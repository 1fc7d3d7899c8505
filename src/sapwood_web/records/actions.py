"""Everything that changes a record or shows it: one deed, one transaction, one event of the trail."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood_web.accounts import permissions, policies
from sapwood_web.accounts.models import Person, Role
from sapwood_web.audit.actions import record_event
from sapwood_web.records.letters import tell
from sapwood_web.records.models import Answer, Grant, Invitation, Record, Upload
from sapwood_web.records.reading import check_answer, unlike_the_others
from sapwood_web.records.uploading import check_file

INVITATION_DAYS = 14
GRANT_DAYS = (30, 90, 365)
OWNERS = (Role.PATIENT, Role.CARE_PARTNER)


@transaction.atomic
def begin_record(person: Person, *, for_child: bool = False) -> Record:
    """A new record with a data key of its own: one's own, or a child's whose guardian one is."""
    if person.role not in OWNERS or (person.role == Role.CARE_PARTNER and not for_child):
        raise permissions.NotYoursError
    own = None if for_child else person.records.filter(for_child=False).first()
    if own is not None:
        return own
    record = Record(owner=person, for_child=for_child, data_key=settings.KEY_STORE.create())
    policies.check_keeping(record)
    record.save()
    why = "guardian" if for_child else "own record"
    record_event("began a record", actor=person.subject, about=record.subject, why=why)
    return record


def keep_upload(person: Person, record: Record, data: bytes) -> Upload:
    """Keeps a file that the core can read, whole; RecordError for any other, and nothing is kept.

    One that seems to be of somebody else than the files before is kept and set aside, until a person says otherwise.
    """
    permissions.check("upload", record, person, timezone.now())
    policies.check_pace(person, "upload")
    check_file(data)  # takes its time, and so before the transaction
    return _keep_file(person, record, data, "unlike" if unlike_the_others(record, data) else "")


@transaction.atomic
def _keep_file(person: Person, record: Record, data: bytes, set_aside: str) -> Upload:
    access = permissions.check("upload", record, person, timezone.now())
    policies.check_keeping(record)
    upload = Upload(record=record, by=person, at=timezone.now(), set_aside=set_aside)
    upload.keep(data)
    upload.save()
    record_event(
        "uploaded a file",
        actor=person.subject,
        about=record.subject,
        what=f"file {upload.pk}",
        why=access.why,
    )
    return upload


@transaction.atomic
def count_upload(person: Person, upload: Upload, *, counts: bool) -> None:
    """Says whether a file is read with the others or left aside; it stays in either case."""
    access = permissions.check("upload", upload.record, person, timezone.now())
    upload.set_aside = "" if counts else "chosen"
    upload.save(update_fields=["set_aside"])
    record_event(
        "took a file in" if counts else "set a file aside",
        actor=person.subject,
        about=upload.record.subject,
        what=f"file {upload.pk}",
        why=access.why,
    )


@transaction.atomic
def remove_upload(person: Person, upload: Upload) -> None:
    """Takes a file out of the record."""
    access = permissions.check("upload", upload.record, person, timezone.now())
    what = f"file {upload.pk}"
    upload.delete()
    record_event(
        "removed a file", actor=person.subject, about=upload.record.subject, what=what, why=access.why
    )


@transaction.atomic
def add_answer(
    person: Person, record: Record, *, fact: str, value: str, when: str = "", reason: str = ""
) -> Answer:
    """Keeps one typed fact with its own source, assurance and reason; AnswerError where it cannot have that value."""
    access = permissions.check("answer", record, person, timezone.now())
    policies.check_keeping(record)
    said = {"fact": fact, "value": value, "when": when, "by": policies.assurance_of(person)}
    if reason:
        said["reason"] = reason
    check_answer(said)
    answer = Answer(record=record, by=person, at=timezone.now())
    answer.keep(said)
    answer.save()
    record_event(
        "added a fact", actor=person.subject, about=record.subject, what=f"answer {answer.pk}", why=access.why
    )
    return answer


@transaction.atomic
def remove_answer(person: Person, answer: Answer) -> None:
    """Takes back an answer: whoever gave it, or the owner of the record."""
    access = permissions.check("answer", answer.record, person, timezone.now())
    if answer.by_id != person.pk and access.scope < permissions.OWN:
        raise permissions.NotYoursError
    what = f"answer {answer.pk}"
    answer.delete()
    record_event(
        "took back a fact", actor=person.subject, about=answer.record.subject, what=what, why=access.why
    )


def see(person: Person, record: Record, what: str, deed: str = "see") -> permissions.Access:
    """Notes that somebody looks, before anything is shown; NotYoursError where they may not."""
    access = permissions.check(deed, record, person, timezone.now())
    record_event(
        "took a copy" if deed == "export" else "looked",
        actor=person.subject,
        about=record.subject,
        what=what,
        why=access.why,
    )
    return access


@transaction.atomic
def invite(
    person: Person, record: Record, *, email: str, invited_as: str, scope: str, days: int
) -> Invitation:
    """Invites one address. A mail that cannot be sent loses no invitation: `send_invitations` tries it again."""
    now = timezone.now()
    access = permissions.check("share", record, person, now)
    policies.check_sharing(record)
    policies.check_pace(person, "invite")
    if scope not in permissions.SCOPES or invited_as not in policies.INVITED_AS or days not in GRANT_DAYS:
        raise permissions.NotYoursError
    if email.strip().lower() == person.email.lower():
        raise policies.NotNowError(_("This is your own address. Your record is open to you already."), "home")
    invitation = Invitation.objects.create(
        record=record,
        email=email.strip().lower(),
        invited_as=invited_as,
        scope=scope,
        at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
        grant_days=days,
    )
    what = f"invitation {invitation.pk} {invited_as} {scope}"
    record_event(
        "invited someone", actor=person.subject, about=record.subject, what=what[:80], why=access.why
    )
    transaction.on_commit(lambda: tell(invitation))
    return invitation


@transaction.atomic
def withdraw(person: Person, invitation: Invitation) -> None:
    """Takes an invitation back."""
    access = permissions.check("share", invitation.record, person, timezone.now())
    policies.check_open(invitation, timezone.now())
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    what = f"invitation {invitation.pk}"
    record_event(
        "withdrew an invitation",
        actor=person.subject,
        about=invitation.record.subject,
        what=what,
        why=access.why,
    )


@transaction.atomic
def accept(person: Person, invitation: Invitation) -> Grant:
    """Takes an invitation up; only its own, confirmed address can."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    now = timezone.now()
    _check_theirs(invitation, person)
    policies.check_may_accept(invitation, person, now)
    invitation.answered_at = now
    invitation.save(update_fields=["answered_at"])
    grant = Grant.objects.create(
        record=invitation.record,
        person=person,
        invited_as=invitation.invited_as,
        scope=invitation.scope,
        at=now,
        expires_at=now + timedelta(days=invitation.grant_days),
    )
    why = f"invitation {invitation.pk}"
    record_event(
        "accepted an invitation",
        actor=person.subject,
        about=invitation.record.subject,
        what=f"grant {grant.pk}",
        why=why,
    )
    return grant


@transaction.atomic
def decline(person: Person, invitation: Invitation) -> None:
    """Turns an invitation down."""
    _check_theirs(invitation, person)
    policies.check_open(invitation, timezone.now())
    invitation.answered_at = timezone.now()
    invitation.save(update_fields=["answered_at"])
    what = f"invitation {invitation.pk}"
    record_event(
        "declined an invitation",
        actor=person.subject,
        about=invitation.record.subject,
        what=what,
        why="invited",
    )


@transaction.atomic
def revoke(person: Person, grant: Grant) -> None:
    """Ends a grant at once: its record's owner, or whoever holds it."""
    now = timezone.now()
    why = "holder of the grant"
    if grant.person_id != person.pk:
        why = permissions.check("share", grant.record, person, now).why
    if grant.revoked_at is None:
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])
        record_event(
            "ended sharing",
            actor=person.subject,
            about=grant.record.subject,
            what=f"grant {grant.pk}",
            why=why,
        )


def erase_record(person: Person, record: Record) -> None:
    """Erases one record: its key first, for good, then every row of it."""
    from sapwood_web.accounts.actions import finish_erasures

    with transaction.atomic():
        access = permissions.check("erase", record, person, timezone.now())
        record_event("erased a record", actor=person.subject, about=record.subject, why=access.why)
    settings.KEY_STORE.destroy([record.data_key])
    finish_erasures()


def invitations_for(person: Person) -> list[Invitation]:
    """The open invitations to the address that this person has confirmed."""
    now = timezone.now()
    if not _confirmed(person):
        return []
    offers = Invitation.objects.filter(
        email=person.email, answered_at=None, withdrawn_at=None, expires_at__gt=now
    )
    return list(offers.exclude(record__owner=person))


def _check_theirs(invitation: Invitation, person: Person) -> None:
    if invitation.email != person.email or not _confirmed(person) or invitation.record.owner_id == person.pk:
        raise permissions.NotYoursError


def _confirmed(person: Person) -> bool:
    from allauth.account.models import EmailAddress

    return EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()
