"""`sapwood check`: runs a check, shows its progress, writes what was asked for, and says how it ended."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sapwood.errors import Problem, SapwoodError

if TYPE_CHECKING:
    from .findings import Section

SOUND, FOUND = 0, 3


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `sapwood check`."""
    command.add_argument("pack", nargs="?", default="bpdcn", metavar="ID|DIR", help="default: bpdcn")
    command.add_argument("--format", choices=["text", "json"], default="text", help="default: text")
    command.add_argument(
        "--all", action="store_true", help="also answered findings, and what a reviewer should look at"
    )
    command.add_argument("--patients", metavar="DIR", help="write each patient found as an answers file")
    command.add_argument("--draw", metavar="FILE.svg", help="draw the pathway as proved")
    command.add_argument(
        "--review", metavar="FILE.html", help="write a reviewer's document, to print and sign"
    )
    command.add_argument(
        "--faults",
        nargs="?",
        type=int,
        const=0,
        metavar="N",
        help="instead: make single faults in copies of the pack (N of them, or all) and see which are found",
    )
    command.add_argument(
        "--seconds",
        type=float,
        default=5.0,
        metavar="S",
        help="time for each question to the prover; default: 5",
    )


def run(chosen: argparse.Namespace) -> tuple[str, int]:
    """What to print, and the exit code: 0 where no finding is open, 3 where one is."""
    from sapwood.pack import load_pack, pack_folder

    pack, folder = load_pack(chosen.pack), pack_folder(chosen.pack)
    _prover_is_there()
    from .running import check

    if chosen.faults is not None:
        from .faults import suite

        return suite(pack, folder, chosen.faults, say=_say)
    from .report import as_json, in_words, write_patients

    report = check(pack, folder, seconds=chosen.seconds, progress=_progress)
    patients = write_patients(report, Path(chosen.patients)) if chosen.patients else {}
    if chosen.draw:
        from .draw import drawing

        _write(chosen.draw, drawing(pack, report))
    if chosen.review:
        from .review import document

        _write(chosen.review, document(pack, folder, report))
    text = (
        as_json(report)
        if chosen.format == "json"
        else in_words(report, everything=chosen.all, patients=patients)
    )
    return text, SOUND if report.sound else FOUND


def _prover_is_there() -> None:
    """Raises SapwoodError, with what to do, where z3 is not installed."""
    try:
        import z3  # noqa: F401
    except ImportError as error:
        problem = Problem(
            "sapwood check",
            "the prover z3 is not installed",
            "Install Sapwood with its extra `check`: `pip install sapwood[check]`.",
        )
        raise SapwoodError(problem) from error


def _write(path: str, text: str) -> None:
    from sapwood.whole_files import write_whole

    try:
        write_whole(Path(path), text.encode())
    except OSError as error:
        problem = Problem(
            path, f"cannot be written: {error.strerror}", "Name a file in a folder that you may write to."
        )
        raise SapwoodError(problem) from None


def _progress(section: Section, done: int, of: int) -> None:
    found = f", {len(section.findings)} found" if section.findings else ""
    _say(f"[{done}/{of}] {section.title}: {section.proved} proved{found} ({section.seconds:g} s)")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
