"""Frames and a sound -> a clip for training: mp4 of 25 frames a second with a key frame every 12 frames.

Readers that jump to random frames are four times as fast with 12 frames between key frames as with 250. One encoder
thread, no B-frames, no dates: same pictures, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from style2talker.errors import AudioError, VideoError
from style2talker.media.atomic import atomic_path
from style2talker.media.audio import SPEECH_RATE, Sound, read_sound, to_speech, write_wav
from style2talker.media.container import audio_stream, media_path, open_media
from style2talker.records import ImageArray

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["FPS", "ClipWriter", "cut_sound", "has_sound", "sound_of", "write_clip", "write_speech"]

FPS = 25
"""Frames per second of every clip of a corpus."""

_GOP = 12
_X264 = {"crf": "17", "preset": "veryfast", "threads": "1", "bf": "0", "rc-lookahead": "0"}
_BT709 = 1
_AAC_RATES = (44100, 48000)  # others are resampled
_AAC_BITS = 192_000


def has_sound(path: Path) -> bool:
    """Whether a media file holds a sound. Raises AudioError where it cannot be read."""
    with open_media(path, AudioError, "sound") as container:
        return audio_stream(container) is not None


def cut_sound(sound: Sound, start: float, n_frames: int) -> tuple[Sound, float]:
    """The part of a sound that lasts as long as some frames of a clip, exact to a sample.

    Args:
        sound: time zero is the first picture.
        start: seconds at which the part begins.
        n_frames: its length in frames.

    Returns:
        The part, silent where the sound has ended already, and how many seconds that is.
    """
    begin = round(start * sound.rate)
    length = round(n_frames / FPS * sound.rate)
    kept = sound.block(begin, begin + length)
    missing = length - len(kept)
    return Sound(np.pad(kept, ((0, missing), (0, 0))), sound.rate), missing / sound.rate


def write_speech(path: Path, sound: Sound) -> None:
    """Write a sound as the models hear it: wav, 16 kHz, one channel. Raises OutputError."""
    write_wav(path, to_speech(sound), SPEECH_RATE)


class ClipWriter:
    """Writes a clip frame by frame; a context manager, whose end finishes the clip unless that was done before."""

    def __init__(self, path: Path, size: int, sound: Sound | None = None, start: float = 0.0) -> None:
        """Nothing is opened yet.

        Args:
            path: the mp4 to write; it appears when the clip is finished.
            size: side of the frames, an even number.
            sound: what is heard; None for nothing.
            start: seconds of the sound at which the first frame is shown.
        """
        self._path, self._size, self._sound, self._start = path, size, sound, start
        self._stack = ExitStack()
        self._reformatter = VideoReformatter()
        self._finished = False
        self.n_frames = 0
        """Number of frames written so far."""

    def __enter__(self) -> ClipWriter:
        part = self._stack.enter_context(atomic_path(self._path))
        self._out = self._stack.enter_context(
            av.open(media_path(part), "w", format="mp4", options={"movflags": "+faststart"})
        )
        video = self._out.add_stream("libx264", rate=FPS, options=_X264)
        video.width = video.height = self._size
        video.pix_fmt = "yuv420p"
        context = video.codec_context
        context.gop_size = _GOP
        context.color_range, context.colorspace = ColorRange.MPEG, _BT709
        context.color_primaries = context.color_trc = _BT709
        self._video = video
        self._track = None if self._sound is None else _SoundTrack(self._out, self._sound, self._start)
        return self

    def write(self, pixels: ImageArray) -> None:
        """Write the next frame, (size, size, 3) uint8 RGB."""
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        converted = self._reformatter.reformat(
            picture,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
            threads=1,
        )
        converted.pts, converted.time_base = self.n_frames, Fraction(1, FPS)
        self._out.mux(self._video.encode(converted))
        self.n_frames += 1
        if self._track is not None:
            self._track.up_to(self.n_frames)

    def finish(self) -> None:
        """Complete the clip.

        Raises:
            VideoError: it has no frame.
            OutputError: it cannot be written there.
        """
        if self.n_frames == 0:
            raise VideoError(f"{self._path.name} would have no frame")
        self._out.mux(self._video.encode(None))
        if self._track is not None:
            self._track.end()
        self._finished = True
        self._stack.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._finished:
            return
        if error is None:
            with self._stack:
                self.finish()
        else:
            self._stack.__exit__(kind, error, trace)


def write_clip(path: Path, frames: Iterable[ImageArray], size: int, sound: Sound | None) -> int:
    """Write a clip.

    Args:
        path: the mp4 to write.
        frames: (size, size, 3) uint8 RGB pictures.
        size: their side, an even number.
        sound: begins with the first frame; None for none.

    Returns:
        How many frames were written.

    Raises:
        VideoError: there is no frame.
        OutputError: it cannot be written there.
    """
    with ClipWriter(path, size, sound) as writer:
        for pixels in frames:
            writer.write(pixels)
    return writer.n_frames


class _SoundTrack:
    """The sound of a clip, encoded in step with its frames; silence where it has ended."""

    def __init__(self, out: OutputContainer, sound: Sound, start: float) -> None:
        rate = sound.rate if sound.rate in _AAC_RATES else 48000
        self._layout = "mono" if sound.samples.shape[1] == 1 else "stereo"
        self._stream = out.add_stream("aac", rate=rate, layout=self._layout)
        self._stream.bit_rate = _AAC_BITS
        self._out, self._sound, self._at = out, sound, 0
        self._begin = round(start * sound.rate)

    def up_to(self, n_frames: int) -> None:
        """Encode what sounds while the first frames are shown."""
        end = round(n_frames / FPS * self._sound.rate)
        block = self._sound.block(self._begin + self._at, self._begin + end)
        missing = end - self._at - len(block)
        block = np.pad(block, ((0, missing), (0, 0))).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._sound.rate, self._at, Fraction(1, self._sound.rate)
        self._at = end
        self._out.mux(self._stream.encode(frame))

    def end(self) -> None:
        """Encode what the encoder holds back."""
        self._out.mux(self._stream.encode(None))


def sound_of(path: Path) -> Sound | None:
    """The sound of a media file, None where there is none in it. Raises AudioError where it cannot be decoded."""
    return read_sound(path) if has_sound(path) else None
