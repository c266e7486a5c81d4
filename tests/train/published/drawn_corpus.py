"""A small packed corpus of drawn faces that move, made with the corpus's own tools."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
from tests.drawn_face import draw_portrait

from style2talker.corpus.clips import write_clip
from style2talker.corpus.deep3d import save_coefficients
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.manifest import ClipRow, write_manifest
from style2talker.corpus.pack import finish_pack, payload, put_clip
from style2talker.corpus.settings import PackOptions
from style2talker.corpus.track import save_track
from style2talker.face.tracking import Track
from style2talker.records import ARKIT_NAMES

SIZE = 64
FRAMES = 6
CLIPS = {
    "M001#neutral#level_1#001": ("M001", "neutral", "train"),
    "M001#happy#level_2#001": ("M001", "happy", "train"),
    "film": ("film", None, "train"),
    "W002#neutral#level_1#001": ("W002", "neutral", "test"),
    "W002#sad#level_1#001": ("W002", "sad", "test"),
}
"""Clip -> person, emotion, split."""


def drawn_clip(number: int) -> tuple[list[np.ndarray], Track]:
    """Frames and track of a face that swings to and fro while its jaw opens; each clip in a tint of its own."""
    portrait = draw_portrait(SIZE, 0.28)
    tint = np.array([1, 0.8 + 0.05 * number, 1 - 0.08 * number])
    frames, points, shapes = [], [], np.zeros((FRAMES, 52), np.float32)
    for t in range(FRAMES):
        swing = np.array([3.0 * np.sin(t + number), 1.5 * np.cos(2 * t)])
        matrix = np.array([[1, 0, swing[0]], [0, 1, swing[1]]])
        moved = cv2.warpAffine(portrait.pixels, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE)
        frames.append(np.clip(moved * tint, 0, 255).astype(np.uint8))
        points.append(portrait.landmarks + np.array([*swing, 0], np.float32))
        shapes[t, ARKIT_NAMES.index("jawOpen")] = t / FRAMES
    rotation = np.zeros((FRAMES, 3), np.float32)
    rotation[:, 1] = np.linspace(-0.1, 0.1, FRAMES)
    return frames, Track(np.stack(points).astype(np.float32), shapes, rotation, np.ones(FRAMES, bool), 25.0)


def styled(frames: list[np.ndarray], style: int) -> list[np.ndarray]:
    """A film in an art style: flat colours of one hue."""
    return [np.roll(255 - frame // 64 * 64, style, axis=2) for frame in frames]


def make_corpus(folder: Path, styles: int = 0) -> Path:
    """Write the corpus with folders 3DMM, tracks and lmdb; `style_K` beside them are its styled twins."""
    rows = {}
    for number, (name, (person, emotion, split)) in enumerate(CLIPS.items()):
        frames, track = drawn_clip(number)
        files = {"track": f"tracks/{name}.npz", "coefficients": f"3DMM/{name}.npy", "lmdb": f"lmdb/{SIZE}/data.mdb"}
        for file in files.values():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
        save_track(folder / files["track"], track)
        save_coefficients(folder / files["coefficients"], track, to_68(track.landmarks), SIZE, SIZE)
        put_clip(
            folder / "lmdb" / str(SIZE),
            payload(name, frames, folder / files["coefficients"], PackOptions(size=SIZE, quality=95)),
        )
        row = ClipRow(name, f"{name}.mp4", "0", person, emotion, split=split, frames=FRAMES, files=files)
        rows[name] = row
        for style in range(styles):
            (folder / f"style_{style}" / "stylized").mkdir(parents=True, exist_ok=True)
            write_clip(folder / f"style_{style}" / "stylized" / f"{name}.mp4", styled(frames, style), SIZE, None)
    finish_pack(folder / "lmdb" / str(SIZE), list(rows.values()))
    write_manifest(folder, rows)
    for style in range(styles):
        twins = {
            name: dataclasses.replace(row, files={"stylized": f"stylized/{name}.mp4"}) for name, row in rows.items()
        }
        write_manifest(folder / f"style_{style}", twins)
    return folder
