"""How long `style2talker generate` takes from process start to finished mp4, beside what nobody can save.

Each row is a process of its own on the bundled portrait and its speech, repeated to the length asked for. Two baselines
are measured in the same run: encoding the same frames and nothing else, and one plain cv2.remap for each frame.

Usage: python benchmarks/speed.py --size 512 --size 1024 --art none --art oil.jpg
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from looped import looped_speech
from style2talker.assets.store import package_data
from style2talker.media.audio import read_sound
from style2talker.media.video import VideoWriter, read_frames

STAGES = ("portrait", "speech", "emotion", "motion", "style", "render", "encode")
BARS = {512: 0.6, 1024: 1.2}
"""Size -> most that the time may be of the clip's length on two processors."""


@dataclass(frozen=True)
class Run:
    """One process: seconds on the clock, seconds of processor time, and seconds of each stage by its own account."""

    wall: float
    processor: float
    stages: dict[str, float]

    @property
    def startup(self) -> float:
        """Seconds outside all stages: interpreter, imports, exit. Portrait and speech run side by side."""
        beside = max(self.stages["portrait"], self.stages["speech"] + self.stages["emotion"])
        return self.wall - beside - sum(self.stages[name] for name in ("motion", "style", "render", "encode"))


def generate(speech: Path, out: Path, size: int, art: str, emotion: str) -> Run:
    """Run the command in a cold process."""
    words = [str(package_data("example/portrait.jpg")), str(speech), "-o", str(out), "--size", str(size)]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "style2talker", "generate", *words, "--art", art, "--emotion", emotion, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return Run(wall, processor, json.loads(done.stdout.splitlines()[-1])["stages"])


def encode_alone(video: Path, speech: Path, size: int, folder: Path) -> float:
    """Seconds to encode the frames of a video again, with its sound, and nothing else."""
    count = sum(1 for _ in read_frames(video))
    frames = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.uint8, (count, size, size, 3))
    for index, frame in enumerate(read_frames(video)):
        frames[index] = frame
    sound = read_sound(speech)
    began = time.perf_counter()
    with VideoWriter(folder / "again.mp4", size, size, 25, sound, count) as writer:
        for frame in frames:
            writer.write(np.asarray(frame))
    return time.perf_counter() - began


def remap_alone(size: int, count: int) -> float:
    """Seconds for one bicubic cv2.remap of a square picture for each frame, on one thread as in the renderer."""
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    x, y = columns + 3 * np.sin(rows / 40), rows + 3 * np.cos(columns / 40)
    began = time.perf_counter()
    for _ in range(count):
        cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return time.perf_counter() - began


def measured(size: int, art: str, emotion: str, seconds: float, runs: int) -> str:
    """A row of the table: the fastest of some runs, with the baselines."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        speech, out = folder / "speech.wav", folder / "out.mp4"
        looped_speech(speech, package_data("example/speech.wav"), seconds)
        every = [generate(speech, out, size, art, emotion) for _ in range(runs)]
        encoding = encode_alone(out, speech, size, folder)
    best = min(every, key=lambda run: run.wall)
    frames = round(seconds * 25)
    per_frame = 1000 * (best.stages["render"] + best.stages["encode"]) / frames
    stages = " | ".join(f"{best.stages[name]:.2f}" for name in STAGES)
    bar = f"{BARS[size]:.1f}" if size in BARS else "-"
    return (
        f"| {size} | {Path(art).name} | {best.wall:.2f} | {best.wall / seconds:.2f} | {bar} | {best.processor:.2f} | "
        f"{per_frame:.1f} | {best.startup:.2f} | {stages} | {encoding:.2f} | {remap_alone(size, frames):.2f} |"
    )


def main() -> None:
    """Print a Markdown table, one row for each size and art."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--size", type=int, action="append", help="side of the clip; repeat for several (512)")
    parser.add_argument("--art", action="append", help="art style or picture; repeat for several (none)")
    parser.add_argument("--emotion", default="neutral", help="feeling; a sentence needs the sentence encoder (neutral)")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the speech (10)")
    parser.add_argument("--runs", type=int, default=3, help="processes for each row, the fastest counts (3)")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(
        f"{given.seconds:g} s of speech, {os.cpu_count()} processors, load before {load:.1f}, {platform.platform()}\n"
    )
    columns = ("size", "art", "s", "s per s", "bar", "CPU s", "ms per frame", "start-up")
    heads = [*columns, *STAGES, "encoder alone", "remap alone"]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for size in given.size or [512]:
        for art in given.art or ["none"]:
            print(measured(size, art, given.emotion, given.seconds, given.runs), flush=True)


if __name__ == "__main__":
    main()
