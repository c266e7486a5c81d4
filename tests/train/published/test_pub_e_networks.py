"""The published networks of Style-E: their size by independent arithmetic, their shapes, their fixed statistics."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.errors import UsageError  # noqa: E402
from style2talker.style_e.windowed import cosine_schedule  # noqa: E402
from style2talker.train.published.fixed_norm import FixedBatchNorm  # noqa: E402
from style2talker.train.published.style_e.audio import (  # noqa: E402
    LAYERS,
    AudioEncoder,
    calibrated,
)
from style2talker.train.published.style_e.denoiser import Denoiser, time_table  # noqa: E402
from style2talker.train.published.style_e.diffusion import noised  # noqa: E402
from style2talker.train.published.style_e.settings import StyleESettings  # noqa: E402

PAPER = StyleESettings.paper()
TINY = StyleESettings(space="rig", text_width=6, latent=16, blocks=2, window=4, audio_channels=2)


def weights(module):
    return sum(weight.numel() for weight in module.parameters())


def linear(inside, outside):
    return inside * outside + outside


def test_the_denoiser_has_the_published_number_of_weights_block_by_block():
    denoiser = Denoiser(PAPER)
    assert weights(denoiser.noisy) == weights(denoiser.sparse) == linear(64, 512) == 33_280
    assert weights(denoiser.first) == linear(512 + 512 + 512, 512) == 786_944
    assert weights(denoiser.last) == linear(512, 64) == 32_832
    block = 2 * linear(512, 512) + 2 * (512 + 512) + linear(32, 32)
    assert [weights(b) for b in denoiser.blocks] == [block] * 8 == [528_416] * 8
    assert weights(denoiser) == 5_113_664


def test_the_audio_encoder_has_the_published_number_of_weights_layer_by_layer():
    encoder = AudioEncoder(PAPER)
    channels = [1, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 256, 512, 512]
    kernels = [3] * 12 + [1]
    for layer, inside, outside, kernel in zip(encoder.layers, channels, channels[1:], kernels, strict=False):
        assert weights(layer.conv) == kernel * kernel * inside * outside + outside
        assert weights(layer.norm) == 2 * outside
    assert weights(encoder.out) == linear(512 + 64 + 1, 64)
    assert weights(encoder) == 2_812_672 + linear(577, 64)


def test_windows_shrink_as_published():
    x, seen = torch.zeros(1, 1, 80, 16), []
    for layer in AudioEncoder(PAPER).layers:
        x = layer(x)
        seen.append((tuple(x.shape[2:]), layer.residual, tuple(layer.conv.stride)))
    sizes = [size for size, _, _ in seen]
    assert sizes == [(80, 16)] * 3 + [(27, 16)] * 3 + [(9, 6)] * 3 + [(3, 3)] * 2 + [(1, 1)] * 2
    assert [residual for _, residual, _ in seen] == [row[-1] for row in LAYERS]
    assert sum(residual for _, residual, _ in seen) == 7
    assert [stride for _, _, stride in seen if stride != (1, 1)] == [(3, 1), (3, 3), (3, 2)]


def test_paper_shapes():
    encoder, denoiser = AudioEncoder(PAPER), Denoiser(PAPER)
    sparse = encoder(torch.zeros(2, 32, 80, 16), torch.zeros(2, 32, 64), torch.zeros(2, 32, 1))
    assert sparse.shape == (2, 32, 64)
    text = torch.zeros(2, 32, 512)
    clean = denoiser(torch.zeros(2, 32, 64), torch.tensor([0, 999]), sparse, text, torch.ones(2, 2))
    assert clean.shape == (2, 32, 64)
    with pytest.raises(RuntimeError):
        denoiser(torch.zeros(2, 31, 64), torch.tensor([0, 999]), sparse[:, 1:], text[:, 1:], torch.ones(2, 2))


def test_a_face_of_the_rig_has_52_numbers():
    assert TINY.expression == 52 and PAPER.expression == 64
    with pytest.raises(UsageError, match="set space to rig or bfm"):
        _ = StyleESettings().expression


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"space": "flame"}, "space is 'flame'"),
        ({"drop_text": 1.5}, "drop_text is 1.5"),
        ({"blocks": 0}, "blocks is 0"),
        ({"sampler": "euler"}, "sampler is 'euler'"),
        ({"spacing": "even"}, "spacing is 'even'"),
        ({"overlap": 32}, "overlap is 32"),
        ({"text_guidance": 2.0}, "guidance needs"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong, told):
    with pytest.raises(UsageError, match=told):
        StyleESettings(**wrong)


def test_frames_are_heard_alone_and_batches_change_nothing():
    torch.manual_seed(0)
    encoder = AudioEncoder(TINY).train()
    calibrated(
        encoder, [{"mel": torch.randn(2, 9, 80, 16), "reference": torch.randn(2, 9, 52), "blink": torch.zeros(2, 9, 1)}]
    )
    mel, reference, blink = torch.randn(2, 5, 80, 16), torch.randn(2, 5, 52), torch.rand(2, 5, 1)
    whole = encoder(mel, reference, blink)
    one = encoder(mel[:1, 3:4], reference[:1, 3:4], blink[:1, 3:4])
    torch.testing.assert_close(whole[:1, 3:4], one, atol=1e-5, rtol=1e-4)
    assert (encoder(mel, reference, 1 - blink) != whole).any() and (encoder(mel, -reference, blink) != whole).any()


def test_calibration_fixes_the_statistics_of_every_norm():
    torch.manual_seed(0)
    encoder = AudioEncoder(TINY)
    mel = torch.randn(3, 8, 80, 16) * 2 + 1
    batches = [{"mel": part[None], "reference": torch.zeros(1, 8, 52), "blink": torch.zeros(1, 8, 1)} for part in mel]
    calibrated(encoder, batches)
    convolved = encoder.layers[0].conv(mel.flatten(0, 1)[:, None])
    torch.testing.assert_close(encoder.layers[0].norm.running_mean, convolved.mean((0, 2, 3)), atol=1e-4, rtol=1e-4)
    before = encoder.layers[5].norm.running_var.clone()
    assert (before != 1).all()
    encoder.train()(**batches[0])
    assert not encoder.layers[5].norm.training and isinstance(encoder.layers[5].norm, FixedBatchNorm)
    assert torch.equal(encoder.layers[5].norm.running_var, before)


def test_time_is_told_by_fixed_sines():
    table = time_table(8, 100)
    assert table.shape == (100, 8)
    assert table[7, 0] == pytest.approx(np.sin(7.0), abs=1e-5)
    assert table[7, 3] == pytest.approx(np.cos(7 / 10000 ** (2 / 8)), abs=1e-5)
    denoiser = Denoiser(TINY)
    told = (torch.zeros(1, 4, 52), torch.zeros(1, 4, 6), torch.ones(1, 2))
    early, late = (denoiser(torch.ones(1, 4, 52), torch.tensor([t]), *told) for t in (0, 800))
    assert (early != late).any() and not list(denoiser.state_dict().keys() & {"times"})


def test_what_is_not_given_is_not_seen():
    torch.manual_seed(0)
    denoiser = Denoiser(TINY)
    noisy, steps = torch.randn(1, 4, 52), torch.tensor([400.0])
    sparse, text = torch.randn(2, 1, 4, 52), torch.randn(2, 1, 4, 6)

    def clean(i, j, given):
        return denoiser(noisy, steps, sparse[i], text[j], torch.tensor([given]))

    assert torch.equal(clean(0, 0, [0.0, 1.0]), clean(1, 0, [0.0, 1.0]))
    assert torch.equal(clean(0, 0, [1.0, 0.0]), clean(0, 1, [1.0, 0.0]))
    assert not torch.equal(clean(0, 0, [1.0, 1.0]), clean(1, 0, [1.0, 1.0]))
    assert not torch.equal(clean(0, 0, [1.0, 1.0]), clean(0, 1, [1.0, 1.0]))


def test_noise_takes_over_step_by_step():
    clean, noise = torch.full((3, 2, 1), 2.0), torch.full((3, 2, 1), -1.0)
    schedule = cosine_schedule(1000)
    out = noised(clean, noise, torch.tensor([0, 500, 999]), schedule)
    for row, step in zip(out, (0, 500, 999), strict=True):
        kept = schedule.kept[step]
        assert float(row[0, 0]) == pytest.approx(2 * kept**0.5 - (1 - kept) ** 0.5, abs=1e-5)
    assert out[0, 0, 0] > 1.9 and out[2, 0, 0] < -0.99
