"""Videos: any video file in, upright RGB pictures on a steady clock out; `VideoWriter` is the way back.

Pictures are streamed: memory does not grow with the length of the video.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from style2talker.errors import VideoError
from style2talker.media.container import decoded, open_media, seconds, video_stream
from style2talker.media.writer import VideoWriter
from style2talker.records import ImageArray

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["VideoInfo", "VideoWriter", "probe_video", "read_frames"]

_JUMP = 600.0  # seconds: a longer jump forward is a broken clock, not a picture held
_OVERLAP = 1.0  # seconds: a longer jump back is a broken clock, not a picture out of order
_UPRIGHT = (1, 0, 0, 1)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file says about itself.

    Attributes:
        width: pixels, after rotation, square pixels.
        height: pixels, after rotation.
        fps: frames per second, the average where it varies.
        n_frames: number of frames, None when the file does not say.
        duration: seconds, 0 when the file does not say.
    """

    width: int
    height: int
    fps: float
    n_frames: int | None
    duration: float


def probe_video(path: str | os.PathLike[str]) -> VideoInfo:
    """Read the facts of a video, decoding its first picture only.

    Args:
        path: the video file.

    Returns:
        Its facts.

    Raises:
        VideoError: the file is missing, empty, damaged or holds no moving pictures.
    """
    with open_media(path, VideoError, "video") as container:
        stream = _pictures(container, path)
        first = next(decoded(container, stream), None)
        if first is None:
            raise VideoError(f"{path} holds no picture that can be decoded: convert it to mp4")
        height, width = _rgb(first, stream, VideoReformatter()).shape[:2]
        whole = (container.duration or 0) / 1e6
        duration = seconds(stream.duration, stream.time_base, whole)
        return VideoInfo(width, height, _rate(stream), stream.frames or None, duration)


def read_frames(path: str | os.PathLike[str], fps: float | None = None) -> Iterator[ImageArray]:
    """Read the pictures of a video.

    Rotation and mirroring that the file asks for are done, pixels that are not square are made so. What is left of a
    damaged file is given.

    Args:
        path: the video file.
        fps: frames per second wanted: output t shows the picture whose time is nearest to t / fps after the first
            picture. None gives every picture once.

    Yields:
        (H, W, 3) uint8 RGB pictures, each an array of its own.

    Raises:
        VideoError: the file is missing, empty, damaged from the start or holds no moving pictures.
    """
    reformatter = VideoReformatter()
    empty = True
    with open_media(path, VideoError, "video") as container:
        stream = _pictures(container, path)
        frames = decoded(container, stream)
        for frame, times in ((f, 1) for f in frames) if fps is None else _on_clock(frames, stream, fps):
            picture = _rgb(frame, stream, reformatter)
            empty = False
            yield picture
            for _ in range(times - 1):
                yield picture.copy()
    if empty:
        raise VideoError(f"{path} holds no picture that can be decoded: convert it to mp4")


def _on_clock(frames: Iterator[VideoFrame], stream: VideoStream, fps: float) -> Iterator[tuple[VideoFrame, int]]:
    """Frames with the number of ticks of a clock of `fps` at which each is the nearest; those with none left out."""
    step = 1.0 / _rate(stream)
    held: VideoFrame | None = None
    origin = time = 0.0
    done = 0
    for frame in frames:
        now = seconds(frame.pts, frame.time_base, origin + time + step if held else 0.0)
        origin = origin if held else now
        now -= origin
        if held is not None:
            if abs(now - time) > (_JUMP if now > time else _OVERLAP):
                origin += now - time - step
                now = time + step
            if now > time:
                ticks = max(0, math.ceil((time + now) / 2 * fps - 1e-6) - done)
                if ticks:
                    yield held, ticks
                done += ticks
        held, time = frame, max(now, time)
    if held is not None:
        last = seconds(held.duration or None, held.time_base, step)
        ticks = round((time + min(last, _JUMP)) * fps) - done
        if ticks > 0 or done == 0:
            yield held, max(1, ticks)


def _pictures(container: InputContainer, path: str | os.PathLike[str]) -> VideoStream:
    stream = video_stream(container)
    if stream is None:
        raise VideoError(f"{path} has no moving pictures in it, or is damaged: give a video file")
    stream.thread_type = "AUTO"
    return stream


def _rate(stream: VideoStream) -> float:
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return float(rate) if 0 < rate <= 1000 else 25.0


def _rgb(frame: VideoFrame, stream: VideoStream, reformatter: VideoReformatter) -> ImageArray:
    """Upright RGB of a frame; colours that the file does not tag are BT.709 from 720 lines on and BT.601 below."""
    untagged = frame.colorspace == 2 and not frame.format.is_rgb
    guess = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
    aspect = stream.sample_aspect_ratio or Fraction(1)
    wide = aspect if Fraction(1, 4) <= aspect <= 4 else Fraction(1)
    picture: ImageArray = reformatter.reformat(
        frame,
        width=round(frame.width * wide),
        format="rgb24",
        src_colorspace=guess if untagged else None,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
        threads=1,
    ).to_ndarray()  # type: ignore[assignment]  # rgb24 is uint8
    return np.ascontiguousarray(_turned(picture, _matrix(frame)))


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """The (a, b, c, d) of the display matrix, x' = a x + c y and y' = b x + d y, as signs."""
    side_data: Any = frame.side_data  # a mapping, which its type does not say
    data = side_data.get("DISPLAYMATRIX")
    if data is None:
        return _UPRIGHT
    a, b, _, c, d = np.frombuffer(bytes(data), dtype=np.int32)[:5]
    return int(a), int(b), int(c), int(d)


def _turned(picture: ImageArray, matrix: tuple[int, int, int, int]) -> ImageArray:
    """Apply the nearest quarter turn, with mirroring, of a display matrix."""
    a, b, c, d = matrix
    if abs(b) > abs(a):
        picture, a, d = picture.swapaxes(0, 1), c, b
    return picture[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
