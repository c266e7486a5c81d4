"""Sampling in windows: the schedule against plain arithmetic, the sampler on denoisers whose outcome is known."""

import numpy as np
import pytest

from style2talker.errors import UsageError
from style2talker.style_e.windowed import (
    SAMPLERS,
    SPACINGS,
    SamplingPlan,
    Schedule,
    conditioned,
    cosine_schedule,
    respaced,
    sampled_window,
    sampled_windows,
    window_frames,
)

LENGTHS = (1, 20, 21, 31, 32, 33, 64, 8193)


def test_the_schedule_is_the_published_one():
    betas = []
    for i in range(1000):
        now, after = (np.cos((j / 1000 + 0.008) / 1.008 * np.pi / 2) ** 2 for j in (i, i + 1))
        betas.append(min(1 - after / now, 0.999))
    schedule = cosine_schedule(1000)
    np.testing.assert_allclose(schedule.kept, np.cumprod(1 - np.array(betas)), rtol=1e-9)
    assert schedule.before[0] == 1.0
    np.testing.assert_array_equal(schedule.before[1:], schedule.kept[:-1])


def test_five_of_a_thousand_steps():
    few = respaced(cosine_schedule(1000), 5)
    assert few.steps.tolist() == [0, 200, 400, 600, 800]
    np.testing.assert_array_equal(few.kept, cosine_schedule(1000).kept[[0, 200, 400, 600, 800]])
    assert respaced(cosine_schedule(1000), 3).steps.tolist() == [0, 333, 666]
    assert respaced(cosine_schedule(1000), 5, "trailing").steps.tolist() == [199, 399, 599, 799, 999]
    assert respaced(cosine_schedule(1000), 1, "trailing").steps.tolist() == [999]
    for spacing in SPACINGS:
        assert respaced(cosine_schedule(50), 50, spacing).steps.tolist() == list(range(50))
    assert respaced(cosine_schedule(50), 50).steps.tolist() == list(range(50))


def test_the_posterior_is_that_of_two_gaussians():
    """q(x before | x, clean) by the product of its two factors, worked out without the formula of the paper."""
    schedule = respaced(cosine_schedule(1000), 5)
    of_clean, of_noisy, variance = schedule.posterior()
    assert (of_clean[0], of_noisy[0], variance[0]) == pytest.approx((1.0, 0.0, 0.0))
    for k in range(1, 5):
        step = schedule.kept[k] / schedule.kept[k - 1]
        precision = 1 / (1 - schedule.kept[k - 1]) + step / (1 - step)
        assert variance[k] == pytest.approx(1 / precision)
        assert of_clean[k] == pytest.approx(schedule.kept[k - 1] ** 0.5 / (1 - schedule.kept[k - 1]) / precision)
        assert of_noisy[k] == pytest.approx(step**0.5 / (1 - step) / precision)


def knowing(target):
    """A denoiser that knows the clean signal (T, C)."""
    return lambda noisy, step, frames: target[frames]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("overlap", [0, 16])
@pytest.mark.parametrize("n_frames", LENGTHS)
def test_every_length_comes_out_whole(n_frames, overlap, sampler):
    target = np.random.default_rng(0).standard_normal((n_frames, 3)).astype(np.float32)
    plan = SamplingPlan(overlap=overlap, sampler=sampler)
    out = sampled_windows(knowing(target), n_frames, 3, plan, np.random.default_rng(1))
    np.testing.assert_allclose(out, target, atol=1e-6)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_keep_the_spread_of_what_they_were_taught(sampler):
    """The best denoiser of a Gaussian is linear; sampling with it in all steps gives that Gaussian back."""
    schedule = cosine_schedule(1000)

    def denoise(noisy, step, frames):
        kept, spread = schedule.kept[step], 0.5**2
        return 2.0 + kept**0.5 * spread / (kept * spread + 1 - kept) * (noisy - kept**0.5 * 2.0)

    plan = SamplingPlan(window=4000, steps=1000, sampler=sampler)
    out = sampled_window(denoise, window_frames(4000, 4000), 2, plan, np.random.default_rng(0))
    assert out.mean() == pytest.approx(2.0, abs=0.02) and out.std() == pytest.approx(0.5, abs=0.02)


def test_steps_go_down_and_the_same_seed_gives_the_same_bytes():
    asked = []

    def denoise(noisy, step, frames):
        asked.append(step)
        return noisy / 2

    runs = [sampled_windows(denoise, 40, 2, SamplingPlan(), np.random.default_rng(seed)) for seed in (3, 3, 4)]
    assert asked[:5] == [800, 600, 400, 200, 0]
    assert runs[0].tobytes() == runs[1].tobytes() != runs[2].tobytes()


def test_windows_lie_as_published():
    assert window_frames(64, 32).tolist() == [list(range(32)), list(range(32, 64))]
    assert window_frames(33, 32).tolist() == [list(range(32)), list(range(1, 33))]
    assert window_frames(3, 5).tolist() == [[0, 0, 0, 1, 2]]
    assert window_frames(9, 4, 2).tolist() == [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7], [5, 6, 7, 8]]
    for n_frames in LENGTHS:
        assert set(window_frames(n_frames, 32, 16).ravel()) == set(range(n_frames))


def test_the_last_window_gives_only_what_is_new():
    seen = sampled_windows(
        lambda noisy, step, frames: np.full_like(noisy, frames[:, :1, None]),
        40,
        1,
        SamplingPlan(),
        np.random.default_rng(0),
    )
    assert seen[:32, 0].tolist() == [0.0] * 32 and seen[32:, 0].tolist() == [8.0] * 8


def test_overlapping_windows_go_on_from_what_is_done():
    """A denoiser that holds the level of its first frame: overlapping windows agree, others do not."""

    def holding(noisy, step, frames):
        return np.repeat(noisy[:, :1], noisy.shape[1], axis=1)

    side_by_side, overlapping = (
        sampled_windows(holding, 160, 1, SamplingPlan(overlap=k, sampler="ddim"), np.random.default_rng(0))
        for k in (0, 16)
    )
    jumps = [float(np.abs(np.diff(curve[:, 0])).max()) for curve in (side_by_side, overlapping)]
    assert jumps[1] < 0.6 * jumps[0]


def test_done_frames_are_held_exactly():
    done = np.full((1, 3, 1), 7.0, np.float32)
    out = sampled_window(
        lambda noisy, step, frames: noisy,
        window_frames(8, 8),
        1,
        SamplingPlan(window=8),
        np.random.default_rng(0),
        done,
    )
    np.testing.assert_allclose(out[0, :3], 7.0, atol=1e-6)


def graph(noisy, steps, sparse, text, given):
    """Adds up what it is told; counts what it is asked in a batch."""
    told = sparse * given[:, None, :1] + text[..., :1] * given[:, None, 1:]
    return {"clean": told.astype(np.float32)}


def test_a_condition_reaches_the_frames_it_belongs_to():
    sparse = np.arange(40, dtype=np.float32)[:, None]
    text = np.where(np.arange(40) < 20, 100.0, 200.0)[:, None].astype(np.float32)
    denoise = conditioned(graph, sparse, text, SamplingPlan())
    out = sampled_windows(denoise, 40, 1, SamplingPlan(), np.random.default_rng(0))
    np.testing.assert_allclose(out, sparse + text, atol=1e-3)
    always = conditioned(graph, sparse, text[:1], SamplingPlan())
    np.testing.assert_allclose(
        sampled_windows(always, 40, 1, SamplingPlan(), np.random.default_rng(0)), sparse + 100, atol=1e-3
    )


def test_guidance_pulls_towards_voice_and_sentence():
    plan = SamplingPlan(speech_guidance=2.0, text_guidance=3.0)
    assert plan.guides and not SamplingPlan().guides
    denoise = conditioned(graph, np.ones((32, 1), np.float32), np.full((1, 4), 10, np.float32), plan)
    out = sampled_windows(denoise, 32, 1, plan, np.random.default_rng(0))
    np.testing.assert_allclose(out, 2.0 * 1 + 3.0 * 10, atol=1e-4)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"window": 0}, "window is 0"),
        ({"overlap": 32}, "overlap is 32 frames, expected 0 to 31"),
        ({"sampler": "euler"}, "expected ancestral or ddim"),
        ({"spacing": "even"}, "expected leading or trailing"),
        ({"steps": 0}, "steps is 0"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong, told):
    with pytest.raises(UsageError, match=told):
        SamplingPlan(**wrong)


def test_a_schedule_can_be_made_by_hand():
    schedule = Schedule(np.array([0, 1]), np.array([0.9, 0.5]))
    assert schedule.before.tolist() == [1.0, 0.9]
