"""The trail in words, for the person it is about and for stewards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

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
