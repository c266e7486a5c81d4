"""Is a mesh that of a human face? Animals and patterns get a mesh too, but one of other proportions."""

from __future__ import annotations

import numpy as np

from style2talker.face.pose import rigid_transform
from style2talker.face.rig import load_rig
from style2talker.records import FloatArray

__all__ = ["strangeness"]


def strangeness(landmarks: FloatArray, blendshapes: FloatArray) -> float:
    """Mean distance of a mesh from the average face that makes the same expression.

    Pose, size and the proportions of width, height and depth about the middle of the eyes are fitted first. People in
    photographs, paintings and cartoons stay below 0.042, whatever they do with their faces; a dog lies above 0.040,
    things mostly above 0.05.

    Args:
        landmarks: (V, 3) pixels.
        blendshapes: (C,) in 0..1.

    Returns:
        Distance in eye distances.
    """
    rig = load_rig()
    usual = rig.reference + np.tensordot(blendshapes, rig.basis, 1)
    scale, rotation, shift = rigid_transform(usual, landmarks)
    upright = (landmarks - shift) @ rotation / scale
    proportions = (upright * usual).sum(axis=0) / (usual**2).sum(axis=0)
    return float(np.linalg.norm(upright - usual * proportions, axis=1).mean())
