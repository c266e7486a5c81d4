"""Landmarks, coefficients and mel windows: known geometry and an independent formula."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from made_videos import write_video

from style2talker.corpus import tracking as tracking_module
from style2talker.corpus.clips import write_speech
from style2talker.corpus.deep3d import (
    MADE_BY,
    alignment,
    coefficients,
    five_points,
    head_angles,
    load_coefficients,
    save_coefficients,
)
from style2talker.corpus.landmarks import IBUG, landmark_clip, to_68
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.mel import mel_clip, mel_windows
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import NoOptions, TrackingOptions
from style2talker.corpus.track import load_track, save_track
from style2talker.corpus.tracking import track_clip, track_cropped
from style2talker.errors import AudioError, FaceError, MotionError
from style2talker.face.bfm import mesh_to_expression
from style2talker.face.coefficients import read_3dmm
from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.audio import Sound

SIZE = 256


def posed(rotation: np.ndarray, scale: float = 60.0, middle: tuple[float, float] = (128.0, 128.0)) -> Track:
    """A track of the reference face, turned, `scale` pixels to an eye distance, seen from far away."""
    points = np.einsum("tij,vj->tvi", rotation_matrix(rotation), load_rig().reference.astype(np.float64)) * scale
    points[..., :2] += middle
    count = len(rotation)
    shapes = np.random.default_rng(2).uniform(0, 0.4, (count, 52)).astype(np.float32)
    return Track(points.astype(np.float32), shapes, rotation.astype(np.float32), np.ones(count, bool), 25.0)


def test_the_68_points_are_where_the_scheme_has_them() -> None:
    (points,) = to_68(load_rig().reference[None].astype(np.float32))
    assert points.shape == (68, 2)
    assert len(set(IBUG)) == 68
    x, y = points.T
    mirror = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
    mirror += [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    mirror += [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
    assert np.allclose(x, -x[mirror], atol=0.06)
    assert np.allclose(y, y[mirror], atol=0.06)
    assert (np.diff(x[:17]) > 0).all()  # the chin line from left to right
    assert y[8] == y.max()
    assert (np.diff(y[27:31]) > 0).all()  # down the bridge of the nose
    assert x[36:42].max() < x[27] < x[42:48].min()
    assert y[17:27].max() < y[36:48].min() < y[31:36].min() < y[48:68].min()
    assert y[62] < y[66]  # upper before lower lip


def test_the_alignment_is_that_of_a_scaled_camera() -> None:
    one, other = posed(np.zeros((1, 3)), 60, (120, 130)), posed(np.zeros((1, 3)), 90, (140, 100))
    (a,), (b,) = alignment(one.landmarks, SIZE, 200), alignment(other.landmarks, SIZE, 200)
    assert tuple(a[:2]) == (256, 200)
    assert a[2] / b[2] == pytest.approx(1.5, abs=1e-4)  # a larger face is shrunk more
    # 102 pixels to a unit of 0.87 eye distances.
    assert a[2] == pytest.approx(102 / 60 * 0.87, rel=0.02)
    assert a[3] == pytest.approx(120, abs=0.5)
    below = (199 - 130) - a[4]  # the middle lies below the eyes, and y points up
    assert below == pytest.approx(0.353 / 0.87 * 60, rel=0.05)
    assert (b[3] - a[3], (199 - 100) - b[4]) == (pytest.approx(20, abs=0.5), pytest.approx(1.5 * below, rel=0.01))
    assert np.allclose(five_points(one.landmarks)[0, 0, :2], one.landmarks[0, [33, 133], :2].mean(axis=0))


def test_coefficients_are_laid_out_as_published() -> None:
    turns = np.array([[0.0, 0, 0], [0.2, 0, 0], [0, 0.3, 0], [0, 0, 0.25]])
    track = posed(turns)
    rows = coefficients(track, alignment(track.landmarks, SIZE, SIZE))
    assert rows.shape == (4, 257)
    assert np.allclose(rows[:, 224:227], head_angles(track.landmarks), atol=1e-6)
    assert np.allclose(rows[:, 80:144], mesh_to_expression(track.landmarks))
    assert not rows[:, :80].any()
    assert not rows[:, 144:224].any()
    assert not rows[:, 227:254].any()
    # The face lies in the middle of an aligned picture, at the camera's distance.
    assert np.abs(rows[0, 254:256]).max() < 0.05
    assert np.abs(rows[:, 256]).max() < 1.5


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0), (0.3, 0.0, 0.0), (0.0, -0.6, 0.0), (-0.2, 0.4, 0.25)])
def test_angles_are_those_of_the_head_without_its_depth(turn: tuple[float, float, float]) -> None:
    track = posed(np.array([turn] * 3))
    track.landmarks[..., 2] = 0
    # Deep3D's signs, and its chin a little higher than that of the reference face.
    assert np.allclose(head_angles(track.landmarks), np.array(turn) * [1, 1, -1] - [0.1, 0, 0], atol=1e-4)


def test_coefficient_files_are_read_by_us_and_by_published_tools(tmp_path: Path) -> None:
    track = posed(np.array([[0.1, 0.2, -0.1]] * 3))
    save_coefficients(tmp_path / "c.npy", track, to_68(track.landmarks), SIZE, SIZE)
    published = np.load(tmp_path / "c.npy", allow_pickle=True).item()
    assert {name: published[name].shape for name in ("coeff", "lm68", "lm5", "trans_param")} == {
        "coeff": (3, 257),
        "lm68": (3, 68, 2),
        "lm5": (3, 5, 2),
        "trans_param": (3, 5),
    }
    assert published["made_by"] == MADE_BY
    assert np.allclose(read_3dmm(tmp_path / "c.npy").rotation, track.rotation - [0.1, 0, 0], atol=1e-4)
    rows, aligned, points = load_coefficients(tmp_path / "c.npy")
    assert np.array_equal(rows, published["coeff"])
    assert np.array_equal(aligned, published["trans_param"])
    assert np.array_equal(points, to_68(track.landmarks))


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch bomb",)


def test_coefficient_files_run_nothing_and_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("bomb.npy", np.array({"coeff": _Bomb()}, dtype=object), allow_pickle=True)
    np.save("short.npy", np.array({"coeff": np.zeros((2, 64))}, dtype=object), allow_pickle=True)
    wrong = {"coeff": np.zeros((2, 64)), "trans_param": np.zeros((2, 5)), "lm68": np.zeros((2, 68, 2))}
    np.save("wrong.npy", np.array(wrong, dtype=object), allow_pickle=True)
    Path("text.npy").write_text("no array")
    for name in ("bomb", "short", "wrong", "text", "none"):
        with pytest.raises(MotionError, match=f"{name}.npy"):
            load_coefficients(Path(f"{name}.npy"))
    assert not Path("bomb").exists()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def tracked(place: Place, monkeypatch: pytest.MonkeyPatch, valid: list[bool], options: TrackingOptions) -> Outcome:
    """Track a clip by a stand-in that sees the reference face."""
    write_video(place.folder / place.file("clips", "c", ".mp4"), [np.full((64, 64, 3), 90, np.uint8)] * len(valid))
    track = posed(np.zeros((len(valid), 3)), 16, (48, 48))
    shapes: list[tuple[int, ...]] = []

    def track_frames(frames: object, fps: float) -> Track:
        shapes.extend(frame.shape for frame in frames)  # type: ignore[attr-defined]
        return Track(track.landmarks, track.blendshapes, track.rotation, np.array(valid), fps)

    monkeypatch.setattr(tracking_module, "track_frames", track_frames)
    out = track_clip(ClipRow("c", "s", "h", "p", files={"video": "clips/c.mp4"}), place, options)
    assert shapes == [(96, 96, 3)] * len(valid)
    return out


def test_tracks_are_in_pixels_of_the_clip(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tracked(place, monkeypatch, [True, True, False, True], TrackingOptions(0.7)).row
    found = load_track(place.path(row.files["track"]))
    assert np.allclose(
        found.landmarks[0, :, :2].mean(axis=0) + 16,
        posed(np.zeros((1, 3)), 16, (48, 48)).landmarks[0, :, :2].mean(axis=0),
    )
    assert found.valid.tolist() == [True, True, False, True]
    assert (row.coverage, row.coefficients) == (0.75, MADE_BY)
    assert (row.quality["pitch"], row.quality["yaw"]) == (0.0, 0.0)
    _, aligned, points = load_coefficients(place.path(row.files["coefficients"]))
    assert tuple(aligned[0, :2]) == (64, 64)
    out = landmark_clip(row, place, NoOptions())
    assert np.array_equal(np.load(place.path(out.row.files["landmarks"])), points)


def test_a_face_that_is_seldom_seen_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FaceError, match="found in 50% of the frames, at least 90% are wanted"):
        tracked(place, monkeypatch, [True, False], TrackingOptions())


def test_a_real_face_is_tracked_though_it_fills_the_clip(
    tmp_path: Path, landmarker: Path, astronaut: np.ndarray
) -> None:
    face = astronaut[40:200, 150:310]
    track, width, height = track_cropped([face] * 3)
    assert (width, height, track.valid.all()) == (160, 160, True)
    low, high = track.landmarks[0, :, :2].min(axis=0), track.landmarks[0, :, :2].max(axis=0)
    assert (low > -20).all()
    assert (high < 180).all()
    save_track(tmp_path / "t.npz", track)


def reference_mel(samples: np.ndarray) -> np.ndarray:
    """(80, M): Wav2Lip's audio.py with librosa 0.7, written out again in double precision, loop by loop."""
    emphasised = np.append(samples[0], samples[1:] - 0.97 * samples[:-1]).astype(np.float64)
    padded = np.pad(emphasised, 400, mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(800) / 800)

    def hertz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    def mel(hz: float) -> float:
        return hz * 3 / 200 if hz < 1000 else 15 + 27 * np.log(hz / 1000) / np.log(6.4)

    edges = [hertz(m) for m in np.linspace(mel(55), mel(7600), 82)]
    bins = np.arange(401) * 16000 / 800
    bank = np.zeros((80, 401))
    for band in range(80):
        low, middle, high = edges[band : band + 3]
        for k, hz in enumerate(bins):
            bank[band, k] = max(0, min((hz - low) / (middle - low), (high - hz) / (high - middle))) * 2 / (high - low)
    out = []
    for start in range(0, len(padded) - 799, 200):
        spectrum = np.abs(np.fft.rfft(padded[start : start + 800] * window))
        decibels = 20 * np.log10(np.maximum(1e-5, bank @ spectrum)) - 20
        out.append(np.clip(8 * (decibels + 100) / 100 - 4, -4, 4))
    return np.array(out).T


def test_mel_windows_equal_the_published_formula() -> None:
    rng = np.random.default_rng(8)
    times = np.arange(21000) / 16000
    samples = (0.3 * np.sin(2 * np.pi * 220 * times * (1 + times)) + 0.02 * rng.standard_normal(21000)).astype(
        np.float32
    )
    windows = mel_windows(samples)
    assert windows.shape == (33, 1, 80, 16)
    assert windows.dtype == np.float32
    reference = reference_mel(samples)
    for frame in range(2, 28):
        begin = int(80 * ((frame - 2) / 25))
        assert np.abs(windows[frame, 0] - reference[:, begin : begin + 16]).max() < 1e-4
    # Beyond the ends of the sound its first and last columns are repeated.
    assert np.array_equal(windows[0, 0, :, 0], windows[0, 0, :, 6])
    assert np.array_equal(windows[-1, 0, :, -1], windows[-1, 0, :, -2])
    assert mel_windows(samples, 7).shape == (7, 1, 80, 16)


def test_windows_of_a_clip(place: Place) -> None:
    samples = 0.3 * np.sin(np.arange(16000) / 5).astype(np.float32)
    write_speech(place.folder / place.file("sounds", "c", ".wav"), Sound(samples, 16000))
    row = ClipRow("c", "s", "h", "p", frames=25, files={"sound": "sounds/c.wav"})
    out = mel_clip(row, place, NoOptions())
    assert np.load(place.path(out.row.files["mel"])).shape == (25, 1, 80, 16)
    with pytest.raises(AudioError, match="has no sound"):
        mel_clip(ClipRow("c", "s", "h", "p", frames=25), place, NoOptions())
    write_speech(place.path("sounds/c.wav"), Sound(np.zeros(16000, np.float32), 16000))
    with pytest.raises(AudioError, match="is silent"):
        mel_clip(row, place, NoOptions())
