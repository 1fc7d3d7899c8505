"""Mails about invitations: sent after the deed, and again until they went. They say nothing about a record."""

from __future__ import annotations

import logging
import smtplib

from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from sapwood_web.records.models import Invitation

log = logging.getLogger("sapwood.mail")


def tell(invitation: Invitation) -> bool:
    """Whether the mail about an invitation went; where not, the invitation stands and the mail waits."""
    try:
        send_mail(
            _("An invitation on Sapwood"),
            _(
                "Somebody who knows you invites you on Sapwood.\n\n"
                "Sign in, or join with this address, and open “Invitations”. Until you accept, nothing is shown to"
                " you. If you do not know what this is about, you need do nothing.\n"
            ),
            None,
            [invitation.email],
        )
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail of invitation %s did not go: %s", invitation.pk, type(error).__name__)
        return False
    Invitation.objects.filter(pk=invitation.pk).update(told_at=timezone.now())
    return True


def send_waiting() -> tuple[int, int]:
    """Tries every mail that still waits, of invitations that are still open; how many went, and how many did not."""
    waiting = Invitation.objects.filter(
        told_at=None, answered_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    went = [tell(invitation) for invitation in waiting.order_by("at")]
    return went.count(True), went.count(False)
