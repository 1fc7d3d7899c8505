"""One content in several files: read together, in order, and an id given twice is named with both files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_packs import ABOUT, folder_of

from sapwood.errors import PackError
from sapwood.pack import load_pack

FACT: dict[str, Any] = {"title": "one", "type": "boolean"}


def put(folder: Path, name: str, content: Any) -> None:
    place = folder / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(content), encoding="utf-8")


def whole(folder: Path) -> Path:
    return folder_of(
        folder,
        about=ABOUT,
        facts={"one": FACT},
        pathway={"steps": [{"id": "a", "title": "A", "opens": "one"}]},
        evidence={"sources": {"s": {"citation": "S"}}, "claims": {"c": {"source": "s", "text": "C"}}},
    )


def test_a_folder_beside_a_file_is_read_too_in_the_order_of_names(tmp_path: Path) -> None:
    place = whole(tmp_path)
    put(place, "facts/more.yaml", {"two": FACT, "always": [{"is": "NOT (one AND two)", "means": "not both"}]})
    put(place, "pathway/b.yaml", {"steps": [{"id": "b", "title": "B", "opens": "two"}]})
    put(place, "pathway/c.yaml", {"steps": [{"id": "c", "title": "C", "opens": "two"}]})
    put(place, "evidence/more.yaml", {"sources": {}, "claims": {"d": {"source": "s", "text": "D"}}})
    pack = load_pack(place)
    assert list(pack.facts) == ["one", "two"] and list(pack.claims) == ["c", "d"]
    assert [step.id for step in pack.pathway.steps] == ["a", "b", "c"]
    assert pack.invariants == ("always:1",)


def test_an_id_given_twice_is_named_with_both_files(tmp_path: Path) -> None:
    place = whole(tmp_path)
    put(place, "facts/more.yaml", {"one": FACT})
    put(place, "evidence/more.yaml", {"sources": {}, "claims": {"c": {"source": "s", "text": "C"}}})
    with pytest.raises(PackError) as error:
        load_pack(place)
    said = [(problem.where, problem.what) for problem in error.value.problems]
    assert any(
        "facts/more.yaml, `one`" in where and "facts.yaml has this id too" in what for where, what in said
    )
    assert any("evidence/more.yaml, `c`" in where for where, _ in said)


def test_a_fault_is_told_with_the_file_it_stands_in(tmp_path: Path) -> None:
    place = whole(tmp_path)
    put(place, "criteria/late.yaml", {"late": {"is": "two", "means": "Two."}})
    with pytest.raises(PackError) as error:
        load_pack(place)
    assert "criteria/late.yaml, `late`" in error.value.problems[0].where


def test_a_file_without_entries_is_refused(tmp_path: Path) -> None:
    place = whole(tmp_path)
    put(place, "facts/odd.yaml", ["one"])
    with pytest.raises(PackError, match="holds no entries"):
        load_pack(place)
