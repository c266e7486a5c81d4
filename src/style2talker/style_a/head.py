"""One face of a picture, ready to be drawn in any expression and pose: mesh, layers, skin, eyes and mouth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import Rig, fit
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray, Motion, Portrait
from style2talker.style_a.layers import Layers
from style2talker.style_a.living import LivingPicture
from style2talker.style_a.mesh import WarpMesh
from style2talker.style_a.mouth import build_mouth, paint_mouth
from style2talker.style_a.reach import within_reach
from style2talker.style_a.warp import LayerWarp

__all__ = ["Head", "Pose"]

Pose = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
"""What a head does in a frame: blendshapes (C,), face points (V, 3) before head motion, rotation (3, 3), shift (3,)."""

_RUN = 64
_ROLL = ARKIT_NAMES.index("mouthRollLower")


class Head:
    """Draws one face into frames that hold the still picture."""

    def __init__(self, portrait: Portrait, mesh: WarpMesh, layers: Layers, rig: Rig, wrinkles: bool) -> None:
        """Prepare a face.

        Args:
            portrait: the face and its picture.
            mesh: its control mesh.
            layers: the picture taken apart around it.
            rig: shapes to points.
            wrinkles: whether the skin folds with the expression.
        """
        self._portrait = portrait
        self._mesh = mesh
        self._still = layers.still
        self._mouth = build_mouth(portrait)
        self._rig = fit(rig, portrait)
        self._warp = LayerWarp(layers, mesh.points, mesh.triangles)
        self._living = LivingPicture(portrait, layers.front, layers.region, wrinkles)

    def restore(self, frame: ImageArray) -> None:
        """Put the still picture back where `draw` may have changed a frame, in place."""
        left, top, right, bottom = self._mesh.region
        frame[top:bottom, left:right] = self._still[top:bottom, left:right]

    def poses(self, motion: Motion) -> Iterator[Pose]:
        """What the head does in each frame of a motion, bent to what the picture can follow."""
        motion = within_reach(motion, self._portrait.rotation)
        for begin in range(0, motion.n_frames, _RUN):
            span = slice(begin, begin + _RUN)
            faces = self._rig.displaced(motion.blendshapes[span])
            turns = rotation_matrix(motion.rotation[span]).astype(np.float32)
            yield from zip(motion.blendshapes[span], faces, turns, motion.translation[span], strict=True)

    def draw(self, pose: Pose, frame: ImageArray) -> None:
        """Draw the face into a frame (H, W, 3 or 4) uint8 that holds the still picture, in place."""
        shapes, face, turn, shift = pose
        mesh = self._mesh
        carried = self._living.carried(face)
        posed = mesh.posed(carried, turn, shift)
        self._warp.draw(posed, frame, *self._living.picture(shapes, face, carried))
        bite = float(np.clip((shapes[_ROLL] - self._portrait.blendshapes[_ROLL]) / 0.4, 0.0, 1.0))
        incisors = mesh.carried(self._mouth.incisors, turn, shift)
        paint_mouth(frame[..., :3], self._mouth, mesh.points[:478], face, posed[:478], turn, incisors, bite)
