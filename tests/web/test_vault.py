"""Keys and sealed text."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from sapwood_web.vault import make_keys
from sapwood_web.vault.addresses import open_address, seal_address
from sapwood_web.vault.key_store import KeyGoneError, KeyStore
from sapwood_web.vault.keys import (
    UnreadableError,
    new_key,
    new_keys,
    only_first,
    open_with,
    read_keys,
    seal_with,
    turned,
)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path, (new_key(32),))


def test_what_is_sealed_opens_in_its_place_only(store: KeyStore) -> None:
    name = store.create()
    sealed = store.seal(name, "answer:1", b"albumin")
    assert b"albumin" not in sealed
    assert store.open(name, "answer:1", sealed) == b"albumin"
    with pytest.raises(UnreadableError):
        store.open(name, "answer:2", sealed)
    with pytest.raises(UnreadableError):
        store.open(store.create(), "answer:1", sealed)


def test_a_changed_byte_is_refused(store: KeyStore) -> None:
    name = store.create()
    sealed = bytearray(store.seal(name, "x", b"albumin"))
    sealed[-1] ^= 1
    with pytest.raises(UnreadableError):
        store.open(name, "x", bytes(sealed))


def test_a_destroyed_key_opens_nothing_and_is_on_the_list(store: KeyStore) -> None:
    name, other = store.create(), store.create()
    sealed = store.seal(name, "x", b"albumin")
    store.destroy([name])
    with pytest.raises(KeyGoneError):
        store.open(name, "x", sealed)
    assert store.erased() == {name}
    assert store.names() == {other}


def test_an_erasure_cut_short_holds_and_can_be_finished(store: KeyStore) -> None:
    name = store.create()
    sealed = store.seal(name, "x", b"albumin")
    (store.folder / "erased").write_text(f"{name.hex}\n")  # killed between the list and the key
    with pytest.raises(KeyGoneError):
        store.open(name, "x", sealed)
    store.destroy([name])
    assert store.names() == set()
    assert (store.folder / "erased").read_text().count(name.hex) == 1


def test_a_key_brought_back_by_a_backup_opens_nothing(store: KeyStore) -> None:
    name = store.create()
    path = store.folder / name.hex[:2] / name.hex
    kept = path.read_bytes()
    store.destroy([name])
    path.write_bytes(kept)
    with pytest.raises(KeyGoneError):
        store.seal(name, "x", b"albumin")


def test_data_keys_lie_wrapped_and_outlive_a_turn_of_the_wrapping_key(tmp_path: Path) -> None:
    keys = new_keys()
    store = KeyStore(tmp_path, keys.wrapping)
    name = store.create()
    sealed = store.seal(name, "x", b"albumin")
    newer = turned(keys, "wrapping")
    assert KeyStore(tmp_path, newer.wrapping).rewrap() == 1
    assert KeyStore(tmp_path, newer.wrapping).rewrap() == 0
    assert KeyStore(tmp_path, only_first(newer, "wrapping").wrapping).open(name, "x", sealed) == b"albumin"
    with pytest.raises(UnreadableError):
        store.open(name, "x", sealed)


def test_an_address_has_one_sealed_form_under_one_key() -> None:
    key, other = new_key(64), new_key(64)
    sealed = seal_address("Ada@Example.org ", key)
    assert sealed == seal_address("ada@example.org", key)
    assert sealed != seal_address("ada@example.org", other)
    assert "ada" not in sealed.lower().replace(key.name, "")
    assert open_address(sealed, (other, key)) == "ada@example.org"
    with pytest.raises(UnreadableError):
        open_address(sealed, (other,))


def test_keys_come_back_from_their_file_which_is_their_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "keys.json"
    assert make_keys.main([str(path)]) == 0
    assert path.stat().st_mode & 0o077 == 0
    first = read_keys(path)
    assert make_keys.main([str(path), "--turn", "sessions"]) == 0
    second = read_keys(path)
    assert second.sessions[1:] == first.sessions and second.audit == first.audit
    sealed = seal_with(first.sessions[0], "p", b"x")
    assert open_with(second.sessions, "p", sealed) == b"x"
    assert make_keys.main([str(path), "--drop-old", "sessions"]) == 0
    with pytest.raises(UnreadableError):
        open_with(read_keys(path).sessions, "p", sealed)


def test_keys_are_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keys.json"
    make_keys.main([str(path)])
    before = path.read_bytes()
    assert make_keys.main([str(path)]) == 2
    assert path.read_bytes() == before
    assert "there are keys already" in capsys.readouterr().err


def test_no_key_shows_itself(store: KeyStore) -> None:
    key = new_key(32)
    assert repr(key) == f"<Key {key.name}>"
    assert repr(new_keys()) == "<Keys>"
    assert key.secret.hex() not in repr(store)
    assert uuid.uuid4() not in store.names()
