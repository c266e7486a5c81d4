"""Sentences in other languages: feelings, degrees, denials, muscles, and silence where nothing is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from style2talker.emotion import facs
from style2talker.emotion.foreign import ForeignReading, read_foreign
from style2talker.emotion.languages.detect import VOCABULARIES, language_of
from style2talker.emotion.sentence import explain, understand
from style2talker.records import ARKIT_NAMES, LABELS

SENTENCES = json.loads((Path(__file__).parent / "foreign_sentences.json").read_text(encoding="utf-8"))


def never() -> object:
    raise AssertionError("the encoder was loaded")


def read(language: str, text: str) -> ForeignReading:
    return read_foreign(text, VOCABULARIES[language])


def felt(language: str, text: str) -> str:
    amounts = read(language, text).amounts
    return LABELS[int(amounts.argmax())] if amounts.max() > 0.15 else "neutral"


@pytest.mark.parametrize("language", VOCABULARIES)
@pytest.mark.parametrize("part", ["tuning", "held_out"])
def test_sentences_get_their_emotion(language: str, part: str) -> None:
    pairs = [(label, text) for label, texts in SENTENCES[part][language].items() for text in texts]
    assert len(pairs) >= 20
    wrong = [(label, text, felt(language, text)) for label, text in pairs if felt(language, text) != label]
    assert len(wrong) <= (0.02 if part == "tuning" else 0.1) * len(pairs), wrong


@pytest.mark.parametrize("language", VOCABULARIES)
def test_the_language_is_told(language: str) -> None:
    texts = [text for part in ("tuning", "held_out") for texts in SENTENCES[part][language].values() for text in texts]
    other = [(text, language_of(text)) for text in texts if language_of(text) != language]
    assert len(other) <= 0.05 * len(texts), other


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("German", ("kaum wütend", "ein bisschen wütend", "wütend", "sehr wütend", "extrem wütend")),
        ("French", ("à peine triste", "un peu triste", "triste", "très triste", "extrêmement triste")),
        ("Spanish", ("apenas feliz", "un poco feliz", "feliz", "muy feliz", "extremadamente feliz")),
        ("Italian", ("appena felice", "un po' felice", "felice", "molto felice", "estremamente felice")),
        ("Japanese", ("かすかに悲しい", "少し悲しい", "悲しい", "とても悲しい", "ものすごく悲しい")),
        ("Korean", ("희미하게 슬픈", "조금 슬픈", "슬픈", "아주 슬픈", "극도로 슬픈")),
        ("Chinese", ("微微难过", "有点难过", "难过得", "非常难过", "难过极了")),
    ],
)
def test_degree_words_order_the_intensity(language: str, texts: tuple[str, ...]) -> None:
    sizes = [float(read(language, text).amounts.max()) for text in texts]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("German", "Sie ist nicht traurig, sondern glücklich."), ("French", "Elle n'est pas triste, mais heureuse."),
        ("Spanish", "No está triste, sino feliz."), ("Italian", "Non è triste, ma felice."),
        ("Japanese", "悲しくない、むしろ嬉しい。"), ("Korean", "슬프지 않고, 오히려 기쁘다."),
        ("Chinese", "她不难过,而是很高兴。"),
    ],
)  # fmt: skip
def test_a_denial_covers_its_own_clause(language: str, text: str) -> None:
    amounts = read(language, text).amounts
    assert amounts[LABELS.index("sad")] == 0
    assert amounts[LABELS.index("happy")] > 0.8


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mit zusammengezogenen Augenbrauen", "4"), ("Er rümpft die Nase.", "9"),
        ("mit hochgezogenen Augenbrauen", "2"),
        ("les sourcils froncés", "4"), ("elle plisse les yeux", "7"), ("les lèvres pincées", "24"),
        ("con el ceño fruncido", "4"), ("levanta las cejas", "2"), ("arruga la nariz", "9"),
        ("con le sopracciglia aggrottate", "4"), ("con gli occhi spalancati", "5"), ("arriccia il naso", "9"),
        ("眉をひそめる", "4"), ("目を見開いて", "5"), ("口角を上げる", "12"),
        ("눈살을 찌푸리며", "4"), ("눈을 크게 뜨고", "5"), ("입꼬리를 올리며", "12"),
        ("皱着眉头", "4"), ("瞪大眼睛", "5"), ("嘴角上扬", "12"),
    ],
)  # fmt: skip
def test_muscles_are_known(text: str, unit: str) -> None:
    assert unit in read(language_of(text), text).units
    emotion = understand(text, load=never)  # type: ignore[arg-type]
    assert (emotion.expressions[0] >= facs.activations({unit: 0.7}) - 1e-6).all()
    assert facs.UNIT_NAMES[unit] in explain(emotion)[0]


def test_every_muscle_phrase_of_every_language_names_known_units() -> None:
    for vocabulary in VOCABULARIES.values():
        assert len(vocabulary.muscles) >= 12
        for phrases, units in vocabulary.muscles:
            assert facs.activations(units).max() > 0
            for phrase in phrases.split(","):
                text = phrase.strip().replace("*", "").replace(" … ", " xx ")
                assert read(vocabulary.name, text).units, (vocabulary.name, phrase)


def test_every_feeling_word_is_found_alone() -> None:
    for vocabulary in VOCABULARIES.values():
        assert set(vocabulary.feelings) == set(LABELS)
        total = 0
        for label, levels in vocabulary.feelings.items():
            for phrases in levels.values():
                for phrase in phrases.split(","):
                    total += 1
                    text = phrase.strip().replace("*", "o" if vocabulary.name in ("Spanish", "Italian") else "")
                    assert read(vocabulary.name, text.replace(" … ", " xx ")).known, (vocabulary.name, label, phrase)
        assert total > 300, vocabulary.name


def test_two_feelings_mix() -> None:
    amounts = read("German", "halb traurig, halb froh").amounts
    assert amounts[LABELS.index("sad")] == pytest.approx(amounts[LABELS.index("happy")])
    assert 0.5 < amounts.max() < 1


def test_expressions_need_no_encoder_and_are_explained() -> None:
    emotion = understand("0：冷静；1：她非常生气", load=never)  # type: ignore[arg-type]
    np.testing.assert_allclose(emotion.times, [0, 1])
    assert emotion.expressions[0].max() == 0
    assert emotion.expressions[1][ARKIT_NAMES.index("browDownLeft")] > 0.9
    assert explain(emotion)[1].endswith("(Chinese)")
    assert "angry" in explain(emotion)[1]
    quiet = explain(understand("Der Zug hatte Verspätung.", load=never))[0]  # type: ignore[arg-type]
    assert "German, no known word for a feeling" in quiet
    denied = explain(understand("Ich bin nicht traurig", load=never))[0]  # type: ignore[arg-type]
    assert denied.endswith("(German)")
