"""WAV files for commands to read."""

import wave

import numpy as np


def write_wav(path, samples, rate=16000):
    """A 16 bit mono WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.asarray(samples, np.int16).tobytes())
