"""A public checkpoint in our networks computes what the public networks compute, to 1e-5 of the values' size.

Sizes are the published ones where that is quick; narrow channels elsewhere, with the published number of layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import public_networks as public
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from torch import nn  # noqa: E402

from style2talker.style_a.driving import CROP_OFFSET, CROP_SCALE  # noqa: E402
from style2talker.train.published import checkpoints  # noqa: E402
from style2talker.train.published.checkpoints import (  # noqa: E402
    agrol,
    deep3d,
    dualstylegan,
    pirenderer,
    psp,
    sadtalker,
    stylegan2,
    styleheat,
    vtoonify,
)
from style2talker.train.published.checkpoints.layout import nested  # noqa: E402
from style2talker.train.published.reconstruction import Reconstruction  # noqa: E402
from style2talker.train.published.style_a.codes import IdentityEncoder  # noqa: E402
from style2talker.train.published.style_a.discriminator import Discriminator  # noqa: E402
from style2talker.train.published.style_a.motion import MotionGenerator  # noqa: E402
from style2talker.train.published.style_a.network import StyleA  # noqa: E402
from style2talker.train.published.style_a.refinement import Refinement  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402
from style2talker.train.published.style_e.audio import AudioEncoder  # noqa: E402
from style2talker.train.published.style_e.denoiser import Denoiser  # noqa: E402
from style2talker.train.published.style_e.settings import StyleESettings  # noqa: E402

NARROW = replace(
    StyleASettings.paper(), output_size=512, style_width=32, channel_base=1024, channel_cap=16, fusion_width=16, stem=8
)
"""The published build, 256 in and 512 out, with at most 16 channels."""
WIDTH = {side: NARROW.channels(side) for side in (4, 8, 16, 32, 64, 128, 256, 512)}


@pytest.fixture(autouse=True)
def _no_gradients() -> object:
    with torch.no_grad():
        yield


def loaded(folder: Path, content: Mapping[str, object], **networks: nn.Module) -> None:
    """Write a file as the public code does, and load it."""
    file = folder / "public.pt"
    torch.save(dict(content), file)
    checkpoints.initialise(networks, [file])


def noise(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape, dtype=np.float32))


def agree(ours: torch.Tensor, theirs: torch.Tensor, within: float = 1e-5) -> None:
    assert ours.shape == theirs.shape
    size = float(theirs.abs().max())
    assert np.isfinite(size)
    assert size > 0
    assert float((ours - theirs).abs().max()) <= within * size


def dual_layout() -> dict[str, tuple[int, ...]]:
    gan = stylegan2.generator_layout(WIDTH, dimension=NARROW.style_width)
    paths = dualstylegan.paths_layout(NARROW.rows, WIDTH[4], NARROW.style_width)
    return nested("generator", gan) | paths


def vtoonify_state() -> public.State:
    sides = {side: WIDTH[side] for side in (32, 64, 128, 256)}
    content = vtoonify.content_layout(sides, NARROW.stem, NARROW.style_width, NARROW.fusion_width)
    state = public.random_state(nested("generator", dual_layout()) | content)
    # VToonify's own ModRes blocks have the weights of DualStyleGAN's.
    state |= {key: state[f"generator.{key}"] for key in state if key.startswith("res.")}
    for row in range(7, NARROW.rows):
        state[f"generator.res.{row}.weight"] *= 10
    return state


def test_vtoonify_gives_the_frames_of_the_public_network(tmp_path: Path) -> None:
    state = vtoonify_state()
    network = StyleA(NARROW)
    # Before training nothing moves: the flow and the refinement are zero.
    loaded(tmp_path, {"g_ema": state}, generator=network)
    picture, parsing = noise(2, 3, 256, 256), noise(2, 19, 256, 256, seed=2)
    codes = noise(2, NARROW.rows, NARROW.style_width, seed=3)
    window = noise(2, 73, 27, seed=4)
    out = network(picture, parsing, window, codes, codes, torch.full((2, 1), 0.6))
    gan = public.under(state, "generator.generator.")
    frames, masks = public.vtoonify(torch.cat([picture, parsing], 1), public.mapping(codes, gan), 0.6, state)
    agree(out.picture, frames, 2e-5)
    for ours, theirs in zip(out.masks[: len(masks)], masks, strict=True):
        agree(ours, theirs, 2e-5)


def test_the_mapping_of_a_stylegan2_checkpoint_gives_its_styles(tmp_path: Path) -> None:
    state = public.random_state(stylegan2.generator_layout(WIDTH, dimension=NARROW.style_width))
    network = StyleA(NARROW)
    loaded(tmp_path, {"g_ema": state, "latent_avg": torch.zeros(32)}, generator=network)
    codes = noise(3, 5, NARROW.style_width)
    agree(network.mapping(codes), public.mapping(codes, state))


@pytest.mark.parametrize("layer", [6, 7])
def test_a_modulated_layer_gives_what_stylegan2_does(tmp_path: Path, layer: int) -> None:
    state = public.random_state(stylegan2.generator_layout(WIDTH, dimension=NARROW.style_width))
    network = StyleA(NARROW)
    loaded(tmp_path, {"g_ema": state}, generator=network)
    x, style = noise(2, WIDTH[32], 11, 7), noise(2, NARROW.style_width, seed=2)
    agree(network.synthesis.convs[layer - 6](x, style), public.styled(x, style, state, f"convs.{layer}"))
    skip = noise(2, 3, 11, 7, seed=3)
    from style2talker.train.published.style_a.stylegan import doubled

    wide = noise(2, WIDTH[64], 22, 14, seed=4)
    ours = network.synthesis.to_rgbs[0](wide, style, doubled(skip))
    agree(ours, public.to_rgb(wide, style, state, "to_rgbs.3", skip))


def test_dualstylegan_gives_its_modres_and_colours(tmp_path: Path) -> None:
    state = public.random_state(dual_layout())
    network = StyleA(NARROW)
    loaded(tmp_path, {"g_ema": state}, generator=network)
    x, style = noise(2, WIDTH[32], 9, 13), noise(2, NARROW.style_width, seed=2)
    for block, dilation in enumerate((4, 4, 2, 2, 1, 1)):
        ours = network.content.modres[block](x, style, torch.full((2, 1), 0.3))
        agree(ours, public.mod_res(x, style, public.under(state, f"res.{block + 1}."), dilation, 0.3))
    rows = noise(2, NARROW.rows, NARROW.style_width, seed=3)
    theirs = [public.equal_linear(rows[:, row], state, f"res.{row}") for row in range(7, NARROW.rows)]
    agree(network.transforms(rows[:, 7:]), torch.stack(theirs, 1))
    agree(network.structure(rows), public.mapping(rows, state, layers=2))


def test_the_fusion_of_vtoonify_gives_feature_and_mask(tmp_path: Path) -> None:
    state = vtoonify_state()
    network = StyleA(NARROW)
    loaded(tmp_path, {"g_ema": state}, generator=network)
    f_g, f_e = noise(2, WIDTH[64], 13, 17), noise(2, WIDTH[64], 13, 17, seed=2)
    degree = torch.tensor([[0.2], [0.9]])
    synthesis = network.synthesis
    mask = synthesis.masks[1](f_g, f_e, degree)
    feature = synthesis.fusion_out[1](f_g, f_e * mask)
    theirs, their_mask = public.fusion(f_g, f_e, degree, public.under(state, "fusion_out.1."))
    agree(mask, their_mask)
    agree(feature, theirs)


def test_the_discriminator_of_vtoonify_gives_its_opinion(tmp_path: Path) -> None:
    width = {side: min(12, 512 // side) for side in (4, 8, 16, 32, 64)}
    state = public.random_state(vtoonify.conditional_discriminator_layout(5, width))
    network = Discriminator(64, 5, lambda side: width[side], group=4)
    loaded(tmp_path, {"d": state}, discriminator=network)
    picture, degree = noise(4, 3, 64, 64), torch.tensor([[0.0], [0.2], [0.6], [1.0]])
    style = torch.tensor([0, 4, 2, 1])
    agree(network(picture, degree, style), public.discriminator(picture, degree, style, state), 2e-5)


@pytest.mark.parametrize("spelt", ["warpping_net", "warping_net"])
def test_a_warper_gives_the_flow_of_the_public_network(tmp_path: Path, spelt: str) -> None:
    state = public.random_state(pirenderer.warper_layout(spelt, descriptor=32, base=4))
    network = MotionGenerator(73, 256, descriptor=32, base=4, cap=32)
    content = state if spelt == "warpping_net" else nested("video_warper", state)
    loaded(tmp_path, {"net_G_ema": content}, motion=network)
    picture, window = noise(2, 3, 256, 256), noise(2, 73, 27, seed=2)
    ours = window.clone()
    # The public crop is in pixels.
    window[:, 70:] = ours[:, 70:] * torch.tensor(CROP_SCALE)[:, None] + torch.tensor(CROP_OFFSET)[:, None]
    flow, descriptor = network(picture, ours)
    theirs, their_descriptor = public.pi_warper(picture, window, state)
    agree(descriptor, their_descriptor)
    agree(flow, theirs, 5e-5)


def test_a_hourglass_block_gives_what_pirenderer_does(tmp_path: Path) -> None:
    state = public.random_state(pirenderer.warper_layout())
    network = MotionGenerator(73, 256)
    loaded(tmp_path, {"net_G_ema": state}, motion=network)
    z = noise(2, 256)
    x = noise(2, 32, 18, 10, seed=2)
    glass = "warpping_net.hourglass"
    agree(network.down[0](x, z), public.pi_encoder_block(x, z, public.under(state, f"{glass}.encoder.encoder0.")))
    x = noise(2, 512, 6, 5, seed=3)
    agree(network.up[2](x, z), public.pi_decoder_block(x, z, public.under(state, f"{glass}.decoder.decoder2.")))


def test_the_calibration_net_gives_scale_and_shift(tmp_path: Path) -> None:
    state = public.random_state(styleheat.calibration_layout(channels=24, width=12, descriptor=16))
    network = Refinement(24, 12, descriptor=16)
    loaded(tmp_path, {"net_G_ema": nested("calibrator", state)}, refinement=network)
    feature, z = noise(2, 24, 64, 64), noise(2, 16, seed=2)
    for ours, theirs in zip(network(feature, z), public.calibration(feature, z, state), strict=True):
        agree(ours, theirs, 2e-5)


def test_the_identity_encoder_gives_the_codes_of_psp(tmp_path: Path) -> None:
    settings = replace(NARROW, style_width=128)
    state = public.random_state(psp.encoder_layout(settings.rows, base=16))
    network = IdentityEncoder(settings).train()
    average = {"latent_avg": state.pop("latent_avg")}
    loaded(tmp_path, {"state_dict": state, **average, "opts": {"output_size": 512}}, identity=network)
    face = noise(1, 3, 256, 256)
    theirs = public.psp(face, public.under(state, "encoder."), settings.rows) + average["latent_avg"]
    agree(network(face), theirs, 2e-5)


def test_the_audio_encoder_gives_the_expressions_of_sadtalker(tmp_path: Path) -> None:
    state = public.random_state(sadtalker.audio_layout())
    network = AudioEncoder(StyleESettings.paper())
    loaded(tmp_path, {"model": state, "epoch": 300}, audio=network)
    mel, reference, blink = noise(1, 5, 80, 16), noise(1, 5, 64, seed=2), noise(1, 5, 1, seed=3)
    theirs = public.audio(mel[0][:, None], reference[0], blink[0], state)
    agree(network(mel, reference, blink)[0], theirs, 2e-5)


def test_the_denoiser_gives_the_rows_of_the_public_network(tmp_path: Path) -> None:
    state = public.random_state(agrol.denoiser_layout())
    network = Denoiser(StyleESettings.paper())
    loaded(tmp_path, state, denoiser=network)
    noisy, sparse, text = noise(2, 32, 64), noise(2, 32, 64, seed=2), noise(2, 32, 512, seed=3)
    steps = torch.tensor([0, 800])
    theirs = public.denoiser(noisy, steps, sparse, text, state)
    agree(network(noisy, steps, sparse, text, torch.ones(2, 2)), theirs, 2e-5)


def test_the_reconstruction_network_gives_the_coefficients_of_deep3d(tmp_path: Path) -> None:
    state = public.random_state(deep3d.reconstruction_layout())
    for key in state:
        # Random weights of full size let 50 layers overflow.
        state[key] = state[key] * 0.3 if key.endswith("conv3.weight") else state[key]
    network = Reconstruction().eval()
    loaded(tmp_path, {"net_recon": state, "sched_00": {"last_epoch": 20}}, reconstruction=network)
    face = noise(1, 3, 96, 96).abs()
    theirs = public.reconstruction(face, state)
    assert theirs.shape == (1, 257)
    agree(network(face), theirs, 2e-5)
