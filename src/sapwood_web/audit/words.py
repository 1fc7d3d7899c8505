"""The trail in words, for the person it is about and for stewards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sapwood_web.audit.models import Event


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, who, did what, with what, and why it was allowed."""

    at: datetime
    who: str
    deed: str
    what: str
    why: str


def told(events: Iterable[Event], names: Mapping[uuid.UUID, str]) -> list[Line]:
    """Events in words; a subject without a name is told by the beginning of its random id."""
    return [
        Line(event.at, _who(event, names), deed_words(event.deed), event.what, _why(event.why))
        for event in events
    ]


DEEDS = (
    gettext_noop("joined"),
    gettext_noop("confirmed their address"),
    gettext_noop("signed in"),
    gettext_noop("failed to sign in"),
    gettext_noop("changed their name"),
    gettext_noop("changed their password"),
    gettext_noop("reset their password"),
    gettext_noop("added a second factor"),
    gettext_noop("removed a second factor"),
    gettext_noop("renewed their recovery codes"),
    gettext_noop("used a second factor"),
    gettext_noop("ended all sessions"),
    gettext_noop("ended a session"),
    gettext_noop("session ran out"),
    gettext_noop("kept a draft"),
    gettext_noop("took up a draft"),
    gettext_noop("allowed"),
    gettext_noop("withdrew"),
    gettext_noop("began a record"),
    gettext_noop("uploaded a file"),
    gettext_noop("removed a file"),
    gettext_noop("took a file in"),
    gettext_noop("set a file aside"),
    gettext_noop("added a fact"),
    gettext_noop("took back a fact"),
    gettext_noop("left a question open"),
    gettext_noop("took a question up again"),
    gettext_noop("attached a report"),
    gettext_noop("removed a report"),
    gettext_noop("kept a day"),
    gettext_noop("took a day back"),
    gettext_noop("looked"),
    gettext_noop("took a copy"),
    gettext_noop("signed a plan"),
    gettext_noop("invited someone"),
    gettext_noop("withdrew an invitation"),
    gettext_noop("accepted an invitation"),
    gettext_noop("declined an invitation"),
    gettext_noop("ended sharing"),
    gettext_noop("erased a record"),
    gettext_noop("erased everything"),
    gettext_noop("verified"),
    gettext_noop("turned away"),
    gettext_noop("sent a question"),
    gettext_noop("answered a question"),
    gettext_noop("changed an answer"),
    gettext_noop("removed a question"),
    gettext_noop("wrote a talk"),
    gettext_noop("reviewed a text"),
    gettext_noop("took a review back"),
    gettext_noop("loaded an edition"),
    gettext_noop("had an edition checked"),
    gettext_noop("checked an edition"),
    gettext_noop("had plans counted"),
    gettext_noop("counted plans"),
    gettext_noop("put an edition to use"),
    gettext_noop("saw changes of an edition"),
    gettext_noop("worked out the plan anew"),
    gettext_noop("read the trail"),
    gettext_noop("made a steward"),
    gettext_noop("made a backup"),
    gettext_noop("brought a backup back"),
)
"""Everything the trail can say that somebody did; a test finds a deed that is not here."""


def deed_words(deed: str) -> str:
    """A deed, in the reader's language."""
    return _(deed)


def _who(event: Event, names: Mapping[uuid.UUID, str]) -> str:
    if event.actor is None:
        return _("the site itself") if event.why == "system" else _("someone not signed in")
    return names.get(event.actor) or event.actor.hex[:8]


def _why(why: str) -> str:
    kind, _space, _id = why.partition(" ")
    return {
        "own": _("their own record"),
        "guardian": _("guardian of the child"),
        "grant": _("you shared it with them"),
        "invitation": _("you invited them"),
        "holder": _("they gave up their access"),
        "themself": _("it is their own account"),
        "steward": _("they are a steward"),
        "clinician": _("they are a clinician"),
        "system": _("to count how many plans change; nobody saw it"),
        "session": _("their session ran out"),
        "invited": _("you invited them"),
    }.get(kind, why)
