"""The edition that the site reads records by: asked for here, and nowhere else."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from sapwood.articles import Library, read_library
from sapwood.pack import Pack, load_pack, pack_folder
from sapwood_web.editions.models import Activation, Edition
from sapwood_web.editions.shelf import digest

BUILT_IN = ""
"""Stands for the content of the pack that came with the site."""


@dataclass(frozen=True)
class Active:
    """An edition in use: its pack, its folder, its pages."""

    content: str
    pack: Pack
    folder: Path

    @property
    def library(self) -> Library:
        """Its pages, cards and words."""
        return _library(self.content)


def active() -> Active:
    """The edition in use now."""
    latest = Activation.objects.order_by("-pk").values_list("edition__content", flat=True).first()
    return edition_of(latest or BUILT_IN)


def active_pack() -> Pack:
    """The pack by which the site reads records now."""
    return active().pack


@lru_cache(maxsize=4)
def edition_of(content: str) -> Active:
    """The edition with this content, laid out in a folder; each process reads it once."""
    folder = pack_folder(settings.PACK) if content == BUILT_IN else _lay_out(content)
    return Active(content, load_pack(folder), folder)


@lru_cache(maxsize=4)
def _library(content: str) -> Library:
    edition = edition_of(content)
    return read_library(edition.pack, edition.folder)


def _lay_out(content: str) -> Path:
    """The folder with the files of a kept edition."""
    edition = Edition.objects.get(content=content)
    return lay_out(content, edition.pack, edition.files)


def lay_out(content: str, pack: str, files: Mapping[str, bytes]) -> Path:
    """The folder with these files, written anew unless it holds exactly them; refused where they are not `content`."""
    place = settings.STATE / "editions" / content
    folder = place / pack
    if digest(files) != content:
        raise RuntimeError("an edition of the pack is not as it was loaded")
    if not (folder.is_dir() and digest(_files_in(folder)) == content):
        new = place.with_name(f"{content}.{secrets.token_hex(4)}.new")
        for path, data in files.items():
            target = new / pack / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        shutil.rmtree(place, ignore_errors=True)
        try:
            os.replace(new, place)
        except OSError:  # another process was quicker, with the same files
            shutil.rmtree(new, ignore_errors=True)
    return folder


def _files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
