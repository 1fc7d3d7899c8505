"""Copies of the database and of people's keys, kept in two places; and the way back, which erases again.

A backup of the database alone says nothing; one of the keys alone opens nothing. The erasure list is never taken
back to an older state: lists are joined, and replayed before anybody can sign in.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess  # nosec B404: PostgreSQL's own tools, without a shell
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from sapwood_web.accounts.actions import finish_erasures
from sapwood_web.audit.actions import note_all_heads, record_event
from sapwood_web.vault.keys import write_file


class BackupError(Exception):
    """A backup that cannot be made or brought back, and what to do."""


def back_up(database: Path, keys: Path) -> None:
    """Writes the database to one file, and people's keys, still wrapped, to one folder; neither may exist."""
    for path in (database, keys):
        if path.exists():
            raise BackupError(f"{path} exists already. Name a new one for each backup.")
    record_event("made a backup", actor=None, why="on the server")
    settings.KEY_STORE.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(settings.KEY_STORE.folder, keys)  # first: a key too many is harmless, one too few is not
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(database)) as copy:
            connection.connection.backup(copy)
        shutil.copytree(settings.KEY_STORE.folder, keys, dirs_exist_ok=True)
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={database}")
        shutil.copytree(settings.KEY_STORE.folder, keys, dirs_exist_ok=True)
    database.chmod(0o600)


def bring_back(database: Path, keys: Path) -> int:
    """Puts a backup in the place of what is there, then erases again what was erased since; how many rows."""
    for path in (database, keys):
        if not path.exists():
            raise BackupError(f"{path} is not there. Name a backup of both, made together.")
    store = settings.KEY_STORE
    erased = store.erased() | type(store)(keys, store.ring).erased()
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(database)) as copy:
            copy.backup(connection.connection)
    else:
        connections.close_all()
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(database))
    for path in keys.glob("??/*"):
        target = store.folder / path.parent.name / path.name
        if path.name not in {name.hex for name in erased} and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(target, path.read_bytes())
    store.destroy(sorted(erased))
    gone = finish_erasures()
    _set_heads_aside()
    note_all_heads()
    record_event("brought a backup back", actor=None, why="on the server")
    return gone


def _set_heads_aside() -> None:
    """The heads of the trail that was lost stay as evidence of how far it had come."""
    folder = settings.AUDIT_HEADS
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-before-{timezone.now():%Y%m%dT%H%M%S%f}"))


def _postgres(tool: str, *arguments: str) -> None:
    """One of PostgreSQL's own tools on the site's database; the password goes by the environment."""
    database = settings.DATABASES["default"]
    program = shutil.which(tool)
    if program is None:
        raise BackupError(
            f"{tool} is not installed. Install PostgreSQL's client programs of the server's version."
        )
    where = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"]),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
    }
    name = connection.settings_dict["NAME"]
    done = subprocess.run(  # nosec B603
        [program, *arguments, f"--dbname={name}"],
        env={**os.environ, **{key: value for key, value in where.items() if value}},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{tool} failed with exit code {done.returncode}. Run it by hand to see why.")
