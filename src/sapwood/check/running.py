"""A whole check: each promise on its own, two at a time, and one report."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from time import monotonic

from sapwood.articles import read_library
from sapwood.pack import Pack

from .answers import answered, read_answers
from .choices import no_contradictions, nothing_silent
from .content import nothing_left_over, read_cases
from .findings import Report, Section
from .ground import Ground
from .patient import SPECIMENS
from .sentences import every_way, learning_settles
from .standing import every_step_is_reached_and_left, one_position, something_to_do
from .thresholds import numbers

Progress = Callable[[Section, int, int], None]
"""Told of each promise as it is done: the promise, how many are done, and of how many."""

PROMISES: dict[int, Callable[[Ground], Section]] = {
    1: one_position,
    2: something_to_do,
    3: no_contradictions,
    4: every_way,
    5: every_step_is_reached_and_left,
    6: learning_settles,
    7: nothing_silent,
    8: numbers,
}
SLOWEST_FIRST = (2, 9, 3, 4, 7, 6, 1, 8, 5)


def check(
    pack: Pack, folder: Path, *, seconds: float = 5.0, workers: int = 2, progress: Progress | None = None
) -> Report:
    """All that can be proved of a pack, and all that is wrong with it; each question to z3 has so many seconds.

    Raises SapwoodError where the pack's COVERAGE.md answers findings in no readable way.
    """
    started = monotonic()
    answers = read_answers(folder)
    sections: dict[int, Section] = {}
    with ProcessPoolExecutor(max_workers=workers) as pool:
        waiting = {
            pool.submit(one_promise, number, pack, folder, seconds): number for number in SLOWEST_FIRST
        }
        for done in as_completed(waiting):
            section = sections[waiting[done]] = done.result()
            if progress is not None:
                progress(section, len(sections), len(SLOWEST_FIRST))
    ordered = tuple(sections[number] for number in sorted(sections))
    answered(ordered, answers, pack.about.id)
    report = Report(pack.about.id, pack.about.version, pack.hash, ordered, limits(pack))
    return replace(report, seconds=round(monotonic() - started, 1))


def one_promise(number: int, pack: Pack, folder: Path, seconds: float) -> Section:
    """One promise by its number; the ninth reads the worked patients too."""
    started = monotonic()
    ground = Ground(pack, seconds=seconds)
    if number == 9:
        cases, findings = read_cases(pack, folder)
        section = nothing_left_over(ground, cases, read_library(pack, folder))
        section.findings[:0] = findings
        section.proved += len(cases) - len({finding.where for finding in findings})
    else:
        section = PROMISES[number](ground)
    section.seconds = round(monotonic() - started, 1)
    return section


def limits(pack: Pack) -> tuple[str, ...]:
    """What the proof does not cover, said of this pack."""
    ground = Ground(pack)
    texts = [name for name, fact in pack.facts.items() if fact.type == "text"]
    said = [
        f"A patient has at most {SPECIMENS} specimens here; what only a third one could show is not covered.",
        "A day is a whole day: the time of day and time zones are left out.",
        "How a record is read (codes, words, units, which of several values counts) is tested, not proved.",
        "Whether a sentence is good medicine is for a haematologist; only what follows from the sentences is proved.",
        "The words of a plan and how they are laid out are tested, not proved.",
    ]
    if texts:
        said.append(
            f"Of a text ({', '.join(texts)}) only the words that sentences ask for are told apart; "
            "every other text counts as one more word."
        )
    said += [
        f"`{name}` multiplies measured values with each other; it is taken as any number."
        for name in ground.patient.abstracted
    ]
    return tuple(said)
