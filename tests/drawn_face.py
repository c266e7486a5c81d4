"""A face drawn from the rig's own reference mesh: a portrait of known geometry that needs no picture."""

import cv2
import numpy as np

from style2talker.face.rig import load_rig
from style2talker.records import Portrait
from style2talker.style_a.mesh import FACE_OVAL, INNER_LIPS, LEFT_EYE, RIGHT_EYE

OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))


def reference_points(size: int = 257, face: float = 0.30) -> np.ndarray:
    """Mesh points (478, 3) of the reference face in the middle of a picture, its eyes `face` of it apart."""
    points = np.array(load_rig().reference, dtype=np.float32) * (face * size)
    centre = (points[:, :2].max(axis=0) + points[:, :2].min(axis=0)) / 2
    points[:, :2] += size / 2 - centre
    return points


def draw_portrait(size: int = 257, face: float = 0.30) -> Portrait:
    """A portrait (size, size) of a plain face with hair, neck, brows, eyes and lips over a textured background."""
    points = reference_points(size, face)
    rng = np.random.default_rng(7)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (size, size)).astype(np.float32), (0, 0), 3)
    pixels = np.clip(np.stack([120 + 90 * noise, 140 + 60 * noise, 170 + 40 * noise], axis=-1), 0, 255).astype(np.uint8)

    def fill(ids, color, grow=1.0):
        shape = points[list(ids), :2]
        shape = shape.mean(axis=0) + (shape - shape.mean(axis=0)) * grow
        path = np.round(shape * 16).astype(np.int32)
        cv2.fillPoly(pixels, [cv2.convexHull(path) if grow > 1 else path], color, lineType=cv2.LINE_AA, shift=4)

    fill(FACE_OVAL, (60, 40, 30), 1.25)
    chin = points[152, :2].astype(int)
    width = int(0.16 * size)
    cv2.rectangle(pixels, (chin[0] - width, chin[1] - 10), (chin[0] + width, size), (190, 145, 120), -1)
    fill(FACE_OVAL, (215, 170, 145))
    for brow in BROWS:
        fill(brow, (70, 45, 35))
    for ring, iris in ((RIGHT_EYE, 468), (LEFT_EYE, 473)):
        fill(ring, (235, 232, 228))
        radius = max(2, round(float(np.linalg.norm(points[iris + 1, :2] - points[iris, :2]))))
        centre = tuple(np.round(points[iris, :2]).astype(int).tolist())
        cv2.circle(pixels, centre, radius, (50, 70, 90), -1, cv2.LINE_AA)
    fill(OUTER_LIPS, (185, 85, 85))
    fill(INNER_LIPS, (110, 45, 45))
    return Portrait(pixels, points, np.zeros(52, np.float32), np.zeros(3, np.float32))
