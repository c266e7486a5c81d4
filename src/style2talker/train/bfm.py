"""Clips with Deep3D coefficients and tracks -> the linear maps between the two face spaces, `bfm_map.npz`.

Run `python -m style2talker.train.bfm --coefficients FOLDER --tracks FOLDER --out bfm_map.npz` and put the file into
`src/style2talker/assets/data`.
A ridge regression each way on frames minus their person's mean; nothing is random.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.track import load_track
from style2talker.face.coefficients import read_3dmm
from style2talker.media.atomic import atomic_path
from style2talker.train.rig import centred, person_of

__all__ = ["learn_maps", "main", "read_pairs"]

Floats = NDArray[np.float64]

_RIDGE = 1.0


def read_pairs(coefficients: Path, tracks: Path) -> tuple[list[str], Floats, Floats]:
    """People, blendshapes (F, 52) and expressions (F, 64) of all frames that have both."""
    people: list[str] = []
    shapes, expressions = [], []
    for file in sorted([*coefficients.glob("*.mat"), *coefficients.glob("*.npy")]):
        tracked = tracks / f"{file.stem}.npz"
        if not tracked.exists():
            continue
        track, expression = load_track(tracked), read_3dmm(file).expression
        n = min(len(track.valid), len(expression))
        seen = track.valid[:n]
        shapes.append(track.blendshapes[:n][seen])
        expressions.append(expression[:n][seen])
        people += [person_of(tracked)] * int(seen.sum())
    if not people:
        raise ValueError(f"no coefficient file in {coefficients.name} has a track in {tracks.name}")
    return people, np.vstack(shapes).astype(np.float64), np.vstack(expressions).astype(np.float64)


def _ridge(x: Floats, y: Floats) -> Floats:
    return np.asarray(np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ y), dtype=np.float64)


def learn_maps(people: list[str], shapes: Floats, expressions: Floats) -> dict[str, Floats]:
    """Linear maps both ways and the means that they are taken about."""
    x, y = centred(people, shapes), centred(people, expressions)
    return {
        "to_expression": _ridge(x, y),
        "to_blendshapes": _ridge(y, x),
        "mean_blendshapes": shapes.mean(axis=0),
        "mean_expression": expressions.mean(axis=0),
    }


def main(argv: list[str] | None = None) -> None:
    """Learn the maps, report their fit on each person left out, and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coefficients", type=Path, required=True, help="folder of .mat or .npy files")
    parser.add_argument("--tracks", type=Path, required=True, help="folder of the clips' tracks")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger(__name__)
    people, shapes, expressions = read_pairs(options.coefficients, options.tracks)
    names, x, y = np.array(people), centred(people, shapes), centred(people, expressions)
    for person in sorted(set(people)) if len(set(people)) > 1 else ():
        held = names == person
        guess = x[held] @ _ridge(x[~held], y[~held])
        largest = np.argsort(-y[held].var(axis=0))[:8]
        scores = [round(float(np.corrcoef(guess[:, k], y[held][:, k])[0, 1]), 2) for k in largest]
        log.info("%s left out: r of the eight largest coefficients %s", person, scores)
    with atomic_path(options.out) as part:
        maps = learn_maps(people, shapes, expressions)
        small: dict[str, Any] = {name: value.astype(np.float16) for name, value in maps.items()}
        np.savez_compressed(part, **small)
    log.info("%d frames of %d people -> %s", len(people), len(set(people)), options.out.name)


if __name__ == "__main__":
    main()
