"""The frames of a clip through the networks that were given -> CSIM, LPIPS and the features of FID, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.networks.extractors import session
from style2talker.evaluate.networks.identity import aligned_face, cosines, embed, whole_frame
from style2talker.evaluate.networks.inception import pool3
from style2talker.evaluate.networks.perceptual import backbone_of, lpips, lpips_features
from style2talker.records import FloatArray, ImageArray

__all__ = ["FeatureMaker", "Features", "NetworkJudge"]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the networks make of one frame; None for a network that was not given.

    Attributes:
        aligned: (512,) embedding of the face, None without one.
        whole: (512,) embedding of the whole frame.
        pool3: (2048,) of Inception.
        layers: of LPIPS.
    """

    aligned: FloatArray | None = None
    whole: FloatArray | None = None
    pool3: FloatArray | None = None
    layers: Mapping[str, FloatArray] | None = None


@dataclass(slots=True, eq=False)
class FeatureMaker:
    """Runs the networks on frames; a frame that is held is not run again.

    Attributes:
        files: option of `KINDS` -> file.
    """

    files: Mapping[str, Path]
    _held: tuple[ImageArray, Features] | None = None

    def of(self, frame: ImageArray, points: FloatArray | None) -> Features:
        """Features of a frame (H, W, 3) and, for the identity, of the face with these 68 points (68, 2)."""
        if self._held is not None and self._held[0] is frame:
            return self._held[1]
        get = {kind: session(kind, path) for kind, path in self.files.items()}
        who = get.get("csim")
        found = Features(
            None if who is None or points is None else embed(who, aligned_face(frame, points)),
            None if who is None else embed(who, whole_frame(frame)),
            pool3(get["fid"], frame) if "fid" in get else None,
            lpips_features(get["lpips"], frame) if "lpips" in get else None,
        )
        self._held = (frame, found)
        return found


@dataclass(slots=True, eq=False)
class NetworkJudge:
    """Takes the features of a clip's frames in order and says at the end what they were like.

    Attributes:
        times: seconds of the frames with a face.
        faces: embedding of each of them.
        pool3: of all frames.
    """

    times: list[float] = field(default_factory=list)
    faces: list[FloatArray] = field(default_factory=list)
    pool3: list[FloatArray] = field(default_factory=list)
    _vico: list[float] = field(default_factory=list)
    _lpips: list[float] = field(default_factory=list)
    _backbone: str = ""

    def add(self, time: float, own: Features, truth: Features | None) -> None:
        """Judge the next frame beside that of the reference, where there is one."""
        if own.aligned is not None:
            self.times.append(time)
            self.faces.append(own.aligned)
        if own.pool3 is not None:
            self.pool3.append(own.pool3)
        if truth is not None and own.whole is not None and truth.whole is not None:
            self._vico.append(float(cosines(own.whole, truth.whole)))
        if truth is not None and own.layers is not None and truth.layers is not None:
            self._backbone = backbone_of(own.layers)
            self._lpips.append(lpips(own.layers, truth.layers))

    def values(self, source: FloatArray | None) -> dict[str, float]:
        """Metric -> value.

        Args:
            source: (512,) embedding of who it should be; None where nobody said.
        """
        out: dict[str, float] = {}
        if self.faces and source is not None:
            near = cosines(np.stack(self.faces), source)
            out["csim_aligned"] = float(near.mean())
            out["csim_aligned_worst"] = float(np.quantile(near, 0.05))
            out["csim_drift"] = _slope(np.array(self.times), near)
        if self._vico:
            out["csim_vico"] = float(np.mean(self._vico))
        if self._lpips:
            out[f"lpips_{self._backbone}"] = float(np.mean(self._lpips))
        return out

    def features(self) -> FloatArray:
        """(K, 2048) features of FID, (0, 2048) without them."""
        return np.stack(self.pool3) if self.pool3 else np.zeros((0, 2048), np.float32)


def _slope(times: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Change in a minute; NaN for less than a second."""
    if len(times) < 2 or np.ptp(times) < 1:
        return float("nan")
    return float(60 * np.polyfit(times, values, 1)[0])
