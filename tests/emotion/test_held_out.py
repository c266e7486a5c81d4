"""Sentences that the map never saw: right emotions, quiet faces where nothing is felt. Needs the sentence encoder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from style2talker.assets import store
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.facs import prototypes, resemblance
from style2talker.emotion.sentence import explain, understand
from style2talker.errors import AssetError
from style2talker.records import LABELS

PHRASES = json.loads((Path(__file__).parent / "held_out_phrases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    try:
        store.locate("sentence_encoder")
    except AssetError as error:
        pytest.skip(str(error))
    return TextEncoder()


def test_free_sentences_get_their_emotion(encoder: TextEncoder) -> None:
    right = []
    for label, texts in PHRASES["final"].items():
        if label != "off_topic":
            shares = [resemblance(understand(text, 1.0, encoder).expressions[0]) for text in texts]
            right += [LABELS[int(share.argmax())] == label for share in shares]
    assert len(right) >= 60
    assert np.mean(right) >= 0.85


def test_off_topic_sentences_leave_the_face_alone(encoder: TextEncoder) -> None:
    loud = [t for t in PHRASES["final"]["off_topic"] if understand(t, 1.0, encoder).expressions.max() > 0.2]
    assert len(loud) <= 0.05 * len(PHRASES["final"]["off_topic"])


def test_stronger_words_give_stronger_faces(encoder: TextEncoder) -> None:
    for texts in PHRASES["strength"]:
        sizes = [float(np.linalg.norm(understand(text, 1.0, encoder).expressions)) for text in texts]
        assert sizes == sorted(sizes), texts
        assert sizes[0] < 0.7 * sizes[2], texts


def test_held_out_phrases_are_not_in_the_grammar() -> None:
    from style2talker.train.emotion_situations import OFF_TOPIC, SITUATIONS
    from style2talker.train.emotion_utterances import SCENES, UTTERANCES
    from style2talker.train.emotion_wordings import IDIOMS, VERBS

    known = {
        w.lower()
        for table in (OFF_TOPIC, SITUATIONS, IDIOMS, VERBS, SCENES, UTTERANCES)
        for words in table.values()
        for w in words
    }
    for texts in PHRASES["final"].values():
        for text in texts:
            assert not [k for k in known if len(k.split()) > 3 and k in text.lower()], text


FRESH = json.loads((Path(__file__).parent / "fresh_phrases.json").read_text(encoding="utf-8"))


def test_fresh_sentences_get_their_emotion(encoder: TextEncoder) -> None:
    right = []
    for label in LABELS:
        shares = [resemblance(understand(text, 1.0, encoder).expressions[0]) for text in FRESH[label]]
        right += [LABELS[int(share.argmax())] == label for share in shares]
    assert len(right) >= 75
    assert np.mean(right) >= 0.75


def test_fresh_off_topic_sentences_stay_neutral_and_say_so(encoder: TextEncoder) -> None:
    texts = FRESH["off_topic"]
    assert len(texts) >= 40
    emotions = [understand(text, 1.0, encoder) for text in texts]
    loud = [t for t, emotion in zip(texts, emotions, strict=True) if emotion.expressions.max() > 0.2]
    assert len(loud) <= 0.05 * len(texts), loud
    silent = [t for t, e in zip(texts, emotions, strict=True) if "the face stays neutral" not in explain(e)[0]]
    assert len(silent) <= 0.05 * len(texts), silent


@pytest.mark.parametrize(
    "words",
    [
        ("barely angry about it", "slightly angry about it", "angry about it", "extremely angry about it"),
        (
            "she is barely sad for them",
            "she is a little sad for them",
            "she is sad for them",
            "she is terribly sad for them",
        ),
        ("hardly surprised by that", "somewhat surprised by that", "surprised by that", "utterly surprised by that"),
    ],
)
def test_manner_words_order_free_sentences(encoder: TextEncoder, words: tuple[str, ...]) -> None:
    sizes = [float(np.linalg.norm(understand(text, 1.0, encoder).expressions)) for text in words]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.5 * sizes[-1]


def test_mixed_feelings_hold_both(encoder: TextEncoder) -> None:
    for text, labels in (
        ("she laughs and cries at once, happy and sad", ("happy", "sad")),
        ("half angry, half afraid of the answer", ("angry", "fear")),
        ("pleasantly surprised and delighted by the gift", ("happy", "surprised")),
    ):
        expression = understand(text, 1.0, encoder).expressions[0]
        table = prototypes()
        for label in labels:
            own = table[LABELS.index(label)]
            strong = own > 0.6
            assert expression[strong].mean() > 0.15, (text, label)


def test_fresh_phrases_are_not_in_the_grammar() -> None:
    from style2talker.train.emotion_grammar import sentences

    drawn = {text.lower().strip(".!?") for text in sentences(np.random.default_rng(0), 3000)[0]}
    assert not [
        t for texts in FRESH.values() if isinstance(texts, list) for t in texts if t.lower().strip(".!?") in drawn
    ]
