"""A track -> the 257 coefficients a frame of Deep3D and its alignment, as far as a learned linear map can tell.

Layout and camera as in Deng et al., "Accurate 3D Face Reconstruction with Weakly-Supervised Learning" (2019): identity
80, expression 64, texture 80, angles 3, lighting 27, translation 3. Expression comes from the mesh by the map of
`face/bfm.py`, angles from a scaled orthographic fit to the mesh, translation from the camera; identity, texture and
lighting, that need the network, are zero. What was made so says so: `MADE_BY`. A user who has the network may have it
make them (`corpus.reconstruction`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import MotionError
from style2talker.face.bfm import mesh_to_expression, on_time
from style2talker.face.coefficients import ANGLES, EXPRESSION, TRANSLATION, read_npy
from style2talker.face.pose import STABLE, euler_angles, rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray

__all__ = [
    "MADE_BY",
    "alignment",
    "coefficients",
    "five_points",
    "head_angles",
    "load_coefficients",
    "save_coefficients",
]

MADE_BY = "learned linear map"
"""How the coefficients are made; identity, texture and lighting are zero."""

Floats = NDArray[np.float64]

_WIDTH = 257
_SIGNS = np.array([1.0, 1.0, -1.0])  # our angles to Deep3D's
_CHIN_UP = np.array([-0.1, 0.0, 0.0])
"""Where Deep3D has the angles of our reference face: the mean difference on two people, 0.02 radians around it."""
_FLIP = np.array([1.0, -1.0, -1.0])  # our axes to Deep3D's: x right, y up, z towards the camera
_UNIT, _ORIGIN = 0.87, np.array([0.0, 0.353, 0.111])
"""Deep3D's unit in eye distances, and where its axes place the point between our eyes. Fitted so that the alignment
of 1,686 frames equals the published one: 1.3 % in scale, 0.7 and 0.9 pixels of 256 in place."""
_FACE = 102.0  # pixels of a unit in the aligned picture
_CAMERA, _FOCAL = 10.0, 1015.0
_CENTRE = 112.0


def five_points(landmarks: FloatArray) -> Floats:
    """Eye centres (left of the picture first), tip of the nose, corners of the mouth: (T, 5, D) of (T, 478, D)."""
    eyes = [(landmarks[:, a] + landmarks[:, b]) / 2 for a, b in ((33, 133), (362, 263))]
    return np.stack([*eyes, landmarks[:, 4], landmarks[:, 61], landmarks[:, 291]], axis=1).astype(np.float64)


def _model() -> Floats:
    """The reference face (478, 3) in the axes and units of Deep3D."""
    return np.asarray(load_rig().reference.astype(np.float64) * _FLIP * _UNIT + _ORIGIN)


def alignment(landmarks: FloatArray, width: int, height: int) -> Floats:
    """The published alignment of each frame.

    Args:
        landmarks: (T, 478, 3) in pixels.
        width: of the frames.
        height: of the frames.

    Returns:
        (T, 5): width, height, scale, and the place (x, y with y up) in the unscaled picture that comes to the middle of
        the 224 x 224 one. By least squares for a scaled orthographic camera on the five points.
    """
    points = five_points(landmarks[..., :2])
    points[..., 1] = height - 1 - points[..., 1]
    model = five_points(_model()[None].astype(np.float32))[0]
    solver = np.linalg.pinv(np.hstack([model, np.ones((5, 1))]))  # (4, 5)
    camera = solver @ points  # (T, 4, 2)
    size = np.linalg.norm(camera[:, :3], axis=1).mean(axis=1)
    out = np.empty((len(points), 5))
    out[:, 0], out[:, 1], out[:, 2], out[:, 3:] = width, height, _FACE / size, camera[:, 3]
    return out


def _translation(track: Track, aligned: Floats) -> Floats:
    """Translation (T, 3) at which Deep3D's camera sees the stable points of the face where they are."""
    stable = list(STABLE)
    turn = rotation_matrix(track.rotation) * np.outer(_FLIP, _FLIP)
    turned = np.einsum("tij,vj->tvi", turn, _model()[stable])
    points = track.landmarks[:, stable, :2].astype(np.float64)
    points[..., 1] = aligned[:, None, 1] - 1 - points[..., 1]
    seen = (points - aligned[:, None, 3:]) * aligned[:, None, 2:3]  # (T, v, 2) from the middle
    depth = _CAMERA - turned[..., 2]
    # seen (depth - z) = focal (turned + t), linear in (x, y, z): normal equations of both coordinates.
    right = seen * depth[..., None] - _FOCAL * turned[..., :2]
    count = len(stable)
    normal = np.zeros((len(points), 3, 3))
    normal[:, 0, 0] = normal[:, 1, 1] = count * _FOCAL**2
    normal[:, 2, 2] = (seen**2).sum(axis=(1, 2))
    normal[:, :2, 2] = normal[:, 2, :2] = _FOCAL * seen.sum(axis=1)
    target = np.concatenate([_FOCAL * right.sum(axis=1), (seen * right).sum(axis=(1, 2))[:, None]], axis=1)
    return np.asarray(np.linalg.solve(normal, target[..., None])[..., 0])


def head_angles(landmarks: FloatArray) -> Floats:
    """Angles of the head as Deep3D has them.

    By least squares for a scaled orthographic camera on the points that expressions hardly move; the depth that the
    tracker guesses is left out.

    Args:
        landmarks: (T, 478, 3) in pixels, of successive frames.

    Returns:
        (T, 3) radians in Deep3D's signs.
    """
    stable = list(STABLE)
    model = load_rig().reference[stable].astype(np.float64)
    seen = landmarks[:, stable, :2].astype(np.float64)
    camera = np.linalg.pinv(model - model.mean(axis=0)) @ (seen - seen.mean(axis=1, keepdims=True))  # (T, 3, 2)
    u, _, vt = np.linalg.svd(camera.transpose(0, 2, 1), full_matrices=False)
    rows = u @ vt
    turn = np.concatenate([rows, np.cross(rows[:, :1], rows[:, 1:])], axis=1)
    return np.asarray(on_time(euler_angles(turn)) * _SIGNS + _CHIN_UP)


def coefficients(track: Track, aligned: Floats) -> FloatArray:
    """The coefficients (T, 257) float32 of a track; `aligned` as `alignment` gives it."""
    rows = np.zeros((len(track.valid), _WIDTH), dtype=np.float32)
    rows[:, EXPRESSION] = mesh_to_expression(track.landmarks)
    rows[:, ANGLES] = head_angles(track.landmarks)
    rows[:, TRANSLATION] = _translation(track, aligned)
    return rows


def save_coefficients(
    path: Path,
    track: Track,
    points: FloatArray,
    width: int,
    height: int,
    network: Callable[[Floats], FloatArray] | None = None,
    made_by: str = MADE_BY,
) -> None:
    """Write a file as the published extraction does: a pickled dictionary in `.npy`.

    Args:
        path: the file to write.
        track: of the clip.
        points: (T, 68, 2) landmarks of it.
        width: of the frames.
        height: of the frames.
        network: alignment (T, 5) -> coefficients (T, 257), in the place of the learned map.
        made_by: how the coefficients are made.

    Raises:
        OutputError: it cannot be written.
    """
    aligned = alignment(track.landmarks, width, height)
    content = {
        "coeff": coefficients(track, aligned) if network is None else network(aligned),
        "lm68": points,
        "lm5": five_points(track.landmarks[..., :2]).astype(np.float32),
        "trans_param": aligned,
        "valid": track.valid,
        "made_by": made_by,
    }
    with atomic_path(path) as part:
        np.save(part, np.array(content, dtype=object), allow_pickle=True)


def load_coefficients(path: Path) -> tuple[FloatArray, Floats, FloatArray]:
    """Read what `save_coefficients`, or the published extraction, has written; nothing that a file names is run.

    Returns:
        (coefficients (T, 257) float32, alignment (T, 5), 68 landmarks (T, 68, 2) float32).

    Raises:
        MotionError: the file is missing, damaged, or holds something else.
    """
    try:
        content = read_npy(path)
        content = content.item() if isinstance(content, np.ndarray) else content
        rows = np.asarray(content["coeff"], dtype=np.float32)
        aligned = np.asarray(content["trans_param"], dtype=np.float64)
        points = np.asarray(content["lm68"], dtype=np.float32)
    except OSError as error:
        raise MotionError(f"{path} cannot be read: {error.strerror or 'it is damaged'}") from error
    except Exception as error:
        # NumPy and pickle raise whatever a damaged file leads them into.
        raise MotionError(f"{path} is no file of 3DMM coefficients: {' '.join(str(error).split())[:100]}") from error
    count = len(rows)
    if rows.shape != (count, _WIDTH) or aligned.shape != (count, 5) or points.shape != (count, 68, 2):
        raise MotionError(
            f"{path} holds {rows.shape}, {aligned.shape}, {points.shape}: expected (T, 257), (T, 5), (T, 68, 2)"
        )
    return rows, aligned, points
