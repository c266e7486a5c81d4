"""The whole training of Style-E as one command, on a handful of made utterances."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")
pytest.importorskip("onnx", reason="exporting needs the train extra")

from made_scenes import made_feelings, made_film, made_utterance  # noqa: E402

from style2talker.runtime.ports import DENOISER, SPEECH_ENCODER  # noqa: E402
from style2talker.runtime.session import Session  # noqa: E402
from style2talker.speech.analyse import analyse  # noqa: E402
from style2talker.style_e.model import DiffusionModel  # noqa: E402
from style2talker.style_e.prosody import prosody  # noqa: E402
from style2talker.train import denoising, speech_encoder, style_e  # noqa: E402
from style2talker.train.style_e import export, main, stage  # noqa: E402


@pytest.fixture
def small(monkeypatch):
    """Made speech, made films, small batches."""

    def say(rng):
        utterance = made_utterance(int(rng.integers(1000)), 3.0)
        return utterance.samples, list(utterance.phones)

    whole = style_e.synthesise
    monkeypatch.setattr(style_e, "synthesise", lambda out, n, seed, told, speak=None: whole(out, n, seed, told, say))
    monkeypatch.setattr(style_e, "TextEncoder", lambda: None)
    monkeypatch.setattr(style_e, "read_feelings", lambda encoder, count, seed: made_feelings())
    monkeypatch.setattr(style_e, "track_clips", lambda clips, out, report: [])
    films = [made_film(60 + i, person=f"p{i}") for i in range(3)]
    monkeypatch.setattr(style_e, "filmed_scenes", lambda clips, tracks: films)
    monkeypatch.setattr(style_e, "in_step", lambda encoder, found: found)
    monkeypatch.setattr(denoising, "_BATCH", 2)
    monkeypatch.setattr(denoising, "_FILM_BATCH", 2)
    monkeypatch.setattr(speech_encoder, "_BATCH", 2)


def test_the_command_trains_folds_and_goes_on(small, tmp_path, caplog):
    arguments = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out"), "--clips", str(tmp_path)]
    arguments += ["--utterances", "2", "--natural", "1", "--encoder-steps", "2", "--denoiser-steps", "2"]
    arguments += ["--tune-steps", "2", "--folds", "2"]
    with caplog.at_level("INFO"):
        main(arguments)
        first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
        main(arguments)
    assert set(first) == {"speech_encoder.onnx", "denoiser.onnx"}
    assert "goes on from encoder.pt" in caplog.text and "goes on from denoiser.pt" in caplog.text
    assert caplog.text.count("fold 1 of 2") == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first
    held = [(tmp_path / "work" / f"fold{i}" / "held_out.txt").read_text().split() for i in range(2)]
    assert sorted(held[0] + held[1]) == ["film60", "film61", "film62"]


def test_what_was_exported_runs_in_the_product(tmp_path):
    export(speech_encoder.new_encoder(0), denoising.new_denoiser(0), tmp_path)
    graphs = (Session(tmp_path / f"{port.name}.onnx", port).run for port in (SPEECH_ENCODER, DENOISER))
    speech = analyse(made_utterance(0, 3.0).samples)
    from style2talker.emotion.sentence import understand

    parts = DiffusionModel(*graphs)(speech, prosody(speech), understand("happy"), np.random.default_rng(0))
    assert parts.lips.shape == (75, 14) and np.isfinite(parts.head).all()


def test_a_stage_is_done_once(tmp_path):
    net = torch.nn.Linear(2, 2)
    calls = []
    stage(tmp_path / "x.pt", net, lambda: calls.append(1))
    weights = net.weight.detach().clone()
    with torch.no_grad():
        net.weight.zero_()
    stage(tmp_path / "x.pt", net, lambda: calls.append(2))
    assert calls == [1] and torch.equal(net.weight, weights)
