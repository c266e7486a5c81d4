"""Deep3D's reconstruction network, when the user has it: frames of a clip and their alignment -> 257 coefficients each.

The network is an ONNX file that `style2talker checkpoint FILE --onnx OUT` writes from the user's checkpoint. Faces are
cut out as Deng et al. (2019) and sicxu/Deep3DFaceRecon_pytorch do: the frame is scaled (bicubic) by the alignment, then
224 x 224 pixels around its middle are taken, black beyond the frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.ports import RECONSTRUCTION
from style2talker.runtime.session import Session

__all__ = ["MADE_BY_NETWORK", "aligned_face", "reconstructed"]

MADE_BY_NETWORK = "Deep3D network"
"""How the coefficients are made, in the table of a corpus."""

_SIDE = 224
_BATCH = 16
_ADVICE = "write it by style2talker checkpoint CHECKPOINT --onnx FILE"


def aligned_face(pixels: ImageArray, alignment: NDArray[np.float64]) -> ImageArray:
    """The part of a frame that the network sees.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        alignment: (5,): W, H, scale, and x and y (y up) of what comes to the middle, as `deep3d.alignment` gives it.

    Returns:
        (224, 224, 3) uint8 RGB.
    """
    _, _, scale, x, y = (float(value) for value in alignment)
    height, width = pixels.shape[:2]
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    left = int(size[0] / 2 - _SIDE / 2 + (x - width / 2) * scale)
    top = int(size[1] / 2 - _SIDE / 2 + (height / 2 - y) * scale)
    scaled = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(scaled.crop((left, top, left + _SIDE, top + _SIDE)))


@lru_cache(maxsize=1)
def _session(network: Path) -> Session:
    """The network, loaded once in a process. Raises AssetError."""
    return Session(network, RECONSTRUCTION, advice=_ADVICE)


def reconstructed(network: Path, frames: Iterable[ImageArray], aligned: NDArray[np.float64]) -> FloatArray:
    """The coefficients of a clip.

    Args:
        network: the ONNX file.
        frames: T pictures (H, W, 3) uint8 RGB.
        aligned: (T, 5) as `deep3d.alignment` gives it.

    Returns:
        (T, 257) float32.

    Raises:
        AssetError: the file is missing, damaged or another network.
        ValueError: there are more or fewer frames than alignments.
    """
    session = _session(network)
    rows: list[FloatArray] = []
    waiting: list[ImageArray] = []

    def run() -> None:
        faces = np.stack(waiting).transpose(0, 3, 1, 2).astype(np.float32) / 255  # (n, 3, 224, 224)
        rows.append(session.run(faces=faces)["coefficients"])
        waiting.clear()

    for pixels, alignment in zip(frames, aligned, strict=True):
        waiting.append(aligned_face(pixels, alignment))
        if len(waiting) == _BATCH:
            run()
    if waiting:
        run()
    return np.concatenate(rows).astype(np.float32)
