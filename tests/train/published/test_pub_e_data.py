"""The stream of Style-E: pure, held-out people kept out, the condition of training that of inference."""

import dataclasses
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")
pytest.importorskip("lmdb", reason="packs need the corpus extra")

from pub_e_corpus import FakeEncoder, made_corpus, made_feelings, made_speech  # noqa: E402

from style2talker.corpus.manifest import read_manifest  # noqa: E402
from style2talker.errors import InputError, UsageError  # noqa: E402
from style2talker.face.bfm import to_expression  # noqa: E402
from style2talker.records import ARKIT_NAMES  # noqa: E402
from style2talker.style_e.told import encoder_inputs  # noqa: E402
from style2talker.train.published.style_e.clips import (  # noqa: E402
    BLINK,
    IDENTITY,
    Corpus,
    lag_of,
    people_of,
    space_of,
    tracked_opening,
)
from style2talker.train.published.style_e.data import Samples, units  # noqa: E402
from style2talker.train.published.style_e.settings import StyleESettings  # noqa: E402
from style2talker.train.published.style_e.texts import embedded, read_sentences  # noqa: E402
from style2talker.train.published.style_e.utterances import Said, Utterances  # noqa: E402

SETTINGS = StyleESettings(space="rig", text_width=6, silent=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_corpus(tmp_path_factory.mktemp("corpus") / "made")


def stream(folder, settings=SETTINGS, split="train", seed=0, utterances=None):
    corpus = Corpus(folder, settings)
    said = list(utterances.feelings.texts) if utterances else []
    texts = embedded([*corpus.texts(), *said], settings, folder, FakeEncoder())
    return corpus, Samples(corpus, settings, split, seed, texts, utterances)


def test_a_sample_is_a_pure_function_of_seed_and_number(folder):
    _, first = stream(folder)
    _, second = stream(folder)
    _, other = stream(folder, seed=1)
    backwards = {n: second.sample(n) for n in (7, 3, 0)}
    for n in (0, 3, 7):
        for name, value in first.sample(n).items():
            np.testing.assert_array_equal(value, backwards[n][name])
    assert any((first.sample(0)[name] != other.sample(0)[name]).any() for name in ("noise", "mel"))
    shapes = {name: (value.shape, value.dtype) for name, value in first.sample(0).items()}
    assert all({n: (v.shape, v.dtype) for n, v in first.sample(i).items()} == shapes for i in range(20))
    assert shapes["mel"] == ((32, 80, 16), np.float32) and shapes["steps"] == ((), np.int64)


def test_held_out_people_are_never_learned_from(folder):
    corpus, train = stream(folder)
    held = {row.person for row in corpus.split("validation")}
    assert held == {"c"} and {row.person for row in corpus.split("train")} == {"a", "b"}
    assert set(people_of(corpus.split("train"))) == {"a", "b"}
    known = np.concatenate([corpus.load(row.clip).expression for row in corpus.split("train")])
    for n in range(40):
        sample = train.sample(n)
        assert (np.abs(known - sample["expression"][-1]).max(axis=1) == 0).any()
        assert (np.abs(known - sample["reference"][0]).max(axis=1) == 0).any()


def test_the_condition_of_training_is_that_of_inference(folder):
    """Each sample is a stretch of what `encoder_inputs` makes of the whole clip, as when sampling."""
    corpus, train = stream(folder, StyleESettings(space="rig", text_width=6, level_sound=True))
    clips = [corpus.load(row.clip) for row in corpus.split("train", sound=True)]
    for n in range(20):
        sample = train.sample(n)
        found = 0
        for clip in clips:
            whole = encoder_inputs(clip.windows, sample["reference"][0], clip.lids, clip.colour)
            last = np.flatnonzero(np.abs(whole["mel"] - sample["mel"][-1]).max(axis=(1, 2)) == 0)
            for end in last:
                rows = np.maximum(np.arange(end - 31, end + 1), 0)
                found += all((whole[name][rows] == sample[name]).all() for name in whole)
                np.testing.assert_array_equal(clip.expression[rows], sample["expression"])
        assert found == 1


def test_the_sentence_is_one_of_the_clips_own_and_all_five_are_drawn(folder):
    corpus, _ = stream(folder)
    texts = {text: np.array([i, 0, 0, 0, 0, 0], np.float32) for i, text in enumerate(corpus.texts())}
    train = Samples(corpus, SETTINGS, "train", 0, texts)
    names = corpus.texts()
    drawn = set()
    for n in range(150):
        sample = train.sample(n)
        text = names[int(sample["text"][0])]
        smile = sample["expression"][-1, ARKIT_NAMES.index("mouthSmileLeft")]
        assert ("happy" in text) == (smile > 0.5)
        drawn.add(text)
    assert len(drawn) == 30


def test_clips_without_sound_are_told_so(folder):
    _, train = stream(folder)
    silent = [s for s in (train.sample(n) for n in range(60)) if not s["given"][0]]
    assert 0 < len(silent) < 30 and all((s["mel"] == 0).all() for s in silent)
    _, heard = stream(folder, StyleESettings(space="rig", text_width=6))
    assert all(heard.sample(n)["given"].tolist() == [1, 1] for n in range(40))


def test_conditions_drop_out_as_often_as_asked_and_never_when_judging(folder):
    settings = StyleESettings(space="rig", text_width=6, drop_speech=0.3, drop_text=0.1, colour=0.5)
    _, train = stream(folder, settings)
    given = np.mean([train.sample(n)["given"] for n in range(400)], axis=0)
    assert given == pytest.approx([0.7, 0.9], abs=0.06)
    corpus, held = stream(folder, settings, "validation")
    own = [corpus.load(row.clip).windows for row in corpus.split("validation")]
    for n in range(10):
        sample = held.sample(n)
        assert sample["given"].tolist() == [1, 1]
        assert any((np.abs(clip - sample["mel"][-1]).max(axis=(1, 2)) < 1e-6).any() for clip in own)


def test_a_clip_shorter_than_a_window_waits_on_its_first_frame(folder):
    _, train = stream(folder)
    short = [s for s in (train.sample(n) for n in range(80)) if (np.ptp(s["expression"][:13], axis=0) == 0).all()]
    assert short and all((s["mel"][:13] == s["mel"][0]).all() for s in short)


def test_the_space_bfm_reads_the_pack(folder, tmp_path):
    settings = StyleESettings(space="bfm", text_width=6)
    corpus, train = stream(folder, settings)
    sample = train.sample(0)
    assert sample["expression"].shape == (32, 64) and sample["identity"].shape == (IDENTITY,)
    row = corpus.split("train")[0]
    with np.load(folder / row.files["track"]) as data:
        shapes = data["blendshapes"].astype(np.float32)
    np.testing.assert_allclose(corpus.load(row.clip).expression, to_expression(shapes), atol=1e-3)
    assert corpus.load("b#sad#level_3#001").identity == pytest.approx(np.full(80, 0.1), abs=1e-6)
    lids = corpus.load("b#sad#level_3#001").lids
    assert lids[6] > lids[12] + 0.2
    assert "identity" not in stream(folder)[1].sample(0)


def test_the_corpus_chooses_the_space(folder, tmp_path):
    assert space_of(read_manifest(folder).leaves()) == "rig"
    other = made_corpus(tmp_path / "deep", coefficients="Deep3DFaceRecon_pytorch")
    assert space_of(read_manifest(other).leaves()) == "bfm"
    assert space_of([]) == "rig"


def test_units_are_those_of_the_clips_and_never_nothing(folder):
    _, train = stream(folder)
    drawn = [train.sample(n) for n in range(5)]
    centre, spread = units(drawn)
    jaw = ARKIT_NAMES.index("jawOpen")
    rows = np.concatenate([sample["expression"] for sample in drawn])
    assert centre[jaw] == pytest.approx(rows[:, jaw].mean(), abs=1e-4)
    assert spread[jaw] == pytest.approx(rows[:, jaw].std(), abs=1e-4)
    assert spread[ARKIT_NAMES.index("tongueOut")] > 0.005


def test_openings_are_measured_on_tracks(folder):
    corpus, _ = stream(folder)
    row = corpus.split("train")[0]
    opening = tracked_opening(folder, row)
    jaw = corpus.load(row.clip).expression[:, ARKIT_NAMES.index("jawOpen")]
    assert opening is not None and np.corrcoef(opening, jaw)[0, 1] > 0.98


def test_what_cannot_be_used_is_told(folder, tmp_path):
    with pytest.raises(InputError, match="has no clips with a track"):
        Corpus(tmp_path, SETTINGS)
    broken = tmp_path / "labels"
    broken.mkdir()
    assert read_sentences(tmp_path) == {}
    (broken / "text.json").write_text("[1")
    with pytest.raises(InputError, match="run corpus annotate again"):
        read_sentences(tmp_path)
    with pytest.raises(InputError, match="has no clip z: there are a#happy"):
        Corpus(folder, StyleESettings(space="rig", only="z"))
    with pytest.raises(InputError, match="no clips for nobody"):
        stream(folder, split="nobody")
    (broken / "text_6.npz").write_bytes(b"no")
    with pytest.raises(InputError, match="delete it"):
        embedded(["x"], SETTINGS, tmp_path, FakeEncoder())


def test_a_sentence_is_encoded_once(tmp_path):
    encoder = FakeEncoder()
    first = embedded(["b", "a", "b"], SETTINGS, tmp_path, encoder)
    again = embedded(["a", "c"], SETTINGS, tmp_path, encoder)
    assert encoder.asked == ["a", "b", "c"] and first["a"].tolist() == again["a"].tolist()
    with pytest.raises(UsageError, match="gives 6 numbers a sentence"):
        embedded(["d"], StyleESettings(space="rig", text_width=7), tmp_path, encoder)
    with pytest.raises(UsageError, match=r"put CLIP.s embeddings into labels/text_512\.npz"):
        embedded(["d"], StyleESettings.paper(), tmp_path)


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    out = tmp_path_factory.mktemp("speech")
    made_speech(out, 3)
    return out


@pytest.mark.parametrize("space", ["rig", "bfm"])
def test_synthetic_speech_opens_and_shuts_a_known_mouth(folder, speech, space):
    utterances = Utterances(speech, 2, made_feelings(), space)
    assert len(utterances.files) == 2
    size = 52 if space == "rig" else 64
    said = utterances.drawn(32, np.zeros(size, np.float32), np.random.default_rng(2))
    assert isinstance(said, Said) and said.expression.shape == (32, size) and said.windows.shape == (32, 80, 16)
    assert said.text in made_feelings().texts and said.colour.shape == (80,)
    again = Utterances(speech, 2, made_feelings(), space).drawn(
        32, np.zeros(size, np.float32), np.random.default_rng(2)
    )
    np.testing.assert_array_equal(again.expression, said.expression)
    if space == "rig":
        jaw, loud = said.expression[:, ARKIT_NAMES.index("jawOpen")], said.windows.max(axis=(1, 2))
        assert np.ptp(jaw) > 0.1 and np.corrcoef(jaw[:-1], loud[:-1])[0, 1] > 0.2
        assert (said.expression[:, list(BLINK)].max(axis=1) >= said.lids - 1e-6).all()
        assert said.known.sum() == 52 - 8
    settings = StyleESettings(space=space, text_width=6, speech_corpus="x", speech_share=0.5)
    _, mixed = stream(folder, settings, utterances=utterances)
    share = np.mean([mixed.sample(n)["known"].min() == 0 for n in range(60)])
    assert share == pytest.approx(0.5 if space == "rig" else 0.0, abs=0.2)


def test_a_folder_without_speech_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no utterances"):
        Utterances(tmp_path, 0, made_feelings(), "rig")


def test_labels_of_a_corpus_are_read(folder):
    sentences = read_sentences(folder)
    assert sentences["a_happy_level_3_001"][0] == "a looks happy, say 0"
    assert json.loads((folder / "labels/text.json").read_text()).keys() == sentences.keys()
    corpus, _ = stream(folder)
    row = corpus.split("train")[0]
    assert corpus.sentences_of(row) == sentences[row.clip.replace("#", "_")]


def test_a_voice_in_disguise_says_the_same_when(folder):
    """Other throats and a hiss change the bands, not the moments at which it is loud; the motion stays as it is."""
    plain = stream(folder)[1]
    hidden = stream(folder, dataclasses.replace(SETTINGS, disguise=0.2))[1]
    changed = 0
    for n in range(12):
        before, after = plain.sample(n), hidden.sample(n)
        np.testing.assert_array_equal(before["expression"], after["expression"])
        if before["given"][0]:
            loud = [sample["mel"].mean(axis=(1, 2)) for sample in (before, after)]
            assert np.corrcoef(*loud)[0, 1] > 0.8
            changed += bool((before["mel"] != after["mel"]).any())
    assert changed > 6


def test_sound_is_brought_into_step_with_the_lips(tmp_path):
    opening = np.convolve(np.random.default_rng(0).random(66), np.ones(7) / 7, "valid").astype(np.float32)
    for lag in (-2, 0, 3):
        assert lag_of(np.roll(opening, -lag)[5:55], opening[5:55]) == lag
    assert lag_of(np.zeros(60, np.float32), opening) is None and lag_of(opening[:9], opening[:9]) is None
    folder = made_corpus(tmp_path / "made")
    name = "b#neutral#level_3#001"
    before = np.load(folder / f"mel/{name}.npy")
    np.save(folder / f"mel/{name}.npy", np.roll(before, 2, axis=0))
    late = Corpus(folder, SETTINGS).load(name).windows
    mended = Corpus(folder, dataclasses.replace(SETTINGS, in_step=True)).load(name).windows
    assert (late[4:-4] != before[4:-4, 0]).any()
    np.testing.assert_array_equal(mended[4:-4], before[4:-4, 0])
    np.save(folder / f"mel/{name}.npy", before[::-1].copy())
    assert Corpus(folder, dataclasses.replace(SETTINGS, in_step=True)).load(name).windows is None
