"""The pool of feelings: read as the product reads them."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.emotion.sentence import understand
from style2talker.records import LABELS
from style2talker.train.feelings import read_feelings


class Counting:
    """Embeds a text as its length, and counts its calls."""

    def __init__(self):
        self.calls = 0

    def encode(self, sentences):
        self.calls += 1
        out = np.zeros((len(sentences), 384), np.float32)
        out[np.arange(len(sentences)), [len(s) % 384 for s in sentences]] = 1.0
        return out


def test_labels_come_first_and_sentences_are_read_as_the_product_reads_them():
    encoder = Counting()
    feelings = read_feelings(encoder, 40, seed=3)
    assert encoder.calls == 1
    assert feelings.texts[:8] == LABELS and len(feelings.texts) == 48
    for i in (8, 20, 47):
        read = understand(feelings.texts[i], encoder=Counting())
        np.testing.assert_array_equal(feelings.expressions[i], read.expressions[0])
        np.testing.assert_array_equal(feelings.embeddings[i], read.embeddings[0])
    assert not feelings.amounts[:, LABELS.index("neutral")].any()
    assert np.array_equal(feelings.amounts[0], np.eye(8)[0])
