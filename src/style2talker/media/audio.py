"""Sounds: any audio or video file in, samples on the clock of the pictures out.

Time zero is the presentation of the first picture, or of the first sample when there are no pictures. What encoders
put before the sound (AAC priming, MP3 delay, Opus pre-skip) is left out by what the file says about it.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import IO, TYPE_CHECKING, Any

import av
import numpy as np

from style2talker.errors import AudioError
from style2talker.media.atomic import atomic_path
from style2talker.media.container import audio_stream, decoded, open_media, seconds, video_stream
from style2talker.records import FloatArray

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

__all__ = [
    "MIN_SECONDS",
    "SPEECH_RATE",
    "Sound",
    "check_speech",
    "read_sound",
    "read_speech",
    "to_speech",
    "write_wav",
]

SPEECH_RATE = 16000
"""Samples per second of speech for every model of ours."""

MIN_SECONDS = 0.2
"""Shortest speech that we accept."""

_SILENCE = 3e-4  # peak, -70 dB of full scale: under what any microphone gives
_JITTER = 0.01  # seconds: timestamps this far off are rounding, not gaps
_JUMP = 600.0  # seconds: a longer jump forward is a broken clock, not a gap
_OVERLAP = 1.0  # seconds: a longer jump back is a broken clock, not an overlap
_TICK = 0.002  # seconds: durations in milliseconds are no more exact
_BLOCK = 1 << 18  # samples handled at a time
_IN_MEMORY = 1 << 22  # values: a longer sound lies in a temporary file


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A sound as it lies in its file.

    Attributes:
        samples: (N, channels) float32, full scale -1..1, one or two channels; (N,) is taken as one channel. Not
            copied. A long sound that was read from a file is a memory map of a temporary file that goes with it; taken
            by `block` it never lies in memory as a whole.
        rate: samples per second.
    """

    samples: FloatArray
    rate: int

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        samples = samples[:, None] if samples.ndim == 1 else samples.view()
        if samples.ndim != 2 or samples.shape[1] not in (1, 2):
            raise AudioError(f"sound has shape {samples.shape}, expected (samples, 1 or 2 channels)")
        if self.rate <= 0:
            raise AudioError(f"sound has {self.rate} samples per second, expected more than 0")
        if not np.isfinite(_peak(samples)):
            raise AudioError("sound holds values that are not finite")
        samples.setflags(write=False)
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "rate", int(self.rate))

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    def block(self, begin: int, end: int) -> FloatArray:
        """Samples begin..end - 1, fewer at the end, as (n, channels) float32 within -1..1 of full scale."""
        part = np.clip(self.samples[begin:end], -1, 1)
        _release(self.samples)
        return np.asarray(part, dtype=np.float32)

    def blocks(self) -> Iterator[FloatArray]:
        """The whole sound, block by block."""
        for begin in range(0, len(self.samples), _BLOCK):
            yield self.block(begin, begin + _BLOCK)


def read_sound(path: str | os.PathLike[str]) -> Sound:
    """Read the sound of an audio or video file at its own rate.

    More than two channels are mixed to two. Gaps between timestamps become silence; a sound that starts after the
    first picture begins with silence, and one that starts before it is cut. Values beyond full scale are scaled down.

    Args:
        path: wav, mp3, m4a, ogg, opus, flac, mp4, webm or anything else that FFmpeg reads.

    Returns:
        The sound.

    Raises:
        AudioError: the file is missing, empty, unreadable, has no sound in it, or holds values that are not finite.
    """
    zero = _first_picture(path)
    with ExitStack() as stack:
        container = stack.enter_context(open_media(path, AudioError, "sound"))
        stream = audio_stream(container)
        if stream is None:
            raise AudioError(f"{path} has no sound in it: give a file with a voice")
        tape: _Tape | None = None
        due = shift = padding = 0.0
        for frame in decoded(container, stream):
            time = seconds(frame.pts, frame.time_base, due - shift)
            zero = time if zero is None else zero
            if tape is None:
                tape = _Tape(frame.sample_rate, min(2, frame.layout.nb_channels))
                stack.callback(tape.close)
                due = time
            ahead = time + shift - due
            if not -_OVERLAP <= ahead <= _JUMP:
                shift = due - time
            start = time + shift if abs(time + shift - due) > _JITTER else due
            lasts = tape.put(start - zero, frame) / tape.rate
            padding = lasts - seconds(frame.duration or None, frame.time_base, lasts)
            due = start + lasts
        if tape is None:
            raise AudioError(f"{path} holds no sound that can be decoded: convert it to wav")
        samples = tape.cut(padding if padding > _TICK else 0.0)
    return Sound(_checked(samples, path), tape.rate)


def to_speech(sound: Sound) -> FloatArray:
    """Mix to one channel at 16 kHz.

    Channels of opposite phase, that would cancel each other, are not mixed: the louder one is taken.

    Args:
        sound: a sound at any rate.

    Returns:
        (N,) float32 at 16 kHz, time zero as in `sound`.
    """
    channels = sound.samples.shape[1]
    weights = np.full(channels, 1 / channels, dtype=np.float32)
    if channels == 2:
        products = np.sum([block.T @ block for block in sound.blocks()], axis=0)
        loudest = int(products.diagonal().argmax())
        if weights @ products @ weights < 0.02 * products[loudest, loudest]:
            weights = np.eye(2, dtype=np.float32)[loudest]
    return _resampled(sound, weights)


def read_speech(path: str | os.PathLike[str]) -> FloatArray:
    """Read a voice: the sound of a file as one channel at 16 kHz.

    Args:
        path: as for `read_sound`.

    Returns:
        (N,) float32 at 16 kHz.

    Raises:
        AudioError: as `read_sound` and `check_speech`.
    """
    samples = to_speech(read_sound(path))
    check_speech(samples, str(path))
    return samples


def check_speech(samples: FloatArray, name: str) -> None:
    """See whether samples can be speech.

    Args:
        samples: (N,) float32 at 16 kHz.
        name: where they came from, for the message.

    Raises:
        AudioError: they are not finite, silent, or shorter than 0.2 s.
    """
    seconds = len(samples) / SPEECH_RATE
    if seconds < MIN_SECONDS:
        raise AudioError(f"{name} lasts {seconds:.3f} s: give at least {MIN_SECONDS} s of speech")
    low, high = float(samples.min()), float(samples.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise AudioError(f"{name} holds values that are not finite: export it again as 16-bit wav")
    if high - low < 2 * _SILENCE:
        raise AudioError(f"{name} is silent: give a file with a voice")


def write_wav(path: str | os.PathLike[str], samples: FloatArray, rate: int) -> None:
    """Write samples as 16-bit wav.

    Args:
        path: the file to write.
        samples: (N,) or (N, channels) float32; values beyond -1..1 are clipped.
        rate: samples per second.

    Raises:
        AudioError: the samples are not finite.
        OutputError: the file cannot be written.
    """
    samples = samples[:, None] if samples.ndim == 1 else samples
    if samples.size and not np.isfinite(_peak(samples)):
        raise AudioError(f"the sound for {path} holds values that are not finite")
    with atomic_path(path) as place, place.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        for block in _blocks(samples):
            out.writeframes(np.rint(np.clip(block, -1, 1) * 32767).astype("<i2").tobytes())


class _Tape:
    """Samples laid down by time, in an array that grows in place and, when it grows long, in a temporary file."""

    def __init__(self, rate: int, channels: int) -> None:
        self.rate = rate
        self._samples = np.zeros((0, channels), dtype=np.float32)
        self._file: IO[bytes] | None = None
        self._length = 0
        self._converter: av.AudioResampler | None = None
        self._source: tuple[str, str, int] | None = None

    def put(self, start: float, frame: AudioFrame) -> int:
        """Lay a frame down so that it begins at `start` seconds; returns its number of samples."""
        block = self._converted(frame)
        at = round(start * self.rate)
        kept = block[max(0, -at) :]
        at = max(0, at)
        end = at + len(kept)
        if self._file is None and end * block.shape[1] > _IN_MEMORY:
            self._spool()
        if self._file is not None:
            self._file.seek(at * block.shape[1] * block.itemsize)
            self._file.write(np.ascontiguousarray(kept).data)
        else:
            if end > len(self._samples):
                self._samples.resize((max(end, len(self._samples) + _BLOCK), block.shape[1]), refcheck=False)
            self._samples[at:end] = kept
        self._length = max(self._length, end if len(kept) else 0)
        return len(block)

    def _spool(self) -> None:
        """Go on in a temporary file, in which what is never written reads as silence."""
        self._file = tempfile.TemporaryFile(prefix="style2talker-")  # noqa: SIM115  lives as long as the sound
        self._file.write(self._samples[: self._length].data)
        self._samples = self._samples[:0].copy()

    def cut(self, padding: float) -> FloatArray:
        """The (N, channels) samples without `padding` seconds at the end; the tape is empty afterwards."""
        length = max(0, self._length - round(padding * self.rate))
        channels = self._samples.shape[1]
        if self._file is not None and length > 0:
            self._file.flush()
            self._file.truncate(length * channels * 4)
            return np.memmap(self._file, dtype=np.float32, mode="r+", shape=(length, channels))
        samples, self._samples = self._samples, self._samples[:0].copy()
        samples.resize((length, channels), refcheck=False)
        return samples

    def close(self) -> None:
        """Give the temporary file back; a memory map of it lives on."""
        if self._file is not None:
            self._file.close()

    def _converted(self, frame: AudioFrame) -> FloatArray:
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        channels = self._samples.shape[1]
        if self._converter is None or source != self._source:
            layout = "mono" if channels == 1 else "stereo"
            self._converter = av.AudioResampler(format="flt", layout=layout, rate=self.rate)
            self._source = source
        frame.pts = None
        parts = [part.to_ndarray().reshape(-1, channels) for part in self._converter.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros((0, channels), dtype=np.float32)


def _first_picture(path: str | os.PathLike[str]) -> float | None:
    """Presentation time in seconds of the first picture that can be decoded, or None where there is none."""
    with open_media(path, AudioError, "sound") as container:
        stream = video_stream(container)
        if stream is None:
            return None
        first = next(decoded(container, stream), None)
        if first is None:
            return None
        return seconds(first.pts, first.time_base, seconds(stream.start_time, stream.time_base, 0.0))


def _checked(samples: FloatArray, path: str | os.PathLike[str]) -> FloatArray:
    """Scale down in place what is beyond full scale; refuse what is empty or not finite."""
    if len(samples) == 0:
        raise AudioError(f"{path} holds no sound while its pictures last: give a file with a voice")
    peak = _peak(samples)
    if not np.isfinite(peak):
        raise AudioError(f"{path} holds values that are not finite: export it again as 16-bit wav")
    if peak > 1:
        for block in _blocks(samples):
            block /= peak
            _release(samples)
    return samples


def _resampled(sound: Sound, weights: FloatArray) -> FloatArray:
    """A sound mixed by weights to (N',) at 16 kHz; N' = ceil(N · 16000 / rate)."""
    rate = sound.rate
    if rate == SPEECH_RATE:
        return np.concatenate([block @ weights for block in sound.blocks()] or [np.zeros(0, np.float32)])
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SPEECH_RATE)
    out = np.zeros(-(-len(sound.samples) * SPEECH_RATE // rate), dtype=np.float32)
    at = 0
    for block in chain(sound.blocks(), (None,)):
        frame = None
        if block is not None:
            frame = av.AudioFrame.from_ndarray((block @ weights)[None], format="flt", layout="mono")
            frame.sample_rate = rate
        for part in resampler.resample(frame):
            values = part.to_ndarray()[0][: len(out) - at]
            out[at : at + len(values)] = values
            at += len(values)
    return out


def _blocks(samples: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(samples), _BLOCK):
        yield samples[start : start + _BLOCK]


def _peak(samples: FloatArray) -> float:
    """Largest absolute value, without a temporary array; NaN where there is one, 0 of nothing."""
    peak = 0.0
    for block in _blocks(samples):
        peak = float(np.maximum(peak, np.maximum(-block.min(), block.max())))
        _release(samples)
    return peak


def _release(samples: FloatArray) -> None:
    """Let the system drop the pages of a memory map that have been read; they come back from its file when needed."""
    base: Any = samples
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    if base is not None and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)
