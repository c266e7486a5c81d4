"""`train` and the published training scripts: what they take, what they refuse, how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from endings import Command, assert_refused

from style2talker.cli import extras, training, training_published
from style2talker.cli.corpus_published import run_script
from style2talker.cli.training import Plan, planned, train_network
from style2talker.cli.training_published import train_style_a, train_style_e
from style2talker.corpus.manifest import write_manifest
from style2talker.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_manifest(folder, {})
    (folder / "manifest.jsonl").touch()
    return folder


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Plan, Path, Path]]:
    """What would have been trained."""
    calls: list[tuple[Plan, Path, Path]] = []
    for module in (training, training_published):
        monkeypatch.setattr(module, "train_network", lambda plan, corpus, out, *_: calls.append((plan, corpus, out)))
    return calls


def test_the_command_line_wins_over_the_file_and_the_file_over_the_preset(
    command: Command, plans: list[tuple[Plan, Path, Path]], tmp_path: Path
) -> None:
    config = tmp_path / "train.toml"
    config.write_text("[training]\nsteps = 7\nbatch = 3\n[style-e]\nrate = 0.5\nblocks = 2\n[style-a]\nr1 = 1\n")
    words = ["train", "style-e", "here", "-o", "there", "--preset", "tiny", "--config", str(config)]
    assert command(*words, "--batch", "5", "--set", "blocks=6", "--set", "space=bfm").status == 0
    plan, corpus, out = plans.pop()
    assert (plan.network, corpus, out) == ("style-e", Path("here"), Path("there"))
    assert (plan.training.steps, plan.training.batch) == (7, 5)
    assert (plan.settings.rate, plan.settings.blocks, plan.settings.space) == (0.5, 6, "bfm")


@pytest.mark.parametrize("network", ["style-e", "style-a"])
@pytest.mark.parametrize("preset", ["paper", "small", "tiny"])
def test_a_dry_run_prints_what_config_reads_back(command: Command, network: str, preset: str, tmp_path: Path) -> None:
    words = ["train", network, "no corpus", "-o", str(tmp_path / "out"), "--dry-run"]
    shown = command(*words, "--preset", preset, "--clip", "2")
    assert shown.status == 0 and shown.err == ""
    tables = tomllib.loads(shown.out)
    assert tables.keys() == {"training", network}
    assert tables["training"]["clip"] == 2.0
    config = tmp_path / "all.toml"
    config.write_text(shown.out)
    assert command(*words, "--preset", "small", "--config", str(config)).out == shown.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["style-b", "here"], "network is 'style-b', did you mean style-"),
        (["style-e", "here", "--preset", "large"], "preset is 'large', allowed is paper, small, tiny"),
        (["style-e", "here", "--set", "block=3"], "--set: there is no setting block, did you mean blocks"),
        (["style-e", "here", "--set", "blocks"], "--set blocks: write NAME=VALUE"),
        (["style-e", "here", "--set", "blocks=many"], "--set: blocks is 'many', expected a whole number"),
        (["style-e", "here", "--set", "space=fbm"], "--set: space is 'fbm', expected rig"),
        (["style-e", "here", "--steps", "0"], "--steps is 0, allowed is 1 to"),
        (["style-e", "here", "--save-every", "0"], "--save-every is 0, allowed is 1 to"),
        (["style-e", "here", "--precision", "8"], "--precision is '8', allowed is 32, bf16-mixed, 16-mixed"),
        (["style-e", "here", "--config", "none.toml"], "none.toml cannot be read"),
        (["style-e", "here"], "here is no corpus, it has no manifest.jsonl: make one by style2talker corpus run"),
    ],
)
def test_wrong_words_are_one_line(command: Command, tmp_path: Path, words: list[str], says: str) -> None:
    assert_refused(command("train", *words, "-o", str(tmp_path / "out")), 2, says)
    assert not (tmp_path / "out").exists()


def test_an_unknown_key_of_the_file_is_named(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "train.toml"
    for text, says in (
        ("[training]\nstep = 3\n", r"\[training\]: there is no setting step, did you mean steps"),
        ("[style-e]\nwidth = 3\n", r"\[style-e\]: there is no setting width"),
        ("[style_e]\n", "table is 'style_e', did you mean style-e"),
    ):
        config.write_text(text)
        assert_refused(command("train", "style-e", "here", "-o", "out", "--config", str(config)), 2, says)


def test_without_torch_one_line_says_what_to_install(
    command: Command, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("style2talker.train.published.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    ended = command("train", "style-e", str(corpus), "-o", str(tmp_path / "out"))
    assert_refused(ended, 2, r"training needs torch, which is not installed: pip install 'style2talker\[train\]'")
    assert command("train", "style-a", str(corpus), "-o", str(tmp_path / "out"), "--dry-run").status == 0


def test_a_module_of_ours_that_is_missing_is_no_missing_package(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extras, "_ROOM", "style2talker.train.unpublished")
    with pytest.raises(ModuleNotFoundError):
        planned("style-e", "tiny", None, {}, {})


def test_help_loads_nothing_heavy() -> None:
    program = "import sys; from style2talker.cli.app import run; run(['train', '--help']); "
    program += "sys.exit(any(name in sys.modules for name in ('torch', 'lightning_fabric', 'scipy', 'cv2')))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


class _Ended:
    """What a training came to, by hand."""

    def __init__(self, **values: object) -> None:
        self.checkpoint, self.first, self.seconds = Path("out/checkpoint.pt"), True, 0.25
        self.begun, self.step, self.stopped = 0, 300, 0
        self.losses, self.validation = {"denoiser/loss": 0.5}, {"lip_r": 0.75}
        self.__dict__.update(values)


@pytest.mark.parametrize(
    ("values", "status", "says"),
    [
        ({}, 0, "trained style-e to step 300, 0.25 s a step: out/checkpoint.pt\nheld out: lip_r 0.75\n"),
        ({"step": 12, "stopped": 15}, 143, "stopped at step 12 of 300, saved: the same command goes on from there\n"),
        ({"begun": 300}, 0, "style-e has 300 steps in out/checkpoint.pt already: raise --steps to go on\n"),
        ({"first": False, "stopped": 15}, 0, ""),
    ],
)
def test_how_a_training_ends(
    values: dict[str, object],
    status: int,
    says: str,
    command: Command,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def loaded(module: str, name: str, wanting: str) -> object:
        return (lambda *_: _Ended(**values)) if module == "engine.loop" else former(module, name, wanting)

    former = training.of_training
    monkeypatch.setattr(training, "of_training", loaded)
    pytest.importorskip("torch", reason="the train extra is not installed")
    words = ["train", "style-e", str(corpus), "-o", str(tmp_path / "out"), "--preset", "tiny"]
    assert command(*words).status == status
    ended = command(*words, "--json")
    assert ended.status == status
    assert ended.out.startswith(says)
    if values.get("first", True):
        facts = json.loads(ended.out.splitlines()[-1])
        assert facts["losses"] == {"denoiser/loss": 0.5} and facts["validation"] == {"lip_r": 0.75}
        assert (facts["network"], facts["step"]) == ("style-e", values.get("step", 300))


def test_published_names_of_style_e(plans: list[tuple[Plan, Path, Path]]) -> None:
    words = "--root_dir mead --save_dir runs --batch_size 16 --lr 0.001 --num_steps 9 --log_interval 2 --layers 12"
    words += " --save_interval 3 --num_workers 5 --seed 10 --latent_dim 256 --input_motion_length 64 --local-rank=1"
    assert run_script(train_style_e, [*words.split(), "--audioencoder_ckpt", "sad.pt"]) == 0
    plan, corpus, out = plans.pop()
    assert (plan.network, corpus, out) == ("style-e", Path("mead"), Path("runs"))
    how, what = plan.training, plan.settings
    assert (how.batch, how.steps, how.log_every, how.save_every, how.workers, how.seed) == (16, 9, 2, 3, 5, 10)
    assert (what.rate, what.latent, what.blocks, what.window, what.initial) == (0.001, 256, 12, 64, "sad.pt")
    assert run_script(train_style_e, []) == 0
    plan, corpus, out = plans.pop()
    assert (plan, str(corpus)) == (planned("style-e", "paper", None, {}, {}), "processed_MEAD_front")


def test_published_names_of_style_a(plans: list[tuple[Plan, Path, Path]]) -> None:
    words = "--path data --name arcane --iter 9 --batch 8 --lr 0.001 --save_every 3 --log_every 2 --adv_loss 0.02"
    words += " --grec_loss 0.3 --perc_loss 0.01 --tmp_loss 0.5 --msk_loss 0.001 --pre_train d.pt --local_rank 3"
    words += " --pre_train_vtoonify v.pt --style_encoder_path p.pt --faceparsing_path f.onnx"
    assert run_script(train_style_a, words.split()) == 0
    plan, corpus, out = plans.pop()
    assert (plan.network, corpus, out) == ("style-a", Path("data"), Path("checkpoints/Style-A/arcane"))
    how, what = plan.training, plan.settings
    assert (how.batch, how.steps, how.log_every, how.sheet_every, how.save_every) == (8, 9, 2, 2, 3)
    assert (what.learning_rate, what.adversarial, what.reconstruction, what.temporal) == (0.001, 0.02, 0.3, 0.5)
    # The published perceptual loss is a sum over the batch, ours a mean.
    assert (what.perceptual, what.mask, what.initial) == (pytest.approx(0.08), 0.001, "d.pt,p.pt")
    assert (what.teacher, what.vtoonify, what.parsing, what.bisenet) == ("vtoonify", "v.pt", "bisenet", "f.onnx")
    assert run_script(train_style_a, ["--perc_loss", "0.01"]) == 0
    assert plans.pop()[0] == planned("style-a", "paper", None, {}, {})


@pytest.mark.parametrize("script", ["train_style_e.py", "train_style_a.py"])
def test_published_scripts_run(script: str, tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / script), "--dry-run"]
    shown = subprocess.run(words, cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert "[training]" in shown.stdout
    refused = subprocess.run(words[:2], cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "is no corpus" in refused.stderr


def test_a_folder_without_a_corpus_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no corpus"):
        train_network(planned("style-e", "tiny", None, {}, {}), tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
