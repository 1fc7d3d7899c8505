"""The packs there are, and the way to one: read from its folder once, then kept ready."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from sapwood import pack_cache
from sapwood.errors import PackError, Problem
from sapwood.pack_content import IDENTIFIER, Pack, Sentence

__all__ = ["Pack", "Sentence", "known_packs", "load_pack", "pack_folder", "packs_folder"]


def packs_folder() -> Path:
    """Where the packs that come with Sapwood lie."""
    here = Path(__file__).resolve().parent
    inside = here / "packs"
    return inside if inside.is_dir() else here.parents[1] / "packs"


def known_packs() -> list[str]:
    """The ids of the packs that come with Sapwood."""
    folder = packs_folder()
    return (
        sorted(path.name for path in folder.iterdir() if (path / "pack.yaml").is_file())
        if folder.is_dir()
        else []
    )


def pack_folder(pack: str | Path) -> Path:
    """The folder of the pack with that id, or that folder itself; PackError where there is none."""
    folder = Path(pack)
    if not (folder / "pack.yaml").is_file():
        folder = packs_folder() / str(pack)
        if IDENTIFIER.match(str(pack)) is None or not folder.is_dir():
            close = difflib.get_close_matches(str(pack), known_packs(), 1)
            hint = (
                f"Did you mean `{close[0]}`?"
                if close
                else f"Known packs: {', '.join(known_packs()) or 'none'}."
            )
            raise PackError(
                Problem("--pack", "no pack has this id and no such folder holds a pack.yaml", hint)
            )
    return folder


def load_pack(pack: str | Path) -> Pack:
    """The pack with that id, or in that folder.

    Raises PackError with every problem found: unknown keys, names, evidence; sentences outside the language.
    """
    folder = pack_folder(pack)
    files = {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*.yaml"))
        if path.relative_to(folder).parts[0] not in ("cases", "cards", "glossary.yaml", "questionnaires")
    }
    content = _hash({path: data for path, data in files.items() if path.parts[0] != "reviews"})
    key = _hash(files)
    cached = pack_cache.fetch(key)
    if isinstance(cached, Pack):
        return cached
    from sapwood.pack_reading import read_pack

    loaded = read_pack(folder, content)
    pack_cache.store(key, loaded)
    return loaded


def _hash(files: Mapping[Path, bytes]) -> str:
    """One number for the names and the bytes of some files."""
    digest = hashlib.sha256()
    for path, data in files.items():
        digest.update(f"{path.as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
