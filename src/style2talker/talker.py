"""The product on one screen: a portrait, a voice, a feeling and an art style become a clip.

portrait ─► face ─────────────────► Portrait ─► styled once ─► Renderer ─┐
voice    ─► speech ─► style_e ────► Motion ──────────────────────────────┴─► frames, one at a time ─► mp4
sentence ─► emotion ─┘
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from style2talker.config import GenerateOptions, RenderOptions, StylizeOptions, changed, parse_color, parse_face
from style2talker.emotion.sentence import explain, understand
from style2talker.face.align import crop_portrait, face_crop
from style2talker.face.driving import Progress, load_motion, with_head
from style2talker.face.landmarks import FaceFinder, People, find_people, find_portrait
from style2talker.media.audio import SPEECH_RATE, Sound, check_speech, read_sound, to_speech
from style2talker.media.motion import write_motion
from style2talker.media.picture import Picture, read_picture
from style2talker.media.sequence import clip_writer
from style2talker.records import ARKIT_NAMES, FAMILIES, Art, FloatArray, ImageArray, Motion, Portrait, Speech
from style2talker.runtime.network import Network
from style2talker.speech.analyse import analyse
from style2talker.style_a.layers import Background
from style2talker.style_a.neural import NeuralRenderer
from style2talker.style_a.renderer import Renderer
from style2talker.style_a.stepping import stepped
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.model import DiffusionModel
from style2talker.style_e.neural import NeuralExpression

__all__ = ["Clip", "ClipMotion", "Talker", "read_art"]

PathLike = str | os.PathLike[str]
PictureLike = PathLike | Picture | ImageArray
SoundLike = PathLike | Sound | FloatArray

_MOTION_FPS = 25.0
_LARGEST_FRAME = 4096
"""Longest side in pixels of a clip that shows the whole picture."""
_PREVIEW_S = 3.0
_EYES = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("eyeBlink", "eyeLook"))]


class ClipMotion(Motion):
    """The motion of a clip, which knows how to save itself."""

    __slots__ = ()

    def save(self, path: PathLike) -> None:
        """Write it as `.npz`, `.csv` or `.json`. Raises UsageError on another suffix, OutputError."""
        write_motion(path, self)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A talking head that is rendered when it is saved or iterated, any number of times.

    Attributes:
        motion: what the face does, on the clip's own clock.
        sound: what is heard, or None.
        renderer: what draws the frames.
        stages: seconds that each stage took so far.
        notes: lines that say how the feeling was understood.
        others: what further faces of the picture do; they do the same where they have no motion of their own.
    """

    motion: ClipMotion
    sound: Sound | None
    renderer: Renderer | NeuralRenderer
    stages: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    others: tuple[Motion, ...] = ()

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.motion.fps

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self.renderer.size

    def __len__(self) -> int:
        """Number of frames."""
        return self.motion.n_frames

    def __iter__(self) -> Iterator[ImageArray]:
        """Frames (H, W, 3) uint8 RGB, (H, W, 4) with a transparent background, one at a time."""
        return self.renderer.frames(self.motion, *self.others)

    def preview(self) -> ImageArray:
        """The frame of the first three seconds that is furthest from the first, blinks apart; as those of the clip."""
        shapes = np.delete(self.motion.blendshapes[: max(1, round(_PREVIEW_S * self.fps))], _EYES, axis=1)
        best = int(np.argmax(np.linalg.norm(shapes - shapes[0], axis=1)))
        one = slice(best, best + 1)
        motions = [
            Motion(each.blendshapes[one], each.rotation[one], each.translation[one], self.fps)
            for each in (self.motion, *self.others)
        ]
        return next(self.renderer.frames(*motions))

    def save(self, path: PathLike, progress: Progress | None = None) -> None:
        """Render and write it in the format of the suffix; the file appears when it is whole.

        Args:
            path: the file to write: .mp4, .m4v, .mov, .webm, or -%04d.png for numbered pictures.
            progress: told of each frame, as stage "render".

        Raises:
            OutputError: it cannot be written there.
            UsageError: the name is not that of a video, or of one that cannot be transparent though the clip is.
        """
        began = time.perf_counter()
        waited = 0.0
        with clip_writer(path, self.size, self.fps, self.sound, len(self), self.renderer.transparent) as writer:
            frames = self.renderer.frames(self.motion, *self.others, reuse=True)
            for done, frame in enumerate(frames, start=1):
                before = time.perf_counter()
                writer.write(frame)
                waited += time.perf_counter() - before
                if progress is not None:
                    progress("render", done, len(self))
            last = time.perf_counter()
        end = time.perf_counter()
        self.stages.update(render=last - began - waited, encode=waited + end - last)


class Talker:
    """Loads the models once and makes any number of clips."""

    def __init__(self) -> None:
        """Nothing is loaded before it is needed."""
        self._finder: FaceFinder | None = None
        self._model: DiffusionModel | None = None
        self._networks: dict[str, Network] = {}

    def generate(
        self,
        portrait: PictureLike,
        audio: SoundLike,
        *,
        rest: FloatArray | None = None,
        progress: Progress | None = None,
        **options: object,
    ) -> Clip:
        """Make a clip of a portrait that says what is heard.

        Args:
            portrait: a picture with one face: a file, or an array (H, W, 3) uint8 RGB, (H, W, 4) with opacity.
            audio: any sound with speech: a file, or an array (N,) float32 at 16 kHz.
            rest: (52,) the portrait's rest expression; measured on the picture when None.
            progress: told of each stage.
            options: the fields of `GenerateOptions`.

        Raises:
            Style2TalkerError: a leaf that says what is wrong with the input, the options or the installation.
        """
        return self.generate_from(portrait, audio, _options(options), rest, progress)

    def generate_from(
        self,
        portrait: PictureLike,
        audio: SoundLike,
        options: GenerateOptions,
        rest: FloatArray | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """As `generate`, with the options as one record."""
        stages: dict[str, float] = {}
        picture = _picture(portrait)
        art = read_art(options)
        expression = None if options.style_e is None else NeuralExpression(self._network(options.style_e, "style-e"))
        if options.style_a is not None:
            self._network(options.style_a, "style-a")
        # MediaPipe and the decoders are native code: the face is found while the voice is read and analysed.
        with ThreadPoolExecutor(max_workers=1) as pool:
            seen = pool.submit(self._shown, picture, options, stages)
            sound, speech = self._heard(audio, stages)
            model = self._motion_model()
            with _timed(stages, "emotion"):
                emotion = understand(options.emotion, options.emotion_strength)
            people = seen.result()
        driver = None if options.pose in ("generate", "still") else load_motion(options.pose, progress)
        if rest is not None:
            first, *company = people.portraits
            first = Portrait(first.pixels, first.landmarks, rest, first.rotation, first.alpha)
            people = People((first, *company), people.bystanders)
        with _timed(stages, "motion"):
            choice = MotionOptions(
                options.head_motion, options.blink == "auto", "still" if options.pose == "still" else "generate"
            )
            motions = [
                generate_motion(speech, emotion, one.blendshapes, choice, (options.seed + k) % 2**32, model)
                for k, one in enumerate(people.portraits)
            ]
            if expression is not None:
                motions = [
                    expression(motion, speech, emotion, one.blendshapes, (options.seed + k) % 2**32)
                    for k, (motion, one) in enumerate(zip(motions, people.portraits, strict=True))
                ]
            if driver is not None:
                motions = [with_head(motion, driver, options.head_motion) for motion in motions]
        n_frames = _frame_count(len(speech.samples), options)
        del speech  # its samples are heavy and all that they say is in the motion
        renderer = self._renderer(people, art, options, stages)
        motion, *others = (_saving(each.resampled(options.fps, n_frames), options.art_frame_rate) for each in motions)
        return Clip(motion, sound, renderer, stages, explain(emotion), tuple(others))

    def render(
        self,
        portrait: PictureLike,
        motion: Motion,
        audio: SoundLike | None = None,
        options: RenderOptions | None = None,
    ) -> Clip:
        """Make a clip of a portrait under a motion that is given, as long as the motion.

        Raises:
            Style2TalkerError: a leaf that says what is wrong with the input, the options or the installation.
        """
        choice = options or RenderOptions()
        stages: dict[str, float] = {}
        picture, art = _picture(portrait), read_art(choice)
        sound = None if audio is None else _sound(audio)
        renderer = self._renderer(self._shown(picture, choice, stages), art, choice, stages)
        fps = choice.fps or motion.fps
        n_frames = max(1, round(motion.n_frames / motion.fps * fps))
        return Clip(_saving(motion.resampled(fps, n_frames), choice.art_frame_rate), sound, renderer, stages)

    def stylize(self, picture: PictureLike, options: StylizeOptions | None = None) -> Portrait:
        """A whole picture in an art style, its face found. Raises PictureError, FaceError, ArtError, AssetError."""
        choice = options or StylizeOptions()
        read, art = _picture(picture), read_art(choice)
        return self._styled(self._found(read, choice), art, choice.seed)

    def _found(self, picture: Picture, options: StylizeOptions) -> Portrait:
        """The face of a picture."""
        if self._finder is None:
            self._finder = FaceFinder()
        return find_portrait(picture.pixels, picture.alpha, parse_face(options.face), self._finder)

    def _shown(self, picture: Picture, options: RenderOptions, stages: dict[str, float]) -> People:
        """Who is animated, as they will be shown: cropped to a square, or in the whole picture."""
        with _timed(stages, "portrait"):
            if self._finder is None:
                self._finder = FaceFinder()
            whole = _shrunk(picture) if options.framing == "full" else picture
            people = find_people(whole.pixels, whole.alpha, parse_face(options.face), self._finder)
            if options.framing == "full" or options.style_a is not None:
                return people
            (portrait,) = people.portraits
            crop = face_crop(portrait, options.size)
            return People((crop_portrait(portrait, crop),), tuple(crop.points(face) for face in people.bystanders))

    def _heard(self, audio: SoundLike, stages: dict[str, float]) -> tuple[Sound, Speech]:
        """A sound and the speech in it."""
        with _timed(stages, "speech"):
            sound = _sound(audio)
            samples = to_speech(sound)
            check_speech(samples, "the sound" if isinstance(audio, Sound | np.ndarray) else str(audio))
            return sound, analyse(samples, fps=_MOTION_FPS)

    def _motion_model(self) -> DiffusionModel:
        if self._model is None:
            self._model = DiffusionModel()
        return self._model

    def _network(self, path: str, kind: str) -> Network:
        """An exported network, loaded once. Raises AssetError."""
        if path not in self._networks:
            self._networks[path] = Network(Path(path), kind)
        return self._networks[path]

    def _styled(self, portrait: Portrait, art: Art, seed: int) -> Portrait:
        """The portrait in its art style."""
        if art.kind == "none":
            return portrait
        # The painters bring much of SciPy: imported by those who paint.
        from style2talker.style_a.memory import stylise_once

        return stylise_once(portrait, art, seed, self._finder)

    def _renderer(
        self, people: People, art: Art, options: RenderOptions, stages: dict[str, float]
    ) -> Renderer | NeuralRenderer:
        """What draws people, styled, over their background."""
        with _timed(stages, "style"):
            first, *company = people.portraits
            behind = _background(options.background)
            if options.style_a is not None:
                return NeuralRenderer(first, self._network(options.style_a, "style-a"), art, options.size, behind)
            styled = self._styled(first, art, options.seed)
            others = [Portrait(styled.pixels, p.landmarks, p.blendshapes, p.rotation, styled.alpha) for p in company]
            return Renderer(
                styled,
                background=behind,
                wrinkles=options.wrinkles,
                company=others,
                bystanders=people.bystanders,
            )


def _options(given: dict[str, Any]) -> GenerateOptions:
    """Keyword arguments as options, paths as texts. Raises UsageError."""
    plain = {name: os.fspath(value) if isinstance(value, os.PathLike) else value for name, value in given.items()}
    return changed(GenerateOptions(), plain)


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    stages[name] = stages.get(name, 0.0) + time.perf_counter() - began


def _frame_count(n_samples: int, options: GenerateOptions) -> int:
    """Frames of a clip; with networks whole ones only, as published: n_samples / 640 at 25 a second, rounded down."""
    exact = n_samples / SPEECH_RATE * options.fps
    return max(1, int(exact + 1e-6) if options.engine == "neural" else round(exact))


def _saving(motion: Motion, drawings: float | None) -> ClipMotion:
    """The motion of a clip, with so many drawings a second."""
    held = stepped(motion, drawings)
    return ClipMotion(held.blendshapes, held.rotation, held.translation, held.fps)


def _picture(portrait: PictureLike) -> Picture:
    """A picture from a file or an array. Raises PictureError."""
    if isinstance(portrait, Picture):
        return portrait
    if not isinstance(portrait, np.ndarray):
        return read_picture(portrait)
    if portrait.ndim == 3 and portrait.shape[2] == 4:
        return Picture(np.ascontiguousarray(portrait[..., :3]), np.ascontiguousarray(portrait[..., 3]), "the portrait")
    return Picture(portrait, None, "the portrait")


def _shrunk(picture: Picture) -> Picture:
    """A picture no larger than a frame may be."""
    rows, columns = picture.pixels.shape[:2]
    scale = _LARGEST_FRAME / max(rows, columns)
    if scale >= 1:
        return picture
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    pixels = np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = picture.alpha
    if alpha is not None:
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(pixels, alpha, picture.name)


def _background(named: str) -> Background:
    """What options ask for behind the person, a picture read. Raises PictureError."""
    if named == "keep":
        return "keep"
    if named == "transparent":
        return "transparent"
    return parse_color(named) or read_picture(named).pixels


def _sound(audio: SoundLike) -> Sound:
    """A sound from a file or an array at 16 kHz. Raises AudioError."""
    if isinstance(audio, Sound):
        return audio
    return Sound(audio, SPEECH_RATE) if isinstance(audio, np.ndarray) else read_sound(audio)


def read_art(options: StylizeOptions) -> Art:
    """The art that options ask for, an example picture read. Raises PictureError."""
    degree, structure, keep_color = options.art_degree, options.art_structure, options.keep_color
    if options.art == "none" or degree == 0:
        return Art("none", "none", None, degree, structure, keep_color)
    if options.art in FAMILIES:
        return Art("family", options.art, None, degree, structure, keep_color)
    return Art("exemplar", options.art, read_picture(options.art).pixels, degree, structure, keep_color)
