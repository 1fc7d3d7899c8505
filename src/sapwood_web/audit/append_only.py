"""The database itself refuses to change, remove or replace an event, whoever asks: the site, a script, a console.

No deed ever changes one: erasure removes the row that a random id leads to, never the event. Who may alter tables can
take the guard away; then the chain shows what they did.
"""

from __future__ import annotations

from typing import Any

_SQLITE = (
    "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'events of the trail are never changed'); END",
    "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'events of the trail are never changed'); END",
    # INSERT OR REPLACE removes a row without asking the trigger above
    "CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event WHEN EXISTS "
    "(SELECT 1 FROM audit_event WHERE id = NEW.id OR (shard = NEW.shard AND number = NEW.number)) "
    "BEGIN SELECT RAISE(ABORT, 'events of the trail are never changed'); END",
)
_NOT_SQLITE = (
    "DROP TRIGGER IF EXISTS audit_event_no_update",
    "DROP TRIGGER IF EXISTS audit_event_no_delete",
    "DROP TRIGGER IF EXISTS audit_event_no_replace",
)
_POSTGRES = (
    "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'events of the trail are never changed'; END$$",
    "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event "
    "FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()",
    "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event EXECUTE FUNCTION audit_event_refuse()",
)
_NOT_POSTGRES = (
    "DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event",
    "DROP TRIGGER IF EXISTS audit_event_no_truncate ON audit_event",
    "DROP FUNCTION IF EXISTS audit_event_refuse()",
)


def guard(connection: Any) -> None:
    """Sets the guard; called by a migration, and again by any later one that makes the table anew."""
    _run(connection, _POSTGRES if connection.vendor == "postgresql" else _SQLITE)


def unguard(connection: Any) -> None:
    """Takes the guard away: for a migration that has to, and for tests that empty the table."""
    _run(connection, _NOT_POSTGRES if connection.vendor == "postgresql" else _NOT_SQLITE)


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
