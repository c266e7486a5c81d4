"""Portrait + Motion -> frames, one at a time: expression, head motion, warp, mouth interior.

Memory does not grow with the length of the motion: shapes become points in short runs of frames, frames are yielded as
they are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from style2talker.face.rig import Rig, load_rig
from style2talker.records import FloatArray, ImageArray, Motion, Portrait
from style2talker.style_a.head import Head
from style2talker.style_a.layers import Background, build_layers
from style2talker.style_a.mesh import build_mesh

__all__ = ["Renderer"]


class Renderer:
    """Renders the faces of one picture, as it is or as an artist styled it, under any motion.

    The picture outside the heads' surroundings comes back bit for bit in every frame, so a whole picture can be
    rendered without any border showing between what moves and what does not.
    """

    def __init__(
        self,
        portrait: Portrait,
        rig: Rig | None = None,
        background: Background = "keep",
        wrinkles: bool = True,
        *,
        company: Sequence[Portrait] = (),
        bystanders: Sequence[FloatArray] = (),
    ) -> None:
        """Prepare a picture.

        Args:
            portrait: the face to animate and its picture; frames have its size.
            rig: shapes to points; the one that comes with the package when None.
            background: what stands behind the people.
            wrinkles: whether the skin folds with the expression.
            company: further faces of the same picture to animate.
            bystanders: (V, 3) landmarks of faces that are left as they are.
        """
        people = [portrait, *company]
        points = [one.landmarks for one in people]
        meshes = [build_mesh(one, [*points[:k], *points[k + 1 :], *bystanders]) for k, one in enumerate(people)]
        layers = build_layers(people, [mesh.region for mesh in meshes], background)
        self._still = layers[0].still
        self._heads = [
            Head(one, mesh, apart, rig or load_rig(), wrinkles)
            for one, mesh, apart in zip(people, meshes, layers, strict=True)
        ]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of every frame in pixels."""
        return self._still.shape[1], self._still.shape[0]

    @property
    def transparent(self) -> bool:
        """Whether frames have opacity, (H, W, 4): nothing stands behind the people."""
        return bool(self._still.shape[2] == 4)

    def frames(self, motion: Motion, *others: Motion, reuse: bool = False) -> Iterator[ImageArray]:
        """Yield one (H, W, 3) uint8 RGB frame for each frame of the motion, (H, W, 4) with a transparent background.

        Args:
            motion: what the portrait does.
            others: what further faces do, as long; those without a motion of their own do the same as the portrait.
            reuse: yield one array again and again, valid until the next: faster for large pictures.
        """
        motions = [motion, *others]
        motions += [motion] * (len(self._heads) - len(motions))
        frame: ImageArray | None = None
        for poses in zip(*(head.poses(one) for head, one in zip(self._heads, motions, strict=True)), strict=True):
            if frame is None or not reuse:
                frame = self._still.copy()
            for head, pose in zip(self._heads, poses, strict=True):
                if reuse:
                    head.restore(frame)
                head.draw(pose, frame)
            yield frame
