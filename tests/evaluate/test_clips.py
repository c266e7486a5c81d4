"""Offsets between sound and picture, known and found; clips read from files."""

import wave

import numpy as np
import pytest
from made_people import FPS, JAW, filmed, speaking, voiced, wandering

from style2talker.corpus.track import save_track
from style2talker.evaluate.clips import Offset, RealClip, aligned, av_offset, read_clips
from style2talker.evaluate.openings import opening_of_motion
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track

CURVES = {f"p{i}": wandering(i, 150) for i in range(4)}


def known(speech):
    """A prediction that knows which made voice it hears."""
    name = next(n for n, c in CURVES.items() if np.array_equal(voiced(c).samples, speech.samples))
    return speaking(CURVES[name])


@pytest.mark.parametrize("lag", [-8, -2, 0, 1, 9])
def test_the_offset_of_a_clip_is_found_to_the_frame(lag):
    curve = CURVES["p0"]
    found = av_offset(curve, np.roll(curve, lag))
    assert (found.lag, found.sure) == (lag, True)
    assert found.r > 0.99 and found.contrast > 0.5


def test_noise_in_the_track_does_not_move_the_offset():
    hits = 0
    for seed in range(20):
        curve = wandering(seed, 100)
        hits += av_offset(curve, np.roll(curve, 4) + np.random.default_rng(seed).normal(0, 0.15, 100)).lag == 4
    assert hits == 20


def test_foreign_sound_is_hardly_ever_believed():
    found = [av_offset(wandering(seed, 500), wandering(seed + 1000, 500)) for seed in range(60)]
    assert sum(f.sure for f in found) <= 3
    assert max(f.r for f in found) < 0.5
    assert not Offset(0, float("nan"), float("nan")).sure
    assert not av_offset(np.ones(50), np.ones(50)).sure


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_a_moved_clip_shows_what_its_sound_says(lag):
    clip = filmed("p0", CURVES["p0"], late=lag).moved(lag)
    n = len(clip.opening)
    assert n == 150 - abs(lag)
    assert clip.motion.n_frames == n
    heard = clip.heard(opening_of_motion(known(clip.speech)))
    assert np.corrcoef(heard[:n], clip.opening[: len(heard)])[0, 1] > 0.999
    assert len(clip.moved(400).opening) == 0


def test_clips_are_aligned_and_foreign_sound_and_hidden_faces_left_out():
    hidden = filmed("p3", CURVES["p3"])
    hidden.opening[:30] = np.nan
    clips = [
        filmed("p0", CURVES["p0"], late=5),
        filmed("p1", CURVES["p1"], late=-2),
        filmed("p2", wandering(77, 150), heard=CURVES["p2"]),
        hidden,
    ]
    kept, offsets = aligned(clips, known)
    assert [clip.name for clip in kept] == ["p0", "p1"]
    assert (offsets["p0"].lag, offsets["p1"].lag) == (5, -2)
    assert not offsets["p2"].sure and offsets["p3"].sure
    assert [clip.first for clip in kept] == [0, 2]


def _write_clip(folder, name, speech, n_frames=75, fps=30.0):
    """A sound under the name of a video, and the track of a jaw that opens evenly."""
    with wave.open(str(folder / f"{name}.wav"), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes((speech.samples * 32767).astype("<i2").tobytes())
    rig, jaw = load_rig(), np.linspace(0, 0.5, n_frames, dtype=np.float32)
    shapes = np.zeros((n_frames, 52), np.float32)
    shapes[:, JAW] = jaw
    faces = (rig.reference + jaw[:, None, None] * rig.basis[JAW]) * 100
    track = Track(faces, shapes, np.zeros((n_frames, 3), np.float32), np.ones(n_frames, bool), fps)
    save_track(folder / f"{name}.npz", track)
    return folder / f"{name}.wav"


def test_clips_are_read_with_their_tracks_on_the_clock_of_the_speech(tmp_path):
    one, two = voiced(CURVES["p0"]), voiced(CURVES["p1"])
    paths = [
        _write_clip(tmp_path, "M003_front_happy_001", one),
        _write_clip(tmp_path, "RD_Radio1#2", two),
        _write_clip(tmp_path, "again", two),
        tmp_path / "silent.mp4",
        tmp_path / "untracked.mp4",
    ]
    (tmp_path / "silent.mp4").write_bytes(b"no sound in here")
    (tmp_path / "silent.npz").write_bytes((tmp_path / "again.npz").read_bytes())
    (tmp_path / "untracked.mp4").write_bytes(b"")
    clips = {clip.name: clip for clip in read_clips(paths, tmp_path)}
    assert sorted(clips) == ["M003_front_happy_001.wav", "RD_Radio1#2.wav", "again.wav"]
    # The same sound under two names is one person.
    assert clips["M003_front_happy_001.wav"].person == "M003"
    assert clips["again.wav"].person == clips["RD_Radio1#2.wav"].person
    clip = clips["again.wav"]
    assert isinstance(clip, RealClip)
    assert (clip.motion.fps, clip.motion.n_frames, len(clip.opening)) == (FPS, 62, 62)
    assert clip.motion.blendshapes[30, JAW] == pytest.approx(0.5 * 36 / 74, abs=1e-3)
    assert (np.diff(clip.opening[10:]) > 0).all()
