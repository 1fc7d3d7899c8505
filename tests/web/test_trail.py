"""The audit trail in the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections, transaction
from people import FILE, make_person, make_record, signed_in

from sapwood_web.accounts.models import Person
from sapwood_web.audit.actions import record_event, verify_trail
from sapwood_web.audit.append_only import unguard
from sapwood_web.audit.models import Event, NeverChangedError
from sapwood_web.records import actions
from sapwood_web.records.models import Record


@pytest.fixture(autouse=True)
def heads_apart(tmp_path: Any, settings: Any) -> None:
    settings.AUDIT_HEADS = tmp_path / "audit"


@pytest.mark.django_db(transaction=True)
def test_a_trail_as_it_was_written_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    make_record(make_person("a@example.org"))
    assert Event.objects.count() > 5
    assert verify_trail() == []
    call_command("verify_trail")
    assert "whole" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET why = 'own record' WHERE deed = 'looked'",
        "UPDATE audit_event SET what = 'x' WHERE deed = 'looked'",
        "DELETE FROM audit_event WHERE deed = 'looked'",
        "DELETE FROM audit_event",
    ],
)
def test_a_change_behind_the_sites_back_is_found(change: str) -> None:
    for turn in range(3):
        record_event("looked", actor=None, what=f"{turn}", why="test")
    unguard(connection)  # by someone who may alter tables
    with connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("UPDATE audit_chain SET number = 0, mac = ''")
    assert verify_trail()
    with pytest.raises(CommandError):
        call_command("verify_trail")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET why = 'own record'",
        "DELETE FROM audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT id, shard, number, at, actor, about, 'x', what, why, mac"
        " FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_an_event(change: str) -> None:
    only = {"INSERT OR": "sqlite", "TRUNCATE ": "postgresql"}.get(change[:9], connection.vendor)
    if only != connection.vendor:
        pytest.skip("not a statement of this database")
    event = record_event("looked", actor=None, why="test")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Event.objects.get(pk=event.pk).link == event.link
    record_event("looked", actor=None, why="test")
    assert Event.objects.count() == 2, "and goes on taking new ones"


@pytest.mark.django_db
def test_the_site_itself_never_changes_an_event() -> None:
    event = record_event("looked", actor=None)
    for change in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(deed="x"),
    ):
        with pytest.raises(NeverChangedError):
            change()


@pytest.mark.django_db
def test_a_deed_that_fails_leaves_no_event_and_an_event_that_fails_no_deed(
    alice: Person, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError

    before = Event.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr(Event, "save", refuse)
        with pytest.raises(OSError, match=r"^$"):
            actions.keep_upload(alice, record, FILE)
        client = signed_in(alice)
        assert client.get(f"/records/{record.pk}/").status_code == 500, "nothing is shown that is not noted"
    assert (record.uploads.count(), Event.objects.count()) == (1, before)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "files/", "facts/", "sharing/"])
def test_every_look_leaves_one_event(alice: Person, record: Record, page: str) -> None:
    before = Event.objects.filter(about=record.subject).count()
    signed_in(alice).get(f"/records/{record.pk}/{page}")
    assert Event.objects.filter(about=record.subject).count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_is_held_does_not_hold_up_readers() -> None:
    """Two people read at the same time; where rows are locked one by one, neither waits for the other."""
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("this database has one writer at a time, whatever is written")

    def look(_: int) -> int:
        try:
            return record_event("looked", actor=None).shard
        finally:
            connections.close_all()

    with transaction.atomic():
        held = record_event("looked", actor=None).shard
        with ThreadPoolExecutor(4) as pool:
            shards = list(pool.map(look, range(12)))
    assert held not in shards
    assert verify_trail() == []
