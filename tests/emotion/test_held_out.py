"""Sentences that the map never saw: right emotions, quiet faces where nothing is felt. Needs the sentence encoder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from style2talker.assets import store
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.facs import resemblance
from style2talker.emotion.sentence import understand
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
    from style2talker.train.emotion_wordings import IDIOMS, VERBS

    known = {w.lower() for table in (OFF_TOPIC, SITUATIONS, IDIOMS, VERBS) for words in table.values() for w in words}
    for texts in PHRASES["final"].values():
        for text in texts:
            assert not [k for k in known if len(k.split()) > 3 and k in text.lower()], text
