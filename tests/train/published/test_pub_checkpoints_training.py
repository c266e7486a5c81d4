"""A training begins from the public checkpoints that its settings name."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import numpy as np
import public_networks as public
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("lmdb", reason="packs need the corpus extra")

from pub_e_corpus import FakeEncoder, made_corpus  # noqa: E402
from tests.train.published.drawn_corpus import make_corpus  # noqa: E402

from style2talker.cli.app import run  # noqa: E402
from style2talker.corpus.reconstruction import reconstructed  # noqa: E402
from style2talker.errors import AssetError  # noqa: E402
from style2talker.train.published import reconstruction  # noqa: E402
from style2talker.train.published.checkpoints import agrol, deep3d, listed, pirenderer, sadtalker  # noqa: E402
from style2talker.train.published.checkpoints.graph import write_reconstruction  # noqa: E402
from style2talker.train.published.style_a.recipe import StyleARecipe  # noqa: E402
from style2talker.train.published.style_a.task import StyleATask  # noqa: E402
from style2talker.train.published.style_e.settings import StyleESettings  # noqa: E402
from style2talker.train.published.style_e.task import StyleETask  # noqa: E402


def test_files_are_separated_by_commas() -> None:
    assert listed("") == []
    assert listed("a.pt, with space.pth ,b/c.npy") == [Path("a.pt"), Path("with space.pth"), Path("b/c.npy")]


def test_style_a_begins_from_a_public_warper(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recipe = dataclasses.replace(
        StyleARecipe.tiny(), channel_cap=8, motion_cap=8, motion_base=4, descriptor=8, adversarial=0.0
    )
    state = public.random_state(pirenderer.warper_layout(coefficients=61, descriptor=8, base=4))
    file = tmp_path / "warper.pt"
    torch.save({"net_G_ema": state}, file)
    corpus = make_corpus(tmp_path / "corpus")
    task = StyleATask(dataclasses.replace(recipe, initial=f"{file}"), corpus)
    with caplog.at_level(logging.INFO):
        task.prepare(task.networks)
    motion = task.networks["generator"].motion
    assert torch.equal(motion.flow.weight, state["warpping_net.flow_out.2.weight"])
    assert torch.equal(motion.mapping.first.weight, state["mapping_net.first.0.weight"])
    assert "motion hourglass -> generator.motion.*" in caplog.text
    missing = StyleATask(dataclasses.replace(recipe, initial=f"{file}, {tmp_path / 'none.pt'}"), corpus)
    with pytest.raises(AssetError, match=r"none\.pt is missing"):
        missing.prepare(missing.networks)


def test_style_e_begins_from_public_networks_and_keeps_their_statistics(tmp_path: Path) -> None:
    folder = made_corpus(tmp_path / "corpus")
    settings = dataclasses.replace(
        StyleESettings.tiny(), text_width=6, latent=48, blocks=2, window=16, overlap=0, audio_channels=32,
        calibration=2, speech_corpus="", speech_share=0.0,
    )  # fmt: skip
    heard = public.random_state(sadtalker.audio_layout(52))
    clean = public.random_state(agrol.denoiser_layout(52, 52, 6, 16, 2, 48))
    torch.save({"model": heard}, tmp_path / "audio.pth")
    torch.save(clean, tmp_path / "denoiser.pt")
    names = f"{tmp_path / 'audio.pth'}, {tmp_path / 'denoiser.pt'}"
    task = StyleETask(dataclasses.replace(settings, initial=names), folder, FakeEncoder())
    task.prepare(task.networks)
    audio, denoiser = task.networks["audio"], task.networks["denoiser"]
    assert torch.equal(audio.layers[3].norm.running_var, heard["audio_encoder.3.conv_block.1.running_var"])
    assert torch.equal(denoiser.blocks[1].time.weight, clean["mlp.motion_mlp.mlps.1.emb_fc.weight"])


def test_the_reconstruction_network_becomes_a_graph_for_tracking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A unit in each stage: a graph of fifty layers takes a minute to write.
    monkeypatch.setattr(reconstruction, "STAGES", ((16, 1), (24, 1), (32, 1), (40, 1)))
    state = public.random_state(deep3d.reconstruction_layout())
    file, out = tmp_path / "epoch_20.pth", tmp_path / "deep3d.onnx"
    torch.save({"net_recon": state}, file)
    assert run(["checkpoint", str(file), "--onnx", str(out)]) == 0
    assert f"wrote {out}" in capsys.readouterr().out
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    rows = reconstructed(out, [pixels], np.array([[224.0, 224.0, 1.0, 112.0, 112.0]]))
    face = torch.from_numpy(pixels.transpose(2, 0, 1)[None] / np.float32(255))
    theirs = public.reconstruction(face, state).numpy()
    assert np.allclose(rows, theirs, atol=1e-3 * np.abs(theirs).max())
    assert run(["checkpoint", str(file), str(file), "--onnx", str(out)]) == 2
    assert "2 checkpoints are named: name one" in capsys.readouterr().err
    torch.save({"model": public.random_state(sadtalker.audio_layout())}, file)
    with pytest.raises(AssetError, match="there is no network for it here"):
        write_reconstruction(file, tmp_path / "other.onnx")
    assert not (tmp_path / "other.onnx").exists()
