"""What is allowed with a visitor's question, a talk, a review; a `check_...` raises NotNowError with what to do."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from sapwood_web.accounts.policies import NotNowError
from sapwood_web.library.models import Question, Talk


def check_visitor_pace(deed: str, address: str) -> None:
    """What a visitor sends is taken so often from one network address, and so often from all together."""
    times, seconds, together = settings.VISITORS_PACES[deed]
    for name, most in ((f"visitor:{deed}:{address}", times), (f"visitor:{deed}", together)):
        cache.add(name, 0, seconds)
        if cache.incr(name) > most:
            raise NotNowError(
                _("Many questions came in this hour. Please keep yours, and send it again later."),
                "questions",
            )


def check_waits(question: Question) -> None:
    """A question is answered or removed once."""
    if question.published_at is not None:
        raise NotNowError(_("This question is answered already."), "questions_desk")


def check_may_publish(talk: Talk) -> None:
    """A recorded talk is told in our words first; one to come needs a day and a title only."""
    if talk.recording and not (talk.summary and talk.passages.exists()):
        raise NotNowError(
            _("First say in short what was said, and at least one question that the talk answers."),
            "talks_desk",
        )
