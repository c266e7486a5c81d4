"""The exported Style-E: what it is told, what comes of it, and what stays of the motion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from style2talker.errors import AssetError
from style2talker.face.bfm import to_blendshapes
from style2talker.records import ARKIT_NAMES, Emotion, Motion, Speech
from style2talker.runtime.network import Network
from style2talker.style_e import neural
from style2talker.style_e.neural import NeuralExpression, TextEmbedder
from tiny_networks import FirstLetters, loudness, write_style_e

LIDS = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
GAZE = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith("eyeLook")]
JAW = ARKIT_NAMES.index("jawOpen")
REST = np.full(52, 0.1, np.float32)


def speech_of(n_frames: int, seed: int = 0) -> Speech:
    rng = np.random.default_rng(seed)
    mel = rng.uniform(-1, 1, (n_frames * 80 // 25 + 1, 80)).astype(np.float32)
    return Speech(np.zeros(n_frames * 640, np.float32), mel, np.ones(n_frames, np.float32), 25.0)


def motion_of(n_frames: int) -> Motion:
    rng = np.random.default_rng(1)
    shapes = np.zeros((n_frames, 52), np.float32)
    shapes[:, GAZE] = 0.3
    shapes[n_frames // 2 :, LIDS] = 0.8
    pose = rng.normal(0, 0.1, (2, n_frames, 3)).astype(np.float32)
    return Motion(shapes, pose[0], pose[1], fps=25.0)


def feeling(*texts: str, strength: float = 1.0) -> Emotion:
    count = len(texts)
    times = np.arange(count, dtype=np.float32)
    return Emotion(texts, times, np.zeros((count, 384), np.float32), np.zeros((count, 52), np.float32), strength)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network(write_style_e(tmp_path_factory.mktemp("e") / "e.onnx"), "style-e")


def made(network: Network, emotion: Emotion, n_frames: int = 40, seed: int = 3) -> Motion:
    encoder: TextEmbedder = FirstLetters()
    express = NeuralExpression(network, lambda: encoder)
    return express(motion_of(n_frames), speech_of(n_frames), emotion, REST, seed)


def test_the_voice_the_lids_and_the_text_reach_the_face(network: Network) -> None:
    speech, moved = speech_of(40), made(network, feeling("m"))
    # Rows are loudness / 10 + lids / 5 + 0.3 x place of the letter, coefficients 0.25 + rows / 2.
    rows = loudness(speech.mel, 40) + 0.2 * motion_of(40).blendshapes[:, LIDS[0]] + 0.3 * 13 / 26
    assert np.allclose(moved.blendshapes[:, JAW], 0.25 + 0.5 * rows, atol=0.02)


def test_eyelids_gaze_and_head_stay(network: Network) -> None:
    before, moved = motion_of(40), made(network, feeling("m"))
    assert np.array_equal(moved.blendshapes[:, LIDS + GAZE], before.blendshapes[:, LIDS + GAZE])
    assert np.array_equal(moved.rotation, before.rotation)
    assert np.array_equal(moved.translation, before.translation)


@pytest.mark.parametrize("n_frames", [1, 20, 21, 31, 32, 33, 64, 300])
def test_a_clip_of_any_length_comes_back_whole(network: Network, n_frames: int) -> None:
    assert made(network, feeling("m"), n_frames).n_frames == n_frames


def test_same_seed_same_motion_other_text_other_face(network: Network) -> None:
    one, same, other = (made(network, feeling(text)).blendshapes for text in ("happy", "happy", "sad"))
    assert np.array_equal(one, same)
    assert np.abs(one - other)[:, JAW].min() > 0.01
    assert not np.array_equal(one, made(network, feeling("happy"), seed=4).blendshapes)


def test_a_timeline_changes_the_face_in_time(network: Network) -> None:
    jaw = made(network, feeling("a", "z"), 50).blendshapes[:, JAW]
    alone = [made(network, feeling(text), 50).blendshapes[:, JAW] for text in "az"]
    assert np.allclose(jaw[:15], alone[0][:15])
    assert np.allclose(jaw[35:], alone[1][35:])


def test_strength_goes_from_neutral_towards_the_text_and_beyond(network: Network) -> None:
    jaw = {s: made(network, feeling("z", strength=s)).blendshapes[:, JAW] for s in (0.0, 0.5, 1.0, 1.5)}
    assert np.allclose(jaw[0.0], made(network, feeling("neutral")).blendshapes[:, JAW], atol=1e-6)
    step = jaw[1.0] - jaw[0.0]
    assert step.min() > 0.01
    assert np.allclose(jaw[0.5] - jaw[0.0], 0.5 * step, atol=1e-5)
    assert np.allclose(jaw[1.5] - jaw[0.0], 1.5 * step, atol=1e-5)


def test_a_network_of_deep3d_coefficients_moves_the_rig(tmp_path: Path) -> None:
    moved = made(Network(write_style_e(tmp_path / "b.onnx", space="bfm"), "style-e"), feeling("a"))
    rows = loudness(speech_of(40).mel, 40) + 0.2 * motion_of(40).blendshapes[:, LIDS[0]] + 0.3 / 26
    expected = to_blendshapes(np.repeat((0.25 + 0.5 * rows)[:, None], 64, axis=1).astype(np.float32))
    assert np.allclose(moved.blendshapes[:, JAW], expected[:, JAW], atol=0.02)


def test_sound_is_levelled_where_the_network_learned_so(tmp_path: Path) -> None:
    network = Network(write_style_e(tmp_path / "e.onnx", level_sound=True), "style-e")
    speech = speech_of(40)
    louder = replace(speech, mel=speech.mel + np.float32(0.7))
    express = NeuralExpression(network, FirstLetters)
    one, other = (express(motion_of(40), each, feeling("m"), REST, 0).blendshapes for each in (speech, louder))
    assert np.allclose(one, other, atol=1e-5)


def test_sampling_follows_the_settings_of_the_network(tmp_path: Path) -> None:
    plain = made(Network(write_style_e(tmp_path / "a.onnx"), "style-e"), feeling("m"), 70)
    lapped = made(Network(write_style_e(tmp_path / "b.onnx", overlap=8, sampler="ddim"), "style-e"), feeling("m"), 70)
    assert lapped.n_frames == plain.n_frames
    assert not np.array_equal(plain.blendshapes, lapped.blendshapes)


def test_what_a_network_cannot_be_told_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Network(write_style_e(tmp_path / "c.onnx", text=512), "style-e")
    monkeypatch.setattr(neural, "TextEncoder", FirstLetters)
    with pytest.raises(AssetError, match="reads text embeddings of 512 numbers, the text encoder makes 384"):
        NeuralExpression(wide)(motion_of(9), speech_of(9), feeling("m"), REST, 0)
    odd = Network(write_style_e(tmp_path / "d.onnx"), "style-e")
    odd.card = replace(odd.card, space="bfm")
    with pytest.raises(AssetError, match="52 coefficients in the space 'bfm' is unknown"):
        NeuralExpression(odd)
