"""The shelf: a folder on the server with editions to load. Nothing comes from a browser, and nothing is followed.

What is loaded decides what people are told about their illness. So it takes two: somebody who may write to the server
puts a folder on the shelf, and a steward, who cannot write there, loads it and puts it to use.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from sapwood.errors import PackError, Problem

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
SUFFIXES = (".yaml", ".md")
MOST_FILES, MOST_BYTES = 2_000, 20_000_000


def on_shelf(shelf: Path) -> list[str]:
    """The names of the folders on the shelf that hold a pack."""
    if not shelf.is_dir():
        return []
    return sorted(
        folder.name
        for folder in shelf.iterdir()
        if NAME.fullmatch(folder.name) and not folder.is_symlink() and (folder / "pack.yaml").is_file()
    )


def take(shelf: Path, name: str) -> dict[str, bytes]:
    """The files of one folder of the shelf by their paths; PackError where it holds what no pack holds."""
    if name not in on_shelf(shelf):
        raise PackError(Problem("the shelf", "holds no pack of this name", "Choose one that is listed."))
    folder = shelf / name
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise PackError(
                Problem(shown, "is a link, or no plain file", "Copy the file itself into the folder.")
            )
        if path.is_dir():
            continue
        if path.suffix not in SUFFIXES or not all(NAME.fullmatch(part) for part in shown.split("/")):
            raise PackError(
                Problem(shown, "is no file of a pack", "Leave only .yaml and .md files, plainly named.")
            )
        files[shown] = path.read_bytes()
        if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_BYTES:
            raise PackError(Problem(name, "is larger than any pack", "Leave only the pack's own files."))
    for shown, data in files.items():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise PackError(Problem(shown, "is not UTF-8", "Save it as UTF-8.")) from None
    return files


def digest(files: Mapping[str, bytes]) -> str:
    """One hash for the paths and the bytes of these files."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path}\n{len(files[path])}\n".encode() + files[path])
    return total.hexdigest()
