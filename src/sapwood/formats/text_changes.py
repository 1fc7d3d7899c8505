"""What a plan as text says of what changed since an earlier one."""

from __future__ import annotations

from sapwood.changes import Changes
from sapwood.changes_words import fact_words, said_changes, summary, unworded
from sapwood.formats.paper import Paper

_FACTS = 15


def changed(paper: Paper, changes: Changes, audience: str) -> None:
    """What is new and what changed, each with why; one sentence where nothing did."""
    paper.heading("What has changed")
    paper.say(summary(changes, audience), indent=2)
    heading = ""
    for told in said_changes(changes, audience):
        if told.heading != heading:
            heading = told.heading
            paper.say(heading, indent=2, style="strong")
        paper.say(told.text, indent=4, hang=2)
        for number, reason in enumerate(told.because[:4]):
            paper.say(reason, indent=6, mark="because " if number == 0 else "and ", style="quiet")
        if len(told.because) > 4:
            paper.say(f"and {len(told.because) - 4} more", indent=6, style="quiet")
    words = [
        text for change in changes.facts if not change.undated and (text := fact_words(change, audience))
    ]
    undated = sum(change.undated for change in changes.facts)
    if words:
        paper.say("New in your record" if audience == "patient" else "Facts", indent=2, style="strong")
        for text in words[:_FACTS]:
            paper.say(text, indent=4, hang=2)
        if len(words) > _FACTS:
            more = "" if audience == "patient" else " (`--format json` has them all)"
            paper.say(f"and {len(words) - _FACTS} more{more}", indent=4, style="quiet")
    if undated and audience == "clinician":
        paper.say(
            f"{undated} more facts have no date, and a look back leaves them out: nobody can tell since when they "
            "are known.",
            indent=2,
            style="quiet",
        )
    if audience == "patient" and (wordless := unworded(changes)):
        paper.say(f"{wordless} more changes have no plain words yet. Your team can see them.", indent=2)
    quiet = len(changes.found) - len(changes.shown)
    if quiet and audience == "clinician":
        paper.say(
            f"{quiet} more criteria or duties turned without being due here (`--format json` has them).",
            indent=2,
            style="quiet",
        )
