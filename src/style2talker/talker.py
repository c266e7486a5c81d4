"""The product on one screen: a portrait, a voice, a feeling and an art style become a clip.

portrait ─► face ─────────────────► Portrait ─► styled once ─► Renderer ─┐
voice    ─► speech ─► style_e ────► Motion ──────────────────────────────┴─► frames, one at a time ─► mp4
sentence ─► emotion ─┘
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from style2talker.config import GenerateOptions, RenderOptions, StylizeOptions, parse_face
from style2talker.emotion.sentence import explain, understand
from style2talker.errors import UsageError
from style2talker.face.align import crop_portrait, face_crop
from style2talker.face.bfm import to_blendshapes
from style2talker.face.coefficients import read_3dmm
from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.face.tracking import track_frames
from style2talker.media.audio import Sound, check_speech, read_sound, to_speech
from style2talker.media.motion import read_motion, write_motion
from style2talker.media.picture import Picture, read_picture
from style2talker.media.video import probe_video, read_frames
from style2talker.media.writer import VideoWriter
from style2talker.records import FAMILIES, Art, FloatArray, ImageArray, Motion, Portrait, Speech
from style2talker.speech.analyse import analyse
from style2talker.style_a.artist import stylise
from style2talker.style_a.renderer import Renderer
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.lips import LipModel

__all__ = ["Clip", "ClipMotion", "Talker", "load_motion", "read_art", "track_video"]

PathLike = str | os.PathLike[str]
Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

_MOTION_FPS = 25.0


class ClipMotion(Motion):
    """The motion of a clip, which knows how to save itself."""

    __slots__ = ()

    def save(self, path: PathLike) -> None:
        """Write it as `.npz`, `.csv` or `.json`. Raises UsageError on another suffix, OutputError."""
        write_motion(path, self)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A talking head that is rendered when it is saved or iterated.

    Attributes:
        motion: what the face does, on the clip's own clock.
        sound: what is heard, or None.
        fps: frames per second.
        stages: seconds that each stage took so far, and "notes" on how the sentence was understood beside them.
        notes: lines that say how the feeling was understood.
    """

    motion: ClipMotion
    sound: Sound | None
    fps: float
    renderer: Renderer
    stages: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self.renderer.size

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return self.motion.n_frames

    def __len__(self) -> int:
        return self.motion.n_frames

    def __iter__(self) -> Iterator[ImageArray]:
        """Frames (H, W, 3) uint8 RGB, one at a time."""
        return self.renderer.frames(self.motion)

    def preview(self) -> ImageArray:
        """The most expressive frame of the first three seconds, (H, W, 3) uint8 RGB."""
        first = self.motion.blendshapes[: max(1, round(3 * self.fps))]
        moved = np.linalg.norm(first - first[0], axis=1)
        best = int(np.argmax(moved))
        one = slice(best, best + 1)
        still = Motion(self.motion.blendshapes[one], self.motion.rotation[one], self.motion.translation[one], self.fps)
        return next(self.renderer.frames(still))

    def save(self, path: PathLike, progress: Progress | None = None) -> None:
        """Render and write an mp4; the file appears when it is whole.

        Raises:
            OutputError: it cannot be written there.
            UsageError: the name is not that of a video.
        """
        width, height = self.size
        began = time.perf_counter()
        writing = 0.0
        with VideoWriter(path, width, height, self.fps, self.sound, self.n_frames) as writer:
            for done, frame in enumerate(self, start=1):
                before = time.perf_counter()
                writer.write(frame)
                writing += time.perf_counter() - before
                if progress is not None:
                    progress("render", done, self.n_frames)
        total = time.perf_counter() - began
        self.stages.update(render=total - writing, encode=writing)


class Talker:
    """Loads the models once and makes any number of clips."""

    def __init__(self) -> None:
        """Nothing is loaded before it is needed."""
        self._finder: FaceFinder | None = None
        self._lips: LipModel | None = None

    def portrait(self, picture: PathLike | Picture, face: str | None = None) -> Portrait:
        """Find the face of a picture. Raises PictureError, FaceError, AssetError."""
        shown = picture if isinstance(picture, Picture) else read_picture(picture)
        if self._finder is None:
            self._finder = FaceFinder()
        return find_portrait(shown.pixels, shown.alpha, parse_face(face), self._finder)

    def stylize(self, picture: PathLike | Picture, options: StylizeOptions) -> Portrait:
        """A whole picture in an art style, its face found."""
        art = read_art(options.art, options.art_degree, options.art_structure, options.keep_color)
        return stylise(self.portrait(picture, options.face), art, seed=options.seed)

    def generate(
        self,
        portrait: PathLike | Picture,
        audio: PathLike | Sound,
        *,
        rest: FloatArray | None = None,
        progress: Progress | None = None,
        **options: object,
    ) -> Clip:
        """Make a clip of a portrait that says what is heard.

        Args:
            portrait: a picture with one face.
            audio: any sound with speech.
            rest: (52,) the portrait's rest expression; measured on the picture when None.
            progress: told of each stage.
            options: the fields of `GenerateOptions`.

        Raises:
            Style2TalkerError: a leaf that says what is wrong with the input, the options or the installation.
        """
        return self.generate_from(portrait, audio, _options(options), rest, progress)

    def generate_from(
        self,
        portrait: PathLike | Picture,
        audio: PathLike | Sound,
        options: GenerateOptions,
        rest: FloatArray | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """As `generate`, with the options as one record."""
        stages: dict[str, float] = {}
        with _timed(stages, "listen"):
            sound = audio if isinstance(audio, Sound) else read_sound(audio)
            samples = to_speech(sound)
            check_speech(samples, "the sound" if isinstance(audio, Sound) else str(audio))
        emotion = understand(options.emotion, options.emotion_strength)
        art = read_art(options.art, options.art_degree, options.art_structure, options.keep_color)
        # The face is found while the voice is analysed: one is native code of MediaPipe, the other of NumPy.
        with ThreadPoolExecutor(max_workers=1) as pool:
            heard = pool.submit(self._listen, samples)
            with _timed(stages, "portrait"):
                shown = self._framed(portrait, options.shown())
            speech, lips = heard.result()
        own_rest = shown.blendshapes if rest is None else rest
        if rest is not None:
            shown = Portrait(shown.pixels, shown.landmarks, rest, shown.rotation, shown.alpha)
        with _timed(stages, "motion"):
            pose = "still" if options.pose == "still" else "generate"
            choice = MotionOptions(options.head_motion, options.blink == "auto", pose)
            motion = generate_motion(speech, emotion, own_rest, choice, options.seed, lips)
            if options.pose not in ("generate", "still"):
                motion = _with_pose(motion, load_motion(options.pose), options.head_motion)
        with _timed(stages, "style"):
            renderer = Renderer(stylise(shown, art, seed=options.seed))
        n_frames = max(1, round(len(samples) / 16000 * options.fps))
        timed = _saving(motion.resampled(options.fps, n_frames))
        if progress is not None:
            progress("prepare", 1, 1)
        return Clip(timed, sound, options.fps, renderer, stages, explain(emotion))

    def render(
        self, portrait: PathLike | Picture, motion: Motion, audio: PathLike | None, options: RenderOptions
    ) -> Clip:
        """Make a clip of a portrait under a motion that is given."""
        stages: dict[str, float] = {}
        sound = None if audio is None else read_sound(audio)
        art = read_art(options.art, options.art_degree, options.art_structure, options.keep_color)
        with _timed(stages, "portrait"):
            shown = self._framed(portrait, options)
        with _timed(stages, "style"):
            renderer = Renderer(stylise(shown, art, seed=options.seed))
        fps = options.fps or motion.fps
        n_frames = max(1, round(motion.n_frames / motion.fps * fps))
        return Clip(_saving(motion.resampled(fps, n_frames)), sound, fps, renderer, stages)

    def _listen(self, samples: FloatArray) -> tuple[Speech, LipModel]:
        if self._lips is None:
            self._lips = LipModel()
        return analyse(samples, fps=_MOTION_FPS), self._lips

    def _framed(self, portrait: PathLike | Picture, options: RenderOptions) -> Portrait:
        """The portrait as it will be shown: cropped to a square, or the whole picture."""
        whole = self.portrait(portrait, options.face)
        return whole if options.framing == "full" else crop_portrait(whole, face_crop(whole, options.size))


def _options(given: dict[str, object]) -> GenerateOptions:
    """Keyword arguments as options. Raises UsageError on an unknown name."""
    unknown = set(given) - set(GenerateOptions.__dataclass_fields__)
    if unknown:
        raise UsageError(
            f"there is no option {sorted(unknown)[0]!r}, known: {', '.join(GenerateOptions.__dataclass_fields__)}"
        )
    texts = {name: os.fspath(value) if isinstance(value, os.PathLike) else value for name, value in given.items()}
    return GenerateOptions(**texts)  # type: ignore[arg-type]


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    stages[name] = stages.get(name, 0.0) + time.perf_counter() - began


def _saving(motion: Motion) -> ClipMotion:
    return ClipMotion(motion.blendshapes, motion.rotation, motion.translation, motion.fps)


def read_art(art: str, degree: float, structure: float, keep_color: bool) -> Art:
    """The art that a name or a picture file stands for. Raises PictureError, ArtError."""
    if art == "none":
        return Art(degree=degree, structure=structure, keep_color=keep_color)
    if art in FAMILIES:
        return Art("family", art, None, degree, structure, keep_color)
    return Art("exemplar", art, read_picture(art).pixels, degree, structure, keep_color)


def track_video(path: PathLike, fps: float | None = None, progress: Progress | None = None) -> Motion:
    """The motion that the face of a video makes.

    Args:
        path: the video.
        fps: clock of the motion; the video's own when None.
        progress: told of each frame.

    Raises:
        VideoError: it is no video.
        FaceError: it shows no face.
    """
    info = probe_video(path)
    rate = fps or float(info.fps)
    total = round(info.duration * rate) if info.duration else 0

    def told(done: int) -> None:
        if progress is not None:
            progress("track", done, max(total, done))

    return track_frames(read_frames(path, rate), rate, progress=told).motion()


def load_motion(path: PathLike) -> Motion:
    """The motion in a motion file (.npz, .csv, .json), a 3DMM coefficient file (.mat, .npy) or a video of a face.

    Raises:
        MotionError: the file is damaged or of another shape.
        VideoError: it is no video.
        FaceError: the video shows no face.
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".npz", ".csv", ".json"):
        return read_motion(path)
    if suffix in (".mat", ".npy"):
        found = read_3dmm(path)
        turned = found.rotation - np.median(found.rotation, axis=0)
        return Motion(to_blendshapes(found.expression), turned, np.zeros_like(turned), _MOTION_FPS)
    return track_video(path)


def _with_pose(motion: Motion, pose: Motion, scale: float) -> Motion:
    """A motion with another one's head pose, which goes back and forth where it is shorter."""
    length = round(pose.n_frames / pose.fps * motion.fps)
    other = pose.resampled(motion.fps, max(length, 1))
    turn = np.arange(motion.n_frames) % max(2 * other.n_frames - 2, 1)
    index = np.where(turn < other.n_frames, turn, 2 * other.n_frames - 2 - turn)
    return Motion(motion.blendshapes, other.rotation[index] * scale, other.translation[index] * scale, motion.fps)
