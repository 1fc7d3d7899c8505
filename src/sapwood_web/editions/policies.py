"""What is allowed with an edition in which state; a `check_...` raises NotNowError, which says what would change it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from sapwood_web.accounts.policies import NotNowError
from sapwood_web.editions.models import Edition, State

COUNT_HOLDS = timedelta(days=1)
"""How long a count may stand before somebody acts on it."""


def cut_short(since: datetime | None, at: datetime) -> bool:
    """Whether what was begun then can no longer be running."""
    return since is None or at - since > timedelta(seconds=settings.CHECK_SECONDS + 60)


def check_may_check(edition: Edition, at: datetime) -> None:
    """Not while it is being checked, nor again once it was found sound or faulty: the same files stay the same."""
    if edition.state == State.CHECKING and not cut_short(edition.checked_at, at):
        raise NotNowError(_("This edition is being checked. Look again in some minutes."), "editions")
    if edition.state in (State.SOUND, State.FAULTY):
        raise NotNowError(
            _("This edition was checked, and its files cannot change. Load the mended folder instead."),
            "editions",
        )


def check_may_count(edition: Edition, at: datetime) -> None:
    """Only of a sound edition, and not twice at once."""
    if edition.state != State.SOUND:
        raise NotNowError(_("Plans are counted only under an edition that was found sound."), "editions")
    if edition.counting_since is not None and not cut_short(edition.counting_since, at):
        raise NotNowError(_("Plans are being counted. Look again in some minutes."), "editions")


def check_may_activate(edition: Edition, active: str, at: datetime) -> None:
    """Only a sound edition, and only after a look at how many plans it changes, today and against what is in use."""
    if edition.state != State.SOUND:
        raise NotNowError(_("Only an edition that was found sound can be put to use."), "editions")
    if edition.content == active:
        raise NotNowError(_("This edition is in use already."), "editions")
    fresh = edition.counted_at is not None and at - edition.counted_at <= COUNT_HOLDS
    if not fresh or edition.counted_against != active:
        raise NotNowError(
            _("First have counted how many plans would read differently. The count holds for a day."),
            "editions",
        )
