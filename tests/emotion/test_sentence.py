"""Sentences become expressions: plain words without a model, free sentences through an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from style2talker.emotion import facs, sentence
from style2talker.emotion.meaning import MeaningMap, load_meaning_map
from style2talker.emotion.sentence import Encoder, explain, understand
from style2talker.errors import AssetError, EmotionError
from style2talker.records import ARKIT_NAMES, LABELS, FloatArray


class Scripted(Encoder):
    """An encoder whose embeddings say outright which feeling a sentence has, by its first letter."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        self.asked += sentences
        out = np.zeros((len(sentences), 384), np.float32)
        for row, text in zip(out, sentences, strict=True):
            row[ord(text[0]) - ord("a")] = 1
        return out


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Dimension k of the embedding means label k; anything else means nothing."""
    hidden = np.zeros((384, 8), np.float32)
    hidden[np.arange(8), np.arange(8)] = 20
    learned = MeaningMap(
        hidden, np.zeros(8, np.float32), 9 * np.eye(8, dtype=np.float32), np.full(8, -5, np.float32), 1
    )
    monkeypatch.setattr(sentence, "load_meaning_map", lambda: learned)
    return Scripted()


def never() -> Scripted:
    raise AssertionError("the encoder was loaded")


def felt(text: str, **options: object) -> FloatArray:
    return understand(text, **options).expressions[0]  # type: ignore[arg-type]


def label_of(expression: FloatArray) -> str:
    shares = facs.resemblance(expression)
    shares[LABELS.index("neutral")] *= expression.max() < 0.2
    return LABELS[int(shares.argmax())]


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_their_prototypes_without_a_model(label: str) -> None:
    emotion = understand(label, load=never)
    np.testing.assert_allclose(emotion.expressions[0], facs.prototypes()[LABELS.index(label)], atol=1e-6)
    assert not emotion.embeddings.any()
    assert emotion.strength == 1


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("furious", "angry"), ("very happy", "happy"), ("She is terrified.", "fear"), ("a bit sad", "sad"),
        ("a calm voice", "neutral"), ("angrily", "angry"), ("ASTONISHED!", "surprised"), ("with disdain", "contempt"),
        ("he feels nauseated", "disgusted"),
    ],
)  # fmt: skip
def test_plain_words_need_no_model(text: str, label: str) -> None:
    assert label_of(felt(text, load=never)) == label


def test_degree_words_and_strong_words_show_more() -> None:
    sizes = [
        np.linalg.norm(felt(text, load=never))
        for text in ("slightly angry", "annoyed", "angry", "very angry", "extremely furious")
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.6 * sizes[2]


def test_two_feelings_mix() -> None:
    both = felt("happy and surprised", load=never)
    assert both[ARKIT_NAMES.index("mouthSmileLeft")] > 0.4
    assert both[ARKIT_NAMES.index("browOuterUpLeft")] > 0.4


def test_a_free_sentence_goes_through_the_encoder_once(scripted: Scripted) -> None:
    emotion = understand("0: calm; 1: a dog barks; 2: g plays chess; 3: happy", load=lambda: scripted)
    assert scripted.asked == ["a dog barks", "g plays chess"]
    assert [label_of(e) for e in emotion.expressions] == ["neutral", "angry", "sad", "happy"]
    assert not emotion.embeddings[[0, 3]].any()
    assert emotion.embeddings[1, 0] == 1
    np.testing.assert_allclose(emotion.times, [0, 1, 2, 3])


def test_a_given_encoder_is_used(scripted: Scripted) -> None:
    assert label_of(felt("e reads", encoder=scripted, load=never)) == "happy"


def test_manner_scales_a_free_sentence(scripted: Scripted) -> None:
    sizes = [
        np.linalg.norm(felt(text, encoder=scripted))
        for text in ("a story, barely", "a story, slightly", "a story", "a story, extremely")
    ]
    assert sizes == sorted(sizes)


def test_a_plain_word_steadies_a_wrong_guess(scripted: Scripted) -> None:
    assert label_of(felt("z is furious with the dog", encoder=scripted)) == "angry"
    assert felt("e is quite calm about the dog", encoder=scripted).max() < 0.4


def test_a_denied_feeling_is_hardly_seen(scripted: Scripted) -> None:
    assert felt("a person who is not angry", encoder=scripted).max() < 0.2


def test_named_muscles_come_on_top(scripted: Scripted) -> None:
    smooth, wrinkled = felt("g story", encoder=scripted), felt("g story with a wrinkled nose", encoder=scripted)
    nose, brow = ARKIT_NAMES.index("noseSneerLeft"), ARKIT_NAMES.index("browInnerUp")
    assert smooth[nose] < 0.05
    assert wrinkled[nose] > 0.7
    assert wrinkled[brow] > 0.3
    only = felt("z opens the eyes wide", encoder=scripted)
    assert only.max() < 0.2 or only.argmax() in {ARKIT_NAMES.index("eyeWideLeft"), ARKIT_NAMES.index("eyeWideRight")}


def test_off_topic_stays_neutral_and_is_told(scripted: Scripted) -> None:
    emotion = understand("0: z parks the car; 2: happy", encoder=scripted)
    assert emotion.expressions[0].max() < 0.1
    lines = explain(emotion)
    assert len(lines) == 2
    assert "no feeling found" in lines[0]
    assert lines[1].startswith('2 s: "happy" -> happy')
    assert "no feeling" not in explain(understand("neutral"))[0]


def test_a_missing_encoder_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(tmp_path))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path))
    with pytest.raises(AssetError, match="style2talker assets pull"):
        understand("he has had enough of this")


def test_bad_texts_and_strengths_are_emotion_errors() -> None:
    with pytest.raises(EmotionError):
        understand("")
    with pytest.raises(EmotionError):
        understand("happy", 1.6)
    with pytest.raises(EmotionError):
        understand("0: happy; x: sad", load=never)


def test_the_map_of_the_package_is_small_and_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    learned = load_meaning_map()
    assert learned.hidden.shape[0] == 384
    assert learned.output.shape[1] == 8
    amounts = learned.amounts(np.eye(384, dtype=np.float32)[:5])
    assert amounts.shape == (5, 8)
    assert ((amounts >= 0) & (amounts <= learned.most)).all()
    assert (amounts[:, LABELS.index("neutral")] < 1e-6).all()
    from style2talker.emotion import meaning

    (tmp_path / "bad.npz").write_bytes(b"not a zip")
    monkeypatch.setattr(meaning.store, "package_data", lambda name: tmp_path / "bad.npz")
    with pytest.raises(AssetError, match="install style2talker again"):
        load_meaning_map()


def test_amounts_take_chance_out_and_grow_with_certainty() -> None:
    sigmoid = np.array([0.05, 0.15, 0.3, 0.4, 0.6, 0.9])
    bias = np.full(8, -30, np.float32)
    sizes = []
    for value in sigmoid:
        bias[0] = np.log(value / (1 - value))
        learned = MeaningMap(
            np.zeros((3, 1), np.float32), np.zeros(1, np.float32), np.zeros((1, 8), np.float32), bias, 1
        )
        sizes.append(float(learned.amounts(np.ones((1, 3), np.float32))[0, 0]))
    assert sizes == sorted(sizes)
    assert sizes[1] == 0
    assert sizes[-2] > 0.6
