"""Muscle words become action units."""

from __future__ import annotations

import pytest

from style2talker.emotion import facs
from style2talker.emotion.muscles import MUSCLE_WORDS, muscle_units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("brows drawn together", {"4"}),
        ("with lowered eyebrows", {"4"}),
        ("lip corner puller", {"12"}),
        ("the corners of the mouth turned down", {"15"}),
        ("a wrinkled nose", {"9"}),
        ("she scrunches up her nose", {"9"}),
        ("eyes wide", {"5"}),
        ("wide open eyes and a dropped jaw", {"5", "26"}),
        ("lips pressed together", {"24"}),
        ("one raised eyebrow", {"1", "2R"}),
        ("left eyebrow raised", {"1", "2L"}),
        ("raised eyebrows", {"1", "2"}),
        ("inner brows raised", {"1"}),
        ("one corner of the mouth goes up", {"12L", "14L", "mouthL"}),
        ("narrowed eyes, clenched jaw", {"7", "23", "29"}),
        ("a trembling chin", {"17"}),
        ("mouth wide open", {"27"}),
        ("the train was late", set()),
        ("he looks down on her", set()),
        ("", set()),
    ],
)
def test_phrases_name_their_units(text: str, units: set[str]) -> None:
    assert set(muscle_units(text)) == units


def test_levels_scale() -> None:
    low, middle, high = (muscle_units(f"brow lowerer with {word} level")["4"] for word in ("low", "middle", "high"))
    assert low < middle < high
    assert muscle_units("slightly raised eyebrows")["2"] < muscle_units("raised eyebrows")["2"]


def test_a_denied_muscle_is_left_out() -> None:
    assert muscle_units("without raised eyebrows") == {}
    assert muscle_units("no wrinkled nose but lips pressed") == {"24": 0.8}


def test_a_longer_phrase_takes_its_words() -> None:
    assert "2" not in muscle_units("outer brow raiser") or "1" not in muscle_units("outer brow raiser")
    assert "12" not in muscle_units("a crooked smile")


def test_every_unit_named_can_be_shown() -> None:
    for _, units in MUSCLE_WORDS:
        assert facs.activations(units).max() > 0
