"""A judge of emotions learns from people who are made up here and knows others by them."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from style2talker.corpus.track import save_track
from style2talker.emotion import facs
from style2talker.errors import VideoError
from style2talker.evaluate.emotion_judge import (
    EmotionClip,
    EmotionJudge,
    features,
    fit_judge,
    left_out,
    main,
    read_clips,
)
from style2talker.face.tracking import Track
from style2talker.records import LABELS

FPS = 25.0


def person(name: str, seed: int, n_frames: int = 60) -> list[EmotionClip]:
    """Clips of somebody with a face of their own who shows each prototype weakly, and moves."""
    rng = np.random.default_rng(seed)
    own = rng.uniform(0, 0.6, 52)
    return [
        EmotionClip(name, label, (own + 0.25 * shape + rng.normal(0, 0.05, (n_frames, 52))).astype(np.float32), FPS)
        for label, shape in zip(LABELS, facs.prototypes(), strict=True)
    ]


@pytest.fixture(scope="module")
def clips() -> list[EmotionClip]:
    return person("M001", 1) + person("W002", 2)


@pytest.fixture(scope="module")
def judge(clips: list[EmotionClip]) -> EmotionJudge:
    return fit_judge(clips)


def test_features_are_means_and_deviations_of_windows() -> None:
    ramp = np.zeros((50, 52), np.float32)
    ramp[:, 3] = np.arange(50) / 50
    cut = features(ramp, FPS)
    assert cut.shape == (6, 104)
    np.testing.assert_allclose(cut[:, 3], [12 / 50 + 0.1 * i for i in range(6)], atol=1e-6)
    np.testing.assert_allclose(cut[:, 55], np.std(np.arange(25) / 50), atol=1e-6)
    assert not np.delete(cut, [3, 55], axis=1).any()
    assert features(ramp[:7], FPS).shape == (1, 104)


def test_a_stranger_is_understood_against_the_own_neutral_face(judge: EmotionJudge) -> None:
    stranger = person("W009", 9)
    neutral = stranger[LABELS.index("neutral")].blendshapes.mean(0)
    for row, clip in enumerate(stranger):
        shares = judge.clip(clip.blendshapes - neutral, FPS)
        assert shares.shape == (8,)
        assert shares.sum() == pytest.approx(1, abs=1e-5)
        assert shares.argmax() == row
        assert judge.windows(clip.blendshapes - neutral, FPS).shape == (8, 8)


def test_each_person_is_judged_by_the_others(clips: list[EmotionClip]) -> None:
    table = left_out(clips)
    assert table.sum() == 16 * 8
    assert (table.sum(1) == 16).all()
    assert np.trace(table) / table.sum() > 0.9
    assert np.trace(left_out(clips, absolute=True)) < np.trace(table)


def test_a_label_in_disorder_is_not_learned(clips: list[EmotionClip]) -> None:
    turned = [
        EmotionClip(c.person, LABELS[(LABELS.index(c.label) + (c.person == "W002")) % 8], c.blendshapes, c.fps)
        for c in clips
    ]
    assert np.trace(left_out(turned, absolute=True)) / 128 < 0.3


def test_lonely_or_incomplete_people_are_refused(clips: list[EmotionClip]) -> None:
    with pytest.raises(VideoError, match="needs 2"):
        left_out(clips[:8])
    with pytest.raises(VideoError, match="M001 has no neutral clip"):
        fit_judge([clip for clip in clips if clip.label != "neutral"])
    assert fit_judge(clips[:8], absolute=True).absolute


def write(folder: Path, name: str, clip: EmotionClip) -> None:
    n_frames = len(clip.blendshapes)
    valid = np.arange(n_frames) != 3
    track = Track(
        np.zeros((n_frames, 478, 3), np.float32), clip.blendshapes, np.zeros((n_frames, 3), np.float32), valid, FPS
    )
    save_track(folder / f"{name}.npz", track)


def test_tracks_are_read_by_their_names_and_reported(
    clips: list[EmotionClip], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(VideoError, match=r"style2talker\.corpus\.track"):
        read_clips(tmp_path)
    for clip in clips:
        write(tmp_path, f"{clip.person}_front_{clip.label}_level3_001", clip)
    write(tmp_path, "somebody_else", clips[0])
    read = read_clips(tmp_path)
    assert [(c.person, c.label) for c in read] == [(c.person, c.label) for c in clips]
    assert read[0].blendshapes.shape == (59, 52)
    with caplog.at_level(logging.INFO):
        main(["--tracks", str(tmp_path)])
    assert "minus the person's neutral face: 1" in caplog.text or "minus the person's neutral face: 9" in caplog.text
    assert "absolute blendshapes" in caplog.text
