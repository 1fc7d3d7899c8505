"""`sapwood registry`: its verbs and their options, and what each of them prints."""

from __future__ import annotations

import argparse
from pathlib import Path

from sapwood.errors import Problem, SapwoodError


def add_options(command: argparse.ArgumentParser, parser_class: type[argparse.ArgumentParser]) -> None:
    """The verbs of `sapwood registry` and their options."""
    verbs = command.add_subparsers(dest="action", required=True, metavar="VERB", parser_class=parser_class)
    build = verbs.add_parser("build", help="from bulk data or Bundles; goes on where it was interrupted")
    build.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="NDJSON or Bundles (also .gz), or folders of them"
    )
    build.add_argument("--out", required=True, metavar="DIR", help="the registry's folder")
    build.add_argument("--pack", default="bpdcn", metavar="ID|DIR", help="default: bpdcn")
    build.add_argument("--as-of", metavar="WHEN", help="a date (its end) or an instant; default: today")
    build.add_argument(
        "--rebuild", action="store_true", help="extract everybody again: for another pack or moment"
    )
    build.add_argument("--workers", type=int, default=0, metavar="N", help="default: one for each processor")


def run(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    """What to print, and the exit code; `today` is a date, for a build that names no moment."""
    _engine_is_there()
    return _VERBS[chosen.action](chosen, today)


def _build(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .build import Wanted, build
    from .progress import Progress
    from .say import built_words

    as_of = today if chosen.as_of is None else _moment(chosen.as_of)
    wanted = Wanted(
        chosen.sources,
        Path(chosen.out),
        chosen.pack,
        as_of,
        False if chosen.as_of is None else None,
        chosen.rebuild,
        chosen.workers,
    )
    return built_words(build(wanted, Progress()), chosen.out), 0


_VERBS = {"build": _build}


def _moment(text: str) -> str:
    """A moment as written; SapwoodError where it is none."""
    from sapwood.values import read_moment

    if read_moment(text) is None:
        raise SapwoodError(
            Problem("--as-of", "not a day or an instant that exists", "Write it as 2026-03-02.")
        )
    return text


def _engine_is_there() -> None:
    """Raises SapwoodError, with what to do, where DuckDB is not installed."""
    try:
        import duckdb  # noqa: F401
    except ImportError as error:
        problem = Problem(
            "sapwood registry",
            "the engine DuckDB is not installed",
            "Install Sapwood with its extra `registry`: `pip install sapwood[registry]`.",
        )
        raise SapwoodError(problem) from error
