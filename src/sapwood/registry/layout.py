"""Where things lie in a registry's folder, and the columns of its tables.

    DIR/manifest.json            what the registry is: pack, as_of, sources, counts, problems by kind
    DIR/facts/part-*.parquet     one sourced row a value, or a reason why there is none
    DIR/people/part-*.parquet    wide rows: person, as_of, trusted
    DIR/specimens/part-*.parquet wide rows: person, as_of, trusted, specimen
    DIR/problems/part-*.parquet  what could not be read or was left out of a person's record, by kind
    DIR/quarantine.ndjson        what could not be read: where and why, never what it said
    DIR/progress/                the journal of the build, and each person's lines

A wide row with `trusted` false is what the record says. Where anything of it rests on the patient's own word, the
same keys come again with `trusted` true and without those values; everybody else's one row serves for both.
`people` also has `research_consent`: permit, deny, or NULL where nobody can tell.
The columns of a name are those of `criteria.sql.columns`; `as_of` is a name too (`as_of__first` and so on).
A fact without a row in `facts` is missing; a wide value without one was assumed, since its fact is closed-world.
"""

from __future__ import annotations

from pathlib import Path

FORMAT = 1
"""Of the layout; another number is not read."""

KEYS = [("person", "VARCHAR"), ("as_of", "VARCHAR"), ("trusted", "BOOLEAN")]
PEOPLE_KEYS = [*KEYS, ("research_consent", "VARCHAR")]
SPECIMEN_KEYS = [*KEYS, ("specimen", "VARCHAR")]

FACT_COLUMNS = [
    ("person", "VARCHAR"),
    ("as_of", "VARCHAR"),
    ("specimen", "VARCHAR"),  # empty for a fact of the person
    ("fact", "VARCHAR"),
    ("state", "VARCHAR"),  # known, stale, conflicting, unusable, not_applicable; missing only with a reason
    ("value", "VARCHAR"),  # true, false, a word, a number with its digits, a day or instant
    ("low", "VARCHAR"),  # of a range; empty is no limit
    ("high", "VARCHAR"),
    ("unit", "VARCHAR"),
    ("instant", "VARCHAR"),  # when it was so
    ("recorded", "VARCHAR"),  # when it became known
    ("assurance", "VARCHAR"),  # clinical, patient, derived
    ("reason", "VARCHAR"),  # why it has no value, or what to know of it
    ("source", "VARCHAR"),  # references of the record, separated by spaces
    ("limit_low", "VARCHAR"),  # the normal limits that came with the value
    ("limit_high", "VARCHAR"),
]
PROBLEM_COLUMNS = [
    ("person", "VARCHAR"),
    ("as_of", "VARCHAR"),
    ("what", "VARCHAR"),  # figures left out, so that one kind is one text
    ("remedy", "VARCHAR"),
    ("times", "INTEGER"),
]
TABLES = ("facts", "people", "specimens", "problems")


class Layout:
    """The files of one registry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / "manifest.json"
        self.quarantine = folder / "quarantine.ndjson"
        self.progress = folder / "progress"

        self.lines = self.progress / "lines"
        self.journal = self.progress / "parts"

    def table(self, name: str) -> Path:
        """The folder of one table's parts."""
        return self.folder / name

    def parts(self, name: str) -> str:
        """What DuckDB's `read_parquet` is given for one table."""
        return str(self.table(name) / "part-*.parquet")
