"""The whole of Style-A: halves and whole, one and many, what may change what, and that all of it learns."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.network import PortraitFeatures, StyleA, StyleAOutput  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402
from style2talker.train.published.style_a.synthesis import Begun, Moved, Synthesis  # noqa: E402
from style2talker.train.published.style_a.warp import resize_flow, warp  # noqa: E402

TINY = StyleASettings.tiny()
BARE = dataclasses.replace(TINY, carry_picture=False)


def network(settings: StyleASettings = BARE, seed: int = 0) -> StyleA:
    """A network whose portraits move: the flow, which begins at zero, is given something to say."""
    torch.manual_seed(seed)
    made = StyleA(settings)
    with torch.no_grad():
        made.motion.flow.weight.normal_(0, 0.02)
        for branch in (made.synthesis.refinement.scale, made.synthesis.refinement.shift):
            branch.conv_1.weight.normal_(0, 0.5)
    return made


def inputs(settings: StyleASettings, batch: int, seed: int = 1) -> dict[str, torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=chance)

    side, code = settings.input_size, (batch, settings.rows, settings.style_width)
    return {
        "picture": torch.rand(batch, 3, side, side, generator=chance) * 2 - 1,
        "parsing": normal(batch, 19, side, side),
        "window": normal(batch, settings.coefficients, 27),
        "identity": normal(*code),
        "art": normal(*code),
        "degree": torch.rand(batch, 1, generator=chance),
    }


def close(one: StyleAOutput, other: StyleAOutput, tolerance: float = 1e-4) -> bool:
    pairs = [(one.picture, other.picture), (one.flow, other.flow), (one.warped, other.warped)]
    pairs += list(zip(one.masks, other.masks, strict=True))
    return all(a.shape == b.shape and torch.allclose(a, b, atol=tolerance) for a, b in pairs)


def changed(given: dict[str, torch.Tensor], **other: torch.Tensor) -> dict[str, torch.Tensor]:
    return {**given, **other}


@pytest.mark.parametrize(("side", "out"), [(64, 64), (64, 128), (64, 256), (64, 512), (128, 128)])
@pytest.mark.parametrize("space", ["rig", "bfm"])
def test_shapes(side: int, out: int, space: str) -> None:
    settings = dataclasses.replace(
        TINY, input_size=side, output_size=out, space=space, channel_base=1024, channel_cap=8
    )
    with torch.no_grad():
        found = network(settings)(**inputs(settings, 2))
    assert found.picture.shape == (2, 3, out, out)
    assert found.flow.shape == (2, 2, side // 4, side // 4)
    assert found.warped.shape == (2, 3, side, side)
    assert [tuple(mask.shape) for mask in found.masks] == [(2, 1, side >> n, side >> n) for n in (3, 2, 1, 0)]


def test_paper_turns_256_pixels_and_73_coefficients_into_1024_pixels() -> None:
    settings = StyleASettings.paper()
    with torch.device("meta"):
        made = StyleA(settings)
        code = torch.empty(2, 18, 512)
        photo, parsing, degree = torch.empty(2, 3, 256, 256), torch.empty(2, 19, 256, 256), torch.empty(2, 1)
        features = made.portrait(photo, parsing, code, code, degree)
        found = made.frame(features, torch.empty(2, 73, 27))
    assert features.feature.shape == (2, 512, 64, 64)
    assert features.styles.shape == (2, 11, 512)
    assert found.picture.shape == (2, 3, 1024, 1024)
    assert found.flow.shape == (2, 2, 64, 64)
    assert [mask.shape[-1] for mask in found.masks] == [32, 64, 128, 256]


def test_half_precision_tells_nearly_the_same() -> None:
    made, given = network(), inputs(BARE, 1)
    with torch.no_grad():
        whole = made(**given).picture
        with torch.autocast("cpu", torch.bfloat16):
            half = made(**given).picture.float()
    assert float((half - whole).square().mean().sqrt()) < 0.15 * float(whole.std())


def test_the_same_again_gives_the_same() -> None:
    with torch.no_grad():
        one, other = (network()(**inputs(BARE, 2)) for _ in range(2))
    assert torch.equal(one.picture, other.picture)


@pytest.mark.parametrize("settings", [BARE, TINY, dataclasses.replace(BARE, output_size=128)])
def test_portrait_and_frame_are_the_whole(settings: StyleASettings) -> None:
    made, given = network(settings), inputs(settings, 3)
    with torch.no_grad():
        features = made.portrait(*(given[name] for name in ("picture", "parsing", "identity", "art", "degree")))
        assert isinstance(features, PortraitFeatures)
        assert all(len(part) == 3 for part in features)
        assert close(made.frame(features, given["window"]), made(**given))


@pytest.mark.parametrize("warp_fused", [True, False])
@pytest.mark.parametrize("refine_from", ["warped", "unwarped"])
@pytest.mark.parametrize("carry_picture", [True, False])
def test_frames_of_one_portrait_together_are_those_one_by_one(
    warp_fused: bool, refine_from: str, carry_picture: bool
) -> None:
    settings = dataclasses.replace(TINY, warp_fused=warp_fused, refine_from=refine_from, carry_picture=carry_picture)
    made, given = network(settings), inputs(settings, 1)
    del given["window"]
    windows = torch.randn(5, settings.coefficients, 27, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        features = made.portrait(**given)
        together = made.frame(features, windows)
        for number in range(5):
            alone = made.frame(features, windows[number : number + 1])
            assert torch.allclose(together.picture[number : number + 1], alone.picture, atol=2e-4)
            assert torch.allclose(together.masks[3][number : number + 1], alone.masks[3], atol=2e-4)
    assert float((together.picture[0] - together.picture[1]).abs().max()) > 1e-3


def test_the_samples_of_a_batch_do_not_meet() -> None:
    made, given = network(), inputs(BARE, 3)
    with torch.no_grad():
        whole = made(**given)
        alone = made(**{name: value[1:2] for name, value in given.items()})
    assert torch.allclose(whole.picture[1:2], alone.picture, atol=2e-4)


def test_art_leaves_the_motion_untouched() -> None:
    made, given = network(), inputs(BARE, 2)
    with torch.no_grad():
        one = made(**given)
        other = made(**changed(given, art=given["art"].flip(0)))
    assert torch.equal(one.flow, other.flow)
    assert torch.equal(one.warped, other.warped)
    assert not torch.allclose(one.picture, other.picture, atol=1e-4)


def test_rows_of_structure_come_from_the_art_and_the_rest_from_the_identity() -> None:
    made, given = network(), inputs(BARE, 1)
    rows = BARE.structure_rows
    with torch.no_grad():
        plain = made(**given).picture
        for name, part in (("art", slice(rows, None)), ("identity", slice(0, rows))):
            code = given[name].clone()
            code[:, part] += 1
            assert torch.equal(made(**changed(given, **{name: code})).picture, plain)
        for name, row in (("art", 1), ("identity", rows)):
            code = given[name].clone()
            code[:, row] = code[:, row].flip(-1)
            assert not torch.equal(made(**changed(given, **{name: code})).picture, plain)


def test_at_degree_0_the_structure_of_the_art_does_not_matter() -> None:
    made, given = network(), inputs(BARE, 1)
    still = changed(given, degree=torch.zeros(1, 1))
    with torch.no_grad():
        plain = made(**still).picture
        assert torch.equal(made(**changed(still, art=-2 * still["art"])).picture, plain)


def test_every_parameter_learns() -> None:
    for settings in (BARE, dataclasses.replace(BARE, output_size=128)):
        made = network(settings)
        found = made(**inputs(settings, 2))
        loss = found.picture.square().mean() + sum(mask.mean() for mask in found.masks)
        loss.backward()
        idle = [name for name, p in made.named_parameters() if p.grad is None or float(p.grad.abs().max()) == 0]
        assert idle == []


def test_every_parameter_of_a_new_network_that_carries_the_portrait_learns_soon() -> None:
    torch.manual_seed(0)
    made = StyleA(TINY)
    chance = torch.Generator().manual_seed(3)
    target = torch.rand(2, 3, 64, 64, generator=chance)
    step = torch.optim.Adam(made.parameters(), 1e-2)
    moved: set[str] = set()
    for _ in range(4):
        found = made(**inputs(TINY, 2))
        step.zero_grad()
        ((found.picture - target).square().mean() + found.masks[1].mean()).backward()
        moved |= {n for n, p in made.named_parameters() if p.grad is not None and float(p.grad.abs().max()) > 0}
        step.step()
    assert {name for name, _ in made.named_parameters()} - moved == set()


def test_a_new_network_that_carries_the_portrait_gives_it_back() -> None:
    torch.manual_seed(0)
    given = inputs(TINY, 2)
    with torch.no_grad():
        found = StyleA(TINY)(**given)
    assert torch.allclose(found.picture, math.tanh(2.0) * given["picture"], atol=1e-5)
    assert torch.allclose(found.warped, given["picture"], atol=1e-5)


def shift_of(settings: StyleASettings, pixels: int) -> float:
    """How far the picture is from the one of a still motion, moved by so many pixels of the portrait."""
    torch.manual_seed(0)
    made = Synthesis(settings)
    side, grid = settings.input_size, settings.flow_size
    widths = [settings.channels(side >> n) for n in (3, 2, 1, 0)]
    chance = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for mask in made.masks:
            mask.conv2.weight.zero_()
            mask.conv2.bias.fill_(1.0)
        scales = [
            torch.randn(1, w, side >> n, side >> n, generator=chance) for w, n in zip(widths, (3, 2, 1, 0), strict=True)
        ]
        begun = Begun(
            torch.randn(1, widths[1], grid, grid, generator=chance),
            torch.randn(1, 3, grid, grid, generator=chance),
            torch.ones(1, 1, grid // 2, grid // 2),
        )
        styles = torch.randn(1, settings.rows - settings.structure_rows, settings.style_width, generator=chance)
        pictures = []
        for by in (0, pixels):
            flow = torch.full((1, 2, grid, grid), by * grid / side)
            moved = Moved(flow, torch.zeros(1, settings.descriptor), torch.zeros(1, 3, side, side))
            pictures.append(made.frames(begun, tuple(scales[1:]), styles, torch.zeros(1, 1), moved)[0])
    still, shifted = pictures
    inner = slice(side // 4, -side // 4)
    expected = torch.roll(still, (-pixels, -pixels), (2, 3))
    return float((shifted - expected)[..., inner, inner].abs().mean() / still.std())


def test_content_moves_with_the_feature_unless_released() -> None:
    assert shift_of(BARE, 8) < 0.02
    assert shift_of(dataclasses.replace(BARE, warp_fused=False), 8) > 0.2


def test_refinement_sees_the_moved_feature_unless_released() -> None:
    given = inputs(BARE, 1)
    seen: dict[str, torch.Tensor] = {}
    for refine_from in ("warped", "unwarped"):
        made = network(dataclasses.replace(BARE, refine_from=refine_from))

        def note(_: object, arguments: tuple[torch.Tensor, ...], which: str = refine_from) -> None:
            seen[which] = arguments[0]

        made.synthesis.refinement.register_forward_pre_hook(note)
        with torch.no_grad():
            found = made(**given)
    assert torch.equal(seen["warped"], warp(seen["unwarped"], found.flow))
    assert not torch.equal(seen["warped"], seen["unwarped"])


def test_refinement_scales_and_shifts_the_moved_feature() -> None:
    made, given = network(), inputs(BARE, 1)
    with torch.no_grad():
        features = made.portrait(*(given[name] for name in ("picture", "parsing", "identity", "art", "degree")))
        flow, descriptor = made.motion(features.picture, given["window"])
        moved = warp(features.feature, flow)
        scale, shift = made.synthesis.refinement(moved, descriptor)
        seen: list[torch.Tensor] = []
        made.synthesis.convs[1].register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
        made.frame(features, given["window"])
    np.testing.assert_allclose(seen[0].numpy(), (moved * (1 + scale) + shift).numpy(), atol=1e-5)


def test_the_moved_portrait_is_moved_by_the_flow() -> None:
    made, given = network(), inputs(BARE, 2)
    with torch.no_grad():
        found = made(**given)
    assert torch.equal(found.warped, warp(given["picture"], resize_flow(found.flow, 64)))
    assert float(found.flow.abs().max()) > 0.05
