"""Who speaks in clips of which some are cuts of one recording: nobody may be learned from and judged on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import fftconvolve

from style2talker.records import FloatArray

__all__ = ["one_person_a_recording", "same_recording"]

_SAME = 0.85


def same_recording(a: FloatArray, b: FloatArray) -> bool:
    """Whether mel columns (M, 80) are one recording, cut differently: they agree at some lag nearly all along.

    No columns are no recording.
    """
    if not (len(a) and len(b)):
        return False
    short, long = sorted((a - a.mean(axis=0), b - b.mean(axis=0)), key=len)
    shared = fftconvolve(long, short[::-1], axes=0).sum(axis=1)
    energy = np.convolve((long**2).sum(axis=1), np.ones(len(short)))
    return bool((shared / np.sqrt((short**2).sum() * np.maximum(energy, 1e-6))).max() > _SAME)


def one_person_a_recording(people: Sequence[str], sounds: Sequence[FloatArray]) -> list[str]:
    """The people of clips, where one recording under two names counts as one person, the first.

    Args:
        people: of the clips.
        sounds: mel columns (M, 80) of the clips.
    """
    out: list[str] = []
    for i, person in enumerate(people):
        twin = next((k for k in range(i) if same_recording(sounds[i], sounds[k])), None)
        out.append(person if twin is None else out[twin])
    return out
