"""How long one frame takes to render, beside one plain warp of the same size and encoding alone; then whole clips.

The bundled portrait says the bundled speech. Each size is a table row: preparing the portrait once, the median and the
90th percentile of a frame (encoder apart), one plain bicubic cv2.remap of the same picture, encoding one frame; and,
unless --seconds is 0, a process of its own from start to finished mp4 for that much speech.

Usage: python benchmarks/render.py --size 512 --size 1024 --seconds 10
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

from looped import looped_speech
from speed import BARS, generate, remap_alone
from style2talker.assets.store import package_data
from style2talker.media.sequence import clip_writer
from style2talker.talker import Clip, Talker

FRAME_BARS = {512: 10.0, 1024: 30.0}
"""Size -> most milliseconds that a frame may take."""


def frame_times(clip: Clip, count: int) -> list[float]:
    """Milliseconds of each of the first frames of a clip, the very first left out: it compiles and fills caches."""
    frames = iter(clip)
    next(frames)
    times = []
    for _ in range(min(count, len(clip) - 1)):
        began = time.perf_counter()
        next(frames)
        times.append(1000 * (time.perf_counter() - began))
    return times


def encoding(clip: Clip, count: int) -> float:
    """Milliseconds to encode one frame, of some that are rendered before."""
    frames = [frame for frame, _ in zip(clip, range(count), strict=False)]
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        with clip_writer(Path(place) / "out.mp4", clip.size, clip.fps, None, len(frames)) as writer:
            for frame in frames:
                writer.write(frame)
        return 1000 * (time.perf_counter() - began) / len(frames)


def whole(size: int, seconds: float, runs: int) -> float:
    """Seconds from process start to finished mp4 per second of speech, the fastest of some runs."""
    with tempfile.TemporaryDirectory() as place:
        speech = Path(place) / "speech.wav"
        looped_speech(speech, package_data("example/speech.wav"), seconds)
        return (
            min(generate(speech, Path(place) / "out.mp4", size, "none", "neutral").wall for _ in range(runs)) / seconds
        )


def row(talker: Talker, size: int, given: argparse.Namespace) -> str:
    """A row of the table."""
    portrait, speech = package_data("example/portrait.jpg"), package_data("example/speech.wav")
    clip = talker.generate(portrait, speech, size=size, background=given.background)
    times = frame_times(clip, given.frames)
    cells = [
        str(size),
        f"{clip.stages['style']:.2f}",
        f"{np.median(times):.1f}",
        f"{np.percentile(times, 90):.1f}",
        f"{FRAME_BARS[size]:.0f}" if size in FRAME_BARS else "-",
        f"{1000 * remap_alone(size, 20) / 20:.1f}",
        f"{encoding(clip, 25):.1f}" if not clip.renderer.transparent else "-",
    ]
    if given.seconds > 0:
        cells += [f"{whole(size, given.seconds, given.runs):.2f}", f"{BARS[size]:.1f}" if size in BARS else "-"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print a Markdown table, one row for each size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--size", type=int, action="append", help="side of the frames; repeat for several (512)")
    parser.add_argument("--background", default="keep", help="what stands behind the person (keep)")
    parser.add_argument("--frames", type=int, default=150, help="frames that are timed (150)")
    parser.add_argument("--seconds", type=float, default=10.0, help="speech of the whole clip; 0 for none (10)")
    parser.add_argument("--runs", type=int, default=3, help="processes for each whole clip, the fastest counts (3)")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load before {load:.1f}, {platform.platform()}\n")
    heads = ["size", "prepare s", "ms per frame", "90 %", "bar", "plain remap ms", "encoder ms"]
    heads += ["clip s per s", "bar of clip"] if given.seconds > 0 else []
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    talker = Talker()
    for size in given.size or [512]:
        print(row(talker, size, given), flush=True)


if __name__ == "__main__":
    main()
