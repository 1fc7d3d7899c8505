"""What `sapwood pack diff` prints: the entries that differ, and whose plans would read differently."""

from __future__ import annotations

from collections.abc import Sequence

from sapwood.formats.paper import Paper
from sapwood.pack_diff import PackDiff, Read
from sapwood.pack_differences import SORTS, Difference

_TURNS = 12
_PEOPLE = 20
_NAMES = 10
_LONG = 240
_SIGNS = {"added": "+ ", "removed": "- ", "changed": "~ "}


def show_diff(diff: PackDiff) -> str:
    """Two editions of a pack side by side, at most 80 columns wide."""
    paper = Paper(colour=False)
    old, new = diff.old, diff.new
    paper.say(f"{old.about.id} {old.about.version} -> {new.about.id} {new.about.version}")
    if old.hash != new.hash and (old.about.id, old.about.version) == (new.about.id, new.about.version):
        paper.say("The content differs, and the version is the same: give the new one a version of its own.")
    if not diff.entries:
        paper.say("The two say the same.")
    heading = ""
    for entry in diff.entries:
        if SORTS[entry.sort] != heading:
            heading = SORTS[entry.sort]
            paper.heading(heading)
        _entry(paper, entry)
    _people(paper, "Worked patients", "of the packs' own, run under both", diff.patients)
    if diff.plans:
        _people(paper, "Stored plans", "run again from the facts they carry", diff.plans)
    return paper.text()


def _entry(paper: Paper, entry: Difference) -> None:
    sorts = dict.fromkeys(part.sort for part in entry.parts)
    only = f" ({' and '.join(sorts)} only)" if sorts and "logic" not in sorts else ""
    title = f": {entry.title}" if entry.title and entry.title != entry.id else ""
    paper.say(f"{entry.id}{only}{title}", indent=2, mark=_SIGNS[entry.kind])
    for part in entry.parts:
        if part.before and part.after:
            paper.say(f"{part.path}: {_short(part.before)}", indent=6, hang=2)
            paper.say(f"-> {_short(part.after)}", indent=8, hang=3)
        else:
            what = f"now {_short(part.after)}" if part.after else f"no longer {_short(part.before)}"
            paper.say(f"{part.path}: {what}", indent=6, hang=2)


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} ... ({len(text) - _LONG} more letters)"


def _people(paper: Paper, heading: str, what: str, found: Sequence[Read]) -> None:
    paper.heading(heading)
    run = [one for one in found if not one.refused]
    different = [one for one in run if one.turns]
    paper.say(
        f"{len(run)} {what}: {len(different)} would read differently, {len(run) - len(different)} the same.",
        indent=2,
    )
    if len(different) > _PEOPLE:
        others = ", ".join(one.name for one in different[_PEOPLE:])
        paper.say(f"The first {_PEOPLE} in full; then also: {others}.", indent=2, hang=2)
    for one in different[:_PEOPLE]:
        paper.say(one.name, indent=2, style="strong")
        for turn in one.turns[:_TURNS]:
            because = f" (because of {'; '.join(turn.because[:4])})" if turn.because else ""
            name = f"{turn.sort} {turn.id}".strip()
            paper.say(f"{name}: {_word(turn.before)} -> {_word(turn.after)}{because}", indent=4, hang=2)
        if len(one.turns) > _TURNS:
            paper.say(f"and {len(one.turns) - _TURNS} more", indent=4)
    for one in run:
        if one.left_out or one.unsure:
            paper.say(f"{one.name}: not everything could be run again", indent=2)
            for line in (*one.unsure, *one.left_out)[:_NAMES]:
                paper.say(line, indent=4, mark="! ")
            more = len(one.unsure) + len(one.left_out) - _NAMES
            if more > 0:
                paper.say(f"and {more} more", indent=4, mark="! ")
    refused = [one for one in found if one.refused]
    if refused:
        paper.say(f"{len(refused)} could not be run:", indent=2)
        for one in refused:
            paper.say(f"{one.name}: {one.refused}", indent=4, mark="! ")


def _word(state: str) -> str:
    return state.replace("_", " ") or "not there"
