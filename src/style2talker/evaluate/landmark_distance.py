"""68 points of two faces -> the LMD family, each member under a name that says what is compared and in what unit.

LMD: Chen et al., "Lip movements generation at a glance" (ECCV 2018). M-LMD and F-LMD: mouth and whole face, as EAMM and
its followers report them. ViCo's LipLMD is a mean of absolute coordinates, not of distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["aligned_points", "landmark_distances", "similarity"]

Points = NDArray[np.floating]

_MOUTH = slice(48, 68)
_EYES = (36, 45)
_SIDE = 256.0


def _centred(points: Points) -> Points:
    return np.asarray(points - points.mean(axis=1, keepdims=True))


def aligned_points(points: Points, onto: Points) -> NDArray[np.float64]:
    """Points (T, P, 2) laid onto others (T, P, 2) frame by frame by the least-squares similarity (Umeyama 1991)."""
    a, b = _centred(points.astype(np.float64)), _centred(onto.astype(np.float64))
    # In the plane a turn and a scale are one complex factor.
    za, zb = a[..., 0] + 1j * a[..., 1], b[..., 0] + 1j * b[..., 1]
    size = np.maximum((np.abs(za) ** 2).sum(axis=1, keepdims=True), 1e-12)
    moved = za * ((np.conj(za) * zb).sum(axis=1, keepdims=True) / size)
    laid = np.stack([moved.real, moved.imag], axis=-1)
    return np.asarray(laid + onto.mean(axis=1, keepdims=True), np.float64)


def similarity(points: Points, onto: Points) -> NDArray[np.float64]:
    """(2, 3) matrix of the least-squares similarity that lays points (P, 2) onto others (P, 2) (Umeyama 1991)."""
    a, b = points - points.mean(axis=0), onto - onto.mean(axis=0)
    za, zb = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    factor = (np.conj(za) * zb).sum() / max(float((np.abs(za) ** 2).sum()), 1e-12)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, onto.mean(axis=0) - turn @ points.mean(axis=0)])


def _mean_distance(a: Points, b: Points) -> float:
    return float(np.linalg.norm(a - b, axis=-1).mean()) if len(a) else float("nan")


def landmark_distances(points: Points, truth: Points, side: int) -> dict[str, float]:
    """The family for the frames in which both faces were found.

    Args:
        points: (T, 68, 2) pixels, in iBUG's order.
        truth: (T, 68, 2) pixels of the reference.
        side: smaller side of the picture in pixels.

    Returns:
        lmd_px: mouth, pixels as they are. vico_lip_l1_px: mouth, mean absolute coordinate. m_lmd_px256 and
        f_lmd_px256: mouth and face, each centred, pixels of a picture of 256. m_lmd_iod and f_lmd_iod: face laid onto
        the other by a similarity, in distances of the outer corners of the eyes. All 0 for the same points, NaN
        without frames.
    """
    mouth, true_mouth = points[:, _MOUTH], truth[:, _MOUTH]
    unit = np.linalg.norm(truth[:, _EYES[0]] - truth[:, _EYES[1]], axis=-1)[:, None, None]
    laid = aligned_points(points, truth) / np.maximum(unit, 1e-6)
    target = truth / np.maximum(unit, 1e-6)
    scale = _SIDE / side
    return {
        "lmd_px": _mean_distance(mouth, true_mouth),
        "vico_lip_l1_px": float(np.abs(mouth - true_mouth).mean()) if len(mouth) else float("nan"),
        "m_lmd_px256": scale * _mean_distance(_centred(mouth), _centred(true_mouth)),
        "f_lmd_px256": scale * _mean_distance(_centred(points), _centred(truth)),
        "m_lmd_iod": _mean_distance(laid[:, _MOUTH], target[:, _MOUTH]),
        "f_lmd_iod": _mean_distance(laid, target),
    }
