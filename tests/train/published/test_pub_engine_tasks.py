"""Both published networks by the command `train`, at the size `tiny`, on small made corpora."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("lightning_fabric", reason="the train extra is not installed")
pytest.importorskip("lmdb", reason="the train extra is not installed")

import drawn_corpus  # noqa: E402
import pub_e_corpus  # noqa: E402
from toy_tasks import tensors  # noqa: E402

from style2talker.cli.app import run  # noqa: E402
from style2talker.train.published.engine.state import load_state  # noqa: E402

STEPS = {"style-e": 12, "style-a": 8}
BATCH = {"style-e": 4, "style-a": 2}
LOSSES = {"style-e": ["denoiser/loss"], "style-a": ["generator/loss", "discriminator/loss"]}
SETTINGS = {"style-e": ["--set", "speech_corpus=", "--set", "calibration=16"], "style-a": []}
LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A corpus for each network; the embeddings of the sentences are there, so that no model is needed."""
    folder = tmp_path_factory.mktemp("corpora")
    heard = pub_e_corpus.made_corpus(folder / "heard")
    texts = json.loads((heard / "labels" / "text.json").read_text())
    sentences = sorted({each for several in texts.values() for each in several})
    embeddings = np.random.default_rng(0).normal(0, 0.05, (len(sentences), 384)).astype(np.float32)
    np.savez(heard / "labels" / "text_384.npz", sentences=np.array(sentences), embeddings=embeddings)
    return {"style-e": heard, "style-a": drawn_corpus.make_corpus(folder / "seen")}


def _words(network: str, corpus: Path, out: Path, **options: int) -> list[str]:
    words = ["train", network, str(corpus), "-o", str(out), "--preset", "tiny", "--device", "cpu", "--log-every", "1"]
    given = {"batch": BATCH[network], "validate-every": 1000, "sheet-every": 1000, **options}
    return [*words, *SETTINGS[network], *(f"--{name}={value}" for name, value in given.items())]


def _column(path: Path, name: str) -> list[float]:
    with path.open(newline="") as file:
        return [float(row[name]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("network", STEPS)
def test_it_learns_and_resumed_is_uninterrupted(
    network: str, corpora: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = STEPS[network]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run([*_words(network, corpora[network], whole, steps=steps), "--json"]) == 0
    told = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert (told["network"], told["step"], told["stopped"]) == (network, steps, 0)
    assert told["validation"] and told["losses"]
    loss = _column(whole / "losses.csv", LOSSES[network][0])
    quarter = steps // 4
    assert np.mean(loss[-quarter:]) < 0.9 * np.mean(loss[:quarter])
    assert (whole / "sheets" / f"step-{steps:07d}.png").stat().st_size > 500
    for until in (steps // 2, steps):
        assert run(_words(network, corpora[network], parts, steps=until)) == 0
    ours, theirs = (tensors(load_state(each / "checkpoint.pt")) for each in (whole, parts))
    assert ours.keys() == theirs.keys()
    assert [name for name, value in ours.items() if not torch.equal(value, theirs[name])] == []


def test_two_processes_are_one_with_the_doubled_batch(corpora: dict[str, Path], tmp_path: Path) -> None:
    def words(processes: int, network: str, steps: int) -> list[str]:
        batch = 2 * BATCH[network] // processes
        return _words(network, corpora[network], tmp_path / f"{network}-{processes}-{steps}", steps=steps, batch=batch)

    script = tmp_path / "both.py"
    commands = [words(2, network, steps) for network in STEPS for steps in (1, 2)]
    script.write_text(f"from style2talker.cli.app import run\nfor words in {commands!r}:\n    assert run(words) == 0\n")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    ended = subprocess.run([sys.executable, *LAUNCH, str(script)], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    for network in STEPS:
        for steps in (1, 2):
            assert run(words(1, network, steps)) == 0
        # Weights are no measure: where a gradient is nothing but rounding, such as that of a bias before a norm, Adam
        # makes a whole step of it. After one step its first moment is a tenth of the gradient, or half of it.
        one, two = (tensors(load_state(tmp_path / f"{network}-{n}-1" / "checkpoint.pt")) for n in (1, 2))
        gradients = [name for name in one if name.endswith("exp_avg")]
        assert len(gradients) > 50
        for name in gradients:
            far = float((one[name] - two[name]).abs().max())
            assert far <= 1e-5 * max(1.0, float(one[name].abs().max())), name
        tables = [tmp_path / f"{network}-{n}-2" / "losses.csv" for n in (1, 2)]
        for name in LOSSES[network]:
            assert _column(tables[1], name) == pytest.approx(_column(tables[0], name), rel=1e-5)
