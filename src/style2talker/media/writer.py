"""Writing a video: RGB pictures, with opacity or without, and a sound in, a file in the format of its suffix out.

The encoder runs in a thread of its own behind a short queue, so that drawing and encoding overlap. It uses a fixed
number of threads and writes no dates: same pictures, same bytes.
"""

from __future__ import annotations

import os
import queue
import threading
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from style2talker.errors import UsageError
from style2talker.media.atomic import atomic_path, check_output
from style2talker.media.audio import Sound
from style2talker.media.container import media_path
from style2talker.media.formats import ClipFormat, clip_format
from style2talker.records import ImageArray

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["VideoWriter", "check_count", "check_frame", "codecs_missing"]

_QUEUE = 4  # frames that may wait for the encoder
_BT709 = 1


def check_frame(frame: ImageArray, shape: tuple[int, int, int], written: int, announced: int) -> None:
    """Raise ValueError for a frame of another shape or type than `shape` and uint8, or one more than announced."""
    if frame.shape != shape or frame.dtype != np.uint8:
        raise ValueError(f"frame is {frame.dtype} {frame.shape}, expected uint8 {shape}")
    if written == announced:
        raise ValueError(f"more than the {announced} frames that were announced")


def check_count(written: int, announced: int) -> None:
    """Raise ValueError where fewer frames were written than announced."""
    if written != announced:
        raise ValueError(f"{written} frames were written, {announced} were announced")


class VideoWriter:
    """Writes a video, frame by frame; a context manager.

    The file appears when the block ends well and all frames are there; otherwise nothing is left of it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        width: int,
        height: int,
        fps: float | Fraction,
        sound: Sound | None,
        n_frames: int,
        alpha: bool = False,
    ) -> None:
        """Check that the video can be written; the file is opened on entering the block.

        Args:
            path: the file to write: .mp4, .m4v or .mov (H.264 and AAC) or .webm (VP9 and Opus).
            width: pixels; an odd one is made even by repeating the last column.
            height: pixels; an odd one is made even by repeating the last row.
            fps: frames per second; a float is taken as the nearest fraction with a denominator of at most 1001.
            sound: begins with the first frame and is cut or padded to the length of the video; None for no sound.
            n_frames: how many frames will be written.
            alpha: the frames have opacity: .webm, or .mov (ProRes 4444 and PCM).

        Raises:
            UsageError: another suffix, or a size, rate or number of frames that no video has.
            OutputError: the file cannot be written there.
        """
        self._format = clip_format(path, alpha)
        if not (0 < width <= 16384 and 0 < height <= 16384):
            raise UsageError(f"a video of {width} x {height} pixels cannot be written: use 1 to 16384")
        if not 0 < fps <= 240:
            raise UsageError(f"a video of {float(fps):g} frames per second cannot be written: use at most 240")
        if n_frames < 1:
            raise UsageError(f"a video of {n_frames} frames cannot be written: use at least 1")
        check_output(path)
        self._path = path
        self._fps = fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)
        self._shape = (height, width, 4 if alpha else 3)
        self._sound = sound
        self._n_frames = n_frames
        self._written = 0
        self._queue: queue.Queue[av.VideoFrame | None] = queue.Queue(maxsize=_QUEUE)
        self._cancelled = threading.Event()
        self._failure: BaseException | None = None
        self._stack = ExitStack()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> VideoWriter:
        place = self._stack.enter_context(atomic_path(self._path))
        self._thread = threading.Thread(target=self._work, args=(place,), name="video encoder", daemon=True)
        self._thread.start()
        return self

    def write(self, frame: ImageArray) -> None:
        """Hand the next frame over; the array may be changed afterwards.

        Args:
            frame: (H, W, 3) uint8 RGB of the size of the video, (H, W, 4) with opacity where that was announced.

        Raises:
            OutputError: an earlier frame could not be written.
            ValueError: the frame has another shape or type, or there are more frames than announced.
        """
        check_frame(frame, self._shape, self._written, self._n_frames)
        height, width = self._shape[:2]
        if height % 2 or width % 2:
            frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        colors = "rgba" if self._shape[2] == 4 else "rgb24"
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format=colors)
        picture.pts = self._written
        picture.time_base = 1 / self._fps
        self._hand_over(picture)
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._thread is not None
        with self._stack:
            try:
                if error is not None:
                    raise error
                check_count(self._written, self._n_frames)
                self._hand_over(None)
                self._thread.join()
            except BaseException:
                self._cancelled.set()
                self._thread.join()
                raise
            if self._failure is not None:
                raise self._failure

    def _hand_over(self, item: av.VideoFrame | None) -> None:
        while True:
            if self._failure is not None:
                raise self._failure
            try:
                self._queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def _work(self, place: Path) -> None:
        """The thread: take frames until the end or until cancelled."""
        try:
            target, options = self._format.container, dict(self._format.container_options)
            with av.open(media_path(place), "w", format=target, options=options) as container:
                encoder = _Encoder(container, self._format, self._shape, self._fps, self._sound)
                while not self._cancelled.is_set():
                    try:
                        picture = self._queue.get(timeout=0.1)
                    except queue.Empty:
                        continue
                    if picture is None:
                        encoder.finish()
                        return
                    encoder.encode(picture)
        except BaseException as error:  # handed to the caller's thread, which raises it
            self._failure = error


class _Encoder:
    """Pictures and the sound that goes with them, encoded in step."""

    def __init__(
        self,
        container: OutputContainer,
        target: ClipFormat,
        shape: tuple[int, int, int],
        fps: Fraction,
        sound: Sound | None,
    ) -> None:
        self._container = container
        self._pixels = target.pixels
        self._fps = fps
        self._reformatter = VideoReformatter()
        video = cast("VideoStream", container.add_stream(target.video, rate=fps, options=dict(target.video_options)))
        video.height, video.width = (n + n % 2 for n in shape[:2])
        video.pix_fmt = target.pixels
        video.codec_context.color_range = ColorRange.MPEG
        video.codec_context.colorspace = _BT709
        video.codec_context.color_primaries = _BT709
        video.codec_context.color_trc = _BT709
        video.codec_context.gop_size = max(1, round(2 * fps))
        self._video = video
        self._sound = sound
        self._audio: AudioStream | None = None
        self._n_pictures = 0
        self._n_samples = 0
        if sound is not None:
            rates = target.sound_rates
            rate = sound.rate if rates is None or sound.rate in rates else rates[-1]
            layout = "mono" if sound.samples.shape[1] == 1 else "stereo"
            self._audio = cast("AudioStream", container.add_stream(target.sound, rate=rate, layout=layout))
            if target.sound_bits is not None:
                self._audio.bit_rate = target.sound_bits

    def encode(self, picture: av.VideoFrame) -> None:
        """Encode a picture and the sound that lasts as long."""
        converted = self._reformatter.reformat(
            picture,
            format=self._pixels,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
            threads=1,
        )
        converted.pts, converted.time_base = picture.pts, picture.time_base
        self._container.mux(self._video.encode(converted))
        self._n_pictures += 1
        if self._audio is not None and self._sound is not None:
            end = round(self._n_pictures / self._fps * self._sound.rate)
            self._container.mux(self._audio.encode(self._next_sound(self._sound, end)))

    def finish(self) -> None:
        """Write what the encoders hold back."""
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))

    def _next_sound(self, sound: Sound, end: int) -> av.AudioFrame:
        """The samples up to `end`, silence after the last one."""
        block = sound.block(self._n_samples, end)
        missing = end - self._n_samples - len(block)
        block = np.pad(block, ((0, missing), (0, 0))).reshape(1, -1)
        layout = "mono" if sound.samples.shape[1] == 1 else "stereo"
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, self._n_samples, Fraction(1, sound.rate)
        self._n_samples = end
        return frame


def codecs_missing() -> list[str]:
    """Names of the encoders that an mp4 needs and that this installation of PyAV lacks."""
    target = clip_format("clip.mp4", alpha=False)
    return [name for name in (target.video, target.sound) if name not in av.codecs_available]
