"""The pages of every pack that comes with Sapwood are sound, and none asks for more than eight years of school."""

from __future__ import annotations

import pytest

from sapwood.articles import Library, check_library, read_library, too_hard
from sapwood.articles_text import write_list
from sapwood.pack import known_packs, load_pack, pack_folder


@pytest.mark.parametrize("name", known_packs())
def test_pages_and_cards_are_sound_and_plain(name: str) -> None:
    pack, folder = load_pack(name), pack_folder(name)
    assert check_library(pack, folder) == ()
    library = read_library(pack, folder)
    assert list(too_hard(library)) == []
    assert next(iter(library.articles)) == "tonight", "the first page says whom to call"


def test_a_pack_without_pages_says_so() -> None:
    empty = Library(load_pack("hairy_cell"), {}, {})
    assert write_list(empty) == "There are no pages about hairy cell leukaemia yet.\n"
