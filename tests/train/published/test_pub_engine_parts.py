"""The parts of the training engine: settings, streams, averages, checkpoints, tables."""

from __future__ import annotations

import dataclasses
import math
import threading
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("lightning_fabric", reason="the train extra is not installed")

from toy_tasks import Line, Points  # noqa: E402

from style2talker.errors import InputError, OutputError, UsageError  # noqa: E402
from style2talker.media.picture import read_picture  # noqa: E402
from style2talker.train.published.engine.averaging import Averages  # noqa: E402
from style2talker.train.published.engine.devices import open_fabric  # noqa: E402
from style2talker.train.published.engine.logs import CurveTable, Logs  # noqa: E402
from style2talker.train.published.engine.phases import Phases  # noqa: E402
from style2talker.train.published.engine.settings import (  # noqa: E402
    PRESETS,
    TrainingSettings,
    assigned,
    config_tables,
    refined,
    settings_text,
    training_preset,
)
from style2talker.train.published.engine.sheets import write_sheet  # noqa: E402
from style2talker.train.published.engine.state import (  # noqa: E402
    State,
    check_same,
    load_state,
    plain,
    save_state,
)
from style2talker.train.published.engine.stopping import StopRequest, listening  # noqa: E402
from style2talker.train.published.engine.stream import Batches, Share, collate, stacked  # noqa: E402
from style2talker.train.published.engine.task import Stream, Task  # noqa: E402


def test_presets_are_settings_of_both_networks() -> None:
    for task in ("style-e", "style-a"):
        tiny, small, paper = (training_preset(task, name) for name in reversed(PRESETS))
        assert tiny.steps < small.steps < paper.steps
    assert training_preset("style-e", "paper").batch == 128
    assert training_preset("style-a", "paper").batch == 4
    with pytest.raises(UsageError, match="preset is 'tinny', did you mean tiny"):
        training_preset("style-a", "tinny")
    with pytest.raises(UsageError, match="network is 'style-b', did you mean style-e"):
        training_preset("style-b", "tiny")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"stepps": 3}, "there is no setting stepps, did you mean steps?"),
        ({"steps": "3"}, "steps is '3', expected a whole number"),
        ({"steps": True}, "steps is True, expected a whole number"),
        ({"steps": 0}, "steps is 0, allowed is 1 to 1e"),
        ({"average": 1.5}, "average is 1.5, allowed is 0 to 0.999999"),
        ({"clip": math.nan}, "clip is nan, allowed is 0 to"),
        ({"precision": "bf16"}, "precision is 'bf16', allowed is 32, bf16-mixed, 16-mixed"),
        ({"device": "gpu"}, "device is 'gpu', did you mean cpu"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match="here: ") as caught:
        refined(TrainingSettings(), given, "here")
    assert says in str(caught.value)


def test_settings_go_to_toml_and_back(tmp_path: Path) -> None:
    settings = refined(training_preset("style-e", "small"), {"clip": 2, "precision": "bf16-mixed"}, "here")
    assert settings.clip == 2.0 and isinstance(settings.clip, float)
    path = tmp_path / "settings.toml"
    path.write_text(settings_text({"corpus": 'a "b"'}, {"training": settings}))
    assert path.read_text().startswith('# corpus: "a \\"b\\""\n[training]\n')
    tables = config_tables(path, ("training", "style-e"))
    assert refined(TrainingSettings(), tables["training"], "file") == settings
    path.write_text("[trainning]\nsteps = 3\n")
    with pytest.raises(UsageError, match="did you mean training"):
        config_tables(path, ("training", "style-e"))
    path.write_text("training = 3\n")
    with pytest.raises(UsageError, match=r"training is a table: write \[training\]"):
        config_tables(path, ("training",))
    with pytest.raises(UsageError, match="cannot be read"):
        config_tables(tmp_path / "none.toml", ("training",))


def test_assigned_values_are_read_as_toml() -> None:
    given = assigned(["blocks=8", "rate = 1e-4", "space=bfm", "warp-fused=false", 'parsing="none"'])
    assert given == {"blocks": 8, "rate": 1e-4, "space": "bfm", "warp_fused": False, "parsing": "none"}
    for word in ("blocks", "=8"):
        with pytest.raises(UsageError, match="write NAME=VALUE"):
            assigned([word])


def test_a_settings_record_that_objects_is_heard() -> None:
    @dataclasses.dataclass(frozen=True)
    class Width:
        width: int = 8

        def __post_init__(self) -> None:
            if self.width % 2:
                raise ValueError("width is odd, use an even one")

    with pytest.raises(UsageError, match="--set: width is odd, use an even one"):
        refined(Width(), {"width": 3}, "--set")


def test_the_rate_rises_then_falls_as_half_a_cosine() -> None:
    settings = TrainingSettings(warm_up=4, cosine=10)
    rates = [settings.rate_factor(step) for step in range(20)]
    assert rates[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert rates[9] == pytest.approx(0.01 + 0.99 / 2)
    assert rates[14:] == pytest.approx([0.01] * 6)
    assert all(TrainingSettings().rate_factor(step) == 1.0 for step in (0, 7, 10**6))


def test_processes_share_a_step_in_consecutive_blocks() -> None:
    one = Share(batch=12, accumulate=1)
    shares = [Share(batch=2, accumulate=3, rank=rank, processes=2) for rank in range(2)]
    assert {share.total for share in (one, *shares)} == {12}
    firsts = [share.first(5, index) for share in shares for index in range(3)]
    assert firsts == [one.first(5, 0) + 2 * block for block in range(6)] == [60, 62, 64, 66, 68, 70]


def test_batches_come_in_order_whatever_the_threads_do() -> None:
    seen: set[str] = set()
    gate = threading.Semaphore(0)

    def at_sample(number: int) -> None:
        seen.add(threading.current_thread().name)
        if number == 0:
            # The first batch is the last one to be ready.
            assert gate.acquire(timeout=30)
        elif number == 4:
            gate.release()

    stream: Stream = Points(3, at_sample)
    batches = Batches(stream, Share(2, 2), 0, 4, workers=3)
    found = [batch for step in batches for batch in step]
    batches.close()
    assert len(found) == 8 and all(name.startswith("samples") for name in seen)
    for index, batch in enumerate(found):
        wanted = collate(Points(3), 2 * index, 2)
        assert batch.keys() == wanted.keys()
        assert all(torch.equal(batch[name], wanted[name]) for name in batch)
        assert batch["x"].shape == (2, 3)
    assert batches.waited > 0


def test_no_more_batches_are_held_than_asked_for() -> None:
    made: list[int] = []
    batches = Batches(Points(0, made.append), Share(1, 1), 0, 1000, workers=2)
    steps = iter(batches)
    for _ in range(3):
        next(steps)
    batches.close()
    assert len(made) <= 3 + 4 + 1


def test_a_sample_that_fails_is_heard_at_its_step() -> None:
    def at_sample(number: int) -> None:
        if number == 3:
            raise InputError("clip 3 is damaged: track it again")

    batches = Batches(Points(0, at_sample), Share(2, 1), 0, 4, workers=1)
    steps = iter(batches)
    next(steps)
    with pytest.raises(InputError, match="clip 3 is damaged"):
        next(steps)
    batches.close()


def test_averages_are_those_worked_out_by_hand() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    network.register_buffer("count", torch.zeros(1))
    averages = Averages({"line": network}, decay=0.3)
    expected = 0.0
    for step, weight in enumerate([4.0, 1.0, -2.0, 7.0, 0.5]):
        with torch.no_grad():
            network.weight.fill_(weight)
            network.count.fill_(step)
        averages.update()
        share = 0.0 if step == 0 else min(0.3, (1 + step) / (10 + step))
        expected = share * expected + (1 - share) * weight
        assert float(averages.networks["line"].get_parameter("weight")) == pytest.approx(expected, rel=1e-6)
        assert float(averages.state()["line"]["count"]) == step
    other = Averages({"line": torch.nn.Linear(1, 1, bias=False).requires_grad_(False)}, decay=0.3)
    assert not other.networks["line"].get_parameter("weight").requires_grad
    again = Averages({"line": network}, decay=0.3)
    again.restore(averages.state(), updates=5)
    for each in (averages, again):
        each.update()
    assert torch.equal(again.state()["line"]["weight"], averages.state()["line"]["weight"])
    assert Averages({"line": network}, decay=0.0).networks == {}


def _state(**changes: object) -> State:
    values: dict[str, object] = {
        "task": "style-e",
        "step": 7,
        "samples": 8,
        "settings": {"width": 512, "space": "rig"},
        "training": plain(TrainingSettings()),
        "networks": {"denoiser": {"weight": torch.arange(3.0)}, "audio": {"weight": torch.ones(2)}},
        "averaged": {"denoiser": {"weight": torch.zeros(3)}},
        **changes,
    }
    return State(**values)  # type: ignore[arg-type]


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_state(path, _state())
    found = load_state(path)
    assert (found.task, found.step, found.samples, found.settings) == ("style-e", 7, 8, {"width": 512, "space": "rig"})
    assert torch.equal(found.networks["denoiser"]["weight"], torch.arange(3.0))
    assert torch.equal(found.best("denoiser")["weight"], torch.zeros(3))
    assert torch.equal(found.best("audio")["weight"], torch.ones(2))


def test_a_checkpoint_that_cannot_be_written_leaves_the_former(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint.pt"
    save_state(path, _state())

    def full(values: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match="no space left"):
        save_state(path, _state(step=8))
    monkeypatch.undo()
    assert load_state(path).step == 7
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_files_that_are_no_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    with pytest.raises(InputError, match="is not there: train by"):
        load_state(path)
    save_state(path, _state())
    whole = path.read_bytes()
    torch.save({"version": 99}, tmp_path / "newer.pt")
    torch.save({"weights": torch.zeros(2)}, tmp_path / "foreign.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    (tmp_path / "cut.pt").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.pt").write_text("not a checkpoint")
    (tmp_path / "empty.pt").touch()
    with pytest.raises(InputError, match="of version 99, expected 1"):
        load_state(tmp_path / "newer.pt")
    for name in ("foreign", "list", "cut", "text", "empty"):
        with pytest.raises(InputError, match="is damaged, or no checkpoint"):
            load_state(tmp_path / f"{name}.pt")


def test_what_may_change_between_runs_and_what_may_not() -> None:
    longer = plain(TrainingSettings(steps=9, save_every=3, workers=7, batch=4, device="cpu"))
    check_same(Path("c"), _state(), _state(training=longer, step=0))
    for changes, says in (
        ({"training": plain(TrainingSettings(average=0.5))}, "average = 0.999, now it is 0.5"),
        ({"settings": {"width": 512, "space": "bfm"}}, "space = 'rig', now it is 'bfm'"),
        ({"settings": {"width": 512}}, "space = 'rig', now it is None"),
        ({"samples": 16}, "8 samples a step, now it is 16"),
        ({"task": "style-a"}, "is of style-e, not of style-a"),
    ):
        with pytest.raises(UsageError, match=says):
            check_same(Path("c"), _state(), _state(**changes))  # type: ignore[arg-type]


def test_tables_take_new_columns_and_cut_what_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    table = CurveTable(path, 0)
    table.append(5, {"loss": 0.5})
    table.append(10, {"loss": 0.25, "temporal": 1e-7})
    assert path.read_text().splitlines() == ["step,loss,temporal", "5,0.5,", "10,0.25,1e-07"]
    with path.open("a") as file:
        file.write("15,0.1")
    again = CurveTable(path, 7)
    assert path.read_text().splitlines() == ["step,loss,temporal", "5,0.5,"]
    again.append(10, {"temporal": 2.0})
    assert path.read_text().splitlines()[-1] == "10,,2"


def test_logs_lie_in_the_folder_of_the_training(tmp_path: Path) -> None:
    logs = Logs(tmp_path, 0)
    logs.losses(1, {"line/loss": 0.5})
    logs.validation(1, {"off": 2.0})
    logs.sheet(1, np.full((4, 5, 3), 9, np.uint8))
    logs.close()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"losses.csv", "validation.csv", "sheets", "tensorboard"}
    events = next((tmp_path / "tensorboard").iterdir()).read_bytes()
    for tag in (b"line/loss", b"validation/off", b"sheet"):
        assert tag in events


def test_a_sheet_is_a_whole_picture_or_none(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
    path = write_sheet(tmp_path / "sheets", 12, picture)
    assert path.name == "step-0000012.png"
    assert np.array_equal(read_picture(path).pixels, picture)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_signals_are_heard_by_the_main_thread_alone() -> None:
    heard: list[StopRequest] = []

    def elsewhere() -> None:
        with listening() as request:
            heard.append(request)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert heard[0].number == 0
    request = StopRequest()
    request.take(15)
    request.take(2)
    assert request.number == 15


def test_a_step_changes_what_its_phase_trains_and_nothing_else() -> None:
    torch.manual_seed(0)
    task: Task = Line()
    settings = TrainingSettings(device="cpu", clip=0.01, warm_up=10)
    phases = Phases(task, open_fabric(settings), settings)
    phases.connect()
    before = {name: {k: v.clone() for k, v in net.state_dict().items()} for name, net in phases.networks.items()}
    told = phases.run([collate(task.stream("train", 0), 0, 8)], 0)
    assert told.keys() == {"line/loss", "line/error"}
    assert not told["line/loss"].requires_grad
    assert phases.rates() == {"line/rate": pytest.approx(0.005)}
    after = {name: net.state_dict() for name, net in phases.networks.items()}
    assert not torch.equal(before["slopes"]["weight"], after["slopes"]["weight"])
    assert torch.equal(before["fixed"]["weight"], after["fixed"]["weight"])
    norm = math.sqrt(
        sum(float(w.grad.norm()) ** 2 for w in phases.networks["slopes"].parameters() if w.grad is not None)
    )
    assert norm == pytest.approx(0.01, rel=1e-3)
    assert phases.best()["slopes"] is phases.averages.networks["slopes"]
    assert phases.best()["fixed"] is phases.networks["fixed"]


def test_samples_are_stacked_by_name() -> None:
    stream = Points(3)
    batch = stacked([stream.sample(number) for number in (5, 2)])
    for name, values in batch.items():
        assert np.array_equal(values[0].numpy(), stream.sample(5)[name])
        assert np.array_equal(values[1].numpy(), stream.sample(2)[name])
