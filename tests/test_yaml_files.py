"""YAML as packs use it: nothing is turned into something else behind the author's back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sapwood.errors import PackError
from sapwood.yaml_files import read_yaml


def read(folder: Path, text: str | bytes) -> Any:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path, "a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.20", Decimal("3.20")),
        ("7", 7),
        ("010", 10),
        ("true", True),
        ("false", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("n", "n"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
    ],
)
def test_scalars_stay_what_was_written(tmp_path: Path, text: str, value: Any) -> None:
    found = read(tmp_path, f"a: {text}\n")["a"]
    assert (found, type(found)) == (value, type(value))
    assert str(found) == str(value)


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: 1\na: 2\n",
        "a: .inf",
        "a: .nan",
        "a: 1:30.5",
        "a: 12:30",
        "? [a]\n: b\n",
        "a: !!python/none x",
        "\t- a",
        "a: b: c",
        b"\xff\xfe\x00",
        "a: \x00",
        "[" * 5000,
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_place(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(PackError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.where.startswith("a.yaml")
    assert problem.remedy


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "nowhere.yaml", "the file is missing"), (tmp_path, "cannot be read")):
        with pytest.raises(PackError, match=said):
            read_yaml(path, "a.yaml")
