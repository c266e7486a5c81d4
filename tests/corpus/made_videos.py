"""Videos whose faces, times and sounds are known, and a finder of the faces drawn in them that needs no model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.faces import Boxes, Finder
from style2talker.records import ImageArray

GREY = 128
RATE = 44100
CLICK_S = 0.002

Place = tuple[int, int]


def face_patch(width: int = 60, height: int = 80, shade: int = 230) -> ImageArray:
    """A bright oval with dark features on grey."""
    patch = np.full((height, width, 3), GREY, np.uint8)
    cv2.ellipse(patch, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, (shade, shade, shade), -1)
    for x in (0.35, 0.65):
        cv2.circle(patch, (round(x * width), round(0.4 * height)), max(2, width // 12), (205, 205, 205), -1)
    return patch


def picture(
    places: Iterable[Place], size: tuple[int, int] = (320, 240), patch: ImageArray | None = None, ground: int = GREY
) -> ImageArray:
    """A picture (height, width, 3) with faces whose left upper corners are at the places; they may lie outside."""
    patch = face_patch() if patch is None else patch
    width, height = size
    pixels = np.full((height + 400, width + 400, 3), GREY, np.uint8)
    for left, top in places:
        pixels[200 + top : 200 + top + patch.shape[0], 200 + left : 200 + left + patch.shape[1]] = patch
    pixels = pixels[200 : 200 + height, 200 : 200 + width].copy()
    pixels[pixels == GREY] = ground
    return pixels


def drawn_boxes(pixels: ImageArray) -> Boxes:
    """Boxes of the bright faces of a picture that are at least 40 pixels high; a model would find no smaller part."""
    bright = (pixels.mean(axis=2) > 180).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9))))
    boxes = [tuple(float(v) for v in stats[i][:4]) for i in range(1, count)]
    return [(x, y, x + w, y + h) for x, y, w, h in boxes if h >= 40 and w >= 30]


@contextmanager
def drawn_finder() -> Iterator[Finder]:
    """In place of `faces.open_finder`."""
    yield lambda pixels, near, everywhere: drawn_boxes(pixels)


def clicks(times: Sequence[float], seconds: float, rate: int = RATE) -> NDArray[np.float32]:
    """(N, 1): bursts of 2 ms at the times over faint noise."""
    samples = (1e-3 * np.random.default_rng(3).standard_normal(round(seconds * rate))).astype(np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 3000 * np.arange(round(rate * CLICK_S)) / rate)
    for time in (time for time in times if time + CLICK_S < seconds):
        at = round(time * rate)
        samples[at : at + len(burst)] = burst
    return samples[:, None]


def click_times(samples: NDArray[np.float32], rate: int) -> list[float]:
    """When the bursts of a sound begin, in seconds."""
    loud = np.convolve(np.abs(samples[:, 0]) > 0.15, np.ones(round(0.004 * rate)))[: len(samples)] > 0
    starts = np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))
    return [float(start) / rate for start in starts]


def write_video(
    path: Path,
    frames: Sequence[ImageArray],
    fps: float = 25,
    sound: NDArray[np.float32] | None = None,
    times: Sequence[float] | None = None,
    turned: bool = False,
) -> Path:
    """Encode pictures; at `times` in seconds where they are given; `turned` asks the player for a quarter turn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options={"crf": "12"})
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt = "yuv420p"
        video.codec_context.time_base = Fraction(1, 90000)
        audio = None
        if sound is not None:
            audio = out.add_stream("aac", rate=RATE, layout="mono")
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            when = index / fps if times is None else times[index]
            frame.pts, frame.time_base = round(when * 90000), Fraction(1, 90000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None and sound is not None:
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="flt", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
            out.mux(audio.encode(block))
            out.mux(audio.encode(None))
    if turned:
        _turn(path)
    return path


def _turn(path: Path) -> None:
    """Write a quarter turn clockwise into the matrix of the track header of an mp4's first track."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    matrix = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(bytes(data))
