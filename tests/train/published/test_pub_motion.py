"""The motion generator of Style-A against arithmetic of its own and plain references."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.motion import AdaIN, Mapping, MotionGenerator  # noqa: E402


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def conv(inward: int, outward: int, kernel: int) -> int:
    return inward * outward * kernel * kernel + outward


def adain(channels: int) -> int:
    return (256 * 128 + 128) + 2 * (128 * channels + channels)


def expected_parameters(coefficients: int) -> int:
    """By hand from the published description at 256 pixels: 5 levels down to 8 x 8, 3 up to 64 x 64."""
    mapping = coefficients * 256 * 7 + 256 + 3 * (256 * 256 * 3 + 256)
    encoder = conv(3, 32, 7)
    for inward, outward in ((32, 64), (64, 128), (128, 256), (256, 256), (256, 256)):
        encoder += adain(inward) + conv(inward, outward, 4) + adain(outward) + conv(outward, outward, 3)
    decoder = 0
    for inward, outward in ((256, 256), (512, 256), (512, 128)):
        decoder += 2 * adain(inward) + adain(outward)
        decoder += conv(inward, outward, 3) + conv(outward, outward, 3) + conv(inward, outward, 3)
    return mapping + encoder + decoder + 2 * 256 + conv(256, 2, 7)


@pytest.mark.parametrize("coefficients", [73, 61])
def test_parameters_are_those_of_the_published_network(coefficients: int) -> None:
    assert count(MotionGenerator(coefficients, 256)) == expected_parameters(coefficients)


def test_the_mapping_shortens_27_frames_to_3() -> None:
    torch.manual_seed(0)
    mapping = Mapping(61, 256)
    window = torch.randn(2, 61, 27)
    assert [step.shape for step in mapping.steps(window)] == [(2, 256, n) for n in (21, 15, 9, 3)]
    assert torch.allclose(mapping(window), mapping.steps(window)[-1].mean(2))


def test_every_frame_of_the_window_counts() -> None:
    torch.manual_seed(0)
    mapping = Mapping(5, 8)
    window = torch.randn(1, 5, 27, requires_grad=True)
    mapping(window).sum().backward()
    assert window.grad is not None
    assert (window.grad.abs().sum(1) > 0).all()


def test_adain_is_norm_times_one_plus_gamma_plus_beta() -> None:
    torch.manual_seed(1)
    layer = AdaIN(3, 5)
    x, told = torch.randn(2, 3, 7, 11) * 4 + 2, torch.randn(2, 5)
    found = layer(x, told)
    hidden = (told @ layer.shared.weight.T + layer.shared.bias).clamp(min=0)
    gamma = hidden @ layer.gamma.weight.T + layer.gamma.bias
    beta = hidden @ layer.beta.weight.T + layer.beta.bias
    for b in range(2):
        for c in range(3):
            plane = x[b, c]
            norm = (plane - plane.mean()) / (plane.var(unbiased=False) + 1e-5).sqrt()
            assert torch.allclose(found[b, c], norm * (1 + gamma[b, c]) + beta[b, c], atol=1e-5)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_the_flow_is_a_quarter_of_the_photo_and_zero_at_first(size: int) -> None:
    torch.manual_seed(0)
    network = MotionGenerator(61, size, descriptor=16, base=4, cap=16)
    flow, descriptor = network(torch.randn(1, 3, size, size), torch.randn(2, 61, 27))
    assert flow.shape == (2, 2, size // 4, size // 4)
    assert descriptor.shape == (2, 16)
    assert (flow == 0).all()


def test_photo_and_window_both_steer_the_flow() -> None:
    torch.manual_seed(0)
    network = MotionGenerator(61, 32, descriptor=16, base=4, cap=16)
    torch.nn.init.normal_(network.flow.weight, std=0.1)
    photo, window = torch.randn(2, 3, 32, 32), torch.randn(2, 61, 27)
    flow, _ = network(photo, window)
    assert not torch.allclose(flow, network(photo.flip(0), window)[0], atol=1e-4)
    assert not torch.allclose(flow, network(photo, window.flip(0))[0], atol=1e-4)
    alike, _ = network(photo[:1], window)  # one photo for all windows
    assert torch.allclose(alike[0], flow[0], atol=1e-5)


def test_pose_counts_as_much_as_it_is_told_to() -> None:
    torch.manual_seed(0)
    plain, enlarged = MotionGenerator(61, 64, 32, 8, 32), MotionGenerator(61, 64, 32, 8, 32, pose_gain=10.0)
    enlarged.load_state_dict(plain.state_dict())
    window = torch.randn(2, 61, 27)
    larger = window.clone()
    larger[:, 52:] *= 10
    picture = torch.randn(2, 3, 64, 64)
    assert torch.allclose(enlarged(picture, window)[1], plain(picture, larger)[1], atol=1e-5)


def test_the_linear_field_is_six_numbers_and_nothing_at_first() -> None:
    torch.manual_seed(0)
    network = MotionGenerator(61, 64, 32, 8, 32, affine=True)
    assert count(network) == count(MotionGenerator(61, 64, 32, 8, 32)) + 32 * 6 + 6
    picture, window = torch.randn(1, 3, 64, 64), torch.randn(1, 61, 27)
    assert not network(picture, window)[0].any()
    assert network.affine is not None
    with torch.no_grad():
        network.affine.bias.copy_(torch.tensor([0.0, 0.0, 0.5, 0.25, 0.0, 0.0]))
    flow = network(picture, window)[0][0]
    assert torch.allclose(flow[0], torch.full((16, 16), 2.0))
    assert torch.allclose(flow[1], torch.linspace(-1, 1, 16).expand(16, 16), atol=1e-6)
