"""Sources -> a registry: taken in, met, extracted, written; goes on where it was interrupted.

Every file is written under another name, synced and renamed; what is there is done. Nothing is held but one chunk
and one bucket in each process, so memory does not grow with the number of people.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from sapwood.errors import Problem, SapwoodError
from sapwood.pack import Pack, load_pack

from .ending import finish
from .intake import Chunk, Taken, names_of, take_in
from .journal import Intake, Plan, intakes_of, keep_intake, keep_plan, parts_of, plan_of
from .layout import FORMAT, TABLES, Layout
from .manifest import UNFINISHED, Manifest, keep_manifest
from .meeting import Met, changed_keys, meet
from .pool import each
from .progress import Progress
from .slices import bucket_of
from .sources import Source, cut, find_files, identify
from .worker import Job, Part, connect, make_part

_BUCKET = 8 * 1024 * 1024
_MOST_BUCKETS = 4096
_ALONE = 4 * 1024 * 1024
"""Input below this is not worth starting processes for."""


Share = Callable[[Callable[[Job], Part], list[Job], int], Iterator[tuple[Job, Part]]]
"""How the making of parts is shared out: among processes of this machine, or among Spark's workers."""


class Wanted(NamedTuple):
    """What a build was asked for."""

    sources: list[str]
    folder: Path
    pack: str
    as_of: str
    looks_back: bool | None
    rebuild: bool = False
    workers: int = 0  # 0: one for each processor
    share: Share = each


class Built(NamedTuple):
    """What came of a build, for the person who asked for it."""

    manifest: Manifest
    known: int  # files that were there already, by their content
    other_files: int
    quarantined: int
    changed: int  # parts that were made


def build(wanted: Wanted, progress: Progress) -> Built:
    """Builds a registry, adds to it, or goes on with it.

    Raises SapwoodError for input that cannot be used, for another pack or moment than the registry's, where another
    build is at work in the folder, and where the disk is full.
    """
    pack = load_pack(wanted.pack)
    layout = Layout(wanted.folder)
    begins = not layout.progress.exists()
    try:
        with _alone_in(layout):
            return _Build(wanted, pack, layout, progress).run()
    except SapwoodError:
        if begins and layout.progress.exists() and not any(layout.journal.iterdir()):
            for path in layout.folder.iterdir():
                shutil.rmtree(path)  # nothing came of it: a second try begins anew
        raise
    except BrokenProcessPool:
        what = "one of its processes was ended from outside, perhaps for want of memory"
        remedy = "Run the same command again, with --workers 1; what is done is kept"
        raise SapwoodError(Problem("sapwood registry build", what, remedy)) from None
    except OSError as error:
        raise SapwoodError(_disk(error, str(wanted.folder))) from None
    except Exception as error:
        if type(error).__module__.startswith(("duckdb", "_duckdb")) and "space" in str(error).lower():
            raise SapwoodError(_disk(OSError(errno.ENOSPC, ""), str(wanted.folder))) from None
        raise


def _disk(error: OSError, where: str) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Make room and run the same command again; what is done is kept"
        return Problem(where, "there is no space left on the disk", remedy)
    return Problem(
        where, f"cannot be written: {error.strerror or error}", "Check the folder and its permissions"
    )


@contextmanager
def _alone_in(layout: Layout) -> Iterator[None]:
    """Holds the folder for one build; refuses a folder that holds something else."""
    folder = layout.folder
    if folder.exists() and not layout.progress.exists() and any(folder.iterdir()):
        what = "the folder holds something else than a registry"
        raise SapwoodError(Problem(str(folder), what, "Name a new or an empty folder"))
    for one in (layout.lines, layout.journal, *(layout.table(name) for name in TABLES)):
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (layout.progress / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            remedy = "Wait for it, or end it"
            raise SapwoodError(Problem(str(folder), "another build is at work here", remedy)) from None
        yield


class _Build:
    def __init__(self, wanted: Wanted, pack: Pack, layout: Layout, progress: Progress) -> None:
        self.wanted = wanted
        self.pack = pack
        self.layout = layout
        self.progress = progress
        self.workers = wanted.workers or os.cpu_count() or 1
        self.known = self.others = 0

    def run(self) -> Built:
        for pattern in (".*", "spill/*"):
            for path in self.layout.folder.rglob(pattern):
                if path.is_file():
                    path.unlink()  # left by a build that was interrupted
        plan = self._plan()
        intakes, paths = self._sources(plan)
        plan = plan or self._begin(intakes)
        taken = self._take_in(plan, intakes, paths)
        self._refuse_nothing(taken)
        met = self._meet(plan, len(taken))
        changed = self._extract(plan, taken, met)
        manifest = finish(self.layout, plan, intakes, taken, met)
        self.progress.close()
        quarantined = int(manifest.counts["quarantined"])
        return Built(manifest, self.known, self.others, quarantined, changed)

    # --- what is there, and what was given --------------------------------------------------------

    def _plan(self) -> Plan | None:
        plan = plan_of(self.layout)
        if plan is None:
            return None
        where = str(self.wanted.folder)
        if plan.format != FORMAT:
            what = f"this registry has the format {plan.format}; this version writes {FORMAT}"
            raise SapwoodError(Problem(where, what, "Build it again in another folder"))
        same = plan.pack["hash"] == self.pack.hash and plan.as_of == self.wanted.as_of
        if same and plan.looks_back == self.wanted.looks_back:
            return plan
        if not self.wanted.rebuild:
            raise SapwoodError(self._other(plan, where))
        plan = self._new_plan(plan.buckets)
        self._unfinished()
        keep_plan(self.layout, plan)
        return plan

    def _other(self, plan: Plan, where: str) -> Problem:
        people = sum(part.people for part in parts_of(self.layout).values())
        rebuilt = f"the facts of all {people:,} people must be extracted again"
        remedy = "Add --rebuild (the sources are not needed again), or name another --out"
        if plan.pack["id"] != self.pack.about.id:
            return Problem(where, f"this registry is of the pack {plan.pack['id']}; {rebuilt}", remedy)
        if plan.pack["hash"] != self.pack.hash:
            what = f"the pack {self.pack.about.id} was changed since this registry was built; {rebuilt}"
            return Problem(where, what, remedy)
        if plan.as_of != self.wanted.as_of:
            return Problem(
                where, f"this registry is as of {plan.as_of}; for another moment {rebuilt}", remedy
            )
        what = f"this registry was built {'for today' if plan.looks_back is False else 'as of a named day'}"
        return Problem(where, f"{what}; otherwise {rebuilt}", remedy)

    def _new_plan(self, buckets: int) -> Plan:
        about = self.pack.about
        pack = {"id": about.id, "version": str(about.version), "hash": self.pack.hash}
        return Plan(FORMAT, buckets, pack, self.wanted.as_of, self.wanted.looks_back)

    def _begin(self, intakes: list[Intake]) -> Plan:
        size = sum(one.size * (8 if one.packed else 1) for intake in intakes for one in intake.sources)
        plan = self._new_plan(min(_MOST_BUCKETS, max(1, -(-size // _BUCKET))))
        keep_plan(self.layout, plan)
        return plan

    def _sources(self, plan: Plan | None) -> tuple[list[Intake], dict[str, str]]:
        """Everything that was ever given, and where the files of now lie, by content."""
        intakes = intakes_of(self.layout)
        if not self.wanted.sources:
            if plan is None or not self.wanted.rebuild:
                what, remedy = "no source is named", "Name a bulk export, or a folder of Bundles"
                raise SapwoodError(Problem("sapwood registry build", what, remedy))
            return intakes, {}
        files, self.others = find_files(self.wanted.sources)
        self.progress.stage("Looking", sum(path.stat().st_size for path, _ in files), "bytes")
        known = {source.hash for intake in intakes for source in intake.sources}
        paths: dict[str, str] = {}
        new: list[Source] = []
        for path, name in files:
            source = identify(path, name)
            self.progress.add(source.size)
            self.known += source.hash in known or source.hash in paths
            if source.hash not in known and source.hash not in paths:
                new.append(source)
            paths.setdefault(source.hash, source.path)
        if new:
            first = sum(len(intake.sources) for intake in intakes)
            chunk = sum(len(intake.chunks) for intake in intakes)
            intake = Intake(first, chunk, new, cut(new, first))
            self._unfinished()
            keep_intake(self.layout, intake, len(intakes))
            intakes.append(intake)
        return intakes, paths

    def _unfinished(self) -> None:
        """From now on, and until the build is through, the registry may not be read."""
        if self.layout.manifest.exists():
            manifest = msgspec.json.decode(self.layout.manifest.read_bytes(), type=Manifest)
            keep_manifest(self.layout, msgspec.structs.replace(manifest, state=UNFINISHED))

    # --- the stages -------------------------------------------------------------------------------

    def _take_in(self, plan: Plan, intakes: list[Intake], paths: dict[str, str]) -> list[Taken]:
        missing: list[Chunk] = []
        for intake in intakes:
            for place, units in enumerate(intake.chunks):
                number = intake.first_chunk + place
                if (self.layout.lines / f"{number:06}.json").exists():
                    continue
                first = min(unit.source for unit in units)
                last = max(unit.source for unit in units)
                sources = [
                    self._found(intake.sources[one - intake.first_source], paths)
                    for one in range(first, last + 1)
                ]
                missing.append(Chunk(number, units, sources, first, str(self.layout.lines), plan.buckets))
        size = sum(unit.end - unit.start for chunk in missing for unit in chunk.units)
        self.progress.stage("Taking in", size, "bytes")
        sizes = {chunk.number: sum(unit.end - unit.start for unit in chunk.units) for chunk in missing}
        for chunk, _ in each(take_in, missing, self._workers(size)):
            self.progress.add(sizes[chunk.number])
        total = sum(len(intake.chunks) for intake in intakes)
        return [
            msgspec.json.decode((self.layout.lines / f"{number:06}.json").read_bytes(), type=Taken)
            for number in range(total)
        ]

    def _found(self, source: Source, paths: dict[str, str]) -> Source:
        path = paths.get(source.hash)
        if path is None:
            what = (
                "the build was interrupted while this file was taken in, and it is not among the sources now"
            )
            raise SapwoodError(Problem(source.name, what, "Name the same sources again"))
        return source._replace(path=path)

    def _refuse_nothing(self, taken: Sequence[Taken]) -> None:
        if not any(one.pieces for one in taken):
            first = next((one.first for one in taken if one.first), "")
            why = f" (first: {first})" if first else ""
            what = f"nothing of any person could be read{why}"
            remedy = "Name a FHIR R4 bulk export (NDJSON) or Bundles, and another --out"
            raise SapwoodError(Problem(", ".join(self.wanted.sources), what, remedy))

    def _meet(self, plan: Plan, chunks: int) -> Met:
        connection = connect(self.layout.folder)
        try:
            return meet(connection, self.layout.lines, chunks, plan.buckets)
        finally:
            connection.close()

    def _extract(self, plan: Plan, taken: list[Taken], met: Met) -> int:
        by_chunk = [names_of(number, one.slices) for number, one in enumerate(taken)]
        meeting = [f"{met.name}-{one:04}.slice" for one in range(met.slices)]
        slices = [name for names in by_chunk for name in names] + meeting
        journal = parts_of(self.layout)
        jobs: list[Job] = []
        touched: dict[str, set[str]] = {}
        connection = connect(self.layout.folder)
        for bucket in range(plan.buckets):
            before = journal.get(bucket)
            whole = before is None or not self._made_with(before, plan)
            if before is not None and not whole:
                if before.chunks == len(taken) and before.meeting == met.name:
                    continue
                if before.meeting not in touched:
                    touched[before.meeting] = changed_keys(
                        connection, self.layout.lines, before.meeting, met.name
                    )
            since = 0 if whole or before is None else before.chunks
            new = [name for names in by_chunk[since:] for name in names]
            given: list[str] = []
            if before is not None and not whole:
                keys = touched[before.meeting]
                given = sorted(key for key in keys if bucket_of(key, plan.buckets) == bucket)
            jobs.append(
                Job(
                    str(self.layout.folder),
                    self.wanted.pack,
                    plan.pack["hash"],
                    plan.as_of,
                    plan.looks_back,
                    bucket,
                    slices,
                    new,
                    given,
                    whole,
                    len(taken),
                    met.name,
                )
            )
        connection.close()
        size = sum(one.size for one in taken)
        self.progress.stage("Extracting", len(jobs), "parts")
        for _ in self.wanted.share(make_part, jobs, self._workers(size)):
            self.progress.add(1)
        return len(jobs)

    @staticmethod
    def _made_with(part: Part, plan: Plan) -> bool:
        same = part.pack == plan.pack["hash"] and part.as_of == plan.as_of
        return same and part.looks_back == plan.looks_back

    def _workers(self, size: int) -> int:
        return 1 if size < _ALONE else self.workers
