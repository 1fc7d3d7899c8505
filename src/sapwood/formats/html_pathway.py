"""Of the page: the pathway drawn as a rail of steps, with words that say the same."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan

WORDS = {
    "here": "the person stands here",
    "gap": "still open",
    "done": "closed",
    "passed": "not opened",
    "unclear": "cannot tell",
    "ahead": "not yet",
}
OWN_WORDS = {"here": "you are here", "gap": "not finished yet", "done": "done"}
"""What a person is shown of the way: how far they have come. What may lie ahead is told in words, one step of it."""
_LETTERS = 34
_LINE, _SPACE, _LEFT = 15, 12, 22


@dataclass(frozen=True, slots=True)
class Stop:
    """One step on the rail: its place, its lines of text, and how it stands."""

    id: str
    title: str
    state: str
    number: int
    y: int
    lines: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One track, drawn under the rail."""

    title: str
    words: str
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rail:
    """The pathway as it is drawn."""

    stops: tuple[Stop, ...]
    tracks: tuple[Beside, ...]
    height: int
    tracks_from: int
    width: int = 340
    left: int = _LEFT
    line: int = _LINE

    @property
    def words(self) -> str:
        """The drawing in one sentence a part."""
        steps = "; ".join(f"{stop.number}. {stop.title}: {stop.words}" for stop in self.stops)
        tracks = "; ".join(f"{track.title}: {track.words}" for track in self.tracks)
        return f"Steps in order. {steps}." + (f" Beside the steps. {tracks}." if tracks else "")


def rail_of(plan: Plan, *, own_words: bool = False) -> Rail | None:
    """The drawing of the pathway, in the person's own words without the tracks; nothing where nothing points to it."""
    position = plan.position
    if position.step == NO_SIGNAL or not position.pathway.steps:
        return None
    stops: list[Stop] = []
    y = 16
    for number, step in enumerate(position.pathway.steps, start=1):
        state = _state(plan, step.id)
        title = step.patient.title if own_words else step.title
        if own_words and (state not in OWN_WORDS or not title):
            continue
        lines = tuple(textwrap.wrap(title, _LETTERS)) or (title,)
        words = (OWN_WORDS if own_words else WORDS)[state]
        place = len(stops) + 1 if own_words else number
        stops.append(Stop(step.id, title, state, place, y, lines, words))
        y += _LINE * (len(lines) + 1) + _SPACE
    if own_words and len(stops) < 2:
        return None
    tracks: list[Beside] = []
    tracks_from = y + 6
    y = tracks_from + 24 if position.tracks and not own_words else y
    for track in () if own_words else (one for one in position.tracks if one.told):
        words = track.text or track.status.replace("_", " ")
        lines = tuple(textwrap.wrap(words, _LETTERS + 12, max_lines=4, placeholder=" ..."))
        tracks.append(Beside(track.title, words, y, lines))
        y += _LINE * (len(lines) + 1) + _SPACE
    return Rail(tuple(stops), tuple(tracks), y - 6, tracks_from)


def _state(plan: Plan, step: str) -> str:
    """How a step stands: here, gap, done, passed, unclear, ahead."""
    position, truth = plan.position, plan.verdicts.truth
    if step == position.step:
        return "here"
    if any(gap.id == step for gap in position.gaps):
        return "gap"
    opened, closed = truth(f"step:{step}:opens"), truth(f"step:{step}:closes")
    if opened is True:
        return "done" if closed is True else "ahead"
    order = [one.id for one in position.pathway.steps]
    if opened is None:
        return "unclear"
    return "passed" if order.index(step) < order.index(position.step) else "ahead"
