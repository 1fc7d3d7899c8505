"""The plan as a person's roadmap: the core's own words for a patient, put in the order they are needed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sapwood.articles import CardDefinition
from sapwood.definitions import Topic
from sapwood.formats.html_pathway import Stop, rail_of
from sapwood.pack import Pack
from sapwood.plain_words import Choice, PlainPlan, alike, plain_plan
from sapwood.plan import Plan
from sapwood_web.editions.active import active
from sapwood_web.records.daily import signs

VISIT = 8
"""How many questions for a visit stand on one page: more than anybody can ask."""

FIGURES = ("survival_series", "first_line_survival", "relapsed_outcomes", "donor_transplant_series")
"""The topics of the pack that hold figures of how long people lived: shown only to who asks for them."""


@dataclass(frozen=True, slots=True)
class Roadmap:
    """What the page shows, beside the words themselves."""

    words: PlainPlan
    stops: tuple[Stop, ...]
    possible: tuple[Choice, ...]
    unclear: tuple[Choice, ...]
    not_now: tuple[tuple[Choice, ...], ...]
    visit: tuple[str, ...]
    call: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as its source gives it: what was found, in whom, how many, and who says so."""

    text: str
    who: str
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one question, side by side, and why they differ."""

    topic: Topic
    rows: tuple[Figure, ...]


def roadmap_of(plan: Plan) -> Roadmap:
    """The roadmap of a plan."""
    words = plain_plan(plan)
    rail = None if words.ended else rail_of(plan, own_words=True)
    standing = {
        kind: tuple(one for one in words.choices if one.standing == kind)
        for kind in ("possible", "cannot_tell")
    }
    not_now = tuple(group for group in alike(words.choices) if group[0].standing == "not_now")
    return Roadmap(
        words,
        rail.stops if rail is not None else (),
        standing["possible"],
        standing["cannot_tell"],
        not_now,
        _visit(words, standing["possible"]),
        without_commands(words.call),
        () if words.ended else signs(plan.facts),
    )


def _visit(words: PlainPlan, possible: tuple[Choice, ...]) -> tuple[str, ...]:
    """Questions for the next visit, out of what is due, unknown and to be chosen."""
    if words.ended:
        return ()
    asked = [_("What comes next for me, and when?")] if words.here.title else []
    asked += [
        _("Is this done, or when will it be: %(what)s?") % {"what": _inside(one.title)}
        for one in words.due[:3]
    ]
    asked += [
        _("What would this mean for me: %(what)s?") % {"what": _inside(one.title)} for one in possible[:3]
    ]
    asked += [_("Do we know this yet: %(what)s?") % {"what": name} for name in words.for_team[:3]]
    return tuple(asked[:VISIT])


def _inside(title: str) -> str:
    """A title as part of a sentence."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def without_commands(text: str) -> str:
    """A text of the pack without the sentences that name a command, which a site does not have."""
    return " ".join(part for part in text.replace(". ", ".\n").split("\n") if "`" not in part)


def cards_of(plan: Plan) -> tuple[CardDefinition | None, tuple[CardDefinition, ...]]:
    """The emergency card of the treatment given now, where the record tells which; and all the others."""
    library = active().library
    current = plan.facts.treatment.current
    name = current.regimen if current is not None else ""
    mine = next((one for one in library.cards.values() if name and name in (one.id, *one.treatment)), None)
    others = sorted((one for one in library.cards.values() if one is not mine), key=lambda one: one.order)
    return mine, tuple(others)


def figures_of(pack: Pack) -> tuple[Figures, ...]:
    """What studies counted of how long people lived, source by source; never of one person."""
    return tuple(
        Figures(topic, tuple(_figure(pack, name) for name in topic.rows))
        for topic in pack.topics
        if topic.id in FIGURES
    )


def _figure(pack: Pack, name: str) -> Figure:
    claim = pack.claims[name]
    counted = _("%(n)d people") % {"n": claim.n} if claim.n else ""
    who = "; ".join(part for part in (claim.population, counted) if part)
    return Figure(claim.text, who, pack.sources[claim.source].citation)
