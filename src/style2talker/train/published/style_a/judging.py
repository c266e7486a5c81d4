"""A checkpoint of Style-A -> how near its frames of held-out people come, in pixels and in landmarks, beside anchors.

Run `python -m style2talker.train.published.style_a.judging CHECKPOINT CORPUS`. Landmarks are found anew in every
picture, made or filmed, enlarged alike.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch

from style2talker.corpus.landmarks import to_68
from style2talker.errors import FaceError
from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.records import FloatArray
from style2talker.train.published.engine.state import load_state
from style2talker.train.published.style_a.heldout import HeldOut, as_pixels, guesses, likeness, rendered
from style2talker.train.published.style_a.recipe import StyleARecipe
from style2talker.train.published.style_a.task import StyleATask

__all__ = ["judge", "landmark_errors", "main"]

_SIDE = 512
_MOUTH = slice(48, 68)
_EYES = (36, 45)


def _points(picture: torch.Tensor, finder: FaceFinder) -> FloatArray | None:
    """The 68 points (68, 2) of a picture (3, H, W) in -1..1, in pixels of the enlarged picture; None without a face."""
    large = np.asarray(cv2.resize(as_pixels(picture), (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC))
    # A face that fills its picture is found more surely with some room around it.
    framed = np.pad(large, ((_SIDE // 4,) * 2, (_SIDE // 4,) * 2, (0, 0)), mode="edge")
    try:
        landmarks = find_portrait(framed, which="largest", finder=finder).landmarks
    except FaceError:
        return None
    return np.asarray(to_68(landmarks[None])[0], dtype=np.float32)


def landmark_errors(made: torch.Tensor, truth: torch.Tensor, finder: FaceFinder) -> tuple[float, float, int]:
    """How far landmarks of pictures lie from those of others.

    Args:
        made: (N, 3, S, S) in -1..1.
        truth: (N, 3, S, S) in -1..1.
        finder: an open face finder.

    Returns:
        Mean distance of the mouth and of the whole face, in percent of the distance of the eyes, and the number of
        pairs in which both faces were found; NaN without any.
    """
    mouths, faces = [], []
    for one, other in zip(made, truth, strict=True):
        points, true = _points(one, finder), _points(other, finder)
        if points is None or true is None:
            continue
        apart = np.linalg.norm(points - true, axis=1) / np.linalg.norm(true[_EYES[0]] - true[_EYES[1]])
        mouths.append(100 * float(apart[_MOUTH].mean()))
        faces.append(100 * float(apart.mean()))
    if not faces:
        return float("nan"), float("nan"), 0
    return float(np.mean(mouths)), float(np.mean(faces)), len(faces)


def judge(task: StyleATask, finder: FaceFinder) -> dict[str, dict[str, float]]:
    """Numbers of the network and of each anchor: psnr, ssim, mouth_psnr, mouth, face (percent), found (pairs)."""
    held = HeldOut.of(task.stream("validation", 0), task.recipe.input_size)
    made, _ = rendered(held.batch, lambda batch: task.render(task.networks, batch))
    found: dict[str, dict[str, float]] = {}
    for name, pictures in guesses(held, made).items():
        mouth, face, count = landmark_errors(pictures, held.batch["true"], finder)
        found[name or "network"] = {**likeness(held, pictures), "mouth": mouth, "face": face, "found": count}
    return found


def _table(found: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(next(iter(found.values())))
    lines = [" | ".join(["made by", *columns]), " | ".join(["---"] * (len(columns) + 1))]
    lines += [" | ".join([name, *(f"{values[column]:.4g}" for column in columns)]) for name, values in found.items()]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def main(argv: list[str] | None = None) -> str:
    """Judge a checkpoint; the table is returned, and written beside the checkpoint as `held_out.md`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="of a training of Style-A")
    parser.add_argument("corpus", type=Path, help="the folder of its corpus")
    options = parser.parse_args(argv)
    state = load_state(options.checkpoint)
    known = set(StyleARecipe.__dataclass_fields__)
    task = StyleATask(StyleARecipe(**{k: v for k, v in state.settings.items() if k in known}), options.corpus)
    for name in ("generator", "identity", "art", "table"):
        task.networks[name].load_state_dict(state.best(name))
        task.networks[name].eval()
    with FaceFinder() as finder:
        table = _table(judge(task, finder))
    options.checkpoint.with_name("held_out.md").write_text(table, encoding="utf-8")
    return table


if __name__ == "__main__":
    import sys

    sys.stdout.write(main())
