"""Training the lip network: it learns, it resumes, it finds offsets, and what it exports is what it is."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.corpus.visemes import Phone, mouth_curves  # noqa: E402
from style2talker.runtime.ports import LIPS  # noqa: E402
from style2talker.runtime.session import Session  # noqa: E402
from style2talker.speech.mel import log_mel  # noqa: E402
from style2talker.style_e.lips import CHANNELS  # noqa: E402
from style2talker.train import lips, lips_data  # noqa: E402
from style2talker.train.lips import agreement, align, fine_tune, main, pretrain  # noqa: E402
from style2talker.train.lips_data import Clip, example, person_folds, read_clips, read_synthetic  # noqa: E402
from style2talker.train.lips_net import LipNet, export_onnx, predict  # noqa: E402


def made_speech(seed, seconds=6.0):
    """Noise bursts stand for open vowels, low hum for closed lips: (samples, curves at 25 fps)."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.002, round(seconds * 16000)).astype(np.float32)
    phones, at = [], 0.2
    t = np.arange(len(samples)) / 16000
    while at < seconds - 0.6:
        for symbol in ("aa", "m"):
            end = at + float(rng.uniform(0.12, 0.28))
            inside = (t >= at) & (t < end)
            samples[inside] += (
                rng.normal(0, 0.2, inside.sum()) if symbol == "aa" else 0.2 * np.sin(2 * np.pi * 150 * t[inside])
            )
            phones.append(Phone(symbol, at, end))
            at = end
    return samples, mouth_curves(phones, seconds)[::4]


@pytest.fixture(scope="module")
def synth(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synth")
    for i in range(6):
        samples, curves = made_speech(i)
        np.savez(
            folder / f"{i:06d}.npz",
            samples=np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16),
            curves=curves.astype(np.float16),
        )
    return folder


@pytest.fixture(scope="module", autouse=True)
def small_batches():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lips, "_BATCH", 4)
        patch.setattr(lips, "_SEGMENT", 50)
        yield


@pytest.fixture(scope="module")
def trained(synth):
    torch.manual_seed(0)
    net = LipNet(width=32)
    pretrain(net, sorted(synth.glob("*.npz")), steps=220, seed=0)
    return net


def real_clip(seed, lag=0, person="p"):
    samples, curves = made_speech(seed)
    channels = np.roll(curves, lag, axis=0).astype(np.float32)
    channels[:, -1] = 0
    return Clip(f"clip{seed}", person, log_mel(samples), channels, channels[:, 0] * 0.3, 1.0)


def test_it_learns_what_opens_the_mouth(trained):
    scores = agreement(trained, [real_clip(90), real_clip(91)])
    assert scores["opening"] > 0.7
    assert scores["opening"] > scores["foreign sound control"] + 0.3
    assert set(scores) == {"opening", "jawOpen", "pucker", "loudness baseline", "foreign sound control"}


@pytest.mark.parametrize("lag", [-4, 0, 5])
def test_offsets_between_sound_and_picture_are_found_and_taken_out(trained, lag):
    kept = align(trained, [real_clip(92, lag)])
    assert len(kept) == 1
    assert len(kept[0].opening) == len(kept[0].windows) == 150 - abs(lag)
    assert agreement(trained, kept)["opening"] > 0.6


def test_sound_that_belongs_to_another_face_is_left_out(trained):
    clip = real_clip(93)
    foreign = Clip("foreign", "q", real_clip(97).columns, clip.channels, np.zeros_like(clip.opening), 1.0)
    assert align(trained, [foreign]) == []


def test_tuning_does_not_lose_what_was_learned(trained, synth):
    net = LipNet(width=32)
    net.load_state_dict(trained.state_dict())
    fine_tune(net, sorted(synth.glob("*.npz")), [real_clip(94), real_clip(95)], steps=8, seed=0)
    assert agreement(net, [real_clip(96)])["opening"] > 0.6


def test_the_exported_graph_is_the_network(tmp_path):
    torch.manual_seed(1)
    net = LipNet()
    export_onnx(net, tmp_path / "lips.onnx")
    windows = np.random.default_rng(0).normal(0, 1, (37, 80, 16)).astype(np.float32)
    out = Session(tmp_path / "lips.onnx", LIPS).run(mel=windows)["shapes"]
    assert np.abs(out - predict(net, windows)).max() < 2e-3
    assert (tmp_path / "lips.onnx").stat().st_size < 1_500_000


def test_nobody_is_in_both_halves_of_a_fold():
    clips = [real_clip(80, person=name) for name in "aabbc"]
    folds = list(person_folds(clips, 3))
    assert sum(len(test) for _, test in folds) == 5
    for train, test in folds:
        assert not {c.person for c in train} & {c.person for c in test}


def test_clips_are_read_with_their_tracks(tmp_path):
    import wave

    from style2talker.corpus.track import save_track
    from style2talker.face.tracking import Track

    samples, _ = made_speech(3)
    with wave.open(str(tmp_path / "x.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(np.round(samples * 20000).astype(np.int16).tobytes())
    n = 180  # six seconds at 30 fps
    points = np.zeros((n, 478, 3), np.float32)
    points[:, 263, 0], points[:, 14, 1] = 100, np.linspace(0, 20, n)
    track = Track(points, np.zeros((n, 52), np.float32), np.zeros((n, 3), np.float32), np.ones(n, bool), 30.0)
    (tmp_path / "tracks").mkdir()
    save_track(tmp_path / "tracks" / "x.npz", track)
    (clip,) = read_clips([tmp_path / "x.wav", tmp_path / "untracked.wav"], tmp_path / "tracks")
    assert len(clip.opening) == 150
    assert clip.opening[-1] == pytest.approx(0.2, abs=0.01)
    assert clip.channels.shape == (150, len(CHANNELS))


def test_one_recording_under_two_names_is_one_person():
    """A longer cut of the same sound must not sit in the other half of a fold."""
    whole = real_clip(85, person="a")
    cut = Clip("cut", "b", whole.columns[80:380], whole.channels[:94], whole.opening[:94], 1.0)
    other = real_clip(86, person="c")
    assert [clip.person for clip in lips_data._one_person_a_recording([whole, other, cut])] == ["a", "c", "a"]


def test_synthetic_utterances_are_read(synth):
    columns, targets = read_synthetic(sorted(synth.glob("*.npz")))
    assert len(columns) == 6 and columns[0].shape == (481, 80) and targets[0].shape == (150, len(CHANNELS))


@pytest.mark.parametrize("length", [40, 200])
def test_a_disguised_stretch_stays_in_step_with_its_mouth(length):
    """Tempo and begin change for sound and picture alike, also in a clip that is shorter than the stretch."""
    clip = real_clip(70, lag=6).moved(6)
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(12):
        windows, targets = example(clip.columns, clip.first, clip.channels, length, [clip.columns], rng)
        assert windows.shape == (length, 80, 16) and targets.shape == (length, len(CHANNELS))
        heard = windows[:120, 30:, 5:9].mean(axis=(1, 2))
        jaw = targets[: len(heard), 0]
        scores.append([np.corrcoef(heard, np.roll(jaw, lag))[0, 1] for lag in (0, 4, -4)])
    right, late, early = np.median(scores, axis=0)
    assert right > max(late, early) + 0.3


def test_clips_of_three_seconds_are_learned_from():
    """The shortest clips of public corpora count as much as long ones."""
    columns = real_clip(71).columns
    targets = [np.full((74, len(CHANNELS)), 0.25, np.float32), np.full((150, len(CHANNELS)), 0.75, np.float32)]
    windows, drawn = lips._batch([columns, columns], [0, 0], targets, [columns], 80, np.random.default_rng(0))
    assert windows.shape == (lips._BATCH, 80, 80, 16)
    assert set(np.unique(drawn.numpy().round(3))) == {0.25, 0.75}


def test_the_command_trains_and_goes_on(synth, tmp_path, caplog):
    arguments = ["--synth", str(synth), "--out", str(tmp_path / "lips.onnx"), "--steps", "3"]
    with caplog.at_level("INFO"):
        main(arguments)
        first = (tmp_path / "lips.onnx").read_bytes()
        main(arguments)
    assert "goes on from lips.synthetic.pt" in caplog.text
    assert (tmp_path / "lips.onnx").read_bytes() == first
