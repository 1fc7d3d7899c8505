"""A new disease begins as a folder: a commented skeleton that is sound from the first minute."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from sapwood.errors import PackError, Problem
from sapwood.pack_content import IDENTIFIER

SKELETON = Path(__file__).resolve().parent / "skeleton"


def new_pack(folder: str | Path, title: str = "") -> list[Path]:
    """Lays the skeleton of a pack into a new folder, whose name is its id; gives the files, in reading order.

    Raises PackError where the name is no id, the folder is there already, or it cannot be written.
    """
    place = Path(folder)
    name = place.name
    if IDENTIFIER.match(name) is None:
        raise PackError(
            Problem(str(folder), "is no id for a pack", "Use small letters, digits and single underscores.")
        )
    if place.exists():
        raise PackError(
            Problem(str(folder), "is there already", "Choose another name, or edit what is there.")
        )
    title = " ".join(title.split()) or name.replace("_", " ").capitalize()
    if any(mark in title for mark in '"\\:#[]{},'):
        raise PackError(
            Problem(
                "--title",
                "holds a mark that YAML reads as its own",
                "Use letters, digits, spaces and hyphens.",
            )
        )
    words = {"TITLE_WORDS": title.lower(), "TITLE": title, "NAME": name}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{name}-"))
        try:
            for source in sorted(SKELETON.rglob("*")):
                if source.is_file():
                    target = draft / source.relative_to(SKELETON)
                    target.parent.mkdir(exist_ok=True)
                    text = source.read_text(encoding="utf-8")
                    for mark, word in words.items():
                        text = text.replace(mark, word)
                    target.write_text(text, encoding="utf-8")
            draft.chmod(0o755)
            os.rename(draft, place)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        what = f"cannot be written ({type(error).__name__})"
        raise PackError(
            Problem(str(folder), what, "Check the folder's name and who may write there.")
        ) from None
    return sorted(path for path in place.rglob("*") if path.is_file())
