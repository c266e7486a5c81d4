"""Schedule, sampler and guidance over known denoisers."""

import numpy as np
import pytest

from style2talker.style_e.diffusion import guided, levels, sampled, signal_and_noise

NOISE = np.random.default_rng(0).standard_normal((500, 3)).astype(np.float32)


def noise_in_order():
    at = 0

    def noise(n):
        nonlocal at
        at += n
        return NOISE[at - n : at]

    return noise


def blurring(rows, level, begin):
    """A denoiser that looks two frames to each side, with zeros beyond the ends, and knows where it is."""
    padded = np.pad(rows, ((2, 2), (0, 0)))
    around = sum(padded[i : i + len(rows)] for i in range(5))
    place = np.sin((begin + np.arange(len(rows))) / 9)[:, None]
    return np.tanh(0.3 * around * (1 + level) + place).astype(np.float32)


def test_signal_and_noise_share_unit_power():
    for level in np.linspace(0, 1, 11):
        signal, noise = signal_and_noise(float(level))
        assert signal**2 + noise**2 == pytest.approx(1.0)
    assert signal_and_noise(0.0) == (1.0, 0.0)
    assert signal_and_noise(1.0)[0] == pytest.approx(0.0, abs=1e-9)
    assert signal_and_noise(0.5)[0] ** 2 == pytest.approx(0.4938, abs=1e-3)


def test_levels_go_from_noise_to_clean():
    path = levels(6)
    assert len(path) == 7 and path[-1] == 0.0 and path[0] > 0.99
    assert (np.diff(path) < 0).all()


@pytest.mark.parametrize("chunk", [2, 7, 31, 100, 316])
@pytest.mark.parametrize("n_frames", [1, 5, 317])
def test_pieces_give_what_the_whole_gives(chunk, n_frames):
    """No seam to hide: the outcome does not depend on where it was cut."""
    whole = np.concatenate(list(sampled(blurring, noise_in_order(), n_frames, 6, 2, 1000)))
    pieces = list(sampled(blurring, noise_in_order(), n_frames, 6, 2, chunk))
    assert whole.shape == (n_frames, 3)
    assert [len(p) for p in pieces[:-1]] == [chunk] * (len(pieces) - 1)
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_a_chunk_waits_for_no_more_than_a_chunk_for_each_step():
    """Streaming: by the time the first chunk is ready, noise was drawn for `steps` + 1 chunks of a hundred."""
    drawn = []

    def noise(n):
        drawn.append(n)
        return np.zeros((n, 3), np.float32)

    next(sampled(blurring, noise, 1000, 4, 2, 10))
    assert sum(drawn) == 50


def test_a_perfect_denoiser_is_believed():
    truth = np.cos(np.arange(60) / 5)[:, None] * np.ones((1, 3), np.float32)

    def knowing(rows, level, begin):
        return truth[begin : begin + len(rows)].astype(np.float32)

    out = np.concatenate(list(sampled(knowing, noise_in_order(), 60, 5, 0, 25)))
    np.testing.assert_allclose(out, truth, atol=1e-5)


def test_an_ideal_denoiser_of_gaussian_motion_keeps_its_spread():
    """For unit Gaussian motion the best guess is known; twenty steps must nearly give it back, a hundred do."""

    def ideal(rows, level, begin):
        return (signal_and_noise(level)[0] * rows).astype(np.float32)

    few, many = (np.concatenate(list(sampled(ideal, noise_in_order(), 500, n, 0, 50))).std() for n in (20, 100))
    assert 0.9 * NOISE.std() < few < NOISE.std()
    assert many == pytest.approx(NOISE.std(), rel=0.03)


def test_too_small_a_chunk_is_refused():
    with pytest.raises(ValueError, match="at least the 5"):
        next(sampled(blurring, noise_in_order(), 20, 3, 5, 4))


def test_guidance_of_one_is_the_plain_prediction_and_more_goes_farther():
    alone, heard, both = (np.full((4, 3), v, np.float32) for v in (0.0, 1.0, 3.0))
    np.testing.assert_allclose(guided(alone, heard, both, 1.0, 1.0), both)
    np.testing.assert_allclose(guided(alone, heard, both, 2.0, 1.0), both + 1)
    np.testing.assert_allclose(guided(alone, heard, both, 1.0, 2.0), both + 2)
