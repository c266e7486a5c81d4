"""A click track, and containers written with it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

CLICKS = (0.25, 0.9, 1.7, 2.6)
SECONDS = 3.0
_LENGTH = 0.002
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def click_track(rate: int, channels: int = 1) -> NDArray[np.float32]:
    """(N, channels): bursts of 2 ms at `CLICKS`."""
    samples = np.zeros((round(rate * SECONDS), channels), np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 3000 * np.arange(round(rate * _LENGTH)) / rate)
    for click in CLICKS:
        at = round(click * rate)
        samples[at : at + len(burst)] = burst[:, None]
    return samples


def click_errors(samples: NDArray[np.float32], rate: int, shift: float = 0.0) -> NDArray[np.float64]:
    """Seconds by which each click's centre of energy misses its place, searched 100 ms around."""
    errors = []
    for click in CLICKS:
        truth = click + shift + _LENGTH / 2
        at = np.arange(max(0, round((truth - 0.1) * rate)), round((truth + 0.1) * rate))
        energy = samples[at].astype(np.float64) ** 2
        assert energy.sum() > 1e-3, f"no click at {truth}"
        errors.append((at * energy).sum() / energy.sum() / rate - truth)
    return np.abs(errors)


def write_clicks(
    path: Path,
    codec: str,
    rate: int,
    channels: int = 1,
    *,
    audio_start: float = 0.0,
    video_start: float | None = None,
    gap: tuple[float, float] | None = None,
) -> None:
    """Encode the click track; with `video_start` also 3 s of pictures at 25 fps from that time on.

    `gap` moves all that follows its first time by its second.
    """
    samples = click_track(rate, channels)
    with av.open(str(path), "w") as out:
        video = None
        if video_start is not None:
            video = out.add_stream("libvpx" if path.suffix == ".webm" else "libx264", rate=25)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        stream = out.add_stream(codec, rate=rate, layout=LAYOUTS[channels])
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}
        if video is not None:
            for index in range(75):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index, np.uint8), format="rgb24")
                frame.time_base = Fraction(1, 25)
                frame.pts = index + round((video_start or 0.0) * 25)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        size = round(rate * 0.02)
        for at in range(0, len(samples), size):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[at : at + size]).reshape(1, -1),
                format="flt",
                layout=LAYOUTS[channels],
            )
            frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
            late = gap[1] if gap is not None and at >= gap[0] * rate else 0.0
            frame.pts = at + round((audio_start + late) * rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
