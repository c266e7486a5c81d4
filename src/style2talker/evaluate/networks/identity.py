"""Pictures and points of faces -> embeddings of who they are -> CSIM, the cosine between two of them.

Two modes share the name. Aligned: the face is laid onto the template of ArcFace by its eyes, nose and corners of the
mouth (Deng et al., "ArcFace: additive angular margin loss for deep face recognition", CVPR 2019), and is held against
the source picture. ViCo (Zhou et al. 2022): the whole frame is brought to 112 x 112, background and all, and is held
against the same frame of the reference.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.landmark_distance import similarity
from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.session import Session

__all__ = ["TEMPLATE", "aligned_face", "cosines", "embed", "five_points", "whole_frame"]

SIDE = 112
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""(5, 2) where ArcFace wants both eyes, the tip of the nose and both corners of the mouth, in pixels of 112."""

_EYES = (slice(36, 42), slice(42, 48))
_NOSE, _CORNERS = 30, (48, 54)


def five_points(points: FloatArray) -> NDArray[np.float64]:
    """(5, 2) middles of both eyes, tip of the nose, corners of the mouth, of 68 points (68, 2)."""
    eyes = [points[part].mean(axis=0) for part in _EYES]
    return np.stack([*eyes, points[_NOSE], *(points[k] for k in _CORNERS)]).astype(np.float64)


def aligned_face(pixels: ImageArray, points: FloatArray) -> ImageArray:
    """The face of a picture laid onto the template.

    Args:
        pixels: (H, W, 3) RGB.
        points: (68, 2) pixels, in iBUG's order.

    Returns:
        (112, 112, 3).
    """
    matrix = similarity(five_points(points), TEMPLATE)
    return np.asarray(cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def whole_frame(pixels: ImageArray) -> ImageArray:
    """A whole picture brought to (112, 112, 3), as the ViCo scripts do."""
    return np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def embed(network: Session, picture: ImageArray) -> FloatArray:
    """Embedding (512,) of a picture (112, 112, 3), of unit length."""
    ready = (picture.astype(np.float32) / 255 - 0.5) / 0.5
    found = network.run(pictures=np.moveaxis(ready, -1, 0)[None])["embedding"][0]
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-12), np.float32)


def cosines(embeddings: FloatArray, others: FloatArray) -> NDArray[np.float64]:
    """(K,) cosines of embeddings (K, D) with those of others, (K, D) or one (D,) for all; NaN stays NaN."""
    return np.asarray((embeddings.astype(np.float64) * others).sum(axis=-1))
