"""The most memory that `style2talker generate` takes for a short and for a long speech, and their ratio.

Usage: python benchmarks/memory.py --long 600
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from looped import looped_speech
from style2talker.assets.store import package_data

BAR = 1.2
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes per unit of ru_maxrss."""


def peak(seconds: float, size: int, rate: int | None, channels: int) -> float:
    """Largest resident memory in MB of one process that makes a clip of `seconds`."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        looped_speech(folder / "speech.wav", package_data("example/speech.wav"), seconds, rate, channels)
        words = [str(package_data("example/portrait.jpg")), "speech.wav", "-o", "out.mp4", "--size", str(size)]
        running = subprocess.Popen(
            [sys.executable, "-m", "style2talker", "generate", *words], cwd=folder, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            sys.exit(f"generate ended with status {running.returncode}")
        return usage.ru_maxrss * _UNIT / 1e6


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--short", type=float, default=10.0, help="seconds of the short speech (10)")
    parser.add_argument("--long", type=float, default=600.0, help="seconds of the long speech (600)")
    parser.add_argument("--size", type=int, default=512, help="side of the clip (512)")
    parser.add_argument("--rate", type=int, help="samples per second of the speech (its own)")
    parser.add_argument("--channels", type=int, choices=(1, 2), default=1, help="channels of the speech (1)")
    given = parser.parse_args()
    print("| seconds | peak MB |\n| --- | --- |")
    peaks = []
    for seconds in (given.short, given.long):
        peaks.append(peak(seconds, given.size, given.rate, given.channels))
        print(f"| {seconds:g} | {peaks[-1]:.0f} |", flush=True)
    print(f"\nratio {peaks[1] / peaks[0]:.2f}, bar {BAR}")


if __name__ == "__main__":
    main()
