"""Landmarks, coefficients and geometry: identities, known shifts, invariances, and nothing for nothing."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_clips import frames_of, read_corner

from drawn_face import reference_points
from style2talker.corpus.landmarks import to_68
from style2talker.evaluate.coefficient_distance import frechet, mean_l1
from style2talker.evaluate.geometry import head_shape, jitter, shape_residuals
from style2talker.evaluate.landmark_distance import aligned_points, landmark_distances
from style2talker.face.tracking import Track

POINTS = to_68(np.repeat(reference_points(256)[None], 5, axis=0))
UNIT = float(np.linalg.norm(POINTS[0, 36] - POINTS[0, 45]))


def turned(points: np.ndarray, angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * points @ turn.T + np.array(shift)


def test_the_same_points_are_no_distance_apart() -> None:
    values = landmark_distances(POINTS, POINTS, 256)
    assert list(values) == ["lmd_px", "vico_lip_l1_px", "m_lmd_px256", "f_lmd_px256", "m_lmd_iod", "f_lmd_iod"]
    assert max(values.values()) < 1e-4


def test_a_shift_counts_where_nothing_is_aligned() -> None:
    values = landmark_distances(POINTS + np.float32([3, 4]), POINTS, 512)
    assert values["lmd_px"] == pytest.approx(5, abs=1e-4)
    assert values["vico_lip_l1_px"] == pytest.approx(3.5, abs=1e-4)
    assert values["m_lmd_px256"] == pytest.approx(0, abs=1e-4)
    assert values["f_lmd_iod"] == pytest.approx(0, abs=1e-5)


def test_a_similarity_counts_for_nothing_once_faces_are_laid_on() -> None:
    other = turned(POINTS, 0.3, 1.2, (7, -2))
    assert np.abs(aligned_points(other, POINTS) - POINTS).max() < 1e-3
    values = landmark_distances(other, POINTS, 256)
    assert values["m_lmd_iod"] < 1e-5 < values["f_lmd_px256"]


def test_an_open_mouth_is_farther_for_the_mouth_than_for_the_face() -> None:
    opened = POINTS.copy()
    opened[:, 65:68, 1] += 0.1 * UNIT
    values = landmark_distances(opened, POINTS, 256)
    assert values["lmd_px"] == pytest.approx(0.1 * UNIT * 3 / 20, rel=1e-4)
    assert values["m_lmd_iod"] > values["f_lmd_iod"] > 0
    wider = POINTS.copy()
    wider[:, 65:68, 1] += 0.2 * UNIT
    assert landmark_distances(wider, POINTS, 256)["m_lmd_iod"] > values["m_lmd_iod"]


def test_no_frames_are_unknown() -> None:
    assert all(np.isnan(v) for v in landmark_distances(POINTS[:0], POINTS[:0], 256).values())
    assert np.isnan(mean_l1(np.zeros((0, 3)), np.zeros((0, 3))))
    assert np.isnan(frechet(np.zeros((1, 3)), np.ones((9, 3))))


def test_l1_and_frechet_are_different_things() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 1, (400, 3))
    shuffled = rng.permutation(rows)
    assert mean_l1(rows, rows) == 0
    assert mean_l1(rows + 0.5, rows) == pytest.approx(0.5)
    assert frechet(rows, shuffled) == pytest.approx(0, abs=1e-9)
    assert mean_l1(rows, shuffled) > 0.5
    assert frechet(rows + 2, rows) == pytest.approx(12)
    assert frechet(3 * rows, rows) == pytest.approx(4 * rows.var(axis=0, ddof=1).sum() + 4 * np.sum(rows.mean(0) ** 2))
    assert frechet(rows[:, :1], rows[:, :1]) == pytest.approx(0, abs=1e-9)


def test_a_rigid_head_keeps_its_shape_and_a_growing_one_does_not() -> None:
    track, _, _ = read_corner(frames_of(np.full(30, 0.3, np.float32)))
    shape = head_shape(track)
    assert shape is not None
    assert np.nanmax(shape_residuals(track, shape)) < 1e-4
    moved = track.landmarks.copy()
    moved[:, :, 0] *= np.linspace(1, 1.2, 30, dtype=np.float32)[:, None]
    valid = track.valid.copy()
    valid[4] = False
    other = Track(moved, track.blendshapes, track.rotation, valid, track.fps)
    residuals = shape_residuals(other, shape)
    assert np.isnan(residuals[4])
    known = residuals[np.isfinite(residuals)]
    assert (np.diff(known) > 0).all()
    assert head_shape(Track(moved, track.blendshapes, track.rotation, np.zeros(30, bool), 25.0)) is None


def test_jitter_of_a_known_tremble() -> None:
    track, _, _ = read_corner(frames_of(np.full(12, 0.3, np.float32)))
    assert jitter(track) == pytest.approx(0, abs=1e-4)
    unit = float(np.linalg.norm(track.landmarks[0, 33, :2] - track.landmarks[0, 263, :2]))
    shaken = track.landmarks.copy()
    shaken[1::2, :, 0] += np.float32(0.01 * unit)
    other = Track(shaken, track.blendshapes, track.rotation, track.valid, 25.0)
    assert jitter(other) == pytest.approx(0.02 * 625, rel=0.01)
    drifting = track.landmarks + np.arange(12, dtype=np.float32)[:, None, None]
    assert jitter(Track(drifting, track.blendshapes, track.rotation, track.valid, 25.0)) == pytest.approx(0, abs=1e-2)
    nobody = Track(shaken, track.blendshapes, track.rotation, np.zeros(12, bool), 25.0)
    assert np.isnan(jitter(nobody))
