"""What is allowed in which state: of an account, a consent, an invitation, a grant.

A `check_...` raises NotNowError, which says what would have to change.
"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from sapwood_web.accounts.consents import allows
from sapwood_web.accounts.models import Person, Role
from sapwood_web.records.models import Grant, Invitation, Record

SECOND_FACTOR = (Role.CLINICIAN, Role.RESEARCHER, Role.STEWARD)
VERIFIED = (Role.CLINICIAN, Role.RESEARCHER)
INVITED_AS = {
    "care_partner": (Role.PATIENT, Role.CARE_PARTNER),
    "clinician": (Role.CLINICIAN,),
}
"""As what one is invited, and which roles may accept it."""


class NotNowError(Exception):
    """Allowed in principle, and not in this state; `page` is where it can be changed."""

    def __init__(self, words: str, page: str = "home") -> None:
        super().__init__(words)
        self.words, self.page = words, page


def lacks_second_factor(person: Person) -> bool:
    """Whether their role needs a second factor that they have not set up."""
    return person.role in SECOND_FACTOR and not is_mfa_enabled(person)


def waits_for_steward(person: Person) -> bool:
    """Whether a steward has still to say that they are who they say."""
    return person.role in VERIFIED and person.verified_at is None


def in_force(grant: Grant, at: datetime) -> bool:
    """Whether a grant opens its record at that moment: neither ended nor run out, and sharing still allowed."""
    if grant.revoked_at is not None or at >= grant.expires_at:
        return False
    if grant.invited_as == "clinician" and (
        grant.person.role != Role.CLINICIAN
        or waits_for_steward(grant.person)
        or lacks_second_factor(grant.person)
    ):
        return False
    return allows(grant.record.owner, "share")


def check_keeping(record: Record) -> None:
    """Nothing is added to a record whose owner does not allow it to be kept."""
    if not allows(record.owner, "keep"):
        raise NotNowError(
            _("Sapwood may not keep anything in this record at the moment. “Keep my record” changes that."),
            "consents",
        )


def check_sharing(record: Record) -> None:
    """Nobody is invited while the owner does not allow sharing."""
    if not allows(record.owner, "share"):
        raise NotNowError(
            _("You have not allowed sharing. “Show it to the people I choose” changes that."), "consents"
        )


def check_pace(person: Person, deed: str) -> None:
    """What costs much, or reaches others, is done so often and no oftener."""
    times, seconds = settings.PACES[deed]
    name = f"pace:{deed}:{person.pk}"
    cache.add(name, 0, seconds)
    if cache.incr(name) > times:
        raise NotNowError(
            _("You have done this very often today. Try again tomorrow, or write to us."), "home"
        )


def check_open(invitation: Invitation, at: datetime) -> None:
    """An invitation is answered once, and in time."""
    if (
        invitation.answered_at is not None
        or invitation.withdrawn_at is not None
        or at >= invitation.expires_at
    ):
        raise NotNowError(_("This invitation has ended. Ask for a new one."), "invitations")


def check_may_accept(invitation: Invitation, person: Person, at: datetime) -> None:
    """Accepted by the person it names, in the role it names, while the owner still allows sharing."""
    check_open(invitation, at)
    if person.role not in INVITED_AS[invitation.invited_as]:
        raise NotNowError(
            _("This invitation is for another kind of account than yours. Tell the person who sent it."),
            "invitations",
        )
    if waits_for_steward(person):
        raise NotNowError(
            _("A steward has still to confirm that you are a clinician. Then you can accept this."), "home"
        )
    if not allows(invitation.record.owner, "share"):
        raise NotNowError(
            _("Sharing is switched off for this record. Ask the person who invited you."), "invitations"
        )


def check_may_sign(person: Person) -> None:
    """A plan is signed by a clinician whom a steward has verified."""
    if waits_for_steward(person):
        raise NotNowError(_("Only a clinician whom a steward has confirmed can sign a plan."), "home")


def assurance_of(person: Person) -> str:
    """Whose word an answer is: a clinician's only where a steward has verified them; else a patient's own."""
    return "clinician" if person.role == Role.CLINICIAN and not waits_for_steward(person) else "patient"
