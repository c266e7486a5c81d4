"""Parameters of every block of the published Style-A, added up layer by layer from its description."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.codes import ArtTable, IdentityEncoder  # noqa: E402
from style2talker.train.published.style_a.network import StyleA  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402

PAPER = StyleASettings.paper()
STYLE = 512
WIDTH = {32: 512, 64: 512, 128: 256, 256: 128, 512: 64, 1024: 32}
"""Side -> channels, from the description's first paragraph."""


@pytest.fixture(scope="module")
def network() -> Any:
    with torch.device("meta"):
        return StyleA(PAPER)


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def conv(inward: int, outward: int, kernel: int = 3, bias: bool = True) -> int:
    return inward * outward * kernel * kernel + (outward if bias else 0)


def linear(inward: int, outward: int) -> int:
    return inward * outward + outward


def adaptive_norm(channels: int, style: int) -> int:
    return linear(style, 2 * channels)


def modulated(inward: int, outward: int, kernel: int = 3) -> int:
    return conv(inward, outward, kernel, bias=False) + linear(STYLE, inward)


def test_mapping_is_eight_layers_and_the_structure_style_has_two(network: Any) -> None:
    assert count(network.mapping) == 8 * linear(STYLE, STYLE) == 2_101_248
    assert count(network.structure) == 2 * linear(STYLE, STYLE)


def test_eleven_rows_have_a_transform(network: Any) -> None:
    assert count(network.transforms) == (18 - 7) * linear(STYLE, STYLE)


def test_content_encoder(network: Any) -> None:
    stages = [
        conv(22, 32) + conv(32, 128),
        conv(128, 256) + conv(256, 256),
        conv(256, 512) + conv(512, 512),
        conv(512, 512) + conv(512, 512),
    ]
    assert [count(stage) for stage in network.content.stages] == stages
    assert [count(block) for block in network.content.residuals] == 6 * [2 * conv(512, 512)]
    assert count(network.content.start) == conv(512, 3, 1)


def test_modres(network: Any) -> None:
    expected = 2 * adaptive_norm(512, STYLE) + 2 * conv(512, 512)
    assert [count(block) for block in network.content.modres] == 6 * [expected]
    assert [block.conv.dilation for block in network.content.modres] == [4, 4, 2, 2, 1, 1]


def test_fusion(network: Any) -> None:
    synthesis = network.synthesis
    for scale, side in enumerate((32, 64, 128, 256)):
        channels = WIDTH[side]
        embedding = linear(1, 64) + linear(64, 128)
        mask = embedding + adaptive_norm(2 * channels, 128) + conv(2 * channels, 1)
        assert count(synthesis.masks[scale]) == mask
        assert count(synthesis.fusion_out[scale]) == conv(2 * channels, channels)
        assert count(synthesis.fusion_skip[scale]) == conv(channels + 3, 3)
    assert len(synthesis.masks) == len(synthesis.fusion_out) == len(synthesis.fusion_skip) == 4


def test_synthesis(network: Any) -> None:
    synthesis = network.synthesis
    assert len(synthesis.to_rgbs) == 5
    for step, side in enumerate((32, 64, 128, 256, 512)):
        inward, outward = WIDTH[side], WIDTH[2 * side]
        assert count(synthesis.convs[2 * step]) == modulated(inward, outward) + outward
        assert count(synthesis.convs[2 * step + 1]) == modulated(outward, outward) + outward
        assert count(synthesis.to_rgbs[step]) == modulated(outward, 3, 1) + 3


def test_nothing_else_is_there(network: Any) -> None:
    parts = [network.mapping, network.structure, network.transforms, network.content, network.motion, network.synthesis]
    assert count(network) == sum(count(part) for part in parts)
    synthesis = network.synthesis
    inner = [synthesis.masks, synthesis.fusion_out, synthesis.fusion_skip, synthesis.convs, synthesis.to_rgbs]
    assert count(synthesis) == sum(count(part) for part in inner) + count(synthesis.refinement)


def expected_identity_encoder() -> int:
    """IR-SE-50 and 18 heads: 3, 4, 14 and 3 units at 64, 128, 256 and 512 channels; norms count scale and shift."""
    total = conv(3, 64, bias=False) + 2 * 64 + 64
    inward = 64
    for outward, units in ((64, 3), (128, 4), (256, 14), (512, 3)):
        for _ in range(units):
            total += 2 * inward + conv(inward, outward, bias=False) + outward
            total += conv(outward, outward, bias=False) + 2 * outward
            total += 2 * conv(outward, outward // 16, 1, bias=False)
            total += conv(inward, outward, 1, bias=False) + 2 * outward if inward != outward else 0
            inward = outward
    # Maps of 16, 32 and 64 pixels for rows 0..2, 3..6 and 7..17 are halved down to one.
    halvings = 3 * 4 + 4 * 5 + 11 * 6
    return total + halvings * conv(512, 512) + 18 * linear(512, 512) + conv(256, 512, 1) + conv(128, 512, 1)


def test_identity_encoder() -> None:
    with torch.device("meta"):
        encoder = IdentityEncoder(PAPER)
    assert count(encoder) == expected_identity_encoder() == 267_136_704
    assert [len(head.convs) // 2 for head in encoder.styles] == [4] * 3 + [5] * 4 + [6] * 11
    assert len(encoder.body) == 24


def test_the_table_has_a_code_of_eighteen_rows_for_each_cartoon() -> None:
    with torch.device("meta"):
        assert tuple(ArtTable(PAPER).codes.shape) == (317, 18, 512)
