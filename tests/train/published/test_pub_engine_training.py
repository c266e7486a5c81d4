"""A training learns, and comes to the same weights however it is cut up: in time, in batches or over processes."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("lightning_fabric", reason="the train extra is not installed")

import toy_tasks  # noqa: E402
from toy_tasks import Line, run, tensors  # noqa: E402

from style2talker.errors import Style2TalkerError, UsageError  # noqa: E402
from style2talker.media.picture import read_picture  # noqa: E402
from style2talker.train.published.engine.loop import is_out_of_memory, train  # noqa: E402
from style2talker.train.published.engine.settings import TrainingSettings  # noqa: E402
from style2talker.train.published.engine.state import State, load_state  # noqa: E402

PROGRAM = Path(toy_tasks.__file__)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _assert_same(one: State, other: State, within: float = 0.0) -> None:
    ours, theirs = tensors(one), tensors(other)
    assert one.step == other.step
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        far = float((value.double() - theirs[name].double()).abs().max())
        assert far <= within, f"{name} is off by {far}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """Both toys after 20 steps of 8 samples, never interrupted."""
    states = {}
    for toy in toy_tasks.TOYS:
        states[toy] = load_state(run(toy, tmp_path_factory.mktemp(toy)).checkpoint)
    return states


@pytest.mark.parametrize("toy", toy_tasks.TOYS)
def test_it_learns_and_tells(toy: str, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    settings = TrainingSettings(steps=200, batch=8, device="cpu", clip=1.0, log_every=20, validate_every=100)
    done = train(toy_tasks.TOYS[toy], settings, tmp_path, lambda *words: told.append(words))
    assert (done.begun, done.step, done.first, done.stopped) == (0, 200, True, 0)
    assert told == [("training", step, 200) for step in range(1, 201)]
    measured = _rows(tmp_path / "validation.csv")
    assert [row["step"] for row in measured] == ["0", "100", "200"]
    assert float(measured[-1]["off"]) < 0.1 * float(measured[0]["off"])
    assert done.validation == {"off": pytest.approx(float(measured[-1]["off"]))}
    losses = _rows(tmp_path / "losses.csv")
    assert [int(row["step"]) for row in losses] == list(range(20, 201, 20))
    falling = "line/loss" if toy == "line" else "generator/distance"
    assert float(losses[-1][falling]) < 0.6 * float(losses[0][falling])
    assert {"seconds_per_step", "data_wait"} <= losses[0].keys()
    assert next((tmp_path / "tensorboard").iterdir()).stat().st_size > 1000


def test_sheets_are_pictures_of_their_step(tmp_path: Path) -> None:
    run("line", tmp_path, sheet_every=10)
    sheets = sorted((tmp_path / "sheets").iterdir())
    assert [path.name for path in sheets] == [f"step-{step:07d}.png" for step in (0, 10, 20)]
    assert (read_picture(sheets[1]).pixels == 40).all()


@pytest.mark.parametrize("toy", toy_tasks.TOYS)
def test_resumed_is_uninterrupted(toy: str, tmp_path: Path, whole: dict[str, State]) -> None:
    for steps in (7, 13, 20):
        done = run(toy, tmp_path, steps=steps, workers=1 + steps % 3)
    assert (done.begun, done.step) == (13, 20)
    _assert_same(load_state(done.checkpoint), whole[toy])
    assert [int(row["step"]) for row in _rows(tmp_path / "losses.csv")] == [5, 7, 10, 13, 15, 20]
    again = run(toy, tmp_path)
    assert (again.begun, again.step, again.losses) == (20, 20, {})


def test_a_signal_saves_the_step_and_the_same_command_goes_on(tmp_path: Path, whole: dict[str, State]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def at_step(step: int) -> None:
        if step == 3:
            # A launcher sends a second one soon after the first.
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)

    stopped = run("spots", tmp_path, at_step)
    assert (stopped.step, stopped.stopped) == (4, signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
    assert load_state(stopped.checkpoint).step == 4
    done = run("spots", tmp_path)
    assert (done.begun, done.step, done.stopped) == (4, 20, 0)
    _assert_same(load_state(done.checkpoint), whole["spots"])


def _process(*words: str, launcher: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *launcher, str(PROGRAM), *words]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)


def test_a_killed_process_loses_no_more_than_since_the_checkpoint(tmp_path: Path, whole: dict[str, State]) -> None:
    killed = _process("line", str(tmp_path), "--kill", "13", "--signal", "SIGKILL")
    assert killed.returncode == -signal.SIGKILL
    half = tmp_path / ".checkpoint.4711-0123abcd.pt"
    half.write_bytes(b"half a checkpoint")
    with (tmp_path / "losses.csv").open("a") as file:
        file.write("15,0.1")
    assert load_state(tmp_path / "checkpoint.pt").step == 10
    done = run("line", tmp_path)
    assert (done.begun, done.step) == (10, 20)
    assert not half.exists()
    assert [int(row["step"]) for row in _rows(tmp_path / "losses.csv")] == [5, 10, 15, 20]
    _assert_same(load_state(done.checkpoint), whole["line"])


@pytest.mark.parametrize("toy", toy_tasks.TOYS)
def test_accumulated_batches_are_one_batch(toy: str, tmp_path: Path, whole: dict[str, State]) -> None:
    done = run(toy, tmp_path, batch=4, accumulate=2)
    _assert_same(load_state(done.checkpoint), whole[toy], within=1e-5)


def test_two_processes_are_one_with_the_doubled_batch(tmp_path: Path, whole: dict[str, State]) -> None:
    launcher = ("-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=0", "--rdzv_backend=c10d")
    launcher += ("--rdzv_endpoint=localhost:0",)
    ended = _process("spots", str(tmp_path), "--batch", "2", "--accumulate", "2", "--kill", "7", launcher=launcher)
    assert ended.stdout.split() == ["0", "8", "15"], ended.stderr
    # One process with the doubled batch may go on from there: the steps are as large.
    done = run("spots", tmp_path)
    assert done.begun == 8
    _assert_same(load_state(done.checkpoint), whole["spots"], within=1e-5)
    first, last = _rows(tmp_path / "losses.csv")[0], _rows(tmp_path / "losses.csv")[-1]
    assert first.keys() == last.keys()


@pytest.mark.parametrize("toy", toy_tasks.TOYS)
def test_mixed_precision_learns_too(toy: str, tmp_path: Path) -> None:
    done = run(toy, tmp_path, steps=150, precision="bf16-mixed", warm_up=5, cosine=145)
    first = float(_rows(tmp_path / "validation.csv")[0]["off"])
    assert done.validation["off"] < 0.5 * first
    assert done.losses[f"{'line' if toy == 'line' else 'generator'}/rate"] < 0.001


def test_changed_settings_are_one_clear_line(tmp_path: Path) -> None:
    run("line", tmp_path, steps=2)
    with pytest.raises(UsageError, match=r"seed = 0, now it is 3: go on with the former, or name another --out"):
        run("line", tmp_path, seed=3)
    with pytest.raises(UsageError, match=r"8 samples a step, now it is 4: choose --batch and --accumulate"):
        run("line", tmp_path, batch=4)
    with pytest.raises(UsageError, match=r"rate = 0.05, now it is 0.1"):
        train(lambda: Line(rate=0.1), TrainingSettings(steps=4, batch=8, device="cpu"), tmp_path)
    with pytest.raises(UsageError, match="is of style-e, not of style-a"):
        run("spots", tmp_path)
    assert run("line", tmp_path, steps=3, batch=2, accumulate=4, log_every=1, save_every=1, workers=4).step == 3


def test_a_loss_that_is_no_number_ends_it_and_keeps_the_checkpoint(tmp_path: Path) -> None:
    run("line", tmp_path, steps=4)
    settings = TrainingSettings(steps=20, batch=8, device="cpu", log_every=3)

    class Lost(Line):
        def loss(self, *words: object) -> object:  # type: ignore[override]
            total, _ = super().loss(*words)  # type: ignore[arg-type]
            return total, {"error": total.detach() * (float("nan") if words[3] == 7 else 1.0)}

    with pytest.raises(Style2TalkerError, match=r"line/error is nan by step 9, the last checkpoint is kept"):
        train(Lost, settings, tmp_path)
    assert load_state(tmp_path / "checkpoint.pt").step == 4


def test_too_little_memory_names_what_helps(tmp_path: Path) -> None:
    def at_step(step: int) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    with pytest.raises(Style2TalkerError, match=r"for 9 samples at once: use --batch 3 --accumulate 6, whose steps"):
        run("line", tmp_path, at_step, batch=9, accumulate=2)

    def at_step_on_a_cpu(step: int) -> None:
        torch.empty(2**46)

    with pytest.raises(Style2TalkerError, match=r"for one sample \(--batch 1\): use a smaller --preset") as caught:
        run("line", tmp_path, at_step_on_a_cpu, batch=1)
    assert is_out_of_memory(caught.value.__cause__ or ValueError())
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))

    def at_sample(number: int) -> None:
        np.empty(2**46)

    with pytest.raises(Style2TalkerError, match="not enough memory on this machine for 4 samples"):
        train(lambda: Line(at_sample=at_sample), TrainingSettings(batch=4, device="cpu"), tmp_path)

    def wrong(step: int) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        run("line", tmp_path, wrong)


def test_devices_that_are_not_there(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(UsageError, match="1 GPUs were asked for, found 0: use --device cpu"):
        run("line", tmp_path, device="cuda")
    with pytest.raises(UsageError, match="16-mixed needs a GPU: use bf16-mixed or 32"):
        run("line", tmp_path, precision="16-mixed")


def test_one_training_at_a_time_in_a_folder(tmp_path: Path) -> None:
    seen: list[str] = []

    def at_step(step: int) -> None:
        if not seen:
            with pytest.raises(UsageError, match="another run is at work") as caught:
                run("line", tmp_path)
            seen.append(str(caught.value))

    run("line", tmp_path, at_step, steps=2)
    assert re.search("wait until it has ended", seen[0])
