"""Parts of a motion as rows and back."""

import numpy as np

from style2talker.records import ARKIT_NAMES
from style2talker.style_e.factors import (
    CHANNELS,
    FACTORS,
    MOUTH_CENTRE,
    MOUTH_SPREAD,
    PLAY,
    Factors,
    joined,
    parted,
    unmouthed,
)


def made(n=13):
    rng = np.random.default_rng(0)
    play = np.zeros((n, 52), np.float32)
    play[:, PLAY] = rng.normal(0, 0.1, (n, len(PLAY)))
    return Factors(
        rng.uniform(0, 1, (n, len(CHANNELS))).astype(np.float32), play, rng.normal(0, 0.05, (n, 6)).astype(np.float32)
    )


def test_there_and_back():
    parts = made()
    rows = joined(parts)
    assert rows.shape == (13, FACTORS) and rows.dtype == np.float32
    again = parted(rows)
    for name in ("lips", "play", "head"):
        np.testing.assert_allclose(getattr(again, name), getattr(parts, name), atol=1e-6)


def test_only_play_comes_back_where_a_face_plays():
    rows = np.ones((5, FACTORS), np.float32)
    play = parted(rows).play
    others = [i for i in range(52) if i not in PLAY]
    assert not play[:, others].any() and play[:, PLAY].all()
    assert not {"jawOpen", "eyeBlinkLeft", "eyeLookUpLeft", "tongueOut"} & {ARKIT_NAMES[i] for i in PLAY}


def test_channels_are_known_shapes():
    stems = {name.removesuffix("Left").removesuffix("Right") for name in ARKIT_NAMES}
    assert set(CHANNELS[:-1]) <= stems
    assert CHANNELS[-1] == "closure"


def test_a_denoiser_sees_no_mouth_in_the_noise():
    rows = np.random.default_rng(0).normal(0, 1, (2, 7, FACTORS)).astype(np.float32)
    before = rows.copy()
    shown = unmouthed(rows)
    assert not shown[..., : len(CHANNELS)].any()
    np.testing.assert_array_equal(shown[..., len(CHANNELS) :], rows[..., len(CHANNELS) :])
    np.testing.assert_array_equal(rows, before)


def test_a_mouth_is_read_off_its_rows():
    parts = made()
    rows = joined(parts)[:, : len(CHANNELS)]
    np.testing.assert_allclose(rows * MOUTH_SPREAD + MOUTH_CENTRE, parts.lips, atol=1e-6)
