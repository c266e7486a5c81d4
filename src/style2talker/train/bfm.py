"""Clips with Deep3D coefficients and tracks -> the linear maps between the face spaces, `bfm_map.npz`.

Run `python -m style2talker.train.bfm --coefficients FOLDER --tracks FOLDER --out bfm_map.npz` and put the file into
`src/style2talker/assets/data`. It also reports how each map fits each person when learned on the others.

Ridge regressions on frames minus their person's mean; nothing is random. The map of the mesh is kept from reading a
person's features as an expression: faces at rest, of all people tracked, are examples of no difference.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.deep3d import head_angles
from style2talker.corpus.track import load_track
from style2talker.face.bfm import displacements, on_time
from style2talker.face.coefficients import read_3dmm
from style2talker.face.rig import load_rig
from style2talker.media.atomic import atomic_path
from style2talker.train.rig import centred, person_of

__all__ = ["Pairs", "faces_at_rest", "learn_maps", "left_out", "main", "read_pairs"]

Floats = NDArray[np.float64]

_RIDGE = 1.0  # of blendshapes
_MESH_RIDGE = 0.03  # of the mesh, squared eye distances
_REST_WEIGHT = 3.0
"""Of a face at rest beside a frame: r on people left out falls by 0.01, their constant error by a fifth to a third."""
_RANK = 32
_FRAMES_AT_REST = 60  # of a clip, enough for an average


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Frames that have both a track and coefficients.

    Attributes:
        people: who is seen in each of the F frames.
        shapes: (F, 52) blendshapes.
        meshes: (F, 1434) displacements of the mesh in eye distances, on time.
        expressions: (F, 64) Deep3D expression coefficients.
        turns: (F, 2, 3) radians (pitch, yaw, roll): ours of the mesh, made by `head_angles`, and the file's.
    """

    people: list[str]
    shapes: Floats
    meshes: Floats
    expressions: Floats
    turns: Floats

    def of(self, person: str, *, others: bool = False) -> Pairs:
        """The frames of one person, or of all others."""
        chosen = (np.array(self.people) == person) != others
        people = np.array(self.people)[chosen].tolist()
        rows = (self.shapes, self.meshes, self.expressions, self.turns)
        return Pairs(people, *(values[chosen] for values in rows))


def read_pairs(coefficients: Path, tracks: Path) -> Pairs:
    """All frames of clips that have both. Raises ValueError if there is none."""
    people: list[str] = []
    shapes, meshes, expressions, turns = [], [], [], []
    for file in sorted([*coefficients.glob("*.mat"), *coefficients.glob("*.npy")]):
        tracked = tracks / f"{file.stem}.npz"
        if not tracked.exists():
            continue
        track, given = load_track(tracked), read_3dmm(file)
        n = min(len(track.valid), len(given.expression))
        seen = track.valid[:n]
        shapes.append(track.blendshapes[:n][seen])
        meshes.append(on_time(displacements(track.landmarks))[:n][seen])
        expressions.append(given.expression[:n][seen])
        ours = head_angles(track.landmarks) * np.array([1.0, 1.0, -1.0])  # `given.rotation` has these signs
        turns.append(np.stack([ours[:n][seen], given.rotation[:n][seen]], axis=1))
        people += [person_of(tracked)] * int(seen.sum())
    if not people:
        raise ValueError(f"no coefficient file in {coefficients.name} has a track in {tracks.name}")
    arrays = (np.vstack(values).astype(np.float64) for values in (shapes, meshes, expressions, turns))
    return Pairs(people, *arrays)


def faces_at_rest(tracks: Path) -> dict[str, Floats]:
    """Person -> displacement (1434,) of the face at rest from the reference: what the rig does not explain."""
    basis = load_rig().basis.astype(np.float64).reshape(52, -1)
    found: dict[str, list[Floats]] = {}
    for path in sorted(tracks.glob("*.npz")):
        track = load_track(path)
        seen = np.flatnonzero(track.valid)
        seen = seen[:: max(len(seen) // _FRAMES_AT_REST, 1)]
        rest = displacements(track.landmarks[seen]) - track.blendshapes[seen] @ basis
        found.setdefault(person_of(path), []).append(rest.mean(axis=0))
    return {person: np.mean(faces, axis=0) for person, faces in found.items()}


def _ridge(x: Floats, y: Floats, strength: float) -> Floats:
    if len(x) < x.shape[1]:
        return np.asarray(x.T @ np.linalg.solve(x @ x.T + strength * np.eye(len(x)), y), dtype=np.float64)
    return np.asarray(np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y), dtype=np.float64)


def learn_maps(pairs: Pairs, at_rest: Sequence[Floats] = ()) -> dict[str, Floats]:
    """Linear maps and the means that they are taken about.

    Args:
        pairs: frames to learn from.
        at_rest: displacements (1434,) of faces at rest of any people, which the map of the mesh shall not see.

    Returns:
        `to_expression` (52, 64) and `to_blendshapes` (64, 52); `mesh_basis` (1434, R) and `mesh_weights` (R, 64),
        whose product maps the mesh to expressions; `mean_blendshapes`, `mean_mesh`, `mean_expression`.
    """
    people = pairs.people
    x, y, mesh = (centred(people, values) for values in (pairs.shapes, pairs.expressions, pairs.meshes))
    rest = np.reshape(at_rest, (-1, mesh.shape[1]))
    if len(rest):
        rest = _REST_WEIGHT * (rest - rest.mean(axis=0))
    nothing = np.zeros((len(rest), y.shape[1]))
    full = _ridge(np.vstack([mesh, rest]), np.vstack([y, nothing]), _MESH_RIDGE)
    u, s, vt = np.linalg.svd(full, full_matrices=False)
    root = np.sqrt(s[:_RANK])
    return {
        "to_expression": _ridge(x, y, _RIDGE),
        "to_blendshapes": _ridge(y, x, _RIDGE),
        "mesh_basis": u[:, :_RANK] * root,
        "mesh_weights": vt[:_RANK] * root[:, None],
        "mean_blendshapes": pairs.shapes.mean(axis=0),
        "mean_mesh": pairs.meshes.mean(axis=0),
        "mean_expression": pairs.expressions.mean(axis=0),
    }


def _agreement(ours: Floats, theirs: Floats) -> list[float]:
    """Pearson r of each column."""
    return [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(ours.T, theirs.T, strict=True)]


def left_out(pairs: Pairs, at_rest: dict[str, Floats], person: str) -> dict[str, list[float]]:
    """Pearson r of the person's eight most varied coefficients, largest first, by maps learned without the person."""
    maps = learn_maps(pairs.of(person, others=True), [face for who, face in at_rest.items() if who != person])
    own = pairs.of(person)
    largest = np.argsort(-own.expressions.var(axis=0))[:8]
    guesses = {
        "blendshapes": own.shapes @ maps["to_expression"],
        "mesh": own.meshes @ maps["mesh_basis"] @ maps["mesh_weights"],
    }
    return {name: _agreement(guess[:, largest], own.expressions[:, largest]) for name, guess in guesses.items()}


def main(argv: list[str] | None = None) -> None:
    """Learn the maps, report their fit on each person left out, and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coefficients", type=Path, required=True, help="folder of .mat or .npy files")
    parser.add_argument("--tracks", type=Path, required=True, help="folder of tracks: of these clips, and of others")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger(__name__)
    pairs, at_rest = read_pairs(options.coefficients, options.tracks), faces_at_rest(options.tracks)
    everyone = sorted(set(pairs.people))
    for person in everyone if len(everyone) > 1 else ():
        for name, scores in left_out(pairs, at_rest, person).items():
            each = " ".join(f"{score:.2f}" for score in scores)
            log.info("%s left out, from %s: r = %.2f (%s)", person, name, float(np.mean(scores)), each)
    for person, own in (*((person, pairs.of(person)) for person in everyone), ("all", pairs)):
        each = " ".join(f"{score:.2f}" for score in _agreement(own.turns[:, 0], own.turns[:, 1]))
        log.info("%s: r of pitch, yaw and roll %s", person, each)
    with atomic_path(options.out) as part:
        maps = learn_maps(pairs, list(at_rest.values()))
        small: dict[str, Any] = {name: value.astype(np.float16) for name, value in maps.items()}
        np.savez_compressed(part, **small)
    log.info(
        "%d frames of %d people, %d at rest -> %s", len(pairs.people), len(everyone), len(at_rest), options.out.name
    )


if __name__ == "__main__":
    main()
