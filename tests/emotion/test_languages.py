"""Telling languages apart, and the little language in which phrases are written."""

from __future__ import annotations

import numpy as np
import pytest

from style2talker.emotion.languages.common_words import ENGLISH_WORDS, STRANGE_WORDS
from style2talker.emotion.languages.detect import VOCABULARIES, language_of
from style2talker.emotion.languages.vocabulary import Found, Vocabulary, find, folded
from style2talker.emotion.lexicon import FEELINGS
from style2talker.emotion.sentence import explain, understand


def small(endings: str = r"\w{0,9}", **other: str) -> Vocabulary:
    return Vocabulary(
        name="Test", endings=endings, reach=20, common="foo bar",
        feelings={"happy": {1.0: other.get("happy", "glad*, jumps … joy"), 1.3: "very glad indeed"}},
        degrees={1.2: "very"}, denials={"after": other.get("denial", "no")}, contrasts="but", harmless="no doubt",
        muscles=(("wide eyes", {"5": 0.9}),),
    )  # fmt: skip


def test_phrases_take_endings_gaps_and_the_longest_first() -> None:
    def kinds(text: str, vocabulary: Vocabulary) -> list[tuple[str, str, float]]:
        return [(f.kind, f.key, f.level) for f in find(folded(text), vocabulary)]

    vocabulary = small()
    assert kinds("Very GLADLY", vocabulary) == [("degree", "", 1.2), ("feeling", "happy", 1.0)]
    assert kinds("very glad indeed", vocabulary) == [("feeling", "happy", 1.3)]
    assert kinds("he jumps up and down for joy", vocabulary) == [("feeling", "happy", 1.0)]
    assert kinds("no doubt, no gladness", vocabulary) == [("denial", "after", 1.0), ("feeling", "happy", 1.0)]
    assert kinds("but wide eyes", vocabulary) == [("contrast", "", 1.0), ("muscle", "0", 1.0)]
    assert kinds("unglad, gladiators of Rome1", small(happy="glad")) == []
    assert find("xx glad", small(happy="glad")) == [Found("feeling", "happy", 1.0, 3, 7)]


def test_unspaced_phrases_are_found_inside_words_but_for_their_edges() -> None:
    vocabulary = small(endings="", happy="ab", denial="_no_")
    assert [f.kind for f in find("xxabyy no", vocabulary)] == ["feeling", "denial"]
    assert [f.kind for f in find("xxabyy nox", vocabulary)] == ["feeling"]


def test_folding_takes_accents_width_and_case() -> None:
    assert folded("  Wütend  UND Größe ") == "wuetend und groesse"
    assert folded("Émue, «ça»") == "emue, «ca»"
    assert folded("ＡＢＣ！") == "abc!"
    assert folded("ガッカリ") == "ガッカリ"


@pytest.mark.parametrize(
    "text",
    [
        "furious", "he is content", "an ironic smile", "depressing", "Boiling mad, fuming", "the train was late",
        "rage",
        "surprise!", "hostile", "a serious man", "ha ha ha", "Pure bliss", "with a naïve smile", "no way!", "come on",
        "a café on the corner", "die hard", "gift", "fast", "see red", "panic", "solitude", "sour face",
        "the angst of youth",
        "eyes wide open", "smirking", "gobsmacked", "42", "...", "lips pressed together tightly please", "wow 😀",
    ],
)  # fmt: skip
def test_english_stays_english(text: str) -> None:
    assert language_of(text) == "English"


def test_english_words_for_feelings_and_training_sentences_stay_english() -> None:
    from style2talker.train.emotion_grammar import sentences

    words = [word for table in FEELINGS.values() for word in table]
    texts, _ = sentences(np.random.default_rng(3), 300)
    other = [(text, language_of(text)) for text in [*words, *texts] if language_of(text) != "English"]
    assert len(other) <= 2, other


@pytest.mark.parametrize(
    "text",
    [
        "Он очень рад нас видеть", "هو سعيد جدا", "वह बहुत खुश है", "είναι πολύ χαρούμενη", "เขามีความสุขมาก",
        "הוא שמח מאוד",
        "hij is heel erg boos", "hon är inte så glad men jag är det", "jest bardzo smutna i nie może spać",
        "o çok mutlu bir adam gibi", "hän on erittäin iloinen", "lorem ipsum dolor sit amet",
        "wszyscy kochamy piękne góry",
    ],
)  # fmt: skip
def test_other_languages_stay_neutral_and_it_is_told(text: str) -> None:
    assert language_of(text) == ""

    def never() -> object:
        raise AssertionError("the encoder was loaded")

    emotion = understand(text, load=never)  # type: ignore[arg-type]
    assert not emotion.expressions.any()
    assert "language not understood" in explain(emotion)[0]


def test_word_lists_are_apart() -> None:
    for words in STRANGE_WORDS.values():
        assert len(words.split()) >= 9
    assert len(ENGLISH_WORDS) > 400
    assert sum(v.endings != "" for v in VOCABULARIES.values()) == 4
