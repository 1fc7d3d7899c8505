"""`sapwood registry`: its verbs and their options, and what each of them prints."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sapwood.errors import Problem, SapwoodError
from sapwood.whole_files import write_whole


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
    add_engine(build)
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
    add_asking(verbs)


def add_asking(verbs: Any) -> None:
    """The verbs that ask a registry: `summary`, `find`, `ask`, `missing`."""
    summary = verbs.add_parser(
        "summary", help="where people stand, every criterion, option and alert, counted"
    )
    add_engine(summary)
    find = verbs.add_parser("find", help="case-finding: who meets a criterion, who may after one more answer")
    find.add_argument(
        "criterion", metavar="CRITERION", help="a criterion of the pack, such as bpdcn_suspected"
    )
    ask = verbs.add_parser("ask", help="of how many people a sentence is true, false or unknown")
    ask.add_argument("sentence", metavar="SENTENCE", help="over facts and criteria, as criteria are written")
    asking = verbs.add_parser(
        "missing", help="which single question, put to everyone it concerns, settles most"
    )
    for verb in (summary, find, ask, asking):
        verb.add_argument("folder", metavar="DIR", help="the registry's folder")
        add_pack(verb)
        add_small_counts(verb)
    formats = ["text", "json", "csv", "html"]
    summary.add_argument("--format", choices=formats, default="text", help="default: text")
    summary.add_argument("-o", "--output", metavar="FILE", help="write it there, whole or not at all")
    for verb in (find, ask):
        verb.add_argument(
            "--list",
            action="store_true",
            help="instead: ids as CSV, for the hospital's own eyes; never names, and not to be shown",
        )


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


def add_engine(verb: argparse.ArgumentParser) -> None:
    """The options that say where the work is done."""
    verb.add_argument(
        "--engine", choices=["duckdb", "spark"], default="duckdb", help="default: duckdb, on this machine"
    )
    verb.add_argument(
        "--master", default="local[*]", metavar="URL", help="of Spark; default: local[*], all of this machine"
    )


def run(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    """What to print, and the exit code; `today` is a date, for a build that names no moment."""
    _engine_is_there()
    return _VERBS[chosen.action](chosen, today)


def _build(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .build import Share, Wanted, build
    from .journal import moment_of
    from .pool import each
    from .progress import Progress
    from .say import built_words

    if chosen.as_of is not None:
        as_of, looks_back = _moment(chosen.as_of), None
    else:
        as_of, looks_back = (None if chosen.rebuild else moment_of(Path(chosen.out))) or (today, False)
    share: Share = each
    folder = Path(chosen.out)
    if chosen.engine == "spark":
        from .spark import each_in, session

        share, folder = each_in(session(chosen.master)), folder.absolute()
    wanted = Wanted(
        chosen.sources,
        folder,
        chosen.pack,
        as_of,
        looks_back,
        chosen.rebuild,
        chosen.workers,
        share,
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


def _summary(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .opened import opened
    from .overview import overview
    from .overview_html import as_html
    from .overview_words import as_csv, as_json, as_text, to_show
    from .questions import missing
    from .small_numbers import threshold_of

    threshold = threshold_of(chosen.small_counts)
    with opened(chosen.folder, chosen.pack) as registry, TemporaryDirectory(prefix="sapwood-") as place:
        if chosen.engine == "spark":
            from .spark import session, write_answers

            write_answers(session(chosen.master), registry.folder, registry.pack, Path(place) / "answers")
            registry.answered_elsewhere(Path(place) / "answers")
        found = to_show(overview(registry), missing(registry), registry.pack, registry.manifest, threshold)
    text = {"text": as_text, "csv": as_csv, "json": as_json, "html": as_html}[chosen.format](found)
    if chosen.output is None:
        return text, 0
    try:
        write_whole(Path(chosen.output), text.encode())
    except OSError as error:
        what = f"the summary cannot be written there ({error.strerror or type(error).__name__})"
        raise SapwoodError(Problem(chosen.output, what, "Name a file in a folder you can write to")) from None
    return "", 0


def _find(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .asked_words import found_list, found_words
    from .case_finding import find
    from .opened import opened
    from .small_numbers import threshold_of

    threshold = threshold_of(chosen.small_counts)
    with opened(chosen.folder, chosen.pack) as registry:
        found = find(registry, chosen.criterion)
        return (found_list(found, registry) if chosen.list else found_words(found, registry, threshold)), 0


def _ask(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .asked import ask
    from .asked_words import asked_list, asked_words
    from .opened import opened
    from .small_numbers import threshold_of

    threshold = threshold_of(chosen.small_counts)
    with opened(chosen.folder, chosen.pack) as registry:
        found = ask(registry, chosen.sentence)
        return (asked_list(found) if chosen.list else asked_words(found, registry, threshold)), 0


def _missing(chosen: argparse.Namespace, today: str) -> tuple[str, int]:
    from .asked_words import missing_words
    from .opened import opened
    from .questions import missing
    from .small_numbers import threshold_of

    threshold = threshold_of(chosen.small_counts)
    with opened(chosen.folder, chosen.pack) as registry:
        return missing_words(missing(registry), registry, threshold), 0


_VERBS = {
    "build": _build,
    "summary": _summary,
    "find": _find,
    "ask": _ask,
    "missing": _missing,
    "concordance": _concordance,
    "export": _export,
}


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
