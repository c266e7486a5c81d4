"""Person or background: the outline of a figure, as a network sees it, else by colours and the shape of a head."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.face.outline import person_mask
from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.likeness import color_distance
from style2talker.style_a.palette import smoothstep

__all__ = ["crown_of", "cut_figure", "seen_outline", "traced_figure"]

_FRAMED = 2.4
"""Side of the square that the network sees around a face, in face heights."""
_SEEN = 0.75
"""Share of the face that the network's outline must cover to be believed."""


def seen_outline(pixels: ImageArray, oval: FloatArray) -> FloatArray | None:
    """How sure a network is (H, W) in 0..1 that a pixel shows a person; None where it misses the face.

    Args:
        pixels: (H, W, 3) RGB.
        oval: (H, W) mask of the face.
    """
    rows, columns = pixels.shape[:2]
    ys, xs = np.nonzero(oval > 0.5)
    if not len(ys):
        return None
    seen = person_mask(pixels)
    half = 0.5 * _FRAMED * float(max(np.ptp(ys), np.ptp(xs)) + 1)
    x, y = float(xs.mean()), float(ys.mean())
    left, top, right, bottom = (int(v) for v in (max(0, x - half), max(0, y - half), x + half + 1, y + half + 1))
    near = pixels[top:bottom, left:right]
    if near.shape[0] * near.shape[1] < 0.7 * rows * columns:
        # The network is at its best with a head and shoulders; of a larger picture it sees the rest.
        away = np.hypot(*(np.mgrid[0:rows, 0:columns].astype(np.float32) - np.array([y, x])[:, None, None])) / half
        weight = smoothstep(away, 1.0, 0.7)[top:bottom, left:right]
        seen[top:bottom, left:right] += (person_mask(near) - seen[top:bottom, left:right]) * weight
    return seen if float((seen * oval).sum()) >= _SEEN * float(oval.sum()) else None


def crown_of(lab: FloatArray, skin: FloatArray, across: FloatArray, up: FloatArray) -> NDArray[np.bool_]:
    """Pixels (H, W) of the colour found just above the forehead and joined to it: hair or a hat, however large."""
    ring = (up > 0.45) & (up < 0.68) & (np.abs(across) < 0.3) & (skin > 2.5)
    none = np.zeros(up.shape, dtype=bool)
    if ring.sum() < 12:
        return none
    alike = (color_distance(lab, lab[ring], 3) < 2.2) & (up > -0.9)
    _, labels = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    touching = np.unique(labels[ring & alike])
    crown = np.isin(labels, touching[touching > 0])
    border = np.concatenate([crown[0], crown[: len(crown) // 2, 0], crown[: len(crown) // 2, -1]])
    # A background of that very colour floods the border: then the colour says nothing.
    return crown if border.mean() < 0.5 else none


def cut_figure(
    pixels: ImageArray, oval: FloatArray, across: FloatArray, up: FloatArray, crown: NDArray[np.bool_]
) -> FloatArray:
    """Foreground (H, W) 0..1 by GrabCut, seeded by the shape of a head on shoulders and by the colour of the hair."""
    head = (across / 0.62) ** 2 + ((up - 0.12) / 0.88) ** 2 < 1
    body = (up < -0.55) & (np.abs(across) < 0.75 + 0.5 * np.clip(-up - 0.6, 0, 1))
    neck = (up < -0.3) & (np.abs(across) < 0.17)
    label = np.full(pixels.shape[:2], cv2.GC_PR_BGD, np.uint8)
    label[head | body | crown] = cv2.GC_PR_FGD
    skull = (across / 0.43) ** 2 + ((up - 0.12) / 0.58) ** 2 < 1
    if not crown.any():  # hair that its colour does not tell from the background: trust the shape of a head
        skull = np.abs(across / 0.46) ** 2.6 + np.abs((up - 0.15) / 0.68) ** 2.6 < 1
    label[(oval > 0.9) | skull | (neck & (up > -0.66)) | (crown & head)] = cv2.GC_FGD
    edge = max(2, len(up) // 50)
    border = np.zeros(up.shape, dtype=bool)
    border[:edge], border[:, :edge], border[:, -edge:] = True, True, True
    far = (border & (up > 0.0)) | (np.hypot(across, up) > 2.2) & (up > -0.2)
    label[far & (oval < 0.1) & ~crown & ~(head & (np.abs(across) < 0.4) & (up < 0.78))] = cv2.GC_BGD
    if not (label == cv2.GC_BGD).any() or not (label == cv2.GC_FGD).any():
        return np.asarray(label % 2, dtype=np.float32)
    cv2.setRNGSeed(1)
    none = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(pixels), label, None, *none, 3, cv2.GC_INIT_WITH_MASK)
    return _filled(np.asarray(label % 2, dtype=np.uint8), oval)


def traced_figure(pixels: ImageArray, oval: FloatArray, seen: FloatArray) -> FloatArray:
    """Foreground (H, W) 0..1: the outline that the network sees, its border moved to the edge in the picture."""
    label = np.full(pixels.shape[:2], cv2.GC_PR_BGD, np.uint8)
    label[seen > 0.5] = cv2.GC_PR_FGD
    core = cv2.erode((seen > 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    label[core | (oval > 0.9)] = cv2.GC_FGD
    label[(cv2.dilate(seen, np.ones((3, 3), np.uint8)) < 0.1) & (oval < 0.1)] = cv2.GC_BGD
    if not (label == cv2.GC_BGD).any():
        return np.asarray(seen > 0.5, dtype=np.float32)
    cv2.setRNGSeed(1)
    none = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(pixels), label, None, *none, 2, cv2.GC_INIT_WITH_MASK)
    # Where both sides look alike, colours may not overrule an outline that is sure.
    return _filled((((label % 2) > 0) & (seen > 0.25) | (seen > 0.93)).astype(np.uint8), oval)


def _filled(front: NDArray[np.uint8], oval: FloatArray) -> FloatArray:
    """The part of a foreground that holds the face, its holes filled; (H, W) 0..1."""
    count, labels, _, _ = cv2.connectedComponentsWithStats(front, connectivity=4)
    most = 0.02 * front.size
    face = np.bincount(labels[oval > 0.5], minlength=count)
    face[0] = 0
    keep = labels == int(face.argmax()) if face.max() > 0 else front > 0
    _, holes, hole_stats, _ = cv2.connectedComponentsWithStats((~keep).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(hole_stats[:, cv2.CC_STAT_AREA] < most)
    return np.asarray(keep | np.isin(holes, small[small > 0]), dtype=np.float32)
