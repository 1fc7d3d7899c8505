"""`sapwood registry`: its verbs and their options, and what each of them prints."""

from __future__ import annotations

import argparse
import os
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
    build.add_argument(
        "--as-of", metavar="WHEN", help="a date (its end) or an instant; default: the registry's, else today"
    )
    build.add_argument(
        "--rebuild", action="store_true", help="extract everybody again: for another pack or moment"
    )
    build.add_argument("--workers", type=int, default=0, metavar="N", help="default: one for each processor")
    agree = verbs.add_parser(
        "concordance", help="what was done at each decision, against what the pathway said at the time"
    )
    agree.add_argument("folder", metavar="DIR", help="the registry's folder")
    add_pack(agree)
    add_small_counts(agree)
    agree.add_argument("--format", choices=["text", "csv", "json"], default="text", help="default: text")
    agree.add_argument(
        "--list",
        action="store_true",
        help="instead: each decision as CSV, with the person's id; not to be shown",
    )
    agree.add_argument("--workers", type=int, default=0, metavar="N", help="default: one for each processor")
    export = verbs.add_parser("export", help="pseudonymous rows for research, of people who allow it")
    export.add_argument("folder", metavar="DIR", help="the registry's folder")
    export.add_argument("--to", choices=["parquet", "csv"], required=True, help="how to write the rows")
    export.add_argument("--out", required=True, metavar="PATH", help="a new folder")
    export.add_argument(
        "--key", required=True, metavar="FILE", help="the key behind the pseudonyms; made where there is none"
    )
    add_pack(export)


def add_pack(verb: argparse.ArgumentParser) -> None:
    """The option that names a registry's pack."""
    verb.add_argument(
        "--pack", metavar="ID|DIR", help="the registry's pack, where it lies in a folder of yours"
    )


def add_small_counts(verb: argparse.ArgumentParser) -> None:
    """The option that lowers the threshold below which counts are hidden."""
    verb.add_argument(
        "--small-counts",
        type=int,
        metavar="N",
        help="hide only counts below N in place of 11; in a rare disease a small count can point at a person",
    )


def run(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    """What to print, and the exit code; `today` is a date, for a build that names no moment."""
    _engine_is_there()
    return _VERBS[chosen.action](chosen, today)


def _build(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .build import Wanted, build
    from .journal import moment_of
    from .progress import Progress
    from .say import built_words

    if chosen.as_of is not None:
        as_of, looks_back = _moment(chosen.as_of), None
    else:
        as_of, looks_back = (None if chosen.rebuild else moment_of(Path(chosen.out))) or (today, False)
    wanted = Wanted(
        chosen.sources,
        Path(chosen.out),
        chosen.pack,
        as_of,
        looks_back,
        chosen.rebuild,
        chosen.workers,
    )
    return built_words(build(wanted, Progress()), chosen.out), 0


def _concordance(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .concordance import concordance
    from .concordance_words import listing, write
    from .manifest import pack_of, read_manifest
    from .progress import Progress
    from .small_numbers import threshold_of

    manifest = read_manifest(chosen.folder)
    pack = pack_of(manifest, chosen.pack)
    threshold = threshold_of(chosen.small_counts)
    asked = chosen.pack if chosen.pack is not None else manifest.pack["id"]
    workers = chosen.workers or os.cpu_count() or 1
    found = concordance(Path(chosen.folder), manifest, pack, asked, workers, Progress())
    return (listing(found) if chosen.list else write(found, manifest, chosen.format, threshold)), 0


def _export(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .export import export
    from .manifest import pack_of, read_manifest
    from .say import exported_words

    manifest = read_manifest(chosen.folder)
    pack = pack_of(manifest, chosen.pack)
    paths = Path(chosen.folder), Path(chosen.out), Path(chosen.key)
    done = export(paths[0], manifest, pack, chosen.to, paths[1], paths[2])
    return exported_words(done, chosen.out, chosen.key), 0


_VERBS = {"build": _build, "concordance": _concordance, "export": _export}


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
