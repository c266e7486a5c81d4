"""Manner words scale, deny and hide a feeling; plain words have a strength of their own."""

from __future__ import annotations

import pytest

from style2talker.emotion.lexicon import FEELINGS, feeling_of
from style2talker.emotion.manner import degree, manner, tokens
from style2talker.records import LABELS


def test_lexicon_covers_the_labels_with_sane_levels() -> None:
    assert set(FEELINGS) == set(LABELS)
    for label, words in FEELINGS.items():
        assert label in words
        assert all(level == 0 if label == "neutral" else 0.3 < level <= 1.3 for level in words.values())
    assert feeling_of("furious")[1] > feeling_of("angry")[1] > feeling_of("annoyed")[1]  # type: ignore[index]


def test_adverbs_find_their_adjective() -> None:
    assert feeling_of("angrily") == feeling_of("angry")
    assert feeling_of("sadly") == feeling_of("sad")
    assert feeling_of("happily") == feeling_of("happy")
    assert feeling_of("calmly") == ("neutral", 0.0)
    assert feeling_of("table") is None


def test_degrees_are_ordered() -> None:
    ladder = ["barely angry", "slightly angry", "somewhat angry", "angry", "very angry", "extremely angry"]
    factors = [manner(text) for text in ladder]
    assert factors == sorted(factors)
    assert factors[0] < 0.5
    assert factors[3] == 1
    assert factors[-1] > 1.3
    assert degree("extremely absolutely utterly furious") == 1.6


@pytest.mark.parametrize(
    "text",
    [
        "she can hardly hide her joy", "he could not contain his anger", "barely containing her rage",
        "unable to hide his fear",
        "she can’t conceal her delight", "struggling to hold back his fury",
    ],
)  # fmt: skip
def test_what_can_hardly_be_hidden_shows(text: str) -> None:
    assert manner(text) >= 1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("he hides his anger", 0.4, 0.6),
        ("trying to hide her sadness", 0.5, 0.7),
        ("not angry at all", 0.0, 0.15),
        ("without any fear", 0.0, 0.15),
        ("she isn't happy", 0.0, 0.15),
        ("not angry, just sad", 0.9, 1.1),
        ("she could not be happier", 1.2, 1.6),
        ("he has never been so angry", 1.2, 1.6),
        ("愤怒", 1.0, 1.0),
        ("", 1.0, 1.0),
    ],
)
def test_hiding_and_denying(text: str, low: float, high: float) -> None:
    assert low <= manner(text) <= high


def test_tokens_keep_apostrophes_and_hyphens() -> None:
    assert tokens("He’s matter-of-fact, ISN'T he?") == ["he's", "matter-of-fact", "isn't", "he"]
