"""Samples for Style-A: a photo, what drives it, and the frame that should come out.

Sample n is a pure function of the seed and n. A sample of an acted corpus (MEAD) has as its source a frame of one of
the person's neutral clips and as its target a frame of any; of other clips (HDTF) both are of one clip. Against the
released code: the face that a teacher is told is cut from the target's own picture, and no clip of another split is
ever read.

What a sample holds, pictures in -1..1, S, O, F, I and A being sides as in the settings:

    picture (3, S, S)       the photo                   window (C, 27)        what drives it
    parsing (19, S, S)      of the photo                face (3, I, I)        the photo's, aligned
    style ()                number of the art style     art (3, A, A)         a picture of that style
    by_picture (1,)         1 to show it, 0 to name it  degree (1,)
    truth (3, O, O)         what should come out        true (3, S, S)        the target as it was filmed
    flow (2, F, F)          from the photo to the target, by the meshes, in pixels of the grid
    trust (1, F, F)         how far to trust it
    next_window (C, 27), next_flow (2, F, F), next_trust (1, F, F)            the frame that follows the target
    true_parsing (19, S, S), true_face (3, I, I)                              for a teacher that is a network
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from style2talker.errors import InputError, UsageError
from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.alignment import align_face, anchors_of_mesh
from style2talker.style_a.driving import RADIUS, relative_to
from style2talker.style_a.neural import as_picture
from style2talker.style_a.parsing import CLASSES, BiSeNet, mesh_parsing
from style2talker.train.published.style_a.clips import ClipData, Frames, find_clips
from style2talker.train.published.style_a.mesh_flow import mesh_flow
from style2talker.train.published.style_a.mirror import mirrored_mesh, mirrored_pixels, mirrored_window
from style2talker.train.published.style_a.recipe import DEGREES, StyleARecipe
from style2talker.train.published.style_a.teacher import StyledFilms

__all__ = ["Samples"]


class Samples:
    """The endless stream of one split; reading is safe from several threads.

    Args:
        recipe: sizes, coefficient space, teacher.
        data: folder of the corpus.
        split: "train" or "validation".
        seed: of all that is drawn.
        clips: names of the clips to keep to; all of the split when None.

    Raises:
        InputError: there are no such clips, or they are damaged.
        UsageError: a style lacks clips, or BiSeNet is wanted and not named.
    """

    def __init__(
        self, recipe: StyleARecipe, data: Path, split: str, seed: int, clips: frozenset[str] | None = None
    ) -> None:
        self._recipe = recipe
        self._seed = seed
        self.clips = [c for c in find_clips(data, split, recipe.space) if clips is None or c.name in clips]
        if not self.clips:
            raise InputError(f"{data} has none of the clips {', '.join(sorted(clips or ()))} in its split {split!r}")
        self._neutral: dict[str, list[ClipData]] = {}
        for clip in self.clips:
            if clip.neutral:
                self._neutral.setdefault(clip.person, []).append(clip)
        self._side = max(recipe.input_size, recipe.output_size)
        self._frames = Frames(data, self._side, recipe.cache)
        self._films = StyledFilms(recipe, data) if recipe.teacher == "stylised" else None
        if self._films is not None:
            self._films.check({clip.name for clip in self.clips})
        self._bisenet: BiSeNet | None = None
        if recipe.parsing == "bisenet":
            if not recipe.bisenet:
                raise UsageError("parsing 'bisenet' needs bisenet: name its ONNX file, or set parsing to mesh")
            self._bisenet = BiSeNet(Path(recipe.bisenet))

    @property
    def styles(self) -> int:
        """Number of art styles that there are films of."""
        return 0 if self._films is None else self._films.count

    def sample(self, number: int) -> dict[str, np.ndarray]:
        """The sample of that number, by the names above."""
        rng = np.random.default_rng([self._seed, number])
        target = self.clips[rng.integers(len(self.clips))]
        source = self.source_of(target, rng)
        now, then = int(rng.choice(target.valid)), int(rng.choice(source.valid))
        other = self.clips[rng.integers(len(self.clips))]
        shown = int(rng.choice(other.valid))
        style = int(rng.integers(self._recipe.styles if self._films is None else self._films.count))
        degree = float(rng.choice(DEGREES)) if self._recipe.teacher != "none" else 0.0
        told = rng.random() < self._recipe.picture_share
        art = (other, shown) if self._recipe.teacher != "none" else (source, then)
        mirrored = rng.random() < self._recipe.mirror
        return self.pair((source, then), (target, now), style, degree, told, art, mirrored)

    def source_of(self, target: ClipData, rng: np.random.Generator) -> ClipData:
        """The clip that the photo for a target comes from: a neutral one of an actor, else the target itself."""
        sources = self._neutral.get(target.person, [target]) if target.acted else [target]
        return sources[rng.integers(len(sources))]

    def pair(
        self,
        source: tuple[ClipData, int],
        target: tuple[ClipData, int],
        style: int = 0,
        degree: float = 0.0,
        by_picture: bool = False,
        art: tuple[ClipData, int] | None = None,
        mirrored: bool = False,
    ) -> dict[str, np.ndarray]:
        """The sample of a source frame and a target frame.

        Args:
            source: clip and number of its frame.
            target: clip and number of its frame.
            style: number of the art style.
            degree: 0 (the film) .. 1.
            by_picture: show the art style as a picture.
            art: frame that shows it, in that style; the source's when None.
            mirrored: see all of it in a mirror.
        """
        recipe = self._recipe
        (clip, now), (origin, then) = target, source
        size, grid = recipe.input_size, recipe.flow_size
        turned = mirrored_pixels if mirrored else _as_it_is
        photo, film = turned(self._pixels(origin, then)), turned(self._pixels(clip, now))
        following = min(now + 1, len(clip.windows) - 1)
        mesh, aim, next_aim = (
            mirrored_mesh(own.mesh(frame, size), size) if mirrored else own.mesh(frame, size)
            for own, frame in ((origin, then), (clip, now), (clip, following))
        )
        own = origin.windows[then][:, RADIUS] if recipe.relative else np.zeros(recipe.coefficients, np.float32)
        window, next_window = (relative_to(own, clip.windows[frame]) for frame in (now, following))
        if mirrored:
            window, next_window = mirrored_window(window), mirrored_window(next_window)
        flow, trust = mesh_flow(mesh, aim, size, grid)
        next_flow, next_trust = mesh_flow(aim, next_aim, size, grid)
        truth = self._truth(clip, now, style, degree)
        found: dict[str, Any] = {
            "picture": as_picture(_resized(photo, size)),
            "parsing": self._parsing(mesh, photo),
            "window": window,
            "face": self._face(mesh, photo),
            "style": np.array(style, dtype=np.int64),
            "art": as_picture(_resized(turned(self._styled(*(art or source), style)), recipe.art_size)),
            "by_picture": np.array([by_picture], dtype=np.float32),
            "degree": np.array([degree], dtype=np.float32),
            "truth": np.ascontiguousarray(truth[:, :, ::-1]) if mirrored else truth,
            "true": as_picture(_resized(film, size)),
            "flow": flow,
            "trust": trust,
            "next_window": next_window,
            "next_flow": next_flow,
            "next_trust": next_trust,
        }
        if recipe.teacher == "vtoonify":
            found["true_parsing"] = self._parsing(aim, film)
            found["true_face"] = self._face(aim, film)
        return found

    def _pixels(self, clip: ClipData, frame: int) -> ImageArray:
        return self._frames.picture(clip.name, frame)

    def _styled(self, clip: ClipData, frame: int, style: int) -> ImageArray:
        return self._pixels(clip, frame) if self._films is None else self._films.picture(style, clip.name, frame)

    def _truth(self, clip: ClipData, frame: int, style: int, degree: float) -> FloatArray:
        """What should come out, (3, O, O), short of what a network makes of it: film and styled film, blended."""
        size = self._recipe.output_size
        plain = as_picture(_resized(self._pixels(clip, frame), size))
        if self._films is None or degree == 0:
            return plain
        styled = as_picture(_resized(self._films.picture(style, clip.name, frame), size))
        return plain + np.float32(degree) * (styled - plain)

    def _face(self, mesh: FloatArray, pixels: ImageArray) -> FloatArray:
        """The aligned face of pixels whose mesh is in pixels of S."""
        scale = pixels.shape[0] / self._recipe.input_size
        anchors = (anchors_of_mesh(mesh) + 0.5) * scale - 0.5
        return as_picture(align_face(pixels, anchors.astype(np.float32), self._recipe.identity_size))

    def _parsing(self, mesh: FloatArray, pixels: ImageArray) -> FloatArray:
        size = self._recipe.input_size
        if self._bisenet is not None:
            return self._bisenet.parsing(pixels, size)
        if self._recipe.parsing == "none":
            return np.zeros((len(CLASSES), size, size), dtype=np.float32)
        return mesh_parsing(mesh, size)


def _as_it_is(pixels: ImageArray) -> ImageArray:
    return pixels


def _resized(pixels: ImageArray, size: int) -> ImageArray:
    if pixels.shape[0] == size:
        return pixels
    way = cv2.INTER_AREA if pixels.shape[0] > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=way))
