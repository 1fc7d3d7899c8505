"""What a registry is: its pack, its moment, what went in and what came out; and whether it may be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from sapwood.errors import Problem, SapwoodError
from sapwood.pack import Pack, known_packs, load_pack

from .intake import write_settled
from .layout import FORMAT, Layout

COMPLETE, UNFINISHED = "complete", "unfinished"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The manifest of a registry."""

    format: int = FORMAT
    state: str
    pack: dict[str, str]  # id, version, hash
    as_of: str
    looks_back: bool | None
    sources: dict[str, Any]  # files, bytes, hash
    counts: dict[str, Any]
    problems: list[dict[str, Any]]  # what, remedy, people, times; the commonest first


def read_manifest(folder: Path | str) -> Manifest:
    """The manifest of a registry that may be read; SapwoodError says why it may not."""
    layout = Layout(Path(folder))
    where = str(folder)
    try:
        manifest = msgspec.json.decode(layout.manifest.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        remedy = "Name the folder that `sapwood registry build` was given as --out"
        raise SapwoodError(Problem(where, "this is no registry", remedy)) from None
    if manifest.format != FORMAT:
        what = f"this registry has the format {manifest.format}; this version reads {FORMAT}"
        raise SapwoodError(Problem(where, what, "Build it again"))
    if manifest.state != COMPLETE:
        what = "this registry is being built, or its build was interrupted"
        raise SapwoodError(Problem(where, what, "Run the same `sapwood registry build` again; it goes on"))
    return manifest


def keep_manifest(layout: Layout, manifest: Manifest) -> None:
    """Writes a registry's manifest, whole or not at all."""
    write_settled(layout.manifest, msgspec.json.format(msgspec.json.encode(manifest)))


def pack_of(manifest: Manifest, asked: str | None) -> Pack:
    """The pack a registry was built with: the one asked for, or that of its id.

    Raises SapwoodError where that pack is another, or was changed since.
    """
    own = manifest.pack["id"]
    if asked is None and own not in known_packs():
        what = f"the registry's pack {own} does not come with Sapwood"
        raise SapwoodError(Problem("--pack", what, "Name its folder"))
    pack = load_pack(asked if asked is not None else own)
    if pack.hash != manifest.pack["hash"]:
        what = f"the registry was built with another edition of the pack {own}"
        raise SapwoodError(Problem("--pack", what, "Name that edition, or run `build` with --rebuild"))
    return pack
