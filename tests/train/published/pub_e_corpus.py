"""A made corpus for the published Style-E: jaws that follow the loudness of noise, faces that follow what is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from style2talker.corpus.manifest import ClipRow, write_manifest
from style2talker.corpus.pack import lmdb_key, put_clip
from style2talker.corpus.synth import synthesise
from style2talker.corpus.track import save_track
from style2talker.corpus.visemes import Phone
from style2talker.emotion.facs import prototypes
from style2talker.face.bfm import to_expression
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.records import ARKIT_NAMES, LABELS
from style2talker.train.feelings import Feelings

__all__ = ["WORDS", "FakeEncoder", "made_corpus", "made_feelings", "made_speech"]

WORDS = {"happy": "mouthSmile", "sad": "mouthFrown", "neutral": None}


class FakeEncoder:
    """Sentences -> six numbers: which feeling is named."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sentences):
        self.asked += list(sentences)
        rows = [[float(word in text) for word in WORDS] + [1.0, 0.0, 0.5] for text in sentences]
        return np.array(rows, np.float32)


def _clip(seed: int, emotion: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Blendshapes (T, 52) and mel windows (T, 80, 16)."""
    rng = np.random.default_rng(seed)
    level = np.convolve(rng.random(n + 6), np.ones(7) / 7, "valid")
    level = (level - level.min()) / np.ptp(level)
    windows = (4 * level - 3)[:, None, None] + rng.normal(0, 0.1, (n, 80, 16))
    shapes = np.full((n, 52), 0.05)
    shapes[:, ARKIT_NAMES.index("jawOpen")] = 0.5 * level
    if WORDS[emotion]:
        for side in ("Left", "Right"):
            shapes[:, ARKIT_NAMES.index(f"{WORDS[emotion]}{side}")] = 0.6
    shapes[5:8, ARKIT_NAMES.index("eyeBlinkLeft")] = shapes[5:8, ARKIT_NAMES.index("eyeBlinkRight")] = 0.9
    return shapes.astype(np.float32), windows.astype(np.float32)


def _track(shapes: np.ndarray) -> Track:
    rig = load_rig()
    points = rig.reference + np.tensordot(shapes, rig.basis, 1)
    n = len(shapes)
    return Track(points.astype(np.float32) * 100, shapes, np.zeros((n, 3), np.float32), np.ones(n, bool), 25.0)


def made_corpus(folder: Path, coefficients: str = "learned linear map") -> Path:
    """Three people, three feelings each, 20 to 60 frames; c is held out; a's sad clip is silent."""
    for part in ("tracks", "mel", "labels", "lmdb/256"):
        (folder / part).mkdir(parents=True)
    rows, sentences = {}, {}
    for p, person in enumerate("abc"):
        for e, emotion in enumerate(WORDS):
            name = f"{person}#{emotion}#level_3#001"
            shapes, windows = _clip(10 * p + e, emotion, (60, 41, 20)[(p + e) % 3])
            files = {"track": f"tracks/{name}.npz", "lmdb": "lmdb/256/data.mdb"}
            save_track(folder / files["track"], _track(shapes))
            if name != "a#sad#level_3#001":
                files["mel"] = f"mel/{name}.npy"
                np.save(folder / files["mel"], windows[:, None])
            rows_260 = np.zeros((len(shapes), 260), "<f4")
            rows_260[:, :80], rows_260[:, 80:144] = 0.1 * p, to_expression(shapes)
            put_clip(
                folder / "lmdb/256",
                {lmdb_key(name, "coeff_3dmm"): rows_260.tobytes(), lmdb_key(name, "length"): lmdb_key(0)},
            )
            rows[name] = ClipRow(
                name, f"{name}.mp4", name, person, emotion, 3, split="test" if person == "c" else "train", fps=25.0,
                frames=len(shapes), coverage=1.0, coefficients=coefficients, files=files,
            )  # fmt: skip
            sentences[name.replace("#", "_")] = [f"{person} looks {emotion}, say {k}" for k in range(5)]
    write_manifest(folder, rows)
    (folder / "labels/text.json").write_text(json.dumps(sentences))
    return folder


def made_feelings() -> Feelings:
    """The eight labels."""
    return Feelings(LABELS, np.zeros((8, 6), np.float32), prototypes().astype(np.float32), np.eye(8, dtype=np.float32))


def _said(rng: np.random.Generator) -> tuple[np.ndarray, list[Phone]]:
    """Three seconds of noise bursts that stand for [a], with [m] in between."""
    samples, phones = rng.normal(0, 0.002, 48000), []
    for at in np.arange(0.3, 2.6, 0.4):
        samples[round(at * 16000) : round((at + 0.2) * 16000)] += rng.normal(0, 0.2, 3200)
        phones += [Phone("aa", float(at), float(at + 0.2)), Phone("m", float(at + 0.2), float(at + 0.4))]
    return samples.astype(np.float32), phones


def made_speech(folder: Path, count: int) -> list[Path]:
    """Utterances of bursts in the files of `corpus.synth`."""
    return synthesise(folder, count, 0, None, _said)
