"""A tracked face -> maps of its parts, where BiSeNet's are expected.

Style-A reads 19 maps of class scores beside the picture, published: BiSeNet's, trained on CelebAMask-HQ, divided by 16.
Deviation: ours are drawn from the mesh of the face that the tracker gives anyway. They hold the classes that a mesh
knows (skin, brows, eyes, nose, mouth, lips, and background for all around the face); the rest says "no" everywhere.
The same function serves training and inference. A user's own BiSeNet can be used in their place.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.ports import Port
from style2talker.runtime.session import Session
from style2talker.style_a.mesh import BROWS, FACE_OVAL, INNER_LIPS, LEFT_EYE, RIGHT_EYE

__all__ = ["CLASSES", "BiSeNet", "mesh_parsing"]

CLASSES = (
    *("background", "skin", "left brow", "right brow", "left eye", "right eye", "glasses", "left ear", "right ear"),
    *("earring", "nose", "mouth", "upper lip", "lower lip", "neck", "necklace", "cloth", "hair", "hat"),
)
"""BiSeNet's classes in order; left is the left of the picture."""

_SCORE = 0.5  # a sure score of 8, divided by 16
_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78)
_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95, 78)
_NOSE = (168, 193, 245, 188, 174, 217, 198, 49, 64, 98, 97, 2, 326, 327, 294, 279, 420, 437, 399, 412, 465, 417)
_OUTLINES = (
    ("skin", FACE_OVAL),
    ("left brow", BROWS[0]),
    ("right brow", BROWS[1]),
    ("left eye", RIGHT_EYE),
    ("right eye", LEFT_EYE),
    ("nose", _NOSE),
    ("upper lip", _UPPER),
    ("lower lip", _LOWER),
    ("mouth", INNER_LIPS),
)
"""Outlines in the order in which they are drawn, later ones over earlier ones."""
_FRACTION = 4  # bits below a pixel to which outlines are drawn


def mesh_parsing(landmarks: FloatArray, size: int) -> FloatArray:
    """Maps of the parts of a face.

    Args:
        landmarks: (478, 3) mesh points in pixels of a square picture.
        size: side of that picture.

    Returns:
        (19, size, size) float32: 0.5 where a class is, -0.5 where it is not.
    """
    label = np.zeros((size, size), dtype=np.uint8)
    places = np.round(landmarks[:, :2] * (1 << _FRACTION)).astype(np.int32)
    for name, outline in _OUTLINES:
        cv2.fillPoly(label, [places[list(outline)]], CLASSES.index(name), shift=_FRACTION)
    maps = np.full((len(CLASSES), size, size), -_SCORE, dtype=np.float32)
    np.put_along_axis(maps, label[None].astype(np.intp), np.float32(_SCORE), axis=0)
    return maps


class BiSeNet:
    """The published parsing of a user: BiSeNet trained on CelebAMask-HQ, as an ONNX file.

    Args:
        path: takes (B, 3, H, W), gives (B, 19, H, W) scores.

    Raises:
        AssetError: the file is missing, damaged, or of other inputs or outputs.
    """

    def __init__(self, path: Path) -> None:
        shape = (None, 3, None, None)
        port = Port("parsing", {"pictures": shape}, {"scores": (None, len(CLASSES), None, None)}, by_place=True)
        self._session = Session(path, port, advice="export BiSeNet to ONNX with pictures of any size")

    def parsing(self, pixels: ImageArray, size: int) -> FloatArray:
        """Scores / 16 (19, size, size) float32 of a square picture (H, H, 3) uint8.

        As published the picture is doubled in size, and in value: -2..2.
        """
        large = cv2.resize(pixels, (2 * size, 2 * size), interpolation=cv2.INTER_LINEAR)
        value = large.transpose(2, 0, 1).astype(np.float32) * np.float32(4 / 255) - np.float32(2)
        scores = self._session.run(pictures=value[None])["scores"][0]
        halved = scores.reshape(len(CLASSES), size, 2, size, 2).mean(axis=(2, 4))
        return np.asarray(halved / 16, dtype=np.float32)
