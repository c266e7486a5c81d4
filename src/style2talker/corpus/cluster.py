"""The workers of a Dask cluster do a stage; they must see the folders of the corpus and of its sources as we do.

A worker that is lost costs the clips that it had in hand, which others do again; a clip at which workers die again and
again has failed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Place
from style2talker.corpus.stages import Stage
from style2talker.corpus.workers import Result, perform
from style2talker.errors import UsageError

__all__ = ["cluster_results"]

_AHEAD = 2  # clips for each thread of the cluster that are handed out or wait to be taken in
_PATIENCE = "10s"


def cluster_results(
    stage: Stage, rows: Sequence[ClipRow], place: Place, options: object, scheduler: str
) -> Iterator[Result]:
    """Results of a stage for clips, in the order of the clips where the stage stores them itself.

    Args:
        stage: one of `STAGES`.
        rows: the clips.
        place: of the corpus.
        options: of the stage.
        scheduler: address of the Dask scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        UsageError: Dask is not installed, or nothing answers at the address.
        AssetError, OutputError: as `perform`, which the workers call.
    """
    try:
        from distributed import Client, wait
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise UsageError("--scheduler needs Dask: pip install distributed") from error
    there = Place(place.folder.absolute(), tuple(root.absolute() for root in place.roots))
    waiting = deque(rows)
    flying: deque[tuple[Any, ClipRow]] = deque()
    try:
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {scheduler}: start one by dask scheduler") from error
    with client, client.as_current():
        while waiting or flying:
            most = _AHEAD * max(1, sum(client.nthreads().values()))
            while waiting and len(flying) < most:
                row = waiting.popleft()
                flying.append((client.submit(perform, stage.name, row, there, options, pure=False), row))
            at = 0
            if stage.store is None:
                wait([future for future, _ in flying], return_when="FIRST_COMPLETED")
                at = next(i for i, (future, _) in enumerate(flying) if future.done())
            future, row = flying[at]
            del flying[at]
            try:
                result = future.result()
            except KilledWorker:
                result = Result(row.clip, "failed", "the workers of the cluster died at it")
            yield result
