"""A face that speaks and its sound -> LSE-C, LSE-D and offset of SyncNet.

Chung & Zisserman, "Out of time: automated lip sync in the wild" (2016), in the protocol for real video: 25 frames a
second, 16 kHz, five frames against 0.2 s of cepstral coefficients, all lags up to 15 frames; LSE-C and LSE-D as named
by Prajwal et al. (Wav2Lip, 2020). Two things differ from the published scripts: the box of the face is that of this
package's tracker instead of S3FD's, and crops are not stored as JPEG on the way. Both move the scores a little, so they
compare with each other and only roughly with published tables.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.ndimage import median_filter

from style2talker.face.tracking import Track
from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.session import Session

__all__ = ["FPS", "REACH", "SyncScores", "crops", "lip_embeddings", "mfcc", "sync_scores", "voice_embeddings"]

FPS = 25.0
REACH = 15
"""Largest lag either way, frames."""
_WINDOW, _SIDE = 5, 224
_COLUMNS, _COLUMNS_A_FRAME = 20, 4
_SAMPLES_A_FRAME = 640
_ROOM, _GREY, _MEDIAN = 0.40, 110, 13
_BATCH = 8
_RATE, _LENGTH, _STEP, _FFT = 16000, 400, 160, 512
_FILTERS, _CEPSTRA, _LIFTER, _EMPHASIS = 26, 13, 22, 0.97


class SyncScores(NamedTuple):
    """Of a clip; NaN where there was not enough of it.

    Attributes:
        lse_c: confidence, median of the mean distances of all lags minus the smallest.
        lse_d: the smallest mean distance.
        offset: frames of 40 ms at which it is; positive: the sound leads.
    """

    lse_c: float
    lse_d: float
    offset: float


def _filterbank() -> NDArray[np.float64]:
    """(26, 257) triangles at equal steps of mel from 0 to 8 kHz, their corners at whole bins."""
    top = 2595 * np.log10(1 + _RATE / 2 / 700)
    hertz = 700 * (10 ** (np.linspace(0, top, _FILTERS + 2) / 2595) - 1)
    corners = np.floor((_FFT + 1) * hertz / _RATE)
    at = np.arange(_FFT // 2 + 1)
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (at - low) / (middle - low), (high - at) / (high - middle)
    out = np.where((at >= low) & (at < middle), rising, 0.0)
    return np.where((at >= middle) & (at < high), falling, out)


def mfcc(samples: FloatArray) -> NDArray[np.float64]:
    """Cepstral coefficients (M, 13) of a voice (N,) in -1..1 at 16 kHz, 100 rows a second.

    As the package python_speech_features computes them by default: windows of 25 ms, 26 filters, lifter 22, the log of
    the energy in place of the first coefficient, on 16-bit values.
    """
    whole = np.rint(np.clip(samples.astype(np.float64), -1, 32767 / 32768) * 32768)
    sharp = np.append(whole[:1], whole[1:] - _EMPHASIS * whole[:-1])
    count = 1 + max(0, -(-(len(sharp) - _LENGTH) // _STEP))
    sharp = np.pad(sharp, (0, max(0, (count - 1) * _STEP + _LENGTH - len(sharp))))
    frames = np.lib.stride_tricks.sliding_window_view(sharp, _LENGTH)[::_STEP][:count]
    power = np.square(np.abs(np.fft.rfft(frames, _FFT))) / _FFT
    tiny = np.finfo(float).eps
    energy, bands = power.sum(axis=1), power @ _filterbank().T
    cepstra = dct(np.log(np.where(bands == 0, tiny, bands)), type=2, axis=1, norm="ortho")[:, :_CEPSTRA]
    cepstra *= 1 + _LIFTER / 2 * np.sin(np.pi * np.arange(_CEPSTRA) / _LIFTER)
    cepstra[:, 0] = np.log(np.where(energy == 0, tiny, energy))
    return np.asarray(cepstra)


def crops(frames: Iterable[ImageArray], track: Track) -> Iterator[ImageArray]:
    """The face of each frame (H, W, 3) at 25 frames a second, as (224, 224, 3).

    The box around the points is smoothed by a median over 13 frames and reaches further down than up; what lies beyond
    the picture is grey.

    Args:
        frames: RGB.
        track: of the same video, at its own rate.
    """
    points = track.landmarks[..., :2]
    low, high = points.min(axis=1), points.max(axis=1)
    middle, half = (low + high) / 2, (high - low).max(axis=1) / 2
    boxes = median_filter(np.column_stack([middle, half]), size=(_MEDIAN, 1), mode="nearest")
    for i, pixels in enumerate(frames):
        x, y, s = boxes[min(round(i * track.fps / FPS), len(boxes) - 1)].tolist()
        pad = int(s * (1 + 2 * _ROOM))
        wide = cv2.copyMakeBorder(pixels, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(_GREY,) * 3)
        left, right = (int(x + pad + sign * s * (1 + _ROOM)) for sign in (-1, 1))
        top, bottom = int(y + pad - s), int(y + pad + s * (1 + 2 * _ROOM))
        cut = wide[max(top, 0) : max(bottom, top + 1), max(left, 0) : max(right, left + 1)]
        yield np.asarray(cv2.resize(cut if cut.size else pixels, (_SIDE, _SIDE)), np.uint8)


def lip_embeddings(network: Session, faces: Iterable[ImageArray]) -> FloatArray:
    """(K, 1024) of every five faces (224, 224, 3) in a row; K is 4 less than there are faces."""
    held: deque[ImageArray] = deque(maxlen=_WINDOW)
    waiting: list[NDArray[np.float32]] = []
    out = [np.zeros((0, 1024), np.float32)]
    quiet = np.zeros((1, 1, _CEPSTRA, _COLUMNS), np.float32)

    def flush() -> None:
        if waiting:
            out.append(network.run(pictures=np.stack(waiting), sound=quiet)["lips"])
            waiting.clear()

    for face in faces:
        held.append(face)
        if len(held) == _WINDOW:
            # (5, H, W, RGB) -> (BGR, 5, H, W), which is what the network has learned.
            waiting.append(np.stack(held)[..., ::-1].transpose(3, 0, 1, 2).astype(np.float32))
        if len(waiting) == _BATCH:
            flush()
    flush()
    return np.concatenate(out)


def voice_embeddings(network: Session, samples: FloatArray) -> FloatArray:
    """(K, 1024) of every 0.2 s of a voice (N,) at 16 kHz, one for each frame of 40 ms that has it whole."""
    coefficients = mfcc(samples)
    usable = min(len(samples) // _SAMPLES_A_FRAME, (len(coefficients) - _COLUMNS) // _COLUMNS_A_FRAME + 1)
    black = np.zeros((1, 3, _WINDOW, _SIDE, _SIDE), np.float32)
    out = [np.zeros((0, 1024), np.float32)]
    for begin in range(0, max(usable, 0), 100):
        starts = range(begin, min(begin + 100, usable))
        cut = [coefficients[_COLUMNS_A_FRAME * k : _COLUMNS_A_FRAME * k + _COLUMNS].T[None] for k in starts]
        out.append(network.run(pictures=black, sound=np.stack(cut))["voice"])
    return np.concatenate(out)


def sync_scores(lips: FloatArray, voice: FloatArray, reach: int = REACH) -> SyncScores:
    """Scores of a clip; both embeddings (K, D) are cut to the shorter, and zeros stand beyond the ends.

    A clip of few seconds is judged mostly by those zeros.
    """
    n = min(len(lips), len(voice))
    if n == 0:
        return SyncScores(float("nan"), float("nan"), float("nan"))
    padded = np.pad(voice[:n].astype(np.float64), ((reach, reach), (0, 0)))
    own = lips[:n].astype(np.float64)
    curve = np.array([np.linalg.norm(own - padded[k : k + n], axis=1).mean() for k in range(2 * reach + 1)])
    at = int(np.argmin(curve))
    return SyncScores(float(np.median(curve) - curve[at]), float(curve[at]), float(reach - at))
