"""Process start -> exit: signals become one line and a status; everything else is loaded after that is settled."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

__all__ = ["Stopped", "complain", "main", "start"]


class Stopped(BaseException):
    """The process was asked to stop. Nothing catches it, but everything tidies up as it passes."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_status = 128 + number


def _stop(number: int, _: FrameType | None) -> NoReturn:
    # One signal is enough: a second one must not cut the tidying up short.
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(number)


def complain(message: str) -> None:
    """Print an error as one line on stderr."""
    print(f"style2talker: error: {' '.join(message.split())}", file=sys.stderr)


def start(load: Callable[[], Callable[[list[str]], int]]) -> NoReturn:
    """Run a command line to the end of the process.

    Args:
        load: imports and returns what takes arguments and gives an exit status.
    """
    try:
        signal.signal(signal.SIGINT, _stop)
        signal.signal(signal.SIGTERM, _stop)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Names of files may hold letters that the terminal's encoding lacks.
            sys.stdout.reconfigure(errors="backslashreplace")
        status = load()(sys.argv[1:])
        sys.stdout.flush()
    except Stopped as stopped:
        complain("interrupted, no half-written file is left")
        status = stopped.exit_status
    except BrokenPipeError:
        # Who read our output has gone, which is no fault; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def _load() -> Callable[[list[str]], int]:
    from style2talker.cli.app import run

    return run


def main() -> NoReturn:
    """Entry point of the command `style2talker`."""
    start(_load)
