"""What the model is told of a voice."""

import numpy as np
from made_speech import made_speech

from style2talker.style_e.condition import normalised, voice_rows
from style2talker.style_e.prosody import prosody


def test_normalising_takes_out_the_colour_of_a_recording():
    rng = np.random.default_rng(0)
    mel = rng.normal(0, 1, (200, 80)).astype(np.float32)
    tilt = np.linspace(-1, 1, 80, dtype=np.float32)
    assert np.allclose(normalised(mel + tilt + 0.7), normalised(mel), atol=0.05)


def test_pauses_do_not_change_what_is_normal():
    rng = np.random.default_rng(1)
    words = rng.normal(0, 0.3, (160, 80)).astype(np.float32)
    pause = np.full((1600, 80), -3.9, np.float32)
    assert np.allclose(normalised(np.concatenate([words, pause]))[:160], normalised(words), atol=0.1)


def test_melody_is_loudness_speaking_and_stress():
    speech = made_speech()
    voice = prosody(speech)
    rows = voice_rows(voice, speech.fps)
    assert rows.shape == (speech.n_frames, 3) and rows.dtype == np.float32
    np.testing.assert_array_equal(rows[:, 0], voice.loudness)
    np.testing.assert_array_equal(rows[:, 1], voice.speaking)
    strong = voice.accents > 0.5
    assert rows[strong, 2].min() > 0.4
    assert rows[voice.speaking < 0.01, 2].max() < 0.05
