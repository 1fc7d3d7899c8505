"""The full-text index of the database itself: FTS5 in SQLite, a text vector in PostgreSQL. Nothing else differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

CREATE = {
    "sqlite": ["CREATE VIRTUAL TABLE library_fulltext USING fts5(title, body, tokenize='porter unicode61')"],
    "postgresql": [
        "CREATE TABLE library_fulltext (entry bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX library_fulltext_words ON library_fulltext USING gin (words)",
    ],
}

_WRITE = {
    "sqlite": "INSERT INTO library_fulltext (rowid, title, body) VALUES (%s, %s, %s)",
    "postgresql": "INSERT INTO library_fulltext (entry, words) VALUES (%s, setweight(to_tsvector('english', %s), 'A') "
    "|| setweight(to_tsvector('english', %s), 'C'))",
}

_FIND = {
    "sqlite": "SELECT rowid FROM library_fulltext WHERE library_fulltext MATCH %s "
    "ORDER BY bm25(library_fulltext, 6.0, 1.0) LIMIT %s",
    "postgresql": "SELECT entry FROM library_fulltext, to_tsquery('english', %s) AS asked WHERE words @@ asked "
    "ORDER BY ts_rank(words, asked, 1) DESC, entry LIMIT %s",
}


def create(schema_editor: Any) -> None:
    """Makes the index, empty."""
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(schema_editor: Any) -> None:
    """Takes the index away."""
    schema_editor.execute("DROP TABLE library_fulltext")


def rewrite(entries: Iterable[tuple[int, str, str]]) -> None:
    """Puts these entries (number, title, body) in the place of all that was indexed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM library_fulltext")
        cursor.executemany(_WRITE[connection.vendor], list(entries))


def find(groups: Sequence[Sequence[str]], most: int, *, every: bool) -> list[int]:
    """The entries that hold one word of each group (or, not `every`, of any group), the nearest first.

    Words are plain letters and digits: nothing of a query language passes.
    """
    if not groups:
        return []
    either, both = (" OR ", " AND ") if connection.vendor == "sqlite" else (" | ", " & ")
    parts = [f"({either.join(_quoted(word) for word in group)})" for group in groups]
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], [(both if every else either).join(parts), most])
        return [int(row[0]) for row in cursor.fetchall()]


def _quoted(word: str) -> str:
    if not word.isalnum():
        raise ValueError("only letters and digits are looked for")
    return f'"{word}"' if connection.vendor == "sqlite" else f"'{word}'"
