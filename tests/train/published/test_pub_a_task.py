"""Style-A's task as the engine uses it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from tests.train.published.drawn_corpus import make_corpus  # noqa: E402

from style2talker.errors import AssetError, InputError  # noqa: E402
from style2talker.train.published.engine.stream import collate  # noqa: E402
from style2talker.train.published.engine.task import Task  # noqa: E402
from style2talker.train.published.style_a import heldout, losses, teacher  # noqa: E402
from style2talker.train.published.style_a.network import StyleA, StyleAOutput  # noqa: E402
from style2talker.train.published.style_a.perceptual import MultiScale, Perceptual  # noqa: E402
from style2talker.train.published.style_a.recipe import StyleARecipe  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402
from style2talker.train.published.style_a.task import StyleATask  # noqa: E402
from style2talker.train.published.style_a.teacher import load_vtoonify, taught  # noqa: E402

RECIPE = dataclasses.replace(
    StyleARecipe.tiny(),
    channel_cap=8,
    motion_cap=8,
    motion_base=4,
    descriptor=8,
    refinement_width=8,
    style_width=8,
    stem=4,
    art_width=4,
    fusion_width=8,
    r1=0.1,
    temporal_from=10,
    temporal_full=20,
    adversarial_from=10,
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"), styles=2)


def made(corpus: Path, **change: object) -> StyleATask:
    torch.manual_seed(0)
    return StyleATask(dataclasses.replace(RECIPE, **change), corpus)


def batch_of(task: StyleATask, count: int = 2) -> dict[str, torch.Tensor]:
    return collate(task.stream("train", 0), 0, count)


def test_it_is_a_task(corpus: Path) -> None:
    task: Task = made(corpus)
    assert task.name == "style-a"
    assert task.phases == ("generator", "discriminator")
    assert set(task.networks) == {"generator", "identity", "art", "table", "discriminator"}
    assert task.trained("generator") == task.averaged == ("generator", "identity", "art", "table")
    assert task.trained("discriminator") == ("discriminator",)
    alone = made(corpus, adversarial=0.0)
    assert alone.phases == ("generator",)
    assert "discriminator" not in alone.networks


def test_every_term_counts_when_its_time_has_come(corpus: Path) -> None:
    task = made(corpus)
    batch = batch_of(task)
    _, early = task.loss("generator", task.networks, batch, 0)
    total, late = task.loss("generator", task.networks, batch, 20)
    assert set(early) == {"reconstruction", "perceptual", "mask", "flow", "warped"}
    assert set(late) == {*early, "temporal", "adversarial"}
    weights = {name: getattr(RECIPE, name) for name in late}
    fading = RECIPE.fading(20)
    weights |= {"flow": RECIPE.flow * fading, "warped": RECIPE.warped * fading}
    assert float(total.detach()) == pytest.approx(
        sum(weights[name] * float(term.detach()) for name, term in late.items()), rel=1e-5
    )
    _, done = task.loss("generator", task.networks, batch, RECIPE.flow_steps)
    assert set(late) - set(done) == {"flow", "warped"}


def test_the_temporal_term_is_that_of_the_frame_that_follows(corpus: Path) -> None:
    task = made(corpus)
    with torch.no_grad():
        for weight in task.networks["generator"].parameters():
            weight.add_(torch.randn(weight.shape) * 0.02)
    batch = batch_of(task)
    _, terms = task.loss("generator", task.networks, batch, 20)
    with torch.no_grad():
        now, _ = task._made(task.networks, batch, False)
        later, _ = task._made(task.networks, {**batch, "window": batch["next_window"]}, False)
    expected = losses.temporal_loss(now.picture, later.picture, batch["next_flow"], batch["next_trust"])
    assert float(terms["temporal"].detach()) == pytest.approx(float(expected), rel=1e-3)


def test_the_discriminator_learns_from_true_and_made_pictures(corpus: Path) -> None:
    task = made(corpus)
    total, terms = task.loss("discriminator", task.networks, batch_of(task), 0)
    assert set(terms) == {"opinion", "r1"}
    assert float(total.detach()) == pytest.approx(
        RECIPE.adversarial * float(terms["opinion"].detach()) + RECIPE.r1 * float(terms["r1"].detach()), rel=1e-5
    )
    total.backward()
    assert all(weight.grad is not None for weight in task.networks["discriminator"].parameters())
    assert all(weight.grad is None for weight in task.networks["generator"].parameters())


def test_every_trained_weight_is_reached(corpus: Path) -> None:
    """Processes that exchange gradients wait for each of them."""
    task = made(corpus, teacher="stylised", stylised="style_0,style_1")
    total, _ = task.loss("generator", task.networks, batch_of(task), 20)
    total.backward()
    missed = [
        f"{name}.{key}"
        for name in task.trained("generator")
        for key, weight in task.networks[name].named_parameters()
        if weight.grad is None
    ]
    assert missed == []


def test_a_batch_is_the_mean_of_its_halves(corpus: Path) -> None:
    """So that two processes learn what one learns from the doubled batch."""
    task = made(corpus, teacher="stylised", stylised="style_0,style_1")
    batch = batch_of(task, 4)
    halves = [{name: value[part] for name, value in batch.items()} for part in (slice(0, 2), slice(2, 4))]
    for phase in task.phases:
        whole = float(task.loss(phase, task.networks, batch, 15)[0].detach())
        parts = [float(task.loss(phase, task.networks, half, 15)[0].detach()) for half in halves]
        assert whole == pytest.approx(sum(parts) / 2, rel=1e-4)


def test_it_learns(corpus: Path) -> None:
    task = made(corpus, adversarial=0.0, temporal=0.0)
    stream = task.stream("train", 0)
    film = stream.clips[-1]
    pair = stream.pair((film, 0), (film, 4))
    batch = {name: torch.from_numpy(value[None]) for name, value in pair.items()}
    optimiser = task.optimiser("generator")
    found = []
    for step in range(12):
        optimiser.zero_grad()
        total, _ = task.loss("generator", task.networks, batch, step)
        total.backward()
        optimiser.step()
        found.append(float(total.detach()))
    assert found[-1] < 0.9 * found[0]


def test_a_published_training_leaves_what_came_trained_alone(corpus: Path) -> None:
    task = made(corpus, frozen=True)
    learned = {key.split(".")[0] for key, w in task.networks["generator"].named_parameters() if w.requires_grad}
    assert learned == {"content", "motion", "synthesis"}
    kept = [key for key, w in task.networks["generator"].named_parameters() if not w.requires_grad]
    assert {".".join(key.split(".")[:2]) for key in kept if key.startswith(("content", "synthesis"))} == {
        "content.modres",
        "synthesis.convs",
        "synthesis.to_rgbs",
    }
    assert task.trained("generator") == task.averaged == ("generator", "art")
    weights = [w for group in task.optimiser("generator").param_groups for w in group["params"]]
    assert all(w.requires_grad for w in weights)


def test_adam_is_as_published(corpus: Path) -> None:
    task = made(corpus, learning_rate=1e-4)
    for phase in task.phases:
        group = task.optimiser(phase).param_groups[0]
        assert (group["lr"], group["betas"], group["weight_decay"]) == (1e-4, (0.9, 0.99), 0)


def test_held_out_numbers_stand_beside_plain_anchors(corpus: Path) -> None:
    task = made(corpus)
    found = task.validate(task.networks)
    assert found == task.validate(task.networks)
    names = {
        f"{kind}{anchor}" for kind in ("psnr", "ssim", "mouth_psnr") for anchor in ("", "_still", "_shift", "_mesh")
    }
    assert set(found) == names | {"mask_mean"}
    # The drawn faces move in one piece: whoever knows how far is better than who does nothing.
    assert found["psnr_mesh"] > found["psnr_still"]
    assert found["mouth_psnr_shift"] > found["mouth_psnr_still"]
    # Untrained it gives the portrait back (`carry_picture`).
    assert found["psnr"] == pytest.approx(found["psnr_still"], abs=0.3)


def test_a_perfect_render_measures_perfect(corpus: Path) -> None:
    task = made(corpus)
    held = task._held

    def perfect(batch: dict[str, torch.Tensor]) -> StyleAOutput:
        mask = torch.zeros(len(batch["true"]), 1, 8, 8)
        return StyleAOutput(batch["true"], (mask,), batch["flow"], batch["true"])

    found = heldout.measure(held, perfect)
    assert found["psnr"] > 90
    assert found["ssim"] == pytest.approx(1)
    shown = heldout.sheet(held, perfect, rows=3)
    assert shown.shape == (3 * 64, 5 * 64, 3)
    assert np.array_equal(shown[:, 64:128], shown[:, 128:192])


def test_held_out_pairs_are_of_the_held_out_person_alone(corpus: Path) -> None:
    stream = made(corpus).stream("validation", 0)
    rng = np.random.default_rng(0)
    assert {stream.source_of(clip, rng).name for clip in stream.clips} == {"W002#neutral#level_1#001"}
    held = heldout.HeldOut.of(stream, 64)
    assert len(held.mouth) == len(held.batch["picture"]) == 4
    assert held.styled is None
    for left, top, right, bottom in held.mouth:
        assert 0 <= left < right <= 64
        assert 32 < top < bottom <= 64  # the mouth is in the lower half of a drawn face


def test_noise_is_measured_in_decibels() -> None:
    a = torch.zeros(1, 3, 8, 8)
    assert float(heldout.noise_ratio(a, a + 0.2)) == pytest.approx(20)  # a tenth of the range of 2


def test_a_flow_is_shown_by_its_direction() -> None:
    right, left = torch.zeros(2, 8, 8), torch.zeros(2, 8, 8)
    right[0], left[0] = 2, -2
    still = heldout.flow_picture(torch.zeros(2, 8, 8), 16)
    assert (still == 255).all()
    assert np.abs(heldout.flow_picture(right, 16).astype(int) - heldout.flow_picture(left, 16)).max() > 200


def test_the_sheet_has_a_row_for_each_sample(corpus: Path) -> None:
    task = made(corpus)
    shown = task.sheet(task.networks)
    assert shown.dtype == np.uint8
    assert shown.shape == (4 * 64, 5 * 64, 3)  # two clips are held out, two pairs of each
    assert np.abs(shown[:, :64].astype(int) - shown[:, 192:256]).max() <= 1  # no flow yet: warped is source


def test_styles_are_measured_and_shown(corpus: Path) -> None:
    task = made(corpus, teacher="stylised", stylised="style_0,style_1")
    found = task.validate(task.networks)
    styled = task._held.styled
    assert styled is not None
    assert styled["style"].tolist() == [0, 1]
    assert (styled["degree"] == 1).all()
    # Untrained it gives the portrait back, which is no painting.
    assert found["styled_psnr"] < found["psnr"] - 3
    assert found["styled_ssim"] < 1
    assert task.sheet(task.networks).shape == ((4 + 2) * 64, 5 * 64, 3)


def test_settings_are_described_with_the_measure_at_work(corpus: Path, tmp_path: Path) -> None:
    told = made(corpus).describe()
    assert told["learning_rate"] == RECIPE.learning_rate
    assert told["perceptual_measure"] == "multi-scale similarity and gradients"
    assert all(isinstance(value, int | float | str | bool) for value in told.values())
    assert isinstance(made(corpus)._perceptual, MultiScale)
    weights = {}
    for number in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28):
        weights[f"features.{number}.weight"] = torch.zeros(2, 2 if number else 3, 3, 3)
        weights[f"features.{number}.bias"] = torch.ones(2)
    torch.save(weights, tmp_path / "vgg.pt")
    task = made(corpus, perceptual_weights=str(tmp_path / "vgg.pt"))
    assert isinstance(task._perceptual, Perceptual)
    assert task.describe()["perceptual_measure"] == "lpips-vgg"


def test_settings_of_the_network_alone_bring_their_recipe(corpus: Path) -> None:
    assert StyleATask(StyleASettings.tiny(), corpus).recipe == StyleARecipe.tiny()


def test_a_teacher_that_stands_still_gives_its_own_picture_of_the_target(corpus: Path) -> None:
    """A network without trained motion is VToonify: no window moves it."""
    task = made(corpus, teacher="stylised", stylised="style_0,style_1")
    batch = batch_of(task)
    batch["true_parsing"] = batch["parsing"]
    torch.manual_seed(0)
    network = StyleA(task.recipe)
    codes = torch.randn(2, task.recipe.rows, task.recipe.style_width)
    found = taught(network, batch, codes, codes)
    assert found.shape == batch["truth"].shape
    assert torch.equal(found, taught(network, {**batch, "window": batch["window"] + 1}, codes, codes))
    assert found.abs().max() <= 1


def test_a_networks_truth_uses_the_face_of_the_target(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teacher, "initialise", lambda networks, paths: [])
    weights = corpus / "vtoonify.pt"
    weights.write_bytes(b"")
    task = made(corpus, teacher="vtoonify", vtoonify=str(weights), carry_picture=False)
    assert task._teacher is not None
    assert not any(w.requires_grad for w in task._teacher.parameters())
    batch = batch_of(task)
    truth = task._truth(task.networks, batch)
    turned = {**batch, "true_face": batch["face"].flip(3)}
    same = {**batch, "face": batch["face"].flip(3)}
    assert torch.equal(truth, task._truth(task.networks, same))
    assert not torch.equal(truth, task._truth(task.networks, turned))


def test_missing_weights_are_named(corpus: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pt")
    recipe = dataclasses.replace(RECIPE, teacher="vtoonify", vtoonify=missing, carry_picture=False)
    with pytest.raises(AssetError, match=r"none\.pt is missing: name a checkpoint of VToonify-D"):
        load_vtoonify(recipe)
    task = made(corpus, initial=str(tmp_path / "none.pt"))
    with pytest.raises(AssetError, match=r"none\.pt is missing"):
        task.prepare(task.networks)
    made(corpus).prepare(task.networks)  # nothing to load, nothing done


def test_clips_to_learn_by_heart_are_those_it_is_judged_on(corpus: Path) -> None:
    task = made(corpus, only="film")
    for split in ("train", "validation"):
        assert [clip.name for clip in task.stream(split, 0).clips] == ["film"]
    with pytest.raises(InputError, match="nobody"):
        made(corpus, only="nobody").stream("train", 0)
