"""Mails about invitations: an invitation outlives a mail server that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from people import make_person, make_record, signed_in

from sapwood_web.records import actions
from sapwood_web.records.models import Invitation

pytestmark = pytest.mark.django_db(transaction=True)  # a mail goes after the deed is kept


class NobodyThere(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


OFFER = {"email": "dora@example.org", "invited_as": "clinician", "scope": "read", "days": "30"}


def test_an_invitation_outlives_a_mail_server_that_is_not_there(
    settings: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "test_letters.NobodyThere"
    alice = make_person("alice@example.org")
    record = make_record(alice)
    client = signed_in(alice)
    page = client.post(f"/records/{record.pk}/sharing/invite/", OFFER, follow=True)
    assert page.status_code == 200
    assert "could not be sent yet" in page.content.decode()
    assert "has not gone yet" in page.content.decode(), "and it goes on saying so"
    assert "dora" not in caplog.text
    invitation = Invitation.objects.get()
    assert invitation.told_at is None
    dora = make_person("dora@example.org", "clinician")
    assert actions.invitations_for(dora) == [invitation], "it stands without its mail"
    with pytest.raises(CommandError, match="still waiting: 1"):
        call_command("send_invitations")
    settings.EMAIL_BACKEND = working
    call_command("send_invitations")
    assert "Mails sent: 1" in capsys.readouterr().out
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]
    call_command("send_invitations")
    assert len(mail.outbox) == 1, "and only once"
    assert "has not gone yet" not in client.get(f"/records/{record.pk}/sharing/").content.decode()


def test_no_mail_goes_about_an_invitation_that_was_withdrawn(settings: Any) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "test_letters.NobodyThere"
    alice = make_person("alice@example.org")
    record = make_record(alice)
    offer = actions.invite(alice, record, **{**OFFER, "days": 30})
    actions.withdraw(alice, offer)
    settings.EMAIL_BACKEND = working
    call_command("send_invitations")
    assert mail.outbox == []
