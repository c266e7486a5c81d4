"""Films become scenes: on the clock, in step, with what was seen of the face and nothing that was not."""

import wave

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from made_scenes import made_film, made_utterance

from style2talker.corpus.track import save_track
from style2talker.face.tracking import Track
from style2talker.records import ARKIT_NAMES
from style2talker.style_e.factors import CHANNELS, FACTORS, parted
from style2talker.train import filmed
from style2talker.train.filmed import filmed_scene, filmed_scenes, person_folds

BROW, SMILE = ARKIT_NAMES.index("browDownLeft"), ARKIT_NAMES.index("mouthSmileLeft")


def made_track(n=180, fps=30.0, brow=0.0):
    """Six seconds of a face whose jaw drops and whose head turns."""
    points = np.tile(np.random.default_rng(0).normal(0, 40, (478, 3)).astype(np.float32), (n, 1, 1))
    points[:, 33], points[:, 263] = (0, 0, 0), (100, 0, 0)
    points[:, 13], points[:, 14] = (50, 80, 0), (50, 80, 0)
    points[:, 14, 1] += np.linspace(0, 20, n)
    shapes = np.zeros((n, 52), np.float32)
    shapes[:, ARKIT_NAMES.index("jawOpen")] = np.linspace(0, 0.8, n)
    shapes[:, BROW] = brow + 0.1 * np.sin(np.arange(n) / 10)
    rotation = np.zeros((n, 3), np.float32)
    rotation[:, 1] = np.linspace(-0.2, 0.2, n)
    return Track(points, shapes, rotation, np.ones(n, bool), fps)


def write_wav(path, samples):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(np.round(samples * 20000).astype(np.int16).tobytes())


def test_a_film_is_read_on_the_clock_of_the_models():
    scene = filmed_scene("x", "p", made_track(), made_utterance(3).samples, np.zeros(52, np.float32))
    parts = parted(scene.rows)
    assert scene.rows.shape == (150, FACTORS) and len(scene.windows) == 150
    assert scene.opening[-1] == pytest.approx(0.2, abs=0.01)
    assert parts.lips[-1, 0] == pytest.approx(0.8, abs=0.02)
    assert parts.head[:, 1].max() == pytest.approx(0.2, abs=0.02)
    assert (scene.visemes == -1).all()


def test_what_a_clip_shows_beyond_the_rest_is_its_feeling_and_the_rest_of_it_play():
    scene = filmed_scene("x", "p", made_track(brow=0.5), None, np.full(52, 0.1, np.float32))
    assert scene.feeling[0, BROW] == pytest.approx(0.4, abs=0.05)
    assert np.ptp(scene.feeling[:, BROW]) == 0
    assert parted(scene.rows).play[:, BROW].std() > 0.05
    assert scene.feeling[0, SMILE] == 0


def test_only_what_was_seen_is_known():
    heard = filmed_scene("x", "p", made_track(), made_utterance(3).samples, np.zeros(52, np.float32))
    silent = filmed_scene("x", "p", made_track(), None, np.zeros(52, np.float32))
    lips = slice(0, len(CHANNELS))
    assert heard.known[lips].tolist() == [1.0] * 13 + [0.0]
    assert not silent.known[lips].any() and not len(silent.columns)
    assert silent.known[-6:].all() and heard.known[-6:].all()
    assert 0 < silent.known[len(CHANNELS) : -6].sum() < FACTORS - len(CHANNELS) - 6


def test_clips_are_read_with_their_tracks(tmp_path):
    write_wav(tmp_path / "x.wav", made_utterance(3).samples)
    (tmp_path / "tracks").mkdir()
    save_track(tmp_path / "tracks" / "x.npz", made_track())
    (scene,) = filmed_scenes([tmp_path / "x.wav", tmp_path / "untracked.wav"], tmp_path / "tracks")
    assert (scene.name, scene.person, len(scene.rows)) == ("x.wav", "x", 150)


def test_a_face_that_is_often_away_is_left_out(tmp_path):
    write_wav(tmp_path / "x.wav", made_utterance(3).samples)
    track = made_track()
    away = Track(track.landmarks, track.blendshapes, track.rotation, np.arange(180) > 60, 30.0)
    (tmp_path / "tracks").mkdir()
    save_track(tmp_path / "tracks" / "x.npz", away)
    assert filmed_scenes([tmp_path / "x.wav"], tmp_path / "tracks") == []


def test_the_rest_of_a_person_is_their_neutral_clip(tmp_path):
    (tmp_path / "tracks").mkdir()
    for name, brow in (("M030_front_neutral_level1_001", 0.2), ("M030_front_angry_level3_001", 0.7)):
        write_wav(tmp_path / f"{name}.wav", made_utterance(3).samples)
        save_track(tmp_path / "tracks" / f"{name}.npz", made_track(brow=brow))
    angry, neutral = filmed_scenes([tmp_path], tmp_path / "tracks") or filmed_scenes(
        sorted(tmp_path.glob("*.wav")), tmp_path / "tracks"
    )
    assert angry.feeling[0, BROW] == pytest.approx(0.5, abs=0.02)
    assert neutral.feeling[0, BROW] == pytest.approx(0.0, abs=0.01)


def test_nobody_is_in_both_halves_of_a_fold():
    films = [made_film(80, person=name) for name in "aabbc"]
    folds = list(person_folds(films, 3))
    assert sum(len(test) for _, test in folds) == 5
    for train, test in folds:
        assert not {c.person for c in train} & {c.person for c in test}


def test_one_recording_under_two_names_is_one_person():
    """A longer cut of the same sound must not sit in the other half of a fold."""
    from dataclasses import replace

    whole = made_film(85, person="a")
    cut = replace(whole, name="cut", person="b", columns=whole.columns[80:380])
    other = made_film(86, person="c")
    assert [film.person for film in filmed._one_person_a_recording([whole, other, cut])] == ["a", "c", "a"]
