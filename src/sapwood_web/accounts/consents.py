"""What people are asked to allow, one purpose at a time, and what they said.

A text that is changed, even by a letter, is a new text: it is asked again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sapwood_web.accounts.models import Consent, Person


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing that somebody may allow, in words a child of thirteen can read."""

    id: str
    title: str
    text: str

    @property
    def version(self) -> str:
        """Stands for exactly this text, whatever language shows it."""
        source = getattr(self.text, "_args", (self.text,))[0]
        return hashlib.sha256(str(source).encode()).hexdigest()[:12]


PURPOSES = {
    purpose.id: purpose
    for purpose in (
        Purpose(
            "keep",
            _("Keep my record"),
            _(
                "Sapwood may keep the health record I upload and the answers I type, so that I can see what they "
                "say together. They are locked with a key of their own. I can take a copy or erase everything at "
                "any time, without asking anyone."
            ),
        ),
        Purpose(
            "share",
            _("Show it to the people I choose"),
            _(
                "Sapwood may show my record to the people I invite, and to nobody else. I decide what each of them "
                "may do, I can see when they looked, and I can stop it at once."
            ),
        ),
        Purpose(
            "statistics",
            _("Count me in research"),
            _(
                "Sapwood may count me in numbers about many people with this illness. No name and no address is "
                "in those numbers, and groups too small to hide in are not shown. If I stop, I am left out of "
                "every count from then on; numbers already printed stay as they are."
            ),
        ),
        Purpose(
            "studies",
            _("Tell me about studies"),
            _(
                "Sapwood may write to me when a study looks for people like me. Nobody running a study gets my "
                "address from Sapwood; I decide whether to answer."
            ),
        ),
        Purpose(
            "updates",
            _("Send me news of Sapwood"),
            _(
                "Sapwood may write to me now and then about what is new on this site. No mail says anything about me."
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody last said about a purpose, and whether its text has changed since."""

    purpose: Purpose
    latest: Consent | None

    @property
    def in_force(self) -> bool:
        """Allowed, to the text as it stands today."""
        return self.latest is not None and self.latest.given and not self.changed

    @property
    def changed(self) -> bool:
        """They were asked, and the text is another now."""
        return self.latest is not None and self.latest.version != self.purpose.version

    @property
    def to_ask(self) -> bool:
        """Never asked, or allowed under an older text."""
        return self.latest is None or (self.changed and self.latest.given)


def standings(person: Person) -> dict[str, Standing]:
    """Every purpose, and what this person last said about it."""
    latest: dict[str, Consent] = {}
    for decision in person.consents.order_by("pk"):
        latest[decision.purpose] = decision
    return {id: Standing(purpose, latest.get(id)) for id, purpose in PURPOSES.items()}


def allows(person: Person, purpose: str) -> bool:
    """Whether this person allows it today."""
    return standings(person)[purpose].in_force
