"""The parts of a board's page, in the order a board reads them."""

from __future__ import annotations

from dataclasses import dataclass

PARTS = (
    ("position", "Where on the pathway", "Where and what now"),
    ("changes", "What has changed", "What has changed"),
    ("markers", "Markers by specimen", "Markers"),
    ("sites", "Sites", "Sites"),
    ("findings", "Also on record", "Also on record"),
    ("fitness", "Fitness, by rule set (never merged)", "Fitness"),
    ("options", "Options side by side", "Options"),
    ("tracks", "Beside the steps", "Beside the steps"),
    ("trials", "Trials to discuss", "Trials"),
    ("tasks", "Tasks", "Tasks"),
    ("ask", "What to ask next", "Ask next"),
    ("labs", "Measurements, and the limits set for them", "Measurements"),
    ("lines", "Treatment so far", "Treatment so far"),
    ("label", "Label rules", "Label rules"),
    ("watch", "Also watch", "Also watch"),
    ("follow-up", "Follow-up calendar", "Follow-up"),
    ("known", "What is known, side by side (never pooled)", "What is known"),
    ("evidence", "Evidence", "Evidence"),
    ("record", "The record", "The record"),
)
"""Each part: its id, which is also its template's name, its title, and a short title for the list of parts."""


FOLDED = frozenset({"label", "watch", "follow-up", "known", "evidence", "record", "lines", "ask"})
"""The parts that are looked up rather than read: they open on demand, and are printed as a title where closed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page that has something to say; `html` is made by our own templates, which escape every word."""

    id: str
    title: str
    short: str
    html: str
    folded: bool = False
