"""The published Style-E learns: losses, the task of the engine, a clip by heart, text that changes faces."""

import dataclasses
import json

import numpy as np
import pytest
import scipy.io

torch = pytest.importorskip("torch", reason="training needs the train extra")
pytest.importorskip("lmdb", reason="packs need the corpus extra")

from pub_e_corpus import FakeEncoder, made_corpus, made_feelings, made_speech  # noqa: E402

from style2talker.errors import InputError, UsageError  # noqa: E402
from style2talker.face.bfm import to_blendshapes  # noqa: E402
from style2talker.face.rig import load_rig  # noqa: E402
from style2talker.records import ARKIT_NAMES  # noqa: E402
from style2talker.train.published.style_e import ablation, task  # noqa: E402
from style2talker.train.published.style_e.ablation import OPTIONS, changed, main, taught  # noqa: E402
from style2talker.train.published.style_e.judging import Held, Judge, best_r, curve_sheet  # noqa: E402
from style2talker.train.published.style_e.losses import (  # noqa: E402
    MouthModel,
    body_mouth,
    mouth_model,
    opening_of,
    rig_mouth,
    velocity,
)
from style2talker.train.published.style_e.sampling import graph_of, sampled_expression  # noqa: E402
from style2talker.train.published.style_e.settings import StyleESettings  # noqa: E402
from style2talker.train.published.style_e.task import StyleETask  # noqa: E402

torch.set_num_threads(1)
JAW = ARKIT_NAMES.index("jawOpen")
SETTINGS = dataclasses.replace(
    StyleESettings.tiny(), text_width=6, text_scale=1.0, latent=48, blocks=2, window=16, overlap=8, audio_channels=2,
    calibration=64, colour=0.0, disguise=0.0, in_step=False, speech_guidance=1.5, speech_corpus="", speech_share=0.0,
    rate=3e-3, mouth_weight=5.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_corpus(tmp_path_factory.mktemp("corpus") / "made")


@pytest.fixture(scope="module")
def trained(folder):
    """The task on the made corpus and its networks after a few steps."""
    made = StyleETask(SETTINGS, folder, FakeEncoder())
    return made, taught(made, 150, 4)


def batch_of(made, count, seed=0):
    stream = made.stream("train", seed)
    drawn = [stream.sample(n) for n in range(count)]
    return {name: torch.from_numpy(np.stack([sample[name] for sample in drawn])) for name in drawn[0]}


def test_the_mouth_of_the_rig_opens_with_the_jaw():
    mouth = rig_mouth()
    shapes = torch.zeros(2, 3, 52)
    shapes[1, :, JAW] = 0.5
    outer, inner = mouth.openings(shapes)[:, 0].T
    rig = load_rig()
    unit = np.linalg.norm(rig.reference[33] - rig.reference[263])
    points = rig.reference + 0.5 * rig.basis[JAW]
    for found, (up, low) in ((outer, (0, 17)), (inner, (13, 14))):
        assert float(found[1]) == pytest.approx(np.linalg.norm((points[up] - points[low]) / unit) ** 2, rel=1e-4)
        assert float(found[1]) > float(found[0])
    assert opening_of(mouth, np.zeros((4, 52), np.float32)) == pytest.approx(np.full(4, float(inner[0]) ** 0.5))


def test_the_stand_in_for_the_basel_face_is_the_mapped_rig():
    mouth = mouth_model(StyleESettings(space="bfm"))
    expression = np.random.default_rng(0).normal(0, 0.05, (5, 64)).astype(np.float32)
    shapes = to_blendshapes(expression)
    inside = (shapes > 0).all(axis=1) & (shapes < 1).all(axis=1)
    rig = opening_of(rig_mouth(), shapes)
    assert mouth.identity is None and mouth.expression.shape == (64, 4, 3)
    np.testing.assert_allclose(opening_of(mouth, expression)[inside], rig[inside], atol=1e-4)
    assert np.abs(opening_of(mouth, expression) - rig).max() < 0.05


def test_the_users_basel_face_is_measured_at_the_published_landmarks(tmp_path):
    rng = np.random.default_rng(0)
    content = {
        "meanshape": rng.normal(size=(1, 300)),
        "idBase": rng.normal(size=(300, 80)),
        "exBase": rng.normal(size=(300, 64)),
        "keypoints": rng.permutation(100)[:68][None] + 1,
    }
    scipy.io.savemat(tmp_path / "BFM_model_front.mat", content)
    mouth = mouth_model(StyleESettings(space="bfm", body_model=str(tmp_path / "BFM_model_front.mat")))
    identity, expression = rng.normal(size=(2, 80)), rng.normal(size=(2, 64))
    shape = content["meanshape"] + identity @ content["idBase"].T + expression @ content["exBase"].T
    points = shape.reshape(2, 100, 3)[:, content["keypoints"][0] - 1]
    wanted = [((points[:, a] - points[:, b]) ** 2).sum(-1) for a, b in ((51, 57), (62, 66))]
    found = mouth.openings(*(torch.from_numpy(part.astype(np.float32)) for part in (expression, identity)))
    np.testing.assert_allclose(found.numpy(), np.stack(wanted, axis=1), rtol=1e-3)
    (tmp_path / "no.mat").write_bytes(b"no")
    with pytest.raises(InputError, match="is no Basel Face Model"):
        body_mouth(tmp_path / "no.mat")


def test_a_mouth_is_linear_in_expression_and_identity():
    points = np.zeros((4, 3), np.float32)
    points[1::2, 1] = 1.0
    lower = np.zeros((1, 4, 3), np.float32)
    lower[0, 3, 1] = 1.0
    mouth = MouthModel(points, lower, np.repeat(lower, 80, axis=0))
    assert mouth.openings(torch.tensor([2.0])).tolist() == [1.0, 9.0]
    assert mouth.openings(torch.tensor([2.0]), torch.full((80,), 0.1)).tolist() == pytest.approx([1.0, 121.0], rel=1e-4)


def test_velocity_is_the_step_from_frame_to_frame():
    assert velocity(torch.tensor([[[0.0], [1.0], [4.0]]]))[0, :, 0].tolist() == [1.0, 3.0]


def test_a_perfect_prediction_loses_nothing(folder):
    made = StyleETask(SETTINGS, folder, FakeEncoder())
    batch = batch_of(made, 3)

    class Knowing(torch.nn.Module):
        def forward(self, noisy, steps, sparse, text, given):
            return (batch["expression"] - made.networks["denoiser"].centre) / made.networks["denoiser"].spread

    made.prepare(made.networks)
    total, terms = made.loss("denoiser", {**made.networks, "denoiser": Knowing()}, batch, 0)
    assert set(terms) == {"coefficients", "mouth", "velocity", "audio"}
    assert {name: float(value.detach()) for name, value in terms.items() if name != "audio"} == {
        "coefficients": 0.0,
        "mouth": 0.0,
        "velocity": 0.0,
    }
    assert float(total.detach()) == pytest.approx(float(terms["audio"].detach()))


def test_the_loss_is_what_the_paper_sums(folder):
    """Worked out by hand from the outputs of the networks: squared error plus mouth opening, nothing else."""
    settings = StyleESettings(space="bfm", text_width=6, latent=8, blocks=1, audio_channels=1)
    made = StyleETask(settings, folder, FakeEncoder())
    batch = batch_of(made, 4)
    total, terms = made.loss("denoiser", made.networks, batch, 0)
    kept = task.cosine_schedule(1000).kept[batch["steps"].numpy()][:, None, None]
    noisy = np.sqrt(kept) * batch["expression"].numpy() + np.sqrt(1 - kept) * batch["noise"].numpy()
    sparse = made.networks["audio"](batch["mel"], batch["reference"], batch["blink"])
    text = batch["text"][:, None].repeat(1, 32, 1)
    clean = made.networks["denoiser"](
        torch.from_numpy(noisy.astype(np.float32)), batch["steps"], sparse, text, batch["given"]
    )
    mouth = mouth_model(settings)
    gaps = [mouth.openings(rows.detach()).numpy() for rows in (clean, batch["expression"])]
    error = ((clean.detach().numpy() - batch["expression"].numpy()) ** 2).mean()
    assert set(terms) == {"coefficients", "mouth"}
    assert float(total.detach()) == pytest.approx(error + np.abs(gaps[0] - gaps[1]).mean(), rel=1e-4)


def test_only_what_learns_is_changed(folder):
    settings = dataclasses.replace(SETTINGS, train_audio=False, audio_weight=0.0, average=False)
    made = StyleETask(settings, folder, FakeEncoder())
    before = {n: {k: v.clone() for k, v in net.state_dict().items()} for n, net in made.networks.items()}
    after = taught(made, 2, 2)
    assert made.trained("denoiser") == ("denoiser",) and made.averaged == ()
    assert all(torch.equal(value, before["audio"][name]) for name, value in after["audio"].state_dict().items())
    assert not torch.equal(after["denoiser"].first.weight, before["denoiser"]["first.weight"])
    group = made.optimiser("denoiser").param_groups[0]
    assert group["weight_decay"] == 0.0 and group["lr"] == 3e-3


def test_the_same_seed_learns_the_same(folder):
    first, second = (taught(StyleETask(SETTINGS, folder, FakeEncoder()), 3, 2) for _ in range(2))
    for name in first:
        for key, value in first[name].state_dict().items():
            assert torch.equal(value, second[name].state_dict()[key])
    assert StyleETask(SETTINGS, folder, FakeEncoder()).describe() == dataclasses.asdict(SETTINGS)


def test_held_out_lips_follow_the_voice(trained):
    made, networks = trained
    numbers = made.validate(networks)
    assert numbers == made.validate(networks)
    assert numbers["lip_r"] > 0.8 and numbers["lip_r"] > numbers["lip_r_mean_motion"] + 0.2
    assert numbers["mse"] < 0.7 * numbers["mse_mean"] and 0.4 < numbers["lip_spread"] < 1.6
    assert "look_mse" not in numbers
    sheet = made.sheet(networks)
    assert sheet.shape == (3 * 110, 900, 3) and sheet.dtype == np.uint8
    assert len(np.unique(sheet.reshape(-1, 3), axis=0)) >= 4


@pytest.mark.parametrize("n_frames", [1, 20, 21, 31, 32, 33, 64, 8193])
def test_every_length_is_sampled(trained, n_frames):
    made, networks = trained
    settings = dataclasses.replace(made.settings, overlap=0)
    told = (np.zeros((n_frames, 80, 16), np.float32), np.zeros(52, np.float32), np.zeros(n_frames, np.float32))
    out = sampled_expression(networks, settings, (*told, np.zeros(80, np.float32)), np.zeros(6, np.float32), rng())
    assert out.shape == (n_frames, 52) and np.isfinite(out).all()


def rng():
    return np.random.default_rng(0)


def test_only_the_sentence_changes_the_feeling(trained):
    made, networks = trained
    clip = made._corpus.load("c#neutral#level_3#001")
    told = (clip.windows, clip.expression[0], clip.lids, clip.colour)
    texts = FakeEncoder().encode(["looks happy", "looks sad", "looks happy"])
    happy, sad, again = (sampled_expression(networks, made.settings, told, text, rng()) for text in texts)
    assert happy.tobytes() == again.tobytes()
    smile, frown = (ARKIT_NAMES.index(name) for name in ("mouthSmileLeft", "mouthFrownLeft"))
    assert happy[:, smile].mean() > sad[:, smile].mean() + 0.2
    assert sad[:, frown].mean() > happy[:, frown].mean() + 0.2


def test_a_silent_clip_is_moved_by_its_sentence_alone(folder):
    settings = dataclasses.replace(SETTINGS, drop_speech=0.3)
    made = StyleETask(settings, folder, FakeEncoder())
    networks = taught(made, 3, 2)
    lids, still = np.zeros(20, np.float32), np.zeros(52, np.float32)
    quiet = sampled_expression(networks, settings, (None, still, lids, np.zeros(80)), np.ones(6, np.float32), rng())
    assert quiet.shape == (20, 52)
    heard = (np.ones((20, 80, 16), np.float32), still, lids, np.zeros(80, np.float32))
    assert (sampled_expression(networks, settings, heard, np.ones(6, np.float32), rng()) != quiet).any()


def test_held_out_clips_without_sound_are_judged_by_their_look(tmp_path):
    folder = made_corpus(tmp_path / "made")
    text = (folder / "manifest.jsonl").read_text()
    (folder / "manifest.jsonl").write_text(text.replace('"mel":"mel/c#sad#level_3#001.npy",', ""))
    made = StyleETask(SETTINGS, folder, FakeEncoder())
    numbers = made.validate(taught(made, 2, 2))
    assert numbers["look_mse_mean"] > 0 and numbers["look_mse"] > 0 and "lip_r" in numbers


def test_a_clip_is_learned_by_heart(folder):
    """Five steps of the sampler give the very motion back."""
    settings = dataclasses.replace(
        SETTINGS, drop_speech=0.0, drop_text=0.0, speech_guidance=1.0, velocity_weight=0.0, overlap=0,
        average=False, latent=64, only="a#happy#level_3#001",
    )  # fmt: skip
    made = StyleETask(settings, folder, FakeEncoder())
    numbers = made.validate(taught(made, 300, 4))
    assert numbers["lip_r"] >= 0.98 and numbers["motion_r"] > 0.9


def test_numbers_of_what_was_made(trained):
    """The motion itself agrees wholly, the mean face not at all."""
    made, _ = trained
    judge = Judge(made._corpus, made.settings, rig_mouth(), made._texts)
    clip = made._corpus.load("c#happy#level_3#001")
    opened, loudness = opening_of(rig_mouth(), clip.expression), clip.windows[:, :, 8].mean(axis=1)
    numbers = judge.numbers([Held(clip, clip.expression, opened, opened, loudness)])
    assert (numbers["mse"], numbers["lip_r"], numbers["motion_r"], numbers["lip_spread"]) == pytest.approx((0, 1, 1, 1))
    assert numbers["lip_r_loudness"] > 0.9 and numbers["mse_mean"] > 0.001
    still = np.repeat(clip.expression.mean(axis=0)[None], len(opened), axis=0)
    numbers = judge.numbers([Held(clip, still, opened, opening_of(rig_mouth(), still), loudness)])
    assert numbers["lip_r"] == numbers["motion_r"] == 0.0 and numbers["lip_spread"] < 1e-3


def test_correlation_allows_for_three_frames():
    curve = np.random.default_rng(0).random(60).astype(np.float32)
    assert best_r(curve[3:], curve) == pytest.approx(1.0)
    assert best_r(curve, curve[3:]) == pytest.approx(1.0)
    assert best_r(curve[5:], curve) < 0.6
    assert best_r(np.zeros(60, np.float32), curve) == 0.0 and best_r(curve[:5], curve[:5]) == 0.0
    assert curve_sheet([]).shape[2] == 3


def test_a_network_is_a_function_of_arrays(trained):
    _, networks = trained
    told = {"mel": np.zeros((1, 2, 80, 16), np.float32), "reference": np.zeros((1, 2, 52), np.float32)}
    out = graph_of(networks["audio"], "sparse")(**told, blink=np.zeros((1, 2, 1), np.float32))
    assert out["sparse"].shape == (1, 2, 52) and out["sparse"].dtype == np.float32


def test_the_corpus_names_the_space_and_lacking_speech_is_done_without(folder, caplog):
    settings = dataclasses.replace(SETTINGS, space="corpus", speech_corpus="speech", speech_share=0.5)
    with caplog.at_level("INFO"):
        made = StyleETask(settings, folder, FakeEncoder())
    assert made.settings.space == "rig" and made.settings.speech_share == 0.0
    assert "films alone" in caplog.text


def test_synthetic_speech_joins_in(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(task, "read_feelings", lambda encoder, count, seed: made_feelings())
    made_speech(tmp_path / "speech", 2)
    settings = dataclasses.replace(SETTINGS, speech_corpus=str(tmp_path / "speech"), speech_share=1.0)
    made = StyleETask(settings, folder, FakeEncoder())
    assert made.settings.speech_share == 1.0
    assert (batch_of(made, 3)["known"].sum(dim=1) == 44).all()


def test_presets():
    paper, small, tiny = StyleESettings.paper(), StyleESettings.small(), StyleESettings.tiny()
    assert (paper.space, paper.text_width, paper.overlap, paper.normalise) == ("bfm", 512, 0, False)
    assert (small.latent, small.blocks, small.audio_channels) == (512, 8, 32)
    assert tiny.space == "rig" and tiny.text_width == 384 and tiny.train_audio


def test_the_ablation_tells_each_option(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "StyleETask", lambda settings, data: StyleETask(settings, data, FakeEncoder()))
    monkeypatch.setattr(StyleESettings, "tiny", classmethod(lambda cls: SETTINGS))
    arguments = ["--data", str(folder), "--out", str(tmp_path / "told.json"), "--steps", "2", "--batch", "2"]
    main([*arguments, "--options", "preset", "deterministic sampler", "no average of weights"])
    told = json.loads((tmp_path / "told.json").read_text())
    assert list(told) == ["preset", "deterministic sampler", "no average of weights"]
    assert all("lip_r" in numbers and "seconds" in numbers for numbers in told.values())
    heart = ["only=a#neutral#level_3#001", "rate=0.001", "average=false"]
    main([*arguments, "--options", "preset", "--set", *heart])
    assert json.loads((tmp_path / "told.json").read_text())["preset"]["lip_r_mean_motion"] == pytest.approx(
        1.0, abs=1e-2
    )
    with pytest.raises(UsageError, match="no such setting"):
        main([*arguments, "--set", "speed=1"])
    with pytest.raises(UsageError, match="there is no option"):
        changed(SETTINGS, "magic")


def test_every_option_is_a_change_of_settings_that_can_be():
    tried = {name: changed(StyleESettings.tiny(), name) for name in OPTIONS}
    assert tried["preset"] == StyleESettings.tiny()
    assert tried["overlapping windows"].overlap == 16 and tried["guidance of both 2.5"].plan.guides
    assert tried["windows side by side"] is None and tried["steps to the last one"].spacing == "trailing"
