"""Does the check itself work? Single faults in copies of a pack, and whether anything finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sapwood.errors import AnswerError, PackError
from sapwood.pack import Pack
from sapwood.pack_reading import read_content

from .answers import read_answers
from .content import nothing_left_over
from .findings import Finding
from .ground import Ground
from .mutants import Content, Fault, Held, content_of, faults
from .running import PROMISES
from .thresholds import numbers
from .worked import Case, case_files, read_case

USUAL = 120
"""So many faults where nobody says how many."""
_SHORT = 3
"""A word of so few letters in the entry of a fault is no name."""
_BY_PROVER = (7, 3, 5, 1, 2, 4)


@dataclass(frozen=True)
class Outcome:
    """One fault, and what found it, or why no patient can show it; nothing, where it was missed."""

    kind: str
    entry: str
    found_by: str


@dataclass
class Bench:
    """A pack with its worked patients, and what a check says of it as it is."""

    folder: Path
    seconds: float = 3.0
    content: Content = field(default_factory=dict)
    as_it_is: frozenset[str] | None = None
    promises: tuple[int, ...] = _BY_PROVER

    def __post_init__(self) -> None:
        self.content = self.content or content_of(self.folder)

    @cached_property
    def pack(self) -> Pack:
        """The pack as it is."""
        return read_content(Held(self.folder.name, self.content), "as it is")

    @cached_property
    def cases(self) -> list[Path]:
        """The files of its worked patients."""
        return case_files(self.folder)

    @cached_property
    def known(self) -> frozenset[str]:
        """What a check already says of the pack as it is."""
        if self.as_it_is is None:
            ground = Ground(self.pack, seconds=self.seconds)
            found = [*numbers(ground).findings, *nothing_left_over(ground, ()).findings]
            found += [finding for number in self.promises for finding in PROMISES[number](ground).findings]
            self.as_it_is = frozenset(finding.key for finding in found)
        return self.as_it_is

    @cached_property
    def answered(self) -> frozenset[str]:
        """The limits of which the pack's COVERAGE.md says why no patient can tell them moved."""
        names = [name.removeprefix("limit criterion ") for name in read_answers(self.folder)]
        return frozenset(
            f"{criterion} at {' '.join(limit.split()[-2:])}"
            for criterion, _, limit in (name.partition(": ") for name in names)
            if limit
        )

    @cached_property
    def texts(self) -> dict[str, str]:
        """What each worked patient says, to try those first that speak of what was changed."""
        return {path.stem: path.read_text(encoding="utf-8") for path in self.cases}

    def _case(self, path: Path, pack: Pack) -> Case | None:
        try:
            return read_case(path, pack)
        except AnswerError:
            return None

    def outcome(self, fault: Fault) -> Outcome:
        """What finds a fault first: the reader, the check of content, a worked patient, the prover."""
        try:
            pack = read_content(Held(self.folder.name, fault.made_in(self.content)), "with a fault")
        except PackError as error:
            return Outcome(fault.kind, fault.entry, f"refused: {error.problems[0].what}")
        for look in (self._by_content, self._by_cases, self._by_prover):
            found = look(pack, fault)
            if found:
                return Outcome(fault.kind, fault.entry, found)
        shown_by_nobody = fault.entry in self.answered
        return Outcome(fault.kind, fault.entry, "answered in COVERAGE.md" if shown_by_nobody else "")

    def _by_content(self, pack: Pack, fault: Fault) -> str:
        ground = Ground(pack, seconds=self.seconds)
        return self._new([*numbers(ground).findings, *nothing_left_over(ground, ()).findings])

    def _by_cases(self, pack: Pack, fault: Fault) -> str:
        for path in sorted(self.cases, key=lambda path: self._far(self.texts[path.stem], fault)):
            case = self._case(path, pack)
            if case is not None and not case.unmet:
                continue
            before = self._case(path, self.pack)
            if before is not None and not before.unmet:
                said = case.unmet[0] if case is not None else "cannot be read any more"
                return f"worked patient {path.stem}: {said}"
        return ""

    @staticmethod
    def _far(text: str, fault: Fault) -> int:
        """How little a worked patient has to do with a fault: expects what it is in, speaks of it, or neither."""
        names = [word for word in fault.entry.split() if len(word) > _SHORT]
        expected = text.partition("expect:")[2]
        return min((0 if f"{name}:" in expected else 1 if name in text else 2 for name in names), default=2)

    def _by_prover(self, pack: Pack, fault: Fault) -> str:
        ground = Ground(pack, seconds=self.seconds, known=self.known)
        for number in self.promises:
            if found := self._new(PROMISES[number](ground).findings):
                return found
        return ""

    def _new(self, findings: Sequence[Finding]) -> str:
        for finding in findings:
            if finding.key not in self.known and finding.kind != "no case":
                return f"check: {finding.where}: {finding.what}"
        return ""


_bench: list[Bench] = []


def _set_up(bench: Bench) -> None:
    _bench[:] = [bench]


def _one(number: int, wanted: int) -> Outcome:
    bench = _bench[0]
    return bench.outcome(faults(bench.content, wanted)[number])


def run_faults(
    folder: Path, wanted: int, *, workers: int = 2, say: Callable[[str], None] = print
) -> list[Outcome]:
    """Every fault with what found it, in the order they were made."""
    bench = Bench(folder)
    count = len(faults(bench.content, wanted))
    say(f"Looking at {folder.name} as it is ...")
    _ = bench.known
    shared = Bench(folder, bench.seconds, bench.content, bench.known)
    found: list[Outcome] = []
    with ProcessPoolExecutor(workers, initializer=_set_up, initargs=(shared,)) as pool:
        for outcome in pool.map(_one, range(count), [wanted] * count):
            found.append(outcome)
            say(f"[{len(found)}/{count}] {outcome.kind} in {outcome.entry}: {outcome.found_by or 'MISSED'}")
    return found


def suite(pack: Pack, folder: Path, wanted: int, *, say: Callable[[str], None]) -> tuple[str, int]:
    """The faults found and missed, in words, and the exit code: 0 where none was missed."""
    found = run_faults(folder, wanted or USUAL, say=say)
    return in_words(pack, found), 3 if any(not one.found_by for one in found) else 0


def in_words(pack: Pack, found: Sequence[Outcome]) -> str:
    """What was found by what, and what was missed."""
    missed = [one for one in found if not one.found_by]
    by = {"refused": 0, "check": 0, "worked patient": 0, "answered": 0}
    for one in found:
        for way in by:
            by[way] += one.found_by.startswith(way)
    lines = [
        f"{len(found)} single faults made in copies of {pack.about.id} {pack.about.version}: "
        f"{len(found) - len(missed) - by['answered']} found, {len(missed)} missed.",
        f"Found by reading the pack {by['refused']}, by the check {by['check']}, "
        f"by a worked patient {by['worked patient']}.",
        *(
            [f"Of {by['answered']} more the pack's COVERAGE.md says why no patient can show them."]
            if by["answered"]
            else []
        ),
        "",
        *(f"  found   {one.kind} in {one.entry} ({one.found_by})" for one in found if one.found_by),
        *(f"  MISSED  {one.kind} in {one.entry}" for one in missed),
    ]
    return "\n".join(lines) + "\n"
