"""The pictures of a clip beside those of its reference, frame by frame, in one pass of flat memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.cpbd import cpbd
from style2talker.evaluate.pictures import SAME_PSNR, detail, luma, psnr, ssim, ssim_and_part, ssim_vico
from style2talker.evaluate.steadiness import Change, change, face_mask, flicker
from style2talker.face.tracking import Track
from style2talker.records import ImageArray

__all__ = ["PictureJudge"]

_MOUTH = (61, 291, 0, 17, 37, 267, 84, 314)
_ROOM = 0.3


@dataclass(slots=True, eq=False)
class PictureJudge:
    """Takes the frames of one clip in order and says at the end what they were like.

    Attributes:
        track: the face in those frames, or None where none was found.
        every: pictures are judged in every so many frames; what changes between frames, in all of them.
        found: metric -> its values so far.
    """

    track: Track | None
    every: int = 1
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _before: ImageArray | None = None
    _count: int = 0

    def mask(self, at: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """(H, W) where the grown face is in a frame; nowhere when it was not found."""
        if self.track is None or at >= len(self.track.valid) or not self.track.valid[at]:
            return np.zeros(shape[:2], bool)
        return face_mask(self.track.landmarks[at, :, :2], shape[0], shape[1])

    def add(self, frame: ImageArray, truth: ImageArray | None, true_mask: NDArray[np.bool_] | None) -> None:
        """Judge the next frame.

        Args:
            frame: (H, W, 3) uint8.
            truth: the frame of the reference, of the same size, or None.
            true_mask: (H, W) where the face of the reference is.
        """
        at, self._count = self._count, self._count + 1
        held = frame is self._before
        mask = self.mask(at, frame.shape)
        grey = luma(frame)
        known = mask.any()
        self.found["level_face"].append(float(grey[mask].mean()) if known else float("nan"))
        outside = known and not mask.all()
        self.found["level_background"].append(float(grey[~mask].mean()) if outside else float("nan"))
        if self._before is not None:
            moved = Change(0.0, 0.0) if held else change(self._before, frame)
            self.found["warping_error"].append(moved.error)
            self.found["movement"].append(moved.movement)
        self._before = frame
        if at % self.every == 0:
            same = held and self.found["cpbd"]
            self.found["cpbd"].append(self.found["cpbd"][-1] if same else cpbd(grey))
            self.found["mouth_detail"].append(self._mouth(at, grey))
            if truth is not None:
                self._compare(frame, truth, None if true_mask is None or not known else mask | true_mask)

    def _compare(self, frame: ImageArray, truth: ImageArray, faces: NDArray[np.bool_] | None) -> None:
        behind = ~faces if faces is not None and not faces.all() else None
        if frame is truth:
            # The reference against itself, whose values are known.
            found = {"psnr": SAME_PSNR, "ssim": 1.0, "ssim_vico": 1.0}
            found |= {} if behind is None else {"background_psnr": SAME_PSNR, "background_ssim": 1.0}
        elif behind is None:
            found = {"psnr": psnr(frame, truth), "ssim": ssim(frame, truth), "ssim_vico": ssim_vico(frame, truth)}
        else:
            whole, part = ssim_and_part(frame, truth, behind)
            found = {"psnr": psnr(frame, truth), "ssim": whole, "ssim_vico": ssim_vico(frame, truth)}
            found |= {"background_psnr": psnr(frame, truth, behind), "background_ssim": part}
        for name, value in found.items():
            self.found[name].append(value)

    def _mouth(self, at: int, grey: NDArray[np.uint8]) -> float:
        if self.track is None or at >= len(self.track.valid) or not self.track.valid[at]:
            return float("nan")
        points = self.track.landmarks[at, list(_MOUTH), :2]
        room = _ROOM * np.ptp(points[:, 0])
        low = np.maximum(points.min(axis=0) - room, 0).astype(int)
        high = np.maximum(points.max(axis=0) + room, 0).astype(int)
        return detail(np.ascontiguousarray(grey[low[1] : high[1] + 1, low[0] : high[0] + 1]))

    def values(self, fps: float) -> dict[str, float]:
        """Metric -> mean over the frames, NaN where nothing was known."""
        names = ["cpbd", "mouth_detail", "psnr", "ssim", "ssim_vico", "background_psnr", "background_ssim"]
        names += ["warping_error", "movement"]
        out = {name: _mean(self.found[name]) for name in names if self.found[name]}
        for part in ("face", "background"):
            out[f"flicker_{part}"] = flicker(np.array(self.found[f"level_{part}"]), fps)
        return out


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")
