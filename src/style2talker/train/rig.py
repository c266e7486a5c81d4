"""Tracked clips -> the linear rig: how each blendshape moves the mesh, and the average face at rest.

Run `python -m style2talker.train.rig --tracks FOLDER --out src/style2talker/assets/data/rig.npz`. Tracks come from
`python -m style2talker.corpus.track`. Nothing is random, so the same tracks give the same file.

Method: faces are aligned by the points that expressions hardly move and the mean of each person is removed. Then every
mesh point has a ridge regression of its own from blendshapes to displacement, on the frames and their mirror images; in
the upper face a shape is the dearer the less it belongs to the point. The raw answer is made fit to animate with: each
shape is kept to its part and side of the face, smoothed over the mesh, and bounded. Shapes that the data cannot teach
are designed (`rig_prior`).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from style2talker.corpus.track import load_track
from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.rig import LID_PAIRS, LIP_COLUMNS
from style2talker.media.atomic import atomic_path
from style2talker.records import ARKIT_NAMES
from style2talker.style_a.mesh import face_triangles
from style2talker.train.rig_prior import designed_shapes

__all__ = ["centred", "explained", "learn_basis", "main", "mirror_points", "person_of", "polish", "read_tracks"]

Floats = NDArray[np.float64]

_RIDGE = 4.0
_LEAST = 0.003
"""Least weight of a shape anywhere; what it does there is removed afterwards."""
_REFLECTION = np.array([-1.0, 1.0, 1.0])
_LIPS = (13, 14, 61, 291, 0, 17, 78, 308, 37, 267, 84, 314)
_BROWS_AND_LIDS = (105, 334, 107, 336, 70, 300, 159, 145, 386, 374)
_IRISES = {"Right": tuple(range(468, 473)), "Left": tuple(range(473, 478))}

_GAIN: Mapping[str, float] = {"eyeWide": 0.6, "browDown": 1.1, "browInnerUp": 1.1}
"""Corrections found by looking at each shape on many portraits, times the learned displacement."""

_MOST: Mapping[str, float] = {"eye": 0.10, "brow": 0.20, "nose": 0.09, "cheek": 0.09, "mouth": 0.20, "jaw": 0.42}
"""Largest displacement of any point by one shape, in eye distances."""


def _other_side(name: str) -> str:
    if name.endswith("Left"):
        return name[:-4] + "Right"
    return name[:-5] + "Left" if name.endswith("Right") else name


_PARTNER = [ARKIT_NAMES.index(_other_side(name)) for name in ARKIT_NAMES]


def person_of(track: Path) -> str:
    """Who is seen in a tracked clip: MEAD names begin with the actor, every other clip is its own person."""
    head = track.stem.split("_")[0]
    return head if len(head) == 4 and head[0] in "MW" and head[1:].isdigit() else track.stem


def read_tracks(paths: Sequence[Path]) -> tuple[list[str], Floats, Floats, Floats]:
    """Aligned frames of all clips.

    Args:
        paths: tracked files.

    Returns:
        People of the frames, blendshapes (F, 52), points (F, V, 3) and the reference (V, 3) in eye distances: the
        symmetrical average of the people's faces with their mouths closed.

    Raises:
        ValueError: there are no tracks.
    """
    tracks = [load_track(path) for path in paths]
    if not tracks:
        raise ValueError("no tracks to learn from")
    people = [person_of(path) for path, track in zip(paths, tracks, strict=True) for _ in range(int(track.valid.sum()))]
    shapes = np.vstack([track.blendshapes[track.valid] for track in tracks]).astype(np.float64)
    faces = np.vstack([track.landmarks[track.valid] for track in tracks]).astype(np.float64)
    aligned = _aligned(faces, _unit(np.median(faces[: int(tracks[0].valid.sum())], axis=0)))
    reference = _average_face(people, shapes, aligned)
    return people, shapes, _aligned(faces, reference), reference


def _aligned(faces: Floats, reference: Floats) -> Floats:
    """Faces (F, V, 3) brought onto a reference by the points that expressions hardly move."""
    out = np.empty_like(faces)
    for i, face in enumerate(faces):
        scale, rotation, shift = rigid_transform(reference[list(STABLE)], face[list(STABLE)])
        out[i] = (face - shift) @ rotation / scale
    return out


def _average_face(people: Sequence[str], shapes: Floats, points: Floats) -> Floats:
    """The median over people of each one's face in the frames in which the mouth is most closed, made symmetrical."""
    names = np.array(people)
    opening = shapes[:, ARKIT_NAMES.index("jawOpen")] + np.linalg.norm(points[:, 13] - points[:, 14], axis=1)
    calm = []
    for person in sorted(set(people)):
        own = np.flatnonzero(names == person)
        calm.append(np.median(points[own[np.argsort(opening[own])[: max(len(own) // 8, 1)]]], axis=0))
    face = _unit(np.median(calm, axis=0))
    face[:, 0] -= face[[1, 4, 168, 152], 0].mean()
    reflected = face[mirror_points(face)] * np.array([-1.0, 1.0, 1.0])
    return np.asarray((face + reflected) / 2, dtype=np.float64)


def _unit(face: Floats) -> Floats:
    """A face upright about its stable points, the outer corners of its eyes one apart."""
    face = face - face[list(STABLE)].mean(axis=0)
    right = face[263] - face[33]
    right /= np.linalg.norm(right)
    down = face[152] - face[168]
    down -= right * (down @ right)
    down /= np.linalg.norm(down)
    axes = np.stack([right, down, np.cross(right, down)])
    return np.asarray(face @ axes.T / np.linalg.norm(face[33] - face[263]), dtype=np.float64)


def centred(people: Sequence[str], values: Floats) -> Floats:
    """Values (F, …) minus the mean of each person."""
    names = np.array(people)
    out = values.copy()
    for person in set(people):
        out[names == person] -= out[names == person].mean(axis=0)
    return out


def learn_basis(people: Sequence[str], shapes: Floats, points: Floats, reference: Floats) -> Floats:
    """Regression from blendshapes to displacements.

    Args:
        people: person of each frame.
        shapes: (F, 52) blendshapes.
        points: (F, V, 3) aligned faces in eye distances.
        reference: (V, 3) the symmetrical average face.

    Returns:
        (52, V, 3) in eye distances.
    """
    x, y = centred(people, shapes), centred(people, points)
    x, y = np.vstack([x, x[:, _PARTNER]]), np.vstack([y, y[:, mirror_points(reference)] * _REFLECTION])
    masks = np.stack([_mask(name, reference) for name in ARKIT_NAMES], axis=1)  # (V, C)
    upper = _window(reference[:, 1], -9.0, reference[[33, 263], 1].mean() + 0.12, 0.12)[:, None]
    belongs = np.maximum(1 - upper * (1 - masks), _LEAST)
    normal = (x.T @ x)[None] + (_RIDGE / belongs**2)[:, :, None] * np.eye(len(ARKIT_NAMES))  # (V, C, C)
    target = np.tensordot(x.T, y, 1).transpose(1, 0, 2)  # (V, C, 3)
    return np.asarray(np.linalg.solve(normal, target).transpose(1, 0, 2), dtype=np.float64)


def explained(basis: Floats, people: Sequence[str], shapes: Floats, points: Floats) -> dict[str, float]:
    """R² of a basis on frames of people, per part of the face, in the plane of the picture."""
    x, y = centred(people, shapes), centred(people, points)
    error = y - np.tensordot(x, basis, 1)
    parts = {"lips": _LIPS, "brows and lids": _BROWS_AND_LIDS, "all": tuple(range(y.shape[1]))}
    return {
        name: float(1 - (error[:, list(ids), :2] ** 2).sum() / (y[:, list(ids), :2] ** 2).sum())
        for name, ids in parts.items()
    }


def mirror_points(reference: Floats) -> NDArray[np.int64]:
    """For each mesh point the point that mirrors it on the other side of the face (an involution)."""
    flipped = reference * np.array([-1.0, 1.0, 1.0])
    flipped[:, 0] += 2 * reference[[1, 4, 168, 152], 0].mean()
    distance = np.linalg.norm(flipped[:, None] - reference[None], axis=2)
    # The cheapest pairing of all points with all; the sum makes it the same in both directions.
    _, partner = linear_sum_assignment((distance + distance.T) ** 2)
    paired = partner[partner] == np.arange(len(partner))
    return np.asarray(np.where(paired, partner, np.arange(len(partner))), dtype=np.int64)


def _symmetric(basis: Floats, mirror: NDArray[np.int64]) -> Floats:
    """Average each shape with the mirror image of its counterpart."""
    return np.asarray((basis + basis[_PARTNER][:, mirror] * _REFLECTION) / 2, dtype=np.float64)


def _window(value: Floats, low: float, high: float, soft: float) -> Floats:
    """1 between `low` and `high`, falling to 0 within `soft` outside."""
    rise = np.clip((value - low) / soft + 1, 0, 1)
    fall = np.clip((high - value) / soft + 1, 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise) * fall * fall * (3 - 2 * fall), dtype=np.float64)


def _one_sided(basis: Floats, reference: Floats) -> Floats:
    """Keep left and right shapes of the mouth to their sides.

    People move both sides together, so a regression knows what a pair does and hardly which side does it: the sum of
    each pair is kept and shared out across the middle of the face.
    """
    out = basis.copy()
    # The person's left is on the right of the picture.
    left = _window(reference[:, 0] - reference[[1, 4, 168, 152], 0].mean(), 0.11, 9.0, 0.22)[:, None]
    for i, name in enumerate(ARKIT_NAMES):
        if name.startswith("mouth") and name.endswith("Left") and name != "mouthLeft":
            pair = basis[i] + basis[_PARTNER[i]]
            out[i], out[_PARTNER[i]] = pair * left, pair * (1 - left)
    return out


def _mask(name: str, reference: Floats) -> Floats:
    """Where on the face (V,) a shape may act, 0..1."""
    x, y = reference[:, 0], reference[:, 1]
    eyes = reference[[33, 263], 1].mean()
    nose = reference[2, 1]
    far = 9.0
    if name.startswith("brow"):
        mask = _window(y, -far, eyes - 0.02, 0.10)
    elif name.startswith("eye"):
        mask = _window(y, eyes - 0.16, eyes + 0.12, 0.12)
    elif name.startswith("jaw"):
        mask = _window(y, nose + 0.06, far, 0.16)
    else:
        mask = _window(y, nose - 0.22, far, 0.25)
    middle = reference[[1, 4, 168, 152], 0].mean()
    # The person's left is on the right of the picture.
    side = (x - middle) * (1 if name.endswith("Left") else -1)
    if name.startswith(("brow", "eye")) and name.endswith(("Left", "Right")):
        mask = mask * _window(side, 0.03, far, 0.08)
    return mask


def _smoothing(triangles: NDArray[np.int32], n_points: int) -> Floats:
    """(V, V) matrix that moves each point halfway to the mean of its neighbours; irises, lids and lips stay sharp."""
    near = np.zeros((n_points, n_points))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        near[triangles[:, a], triangles[:, b]] = near[triangles[:, b], triangles[:, a]] = 1
    total = near.sum(axis=1, keepdims=True)
    smooth: Floats = 0.5 * np.eye(n_points) + 0.5 * near / np.maximum(total, 1)
    sharp = {i for pairs in LID_PAIRS.values() for pair in pairs for i in pair} | {61, 291, 78, 308}
    sharp |= {i for rings in LIP_COLUMNS.values() for ids in rings for i in ids}
    keep = (total[:, 0] == 0) | np.isin(np.arange(n_points), list(sharp))
    smooth[keep] = np.eye(n_points)[keep]
    return smooth


def polish(basis: Floats, reference: Floats) -> Floats:
    """Make a learned basis (52, V, 3) fit to animate with; see the module's text."""
    basis = _one_sided(_symmetric(basis, mirror_points(reference)), reference)
    smooth = _smoothing(face_triangles(), len(reference))
    out = np.zeros_like(basis)
    designed = designed_shapes(reference, mirror_points(reference))
    for i, name in enumerate(ARKIT_NAMES):
        if name in designed:
            out[i] = designed[name]
            continue
        shape = smooth @ basis[i] if not name.startswith("eyeLook") else basis[i]
        shape = shape * _mask(name, reference)[:, None]
        shape[:, 2] = np.clip(shape[:, 2], -0.12, 0.12)
        stem = name.removesuffix("Left").removesuffix("Right")
        shape *= _GAIN.get(stem, 1.0)
        if name.startswith("eyeBlink"):
            # A blink in the data often comes with a squint, which is what lifts the lower lid.
            shape[[low for pairs in LID_PAIRS.values() for _, low in pairs]] *= 0.6
        if not name.startswith("eyeLook"):
            for ids in _IRISES.values():
                # Lids pass over the eyeball; only a gaze turns it.
                shape[list(ids)] *= 0.15
        most = next((limit for part, limit in _MOST.items() if name.startswith(part)), 0.2)
        largest = np.linalg.norm(shape, axis=1).max()
        out[i] = shape * min(1.0, most / max(largest, 1e-9))
    return out


def main(argv: list[str] | None = None) -> None:
    """Learn the rig from the tracks named on the command line and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=Path, required=True, help="folder of tracked clips (.npz)")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    parser.add_argument("--hold-out", default="W009", help="person left out to measure the fit (default: W009)")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger(__name__)
    people, shapes, points, reference = read_tracks(sorted(options.tracks.glob("*.npz")))
    names = np.array(people)
    held = names == options.hold_out
    if held.any() and not held.all():
        trained = learn_basis(names[~held].tolist(), shapes[~held], points[~held], reference)
        for what, basis in (("learned", trained), ("polished", polish(trained, reference))):
            scores = explained(basis, names[held].tolist(), shapes[held], points[held])
            log.info("%s, R² on %s: %s", what, options.hold_out, {k: round(v, 3) for k, v in scores.items()})
    basis = polish(learn_basis(people, shapes, points, reference), reference)
    with atomic_path(options.out) as part:
        np.savez_compressed(part, basis=basis.astype(np.float16), reference=reference.astype(np.float32))
    log.info("%d frames of %d people -> %s", len(people), len(set(people)), options.out.name)


if __name__ == "__main__":
    main()
