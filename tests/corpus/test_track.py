"""Tracking folders of clips: each once, whole, and with a reason where one is left out."""

import numpy as np
import pytest

from style2talker.corpus import track as module
from style2talker.corpus.track import VIDEO_SUFFIXES, list_clips, load_track, main, save_track, track_clips
from style2talker.errors import FaceError
from style2talker.face.tracking import Track


def made_track(n=5):
    rng = np.random.default_rng(0)
    valid = np.array([True, False, True, True, True])[:n]
    return Track(
        rng.normal(100, 9, (n, 478, 3)).astype(np.float32),
        rng.uniform(0, 1, (n, 52)).astype(np.float32),
        rng.normal(0, 0.1, (n, 3)).astype(np.float32),
        valid,
        25.0,
    )


@pytest.fixture
def clips(tmp_path, monkeypatch):
    """Two clips that are tracked by a stand-in, and one that shows no face."""
    calls = []
    for name in ("a.mp4", "b.mov", "bad.mp4", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")

    def track_frames(frames, fps):
        if frames.name == "bad.mp4":
            raise FaceError("no face found in any of 5 frames")
        calls.append(frames.name)
        return made_track()

    class Info:
        fps = 25.0

    monkeypatch.setattr(module, "read_frames", lambda path, fps=None: path)
    monkeypatch.setattr(module, "probe_video", lambda path: Info)
    monkeypatch.setattr(module, "track_frames", track_frames)
    return tmp_path, calls


def test_a_track_survives_its_file(tmp_path):
    track = made_track()
    save_track(tmp_path / "t.npz", track)
    found = load_track(tmp_path / "t.npz")
    assert np.array_equal(found.landmarks, track.landmarks)
    assert np.allclose(found.blendshapes, track.blendshapes, atol=1e-3)
    assert np.array_equal(found.valid, track.valid)
    assert found.fps == 25.0


def test_clips_are_listed_by_suffix(clips):
    folder, _ = clips
    assert ".mp4" in VIDEO_SUFFIXES
    assert [p.name for p in list_clips([folder, folder / "a.mp4"])] == ["a.mp4", "b.mov", "bad.mp4"]


def test_what_is_done_is_not_done_again_and_what_fails_is_reported(clips, tmp_path):
    folder, calls = clips
    told = []
    done = track_clips(list_clips([folder]), tmp_path / "out", told.append)
    assert [p.name for p in done] == ["a.npz", "b.npz"]
    assert any("bad.mp4: left out, no face" in line for line in told)
    assert calls == ["a.mp4", "b.mov"]
    track_clips(list_clips([folder]), tmp_path / "out")
    assert calls == ["a.mp4", "b.mov"]
    main([str(folder), "--out", str(tmp_path / "out")])
    assert calls == ["a.mp4", "b.mov"]
