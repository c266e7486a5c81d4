"""What is exported is what was trained, within the precision of float16."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")
pytest.importorskip("onnx", reason="exporting needs the train extra")

from style2talker.runtime.ports import DENOISER, SPEECH_ENCODER  # noqa: E402
from style2talker.runtime.session import Session  # noqa: E402
from style2talker.style_e.factors import FACTORS  # noqa: E402
from style2talker.style_e.model import REACH  # noqa: E402
from style2talker.train.networks import DILATIONS, SPEECH_WIDTH, Denoiser, SpeechEncoder  # noqa: E402
from style2talker.train.onnx_graph import write_denoiser, write_speech_encoder  # noqa: E402


@pytest.fixture(scope="module")
def denoiser():
    torch.manual_seed(0)
    net = Denoiser()
    for block in net.blocks:
        torch.nn.init.normal_(block.out.weight, 0, 0.05)
    torch.nn.init.normal_(net.no_speech)
    torch.nn.init.normal_(net.no_feeling)
    return net.eval()


def told(length, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "noisy": rng.normal(0, 1, (3, length, FACTORS)).astype(np.float32),
        "level": np.array([0.1, 0.5, 0.99], np.float32),
        "speech": rng.normal(0, 1, (3, length, SPEECH_WIDTH + 3)).astype(np.float32),
        "feeling": rng.uniform(0, 1, (3, length, 52)).astype(np.float32),
        "sentence": rng.normal(0, 0.05, (3, length, 384)).astype(np.float32),
        "given": np.array([[0, 0], [1, 0], [1, 1]], np.float32),
    }


def run(net, arrays):
    with torch.no_grad():
        return net(**{name: torch.from_numpy(array) for name, array in arrays.items()}).numpy()


@pytest.mark.parametrize("length", [1, 67])
def test_the_exported_denoiser_is_the_network(denoiser, tmp_path, length):
    write_denoiser(denoiser, tmp_path / "denoiser.onnx")
    out = Session(tmp_path / "denoiser.onnx", DENOISER).run(**told(length))["clean"]
    assert np.abs(out - run(denoiser, told(length))).max() < 5e-3
    assert (tmp_path / "denoiser.onnx").stat().st_size < 5_000_000


def test_the_exported_encoder_is_the_network(tmp_path):
    torch.manual_seed(1)
    net = SpeechEncoder(18).eval()
    write_speech_encoder(net, tmp_path / "speech_encoder.onnx")
    windows = np.random.default_rng(0).normal(0, 1, (37, 80, 16)).astype(np.float32)
    out = Session(tmp_path / "speech_encoder.onnx", SPEECH_ENCODER).run(mel=windows)["features"]
    with torch.no_grad():
        assert np.abs(out - net(torch.from_numpy(windows)[None])[0].numpy()).max() < 3e-3


def test_the_same_weights_give_the_same_bytes(denoiser, tmp_path):
    write_denoiser(denoiser, tmp_path / "a.onnx")
    write_denoiser(denoiser, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_the_denoiser_looks_exactly_as_far_as_the_sampler_believes(denoiser):
    """The sampler gives every call `REACH` frames on both sides; fewer would leave seams, more would be lost time."""
    assert sum(DILATIONS) == REACH
    arrays = told(2 * REACH + 9)
    before = run(denoiser, arrays)
    arrays["noisy"][:, REACH + 4] += 5.0
    moved = np.abs(run(denoiser, arrays) - before).max(axis=(0, 2)) > 0
    assert moved[4 : 2 * REACH + 5].all()
    assert not moved[:4].any() and not moved[2 * REACH + 5 :].any()


def test_what_is_not_given_is_not_seen(denoiser):
    arrays = told(20)
    before = run(denoiser, arrays)
    arrays["speech"] += 1.0
    after = run(denoiser, arrays)
    assert np.abs(after[0] - before[0]).max() == 0
    assert np.abs(after[1] - before[1]).max() > 1e-4
    arrays["feeling"] += 1.0
    arrays["sentence"] += 1.0
    last = run(denoiser, arrays)
    assert np.abs(last[:2] - after[:2]).max() == 0
    assert np.abs(last[2] - after[2]).max() > 1e-4
