"""The bundled example's speech, again and again, as a wav file of any length; shared by the benchmarks."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from style2talker.media.audio import read_sound


def looped_speech(path: Path, speech: Path, seconds: float, rate: int | None = None, channels: int = 1) -> None:
    """Write `seconds` of speech as 16-bit wav.

    Args:
        path: the file to write.
        speech: the sound to repeat.
        seconds: length of the result.
        rate: samples per second; the speech's own when None (nearest samples otherwise, good enough for timing).
        channels: 1 or 2.
    """
    sound = read_sound(speech)
    rate = rate or sound.rate
    at = (np.arange(round(len(sound.samples) * rate / sound.rate)) * sound.rate // rate).astype(np.int64)
    once = np.rint(np.clip(sound.samples[at, 0], -1, 1) * 32767).astype("<i2")
    left = round(seconds * rate)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        while left > 0:
            block = once[:left]
            out.writeframes(np.repeat(block, channels).tobytes())
            left -= len(block)
