"""Muscle words become action units."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from style2talker.emotion import facs
from style2talker.emotion.muscles import MUSCLE_PARTS, MUSCLE_WORDS, muscle_units
from style2talker.records import FloatArray

WAYS = json.loads((Path(__file__).parent / "muscle_phrases.json").read_text(encoding="utf-8"))["units"]


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
    for _, actions in MUSCLE_PARTS:
        for _, units in actions:
            assert facs.activations(units).max() > 0


def test_the_whole_vocabulary_is_known_in_many_wordings() -> None:
    assert set(facs.ACTION_UNITS) - {"11"} <= {unit.rstrip("LR") for units in WAYS for unit in units.split(",")}
    assert sum(map(len, WAYS.values())) > 300
    for form in ("{}", "he speaks angrily, {}", "{} while he talks", "Very sad, and {}."):
        missed = [
            (units, text, form)
            for units, texts in WAYS.items()
            for text in texts
            if not set(units.split(",")) <= set(muscle_units(form.format(text)))
        ]
        assert missed == []


@pytest.mark.parametrize("unit", facs.UNIT_NAMES)
def test_every_name_and_code_of_a_unit_is_known(unit: str) -> None:
    named = {u.rstrip("LR") for u in muscle_units(facs.UNIT_NAMES[unit])}
    assert unit in named
    if unit.isdigit() and unit != "30":
        assert set(muscle_units(f"AU{unit} and a story")) == {unit}
        assert set(muscle_units(f"au {unit}L")) == {f"{unit}L"}


@pytest.mark.parametrize(
    "text",
    [
        "the jaw bone", "he looks up to him", "prices go up", "she raises her children", "a wide street",
        "narrow road", "closed door", "lips and nose", "a knitted sweater", "an open window", "drop the box",
        "a tight schedule", "the nose of the plane", "a tooth brush", "pressing matters", "raise the roof",
        "the left wing", "a mouth organ", "brown eyes and black hair", "not frowning", "no smile",
        "she is not smiling", "without squinting", "AU99",
    ],
)  # fmt: skip
def test_other_words_move_no_muscle(text: str) -> None:
    assert muscle_units(text) == {}


def test_named_muscles_arrive_in_the_face() -> None:
    from style2talker.emotion.sentence import explain, understand

    class Silent:
        def encode(self, sentences: Sequence[str]) -> FloatArray:
            return np.zeros((len(sentences), 384), np.float32)

    emotion = understand("happy, with her left eyebrow raised", encoder=Silent())
    assert (emotion.expressions[0] >= facs.activations({"2L": 0.9, "1": 0.2}) - 1e-6).all()
    assert "muscles: outer brow raiser (left), inner brow raiser" in explain(emotion)[0]
