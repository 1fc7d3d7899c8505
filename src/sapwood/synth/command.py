"""`sapwood synth`: invents a cohort, or holds one against its rates."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from sapwood.errors import AnswerError, Problem

FINE, OUTSIDE = 0, 3
_UNTIL = "2026-11-01"
_MOST = 10_000_000


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `sapwood synth`."""
    command.add_argument("people", nargs="?", type=int, metavar="N", help="how many people with BPDCN")
    command.add_argument("--background", type=int, default=0, metavar="M", help="and how many others")
    command.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed, the same people")
    command.add_argument("--out", metavar="DIR", help="a new folder to write to")
    command.add_argument(
        "--until", default=_UNTIL, metavar="DAY", help=f"the last day the records know; default: {_UNTIL}"
    )
    command.add_argument("--gzip", action="store_true", help="write .ndjson.gz")
    command.add_argument("--check", metavar="DIR", help="instead: hold a cohort against its rates")


def run(chosen: argparse.Namespace) -> tuple[str, int]:
    """What to print, and the exit code: 0, or 3 where a checked cohort lies outside its rates."""
    if chosen.check:
        from .checking import check

        return check(Path(chosen.check))
    if chosen.people is None or not chosen.out:
        raise AnswerError(
            Problem("sapwood synth", "it is not said how many people, or where", "Give N and --out DIR.")
        )
    from .about import describe, in_words
    from .cohort import Order, write_cohort

    order = Order(
        _count(chosen.people, "N"), _count(chosen.background, "--background"), chosen.seed, _day(chosen.until)
    )
    folder = Path(chosen.out)
    written = write_cohort(order, folder, packed=chosen.gzip, progress=_progress)
    describe(order, written, folder)
    return in_words(order, written, folder), FINE


def _count(number: int, where: str) -> int:
    if 0 <= number <= _MOST:
        return number
    raise AnswerError(Problem(where, "not a number of people", f"Give a number from 0 to {_MOST:,}."))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year >= 2000:
        return day
    raise AnswerError(Problem("--until", "not a day from 2000 on", "Write it as 2026-11-01."))


def _progress(done: int, total: int) -> None:
    if done == total or done % 5000 == 0:
        print(f"{done:,} of {total:,} people ({100 * done // total} %)", file=sys.stderr, flush=True)
