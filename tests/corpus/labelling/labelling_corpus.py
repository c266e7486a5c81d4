"""A corpus that is drawn: tracked clips of two people, each feeling drawn by its action units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from style2talker.corpus.track import save_track
from style2talker.emotion.facs import activations
from style2talker.face.tracking import Track

DRAWN: dict[str, dict[str, float]] = {
    "angry": {"4": 0.6, "7": 0.5, "24": 0.4},
    "fear": {"1": 0.7, "5": 0.6, "20": 0.5},
    "happy": {"6": 0.5, "12": 0.8},
    "neutral": {},
    "surprised": {"1": 0.5, "2": 0.6, "26": 0.7},
}
REST = {"M003": {"7": 0.3}, "W009": {"15": 0.2, "18": 0.3}}


def draw_track(path: Path, units: dict[str, float], frames: int = 6, seed: int = 0) -> None:
    """A tracked clip whose face shows these units, with a little trembling."""
    rng = np.random.default_rng(seed)
    shapes = np.clip(activations(units) + rng.normal(0, 0.004, (frames, 52)), 0, 1).astype(np.float32)
    still = np.zeros((frames, 478, 3), np.float32)
    save_track(path, Track(still, shapes, still[:, 0], np.ones(frames, bool), 25.0))


@pytest.fixture
def drawn_corpus(tmp_path: Path) -> Path:
    """Folder of ten tracked clips of MEAD's names."""
    folder = tmp_path / "tracks"
    folder.mkdir()
    for actor, rest in REST.items():
        for number, (emotion, units) in enumerate(DRAWN.items()):
            level = 1 if emotion == "neutral" else 3
            shown = {unit: rest.get(unit, 0) + units.get(unit, 0) for unit in {*rest, *units}}
            draw_track(folder / f"{actor}_front_{emotion}_level{level}_001.npz", shown, seed=number)
    return folder
