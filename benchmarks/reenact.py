"""How near a rendered head comes to a filmed one: each video's own motion, put on one neutral frame of it.

The frame that is nearest to rest becomes the portrait, the motion tracked in the video moves it, and every rendered
frame is compared with the filmed one and, as a baseline, so is the portrait held still: error of the mouth's landmarks
in % of the eye distance, structural similarity in the box of the face, sharpness over the filmed one's.

Usage: python benchmarks/reenact.py VIDEO... --frames 100
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.face.pose import PERSPECTIVE, PIVOT, STABLE, euler_angles, rotation_matrix
from style2talker.face.rig import LIP_COLUMNS
from style2talker.face.tracking import Track, track_frames
from style2talker.media.video import probe_video, read_frames
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray, Motion, Portrait
from style2talker.style_a.renderer import Renderer

BARS = {"mouth %": 3.0, "of still": 0.5}
MOUTH = [point for side in LIP_COLUMNS.values() for ring in (side[0], side[-1]) for point in ring] + [61, 291]
_AT_REST = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    "mouthSmileLeft",
    "mouthSmileRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
)


@dataclass(frozen=True)
class Score:
    """How near frames come to filmed ones: mouth in % of the eye distance, SSIM of the face, sharpness over filmed."""

    mouth: float
    ssim: float
    sharpness: float


def neutral(track: Track) -> int:
    """The frame of a video whose face is nearest to rest and to looking ahead."""
    shapes = track.blendshapes[:, [ARKIT_NAMES.index(name) for name in _AT_REST]].sum(axis=1)
    turned = np.abs(track.rotation - np.median(track.rotation, axis=0)).sum(axis=1)
    return int(np.argmin(np.where(track.valid, shapes + turned, np.inf)))


def motion_from(track: Track, start: int, portrait: Portrait) -> Motion:
    """The motion of a video relative to one of its frames, with the expression as the portrait's was measured."""
    stable = track.landmarks[:, list(STABLE)].mean(axis=1)
    unit = np.linalg.norm(track.landmarks[:, 33] - track.landmarks[:, 263], axis=1)
    scale = unit / unit[start]
    first = rotation_matrix(track.rotation[start])
    turn = rotation_matrix(track.rotation) @ first.T
    arm = first @ -np.array(PIVOT)
    shift = (stable - stable[start]) / unit[start] - (scale[:, None] * (turn @ arm) - arm)
    translation = np.stack([shift[:, 0], -shift[:, 1], (scale - 1.0) / PERSPECTIVE], axis=1)
    shapes = np.clip(track.blendshapes - track.blendshapes[start] + portrait.blendshapes, 0.0, 1.0)
    return Motion(shapes, euler_angles(turn).astype(np.float32), translation.astype(np.float32), track.fps)


def mouth_error(real: Track, other: Track) -> float:
    """Mean distance of the mouth's landmarks, head motion included, in % of the eye distance."""
    unit = np.linalg.norm(real.landmarks[:, 33, :2] - real.landmarks[:, 263, :2], axis=1)
    off = np.linalg.norm((real.landmarks - other.landmarks)[:, MOUTH, :2], axis=2).mean(axis=1)
    both = real.valid & other.valid
    return float(100 * (off / unit)[both].mean())


def ssim(one: FloatArray, other: FloatArray) -> float:
    """Structural similarity of two grey pictures in 0..255 (Wang et al. 2004), Gaussian windows of sigma 1.5."""

    def mean(values: FloatArray) -> FloatArray:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), dtype=np.float32)

    a, b = mean(one), mean(other)
    va, vb, cross = mean(one * one) - a * a, mean(other * other) - b * b, mean(one * other) - a * b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    value = ((2 * a * b + c1) * (2 * cross + c2)) / ((a * a + b * b + c1) * (va + vb + c2))
    return float(value.mean())


def box_of(landmarks: FloatArray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The box of a face in a picture, a tenth wider on each side."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    pad = 0.1 * (high - low)
    x0, y0 = np.maximum(np.floor(low - pad), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + pad), (shape[1], shape[0])).astype(int)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def grey(frame: ImageArray) -> NDArray[np.float32]:
    """Brightness of a frame in 0..255."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def score(real: list[ImageArray], track: Track, shown: list[ImageArray]) -> Score:
    """Compare shown frames with the filmed ones."""
    alike, sharp = [], []
    for index, (filmed, made) in enumerate(zip(real, shown, strict=True)):
        box = box_of(track.landmarks[index], filmed.shape)
        a, b = grey(filmed)[box], grey(made)[box]
        alike.append(ssim(a, b))
        # Of the strength of edges, which is what the eye calls sharp; noise of the camera counts less.
        sharp.append(np.std(cv2.Laplacian(b, cv2.CV_32F)) / max(float(np.std(cv2.Laplacian(a, cv2.CV_32F))), 1e-3))
    error = mouth_error(track, track_frames(iter(shown), track.fps))
    return Score(error, float(np.mean(alike)), float(np.median(sharp)))


def reenact(video: Path, most: int) -> tuple[Score, Score]:
    """Scores of the rendered frames of a video and of its portrait held still."""
    real = list(islice(read_frames(video), most))
    track = track_frames(iter(real), probe_video(video).fps)
    start = neutral(track)
    with FaceFinder() as finder:
        portrait = find_portrait(real[start], which="largest", finder=finder)
    rendered = list(Renderer(portrait).frames(motion_from(track, start, portrait)))
    return score(real, track, rendered), score(real, track, [real[start]] * len(real))


def main() -> None:
    """Print a Markdown table, one row for each video and one for their mean."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("videos", type=Path, nargs="+", help="videos of one face each")
    parser.add_argument("--frames", type=int, default=100, help="most frames of each (100)")
    given = parser.parse_args()
    heads = ["video", "mouth %", "still %", "of still", "SSIM", "still SSIM", "sharpness"]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    rows = []
    for video in given.videos:
        made, still = reenact(video, given.frames)
        rows.append(
            [made.mouth, still.mouth, made.mouth / max(still.mouth, 1e-6), made.ssim, still.ssim, made.sharpness]
        )
        print(line(video.stem, rows[-1]), flush=True)
    print(line("mean", np.mean(rows, axis=0).tolist()))
    print(f"\nbars: mouth % under {BARS['mouth %']:g}, of still under {BARS['of still']:g}, sharpness 0.9 to 1.1")


def line(name: str, values: list[float]) -> str:
    """A row of the table."""
    cells = [f"{value:.2f}" if index < 2 else f"{value:.3f}" for index, value in enumerate(values)]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
