"""Samples -> batches on their way to the device, prepared in the background and always in the same order.

In: a stream, whose sample n depends on n alone. Out: for each step the batches of this process, so that the processes
together see the samples step x G .. (step + 1) x G, each a block of its own.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from style2talker.train.published.engine.task import Stream

__all__ = ["Batches", "Share", "collate", "stacked"]

Batch = dict[str, torch.Tensor]


def stacked(samples: Sequence[Mapping[str, np.ndarray]]) -> Batch:
    """Samples of the same names, at least one, as a batch: name -> (count, ...)."""
    return {name: torch.from_numpy(np.stack([each[name] for each in samples])) for name in samples[0]}


def collate(stream: Stream, first: int, count: int) -> Batch:
    """A batch of consecutive samples: name -> (count, ...)."""
    return stacked([stream.sample(number) for number in range(first, first + count)])


@dataclass(frozen=True, slots=True)
class Share:
    """Which samples of a step a process takes.

    Attributes:
        batch: samples at once.
        accumulate: batches in a step.
        rank: number of the process.
        processes: how many there are.
    """

    batch: int
    accumulate: int
    rank: int = 0
    processes: int = 1

    @property
    def total(self) -> int:
        """Samples that all processes together take in a step."""
        return self.batch * self.accumulate * self.processes

    def first(self, step: int, index: int) -> int:
        """Number of the first sample of a batch of a step."""
        return step * self.total + (self.rank * self.accumulate + index) * self.batch


class Batches:
    """The batches of the steps from `start` to `stop`, some of them ready before they are asked for.

    Threads prepare them: what takes long, such as to decode pictures, leaves the interpreter free meanwhile. At most
    two batches more than there are threads are held at a time.
    """

    def __init__(self, stream: Stream, share: Share, start: int, stop: int, workers: int, pin: bool = False) -> None:
        """Begin to prepare.

        Args:
            stream: of the samples.
            share: of this process.
            start: first step.
            stop: last step, exclusive.
            workers: number of threads.
            pin: in memory that a GPU reads directly.
        """
        self.waited = 0.0  # seconds that were spent waiting for samples so far
        self._stream, self._share, self._pin = stream, share, pin
        self._wanted = ((step, index) for step in range(start, stop) for index in range(share.accumulate))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="samples")
        self._ready: deque[Future[Batch]] = deque()
        for _ in range(workers + 2):
            self._ask()

    def _ask(self) -> None:
        wanted = next(self._wanted, None)
        if wanted is not None:
            self._ready.append(self._pool.submit(self._prepare, *wanted))

    def _prepare(self, step: int, index: int) -> Batch:
        batch = collate(self._stream, self._share.first(step, index), self._share.batch)
        return {name: value.pin_memory() for name, value in batch.items()} if self._pin else batch

    def __iter__(self) -> Iterator[list[Batch]]:
        """The batches of one step after the other."""
        while self._ready:
            begun = time.perf_counter()
            batches = []
            for _ in range(self._share.accumulate):
                batches.append(self._ready.popleft().result())
                self._ask()
            self.waited += time.perf_counter() - begun
            yield batches

    def close(self) -> None:
        """Leave off; what is being prepared is thrown away."""
        self._pool.shutdown(wait=True, cancel_futures=True)
