"""What `sapwood read` answers: the list of pages, one page, one card, or a folder that holds them all."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sapwood.articles import Library, read_library
from sapwood.errors import AnswerError, Problem
from sapwood.pack import load_pack, pack_folder


def read_page(page: str | None, *, pack: str, format: Literal["text", "html"], output: str | None) -> str:
    """The page, card or list as text or HTML; nothing, where it went to a file; of a folder, how many pages."""
    library = read_library(load_pack(pack), pack_folder(pack))
    if page is None and format == "html" and output is not None:
        return _write_all(library, Path(output))
    text = _html(library, page) if format == "html" else _text(library, page)
    if output is None:
        return text
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(error) from None
    return ""


def _html(library: Library, page: str | None) -> str:
    from sapwood.articles_html import html_article, html_card, html_list

    if page is None:
        return html_list(library)
    sort, _, name = page.rpartition(":")
    return (
        html_card(library, library.card(name))
        if sort == "card"
        else html_article(library, library.article(page))
    )


def _text(library: Library, page: str | None) -> str:
    from sapwood.articles_text import write_article, write_card, write_list

    if page is None:
        return write_list(library)
    sort, _, name = page.rpartition(":")
    return (
        write_card(library, library.card(name))
        if sort == "card"
        else write_article(library, library.article(page))
    )


def _write_all(library: Library, folder: Path) -> str:
    from sapwood.articles_html import html_library

    files = html_library(library)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(error) from None
    return f"{len(files)} pages written to {folder}; begin with index.html.\n"


def _unwritable(error: OSError) -> AnswerError:
    return AnswerError(
        Problem("--output", f"cannot be written ({type(error).__name__})", "Name a place you may write to.")
    )
