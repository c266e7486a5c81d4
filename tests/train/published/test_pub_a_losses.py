"""The terms of Style-A's losses, its discriminator and its perceptual measures."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.errors import AssetError  # noqa: E402
from style2talker.train.published.style_a import losses  # noqa: E402
from style2talker.train.published.style_a.discriminator import Discriminator, batch_deviation  # noqa: E402
from style2talker.train.published.style_a.perceptual import MultiScale, Perceptual, similarity  # noqa: E402


def pictures(batch: int = 2, size: int = 32, seed: int = 0) -> torch.Tensor:
    rough = torch.rand(batch, 3, size // 4, size // 4, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(rough, (size, size), mode="bilinear", align_corners=False)


def test_adversarial_terms_are_logistic() -> None:
    real, fake = torch.tensor([[0.0], [2.0]]), torch.tensor([[-1.0], [3.0]])
    soft = lambda x: math.log(1 + math.exp(x))  # noqa: E731
    assert losses.generator_loss(fake) == pytest.approx((soft(1) + soft(-3)) / 2)
    expected = (soft(0) + soft(-2)) / 2 + (soft(-1) + soft(3)) / 2
    assert losses.discriminator_loss(real, fake) == pytest.approx(expected)


def test_the_gradient_penalty_of_a_linear_judge_is_half_its_square() -> None:
    picture = torch.zeros(2, 3, 4, 4, requires_grad=True)
    slope = torch.arange(48.0).reshape(3, 4, 4)
    penalty = losses.gradient_penalty((picture * slope).sum(dim=(1, 2, 3))[:, None], picture)
    assert float(penalty) == pytest.approx(float(slope.square().sum()) / 2)


def test_masks_may_be_open_as_far_as_the_degree_allows() -> None:
    assert torch.allclose(losses.mask_bound(torch.tensor([0.0, 0.5, 1.0])), torch.tensor([1.0, 0.325, 0.1]))
    masks = (torch.full((2, 1, 4, 4), 0.5), torch.full((2, 1, 8, 8), 0.9))
    degree = torch.tensor([[0.0], [1.0]])
    assert float(losses.mask_loss(masks, degree)) == pytest.approx((0.4 + 0.8) / 2)
    assert float(losses.mask_loss(masks, torch.zeros(2, 1))) == 0


def test_the_flow_counts_where_it_is_known() -> None:
    flow, taught = torch.zeros(1, 2, 4, 4), torch.ones(1, 2, 4, 4)
    taught[..., 2:] = 100
    weight = torch.ones(1, 1, 4, 4)
    weight[..., 2:] = 0
    assert float(losses.flow_loss(flow, taught, weight)) == pytest.approx(2)
    assert float(losses.flow_loss(flow, taught, torch.zeros_like(weight))) == 0


def test_the_warped_photo_is_compared_by_absolute_difference() -> None:
    assert float(losses.warped_loss(torch.zeros(1, 3, 4, 4), torch.full((1, 3, 4, 4), -0.25))) == pytest.approx(0.25)


def test_frames_that_move_with_the_face_are_steady() -> None:
    before = pictures(1, 64)
    now = before.roll(-8, dims=3)  # the content of x lies at x + 8 before
    flow = torch.zeros(1, 2, 16, 16)
    flow[:, 0] = 2  # 8 pixels of 64 are 2 of 16
    weight = torch.ones(1, 1, 16, 16)
    weight[..., 12:] = 0
    assert float(losses.temporal_loss(before, now, flow, weight)) < 1e-3
    still = float(losses.temporal_loss(before, now, torch.zeros_like(flow), weight))
    flickering = float(losses.temporal_loss(before, now + 0.1, flow, weight))
    assert still > 0.02
    assert flickering == pytest.approx(0.01, rel=0.1)


def test_similarity_is_one_for_equal_and_falls_with_noise() -> None:
    a = pictures()
    noise = torch.randn(a.shape, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(similarity(a, a), torch.ones(2))
    assert (similarity(a, a + 0.1 * noise) > similarity(a, a + 0.4 * noise)).all()
    # By hand on one window: no contrast, so that luminance alone counts.
    one, other = torch.full((1, 1, 7, 7), 0.5), torch.full((1, 1, 7, 7), -0.5)
    assert float(similarity(one, other)) == pytest.approx((-0.5 + 0.0004) / (0.5 + 0.0004), rel=1e-4)


def test_the_measure_without_weights_sees_blur_and_noise() -> None:
    a = pictures(size=64)
    measure = MultiScale()
    assert float(measure(a, a)) == pytest.approx(0, abs=1e-6)
    sharp = torch.sign(torch.sin(torch.arange(64.0)))[None, None, None].expand(1, 3, 64, 64) * 0.5
    blurred = torch.nn.functional.avg_pool2d(sharp, 5, 1, 2)
    grey = blurred.mean() + torch.zeros_like(sharp)
    assert float(measure(sharp, blurred)) > 0.1
    assert float(measure(sharp, grey)) > float(measure(sharp, blurred))


def thin_vgg() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    widths = {0: (3, 4), 2: (4, 4), 5: (4, 6), 7: (6, 6), 10: (6, 8), 12: (8, 8), 14: (8, 8)}
    widths |= dict.fromkeys((17, 19, 21, 24, 26, 28), (8, 8))
    weights = {}
    for number, (inward, outward) in widths.items():
        weights[f"features.{number}.weight"] = torch.randn(outward, inward, 3, 3, generator=generator) * 0.3
        weights[f"features.{number}.bias"] = torch.zeros(outward)
    return weights


def test_lpips_compares_unit_features_of_five_stages(tmp_path: Path) -> None:
    weights = thin_vgg()
    torch.save(weights, tmp_path / "vgg.pt")
    measure = Perceptual.load(tmp_path / "vgg.pt")
    a, b = pictures(seed=0), pictures(seed=1)
    assert float(measure(a, a)) == 0
    assert not any(weight.requires_grad for weight in measure.parameters())
    # The first stage by plain arithmetic, the others weighted away.
    weights |= {f"lin{k}.model.1.weight": torch.zeros(1, 8, 1, 1) for k in range(2, 5)}
    weights |= {"lin1.model.1.weight": torch.zeros(1, 6, 1, 1), "lin0.model.1.weight": torch.full((1, 4, 1, 1), 2.0)}

    def first(x: torch.Tensor) -> torch.Tensor:
        x = (x - torch.tensor([-0.030, -0.088, -0.188])[:, None, None]) / torch.tensor([0.458, 0.448, 0.450])[
            :, None, None
        ]
        for number in (0, 2):
            x = torch.nn.functional.conv2d(x, weights[f"features.{number}.weight"], padding=1).clamp(min=0)
        return x / x.norm(dim=1, keepdim=True).clamp(min=1e-9)

    expected = 2 * (first(a) - first(b)).square().sum(dim=1).mean()
    assert float(Perceptual(weights)(a, b)) == pytest.approx(float(expected), rel=1e-4)


def test_large_pictures_are_compared_at_512(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    measure = Perceptual(thin_vgg())
    plain = measure._features
    monkeypatch.setattr(measure, "_features", lambda x: seen.append(x.shape[-1]) or plain(x))
    measure(torch.zeros(1, 3, 1024, 1024), torch.zeros(1, 3, 1024, 1024))
    assert seen == [512, 512]


def test_what_is_no_vgg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"lack features\.0\.weight"):
        Perceptual({})
    with pytest.raises(AssetError, match="cannot be read"):
        Perceptual.load(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(AssetError, match="no file of weights"):
        Perceptual.load(tmp_path / "text.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(AssetError, match="holds no weights by name"):
        Perceptual.load(tmp_path / "list.pt")


def expected_parameters(styles: int) -> int:
    """By hand: StyleGAN2's discriminator at 256, 128 outputs, degree MLP 1-64-64-64 and 64 per style."""

    def conv(inward: int, outward: int, kernel: int, bias: bool = True) -> int:
        return inward * outward * kernel * kernel + (outward if bias else 0)

    total = conv(3, 128, 1)
    for inward, outward in ((128, 256), (256, 512), (512, 512), (512, 512), (512, 512), (512, 512)):
        total += conv(inward, inward, 3) + conv(inward, outward, 3) + conv(inward, outward, 1, bias=False)
    total += conv(513, 512, 3) + (512 * 16 * 512 + 512) + (512 * 128 + 128)
    return total + (64 + 64) + 2 * (64 * 64 + 64) + 64 * styles


def test_the_discriminator_has_the_published_parameters() -> None:
    judge = Discriminator(256, 317)
    assert sum(p.numel() for p in judge.parameters()) == expected_parameters(317)


def small_judge(group: int = 2) -> Discriminator:
    torch.manual_seed(0)
    return Discriminator(16, 3, lambda side: 8, group)


def test_the_opinion_depends_on_picture_degree_and_style() -> None:
    judge = small_judge()
    picture, degree, style = pictures(2, 16), torch.tensor([[0.0], [1.0]]), torch.tensor([0, 2])
    opinion = judge(picture, degree, style)
    assert opinion.shape == (2, 1)
    others = (judge(picture.flip(0), degree, style), judge(picture, 1 - degree, style))
    for other in (*others, judge(picture, degree, torch.tensor([1, 1]))):
        assert not torch.allclose(opinion, other, atol=1e-4)


def test_the_condition_is_multiplied_with_the_features() -> None:
    judge = small_judge()
    with torch.no_grad():
        judge.style.weight.zero_()
        judge.degree[-1].weight.zero_()
        judge.degree[-1].bias.zero_()
    assert (judge(pictures(2, 16), torch.zeros(2, 1), torch.tensor([0, 1])) == 0).all()


def test_neighbours_in_the_batch_are_compared() -> None:
    feature = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    found = batch_deviation(feature, 2)
    assert found.shape == (4, 1, 2, 2)
    for pair in (0, 2):
        expected = ((feature[pair] - feature[pair + 1]) / 2).abs().mean()
        assert found[pair, 0, 0, 0] == pytest.approx(float(expected), rel=1e-3)
        assert (found[pair] == found[pair + 1]).all()
    assert (batch_deviation(feature[:1], 4) < 1e-3).all()
    assert torch.allclose(batch_deviation(feature, 8)[0], batch_deviation(feature, 4)[0])


def test_two_processes_see_the_groups_that_one_would_see() -> None:
    judge = small_judge()
    picture, degree, style = pictures(4, 16), torch.rand(4, 1), torch.tensor([0, 1, 2, 0])
    whole = judge(picture, degree, style)
    halves = [judge(picture[part], degree[part], style[part]) for part in (slice(0, 2), slice(2, 4))]
    assert torch.allclose(whole, torch.cat(halves), atol=1e-5)
