"""Scenes are drawn so that sound, picture and feeling stay in step."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from made_scenes import made_film, made_scene

from style2talker.style_e.factors import FACTORS, parted
from style2talker.train.scenes import drawn


@pytest.mark.parametrize("length", [40, 200])
def test_a_disguised_stretch_stays_in_step_with_its_mouth(length):
    """Tempo and begin change for sound and picture alike, also in a clip that is shorter than the stretch."""
    scene = made_film(70, lag=6).moved(6)
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(12):
        batch = drawn([scene], 1, length, [scene.columns], rng)
        assert batch.windows.shape == (1, length, 80, 16) and batch.rows.shape == (1, length, FACTORS)
        heard = batch.windows[0, :120, 30:, 5:9].mean(axis=(1, 2))
        jaw = parted(batch.rows[0]).lips[: len(heard), 0]
        scores.append([np.corrcoef(heard, np.roll(jaw, lag))[0, 1] for lag in (0, 4, -4)])
    right, late, early = np.median(scores, axis=0)
    assert right > max(late, early) + 0.3


def test_short_scenes_are_learned_from_as_often_as_long_ones():
    rng = np.random.default_rng(0)
    short, long = made_film(71), made_film(72)
    short = short.moved(100)
    batch = drawn([short, long], 24, 80, [long.columns], rng)
    assert batch.windows.shape == (24, 80, 80, 16)
    last = np.abs(np.diff(batch.rows[:, -20:], axis=1)).max(axis=(1, 2))
    assert 4 < (last < 1e-6).sum() < 20


@pytest.mark.parametrize("lag", [-4, 3])
def test_moving_the_picture_keeps_everything_as_long(lag):
    scene = made_film(73).moved(lag)
    n = 150 - abs(lag)
    assert {len(a) for a in (scene.rows, scene.voice, scene.feeling, scene.visemes, scene.opening, scene.windows)} == {
        n
    }
    assert scene.first == max(-lag, 0)


def test_a_scene_without_sound_is_not_heard():
    from dataclasses import replace

    silent = replace(made_film(74), columns=np.zeros((0, 80), np.float32))
    batch = drawn([silent, made_scene(3)], 16, 50, [made_scene(4).columns], np.random.default_rng(1))
    assert set(batch.heard) == {0.0, 1.0}
    assert not batch.windows[batch.heard == 0].any()
    assert batch.windows[batch.heard == 1].any(axis=(1, 2, 3)).all()
