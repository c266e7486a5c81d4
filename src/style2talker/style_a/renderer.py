"""Portrait + Motion -> frames, one at a time: expression, head motion, warp, mouth interior.

Memory does not grow with the length of the motion: shapes become points in short runs of frames, frames are yielded as
they are made.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import Rig, fit, load_rig
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray, Motion, Portrait
from style2talker.style_a.layers import Background, build_layers
from style2talker.style_a.living import LivingPicture
from style2talker.style_a.mesh import build_mesh
from style2talker.style_a.mouth import build_mouth, paint_mouth
from style2talker.style_a.reach import within_reach
from style2talker.style_a.warp import LayerWarp

__all__ = ["Renderer"]

_RUN = 64
_ROLL = ARKIT_NAMES.index("mouthRollLower")


class Renderer:
    """Renders one portrait, as it is or as an artist styled it, under any motion.

    The picture outside the head's surroundings comes back bit for bit in every frame, so a whole picture can be
    rendered without any border showing between what moves and what does not.
    """

    def __init__(
        self, portrait: Portrait, rig: Rig | None = None, background: Background = "keep", wrinkles: bool = True
    ) -> None:
        """Prepare a portrait: control mesh, layers, mouth interior, the rig fitted to its face.

        Args:
            portrait: the picture to animate; frames have its size.
            rig: shapes to points; the one that comes with the package when None.
            background: what stands behind the person.
            wrinkles: whether the skin folds with the expression.
        """
        self._portrait = portrait
        self._mesh = build_mesh(portrait)
        self._mouth = build_mouth(portrait)
        self._rig = fit(rig or load_rig(), portrait)
        self._layers = build_layers(portrait, self._mesh.region, background)
        self._warp = LayerWarp(self._layers, self._mesh.points, self._mesh.triangles)
        self._living = LivingPicture(portrait, self._layers.front, self._layers.region, wrinkles)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of every frame in pixels."""
        rows, columns = self._portrait.pixels.shape[:2]
        return columns, rows

    @property
    def transparent(self) -> bool:
        """Whether frames have opacity, (H, W, 4): nothing stands behind the person."""
        return bool(self._layers.still.shape[2] == 4)

    def frames(self, motion: Motion) -> Iterator[ImageArray]:
        """Yield one (H, W, 3) uint8 RGB frame for each frame of the motion, (H, W, 4) with a transparent background."""
        motion = within_reach(motion, self._portrait.rotation)
        for begin in range(0, motion.n_frames, _RUN):
            span = slice(begin, begin + _RUN)
            faces = self._rig.displaced(motion.blendshapes[span])
            turns = rotation_matrix(motion.rotation[span]).astype(np.float32)
            for moved in zip(motion.blendshapes[span], faces, turns, motion.translation[span], strict=True):
                yield self._frame(*moved)

    def _frame(self, shapes: FloatArray, face: FloatArray, turn: FloatArray, shift: FloatArray) -> ImageArray:
        mesh = self._mesh
        carried = self._living.carried(face)
        posed = mesh.posed(carried, turn, shift)
        frame = self._layers.still.copy()
        self._warp.draw(posed, frame, *self._living.picture(shapes, face, carried))
        bite = float(np.clip((shapes[_ROLL] - self._portrait.blendshapes[_ROLL]) / 0.4, 0.0, 1.0))
        incisors = mesh.carried(self._mouth.incisors, turn, shift)
        paint_mouth(frame[..., :3], self._mouth, mesh.points[:478], face, posed[:478], turn, incisors, bite)
        return frame
