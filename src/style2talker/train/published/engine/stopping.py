"""A request to stop: the step that runs is finished and saved before the process ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["StopRequest", "listening"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopRequest:
    """Whether the process was asked to stop.

    Attributes:
        number: of the signal, 0 while there was none.
    """

    def __init__(self) -> None:
        self.number = 0

    def take(self, number: int, _: FrameType | None = None) -> None:
        """Note a signal. Later ones change nothing: a launcher sends a second one soon after the first."""
        self.number = self.number or number


@contextmanager
def listening() -> Iterator[StopRequest]:
    """Take SIGTERM and SIGINT as a request to stop while the block runs; only the main thread hears of them."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    former = {number: signal.signal(number, request.take) for number in _SIGNALS}
    try:
        yield request
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
