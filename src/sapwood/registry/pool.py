"""Work shared out to processes of their own: a bounded number of jobs at a time, and none outlives its parent."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def each(work: Callable[[In], Out], jobs: list[In], workers: int) -> Iterator[tuple[In, Out]]:
    """Each job with its outcome, as it is done; with one worker in this process, in order."""
    workers = min(workers, len(jobs))
    if workers < 2:
        for job in jobs:
            yield job, work(job)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent)
    waiting: dict[Future[Out], In] = {}
    try:
        for job in jobs:
            waiting[pool.submit(work, job)] = job
            if len(waiting) >= 2 * workers:
                yield from _done(waiting)
        while waiting:
            yield from _done(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _done(waiting: dict[Future[Out], In]) -> Iterator[tuple[In, Out]]:
    ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in ready:
        yield waiting.pop(future), future.result()


def _end_with_parent() -> None:
    """Ends this process when the one that started it is gone, however that ended."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
