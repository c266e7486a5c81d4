"""Who does the work: this process, a pool of processes, or a Dask cluster; the results are the same.

A worker that dies costs the clips that it had in hand, which are tried once more, each alone; a clip at which a worker
dies again has failed. Workers end when the process that started them does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass

from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.stages import STAGES, Stage
from style2talker.errors import AssetError, InputError, OutputError, UsageError

__all__ = ["Result", "perform", "results"]

_THREADS = "OPENBLAS_NUM_THREADS"
_DEATHS = 2  # of workers with the same clip in hand
_AHEAD = 2  # clips for each worker that are handed out or wait to be taken in


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a clip.

    Attributes:
        clip: its name.
        status: "done", "skipped" or "failed".
        reason: why it is not done, or what was left out.
        outcome: what the stage made; None unless it is done.
    """

    clip: str
    status: str
    reason: str = ""
    outcome: Outcome | None = None


def perform(name: str, row: ClipRow, place: Place, options: object) -> Result:
    """Do a stage for one clip, wherever this is called.

    Raises:
        AssetError: a model file is missing: no other clip would fare better.
        OutputError: nothing can be written.
        UsageError: a package is missing.
    """
    try:
        outcome = STAGES[name].work(row, place, options)
    except InputError as error:
        return Result(row.clip, "skipped", place.told(str(error)))
    except (AssetError, OutputError, UsageError):
        raise
    except Exception as error:
        return Result(row.clip, "failed", place.told(f"internal error, {type(error).__name__}: {error}"))
    return Result(row.clip, "done", outcome.note, outcome)


def results(
    stage: Stage, rows: Sequence[ClipRow], place: Place, options: object, jobs: int, scheduler: str | None = None
) -> Iterator[Result]:
    """Results of a stage for clips, as they come; in the order of the clips where the stage stores them itself.

    Args:
        stage: one of `STAGES`.
        rows: the clips.
        place: of the corpus.
        options: of the stage.
        jobs: how many processes; 0 works in this one.
        scheduler: address of a Dask scheduler whose workers do it in their place.

    Raises:
        AssetError, OutputError, UsageError: as `perform`.
    """
    if scheduler is not None:
        from style2talker.corpus.cluster import cluster_results

        yield from cluster_results(stage, rows, place, options, scheduler)
    elif jobs == 0:
        yield from (perform(stage.name, row, place, options) for row in rows)
    elif rows:
        with _one_thread():
            yield from _pooled(stage, rows, place, options, jobs)


def _begin() -> None:
    """What a worker does first: leave interrupts to the one who started it, and end when that one has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import cv2

    cv2.setNumThreads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, name="parent watch", daemon=True).start()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that are started inside use one thread for linear algebra.

    One process works on each core; and sums come out the same to the last bit, whatever the number of processes.
    """
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        os.environ.pop(_THREADS)
        if before is not None:
            os.environ[_THREADS] = before


_idle: dict[int, ProcessPoolExecutor] = {}
"""Pools by number of processes, kept from stage to stage; they end with this process."""


def _pooled(stage: Stage, rows: Sequence[ClipRow], place: Place, options: object, jobs: int) -> Iterator[Result]:
    """Results from a pool of processes; a new one takes the place of one that a dying worker has broken."""
    waiting = deque((row, 0) for row in rows)
    ordered = stage.store is not None
    while waiting:
        flying: deque[tuple[Future[Result], ClipRow, int]] = deque()
        pool = _idle.pop(jobs, None) or ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin)
        try:
            while waiting or flying:
                _hand_out(pool, stage, place, options, waiting, flying, _AHEAD * jobs)
                at = 0 if ordered else _first_done(flying)
                result = flying[at][0].result()
                del flying[at]
                yield result
            _idle[jobs] = pool
        except BrokenProcessPool:
            for _, row, deaths in reversed(flying):
                waiting.appendleft((row, deaths + 1))
        finally:
            if _idle.get(jobs) is not pool:
                pool.shutdown(wait=False, cancel_futures=True)
        while waiting and waiting[0][1] >= _DEATHS:
            yield Result(waiting.popleft()[0].clip, "failed", "the worker process died at it twice")


def _hand_out(
    pool: ProcessPoolExecutor,
    stage: Stage,
    place: Place,
    options: object,
    waiting: deque[tuple[ClipRow, int]],
    flying: deque[tuple[Future[Result], ClipRow, int]],
    most: int,
) -> None:
    """Keep the workers busy; a clip that a worker died with goes alone, so that it takes no other one along."""
    while waiting and len(flying) < most:
        row, deaths = waiting[0]
        if flying and (deaths or flying[-1][2]):
            return
        waiting.popleft()
        flying.append((pool.submit(perform, stage.name, row, place, options), row, deaths))


def _first_done(flying: Sequence[tuple[Future[Result], ClipRow, int]]) -> int:
    wait([future for future, _, _ in flying], return_when=FIRST_COMPLETED)
    return next(i for i, (future, _, _) in enumerate(flying) if future.done())
