"""Action units as blendshapes, and the eight emotions apart from one another."""

from __future__ import annotations

import numpy as np
import pytest

from style2talker.emotion import facs
from style2talker.records import ARKIT_NAMES, LABELS

MOUTH = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("mouth", "jaw"))]


def shape(expression: np.ndarray, name: str) -> float:
    return float(expression[ARKIT_NAMES.index(name)])


def prototype(label: str) -> np.ndarray:
    return facs.prototypes()[LABELS.index(label)]


def test_a_unit_moves_both_sides_and_a_sided_unit_one() -> None:
    both, left = facs.activations({"12": 0.5}), facs.activations({"12L": 0.5})
    assert shape(both, "mouthSmileLeft") == shape(both, "mouthSmileRight") == 0.5
    assert shape(left, "mouthSmileLeft") == 0.5
    assert shape(left, "mouthSmileRight") == 0


def test_every_unit_and_stem_of_the_table_is_known() -> None:
    for unit in facs.ACTION_UNITS:
        side = "L" if unit in {"mouth", "30"} else ""
        assert facs.activations({unit + side: 0.5}).max() > 0
    with pytest.raises(KeyError):
        facs.activations({"99": 1.0})


def test_saturation_keeps_small_sums_and_never_reaches_past_one() -> None:
    sums = np.linspace(-1, 4, 101, dtype=np.float32)
    bent = facs.saturated(sums)
    np.testing.assert_allclose(bent[(sums >= 0) & (sums <= 0.75)], sums[(sums >= 0) & (sums <= 0.75)], atol=1e-7)
    assert bent.min() == 0
    assert bent.max() <= 1
    assert (np.diff(bent) >= 0).all()


def test_prototypes_stay_within_range_and_neutral_is_nothing() -> None:
    table = facs.prototypes()
    assert table.shape == (8, 52)
    assert table.min() >= 0
    assert table.max() <= 1
    assert not prototype("neutral").any()


def test_the_eight_are_apart_also_with_the_mouth_taken_away() -> None:
    table = facs.prototypes()
    felt = [i for i, label in enumerate(LABELS) if label != "neutral"]
    unit = table[felt] / np.linalg.norm(table[felt], axis=1, keepdims=True)
    assert (unit @ unit.T - np.eye(7)).max() < 0.75
    upper = table.copy()
    upper[:, MOUTH] = 0
    gaps = np.linalg.norm(upper[:, None] - upper[None], axis=2) + 9 * np.eye(8)
    assert gaps.min() > 0.4


def test_each_emotion_shows_its_textbook_signs() -> None:
    assert shape(prototype("happy"), "mouthSmileLeft") > 0.7
    assert shape(prototype("happy"), "cheekSquintLeft") > 0.4
    assert shape(prototype("sad"), "browInnerUp") > 0.7
    assert shape(prototype("sad"), "mouthFrownRight") > 0.6
    assert shape(prototype("angry"), "browDownLeft") > 0.8
    assert shape(prototype("angry"), "mouthPressLeft") > 0.4
    assert shape(prototype("fear"), "mouthStretchLeft") > 0.5 > shape(prototype("surprised"), "mouthStretchLeft")
    assert shape(prototype("surprised"), "browOuterUpLeft") > shape(prototype("fear"), "browOuterUpLeft") + 0.4
    assert shape(prototype("disgusted"), "noseSneerLeft") > 0.8
    assert shape(prototype("disgusted"), "mouthUpperUpLeft") > 0.5


def test_only_contempt_is_one_sided() -> None:
    swap = [
        ARKIT_NAMES.index(n.replace("Left", "?").replace("Right", "Left").replace("?", "Right")) for n in ARKIT_NAMES
    ]
    for label, expression in zip(LABELS, facs.prototypes(), strict=True):
        uneven = float(np.abs(expression - expression[swap]).max())
        assert (uneven > 0.5) if label == "contempt" else (uneven == 0)


def test_resemblance_names_each_prototype_and_fades_to_neutral() -> None:
    shares = facs.resemblance(facs.prototypes())
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-5)
    assert (shares.argmax(1) == np.arange(8)).all()
    assert shares.max(1).min() > 0.85
    weak = facs.resemblance(0.1 * prototype("angry"))
    assert weak[LABELS.index("neutral")] > 0.8
    many = facs.resemblance(np.zeros((2, 3, 52), np.float32))
    assert many.shape == (2, 3, 8)
    assert (many[..., LABELS.index("neutral")] == 1).all()


def test_emotions_agree_with_what_actors_do() -> None:
    """Signs that two MEAD actors share, level 3 against neutral, by a blendshape tracker."""
    signs = {
        "angry": ("browDownLeft", "eyeSquintLeft"),
        "contempt": ("browOuterUpRight", "mouthUpperUpLeft"),
        "disgusted": ("eyeSquintLeft", "mouthUpperUpLeft", "mouthLowerDownLeft"),
        "fear": ("browInnerUp", "browOuterUpLeft"),
        "happy": ("mouthSmileLeft", "mouthUpperUpLeft"),
        "sad": ("eyeSquintLeft",),
        "surprised": ("browInnerUp", "browOuterUpLeft", "jawOpen"),
    }
    for label, names in signs.items():
        for name in names:
            assert shape(prototype(label), name) > 0.05, (label, name)


def test_variants_surround_the_prototype() -> None:
    rng = np.random.default_rng(0)
    for row, label in enumerate(LABELS):
        amounts = np.eye(8, dtype=np.float32)[row]
        many = np.stack([facs.variants(amounts, rng) for _ in range(200)])
        assert many.shape == (200, 52)
        assert many.min() >= 0
        assert many.max() <= 1
        if label == "neutral":
            assert not many.any()
            continue
        mean = many.mean(0)
        assert mean @ prototype(label) > 0.97 * np.linalg.norm(mean) * np.linalg.norm(prototype(label))
        assert 0.85 < np.linalg.norm(mean) / np.linalg.norm(prototype(label)) < 1.1
        assert (facs.resemblance(many).argmax(1) == row).mean() > 0.95
        assert np.linalg.norm(many - mean, axis=1).mean() > 0.15


def test_variants_follow_amounts_and_generator() -> None:
    half = np.zeros(8, np.float32)
    half[[LABELS.index("happy"), LABELS.index("surprised")]] = 0.5
    one, again, other = (facs.variants(half, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert 0.2 < shape(one, "mouthSmileLeft") < 0.8
    assert 0.2 < shape(one, "browOuterUpLeft") < 0.8


def test_optional_units_come_and_go() -> None:
    rng = np.random.default_rng(3)
    happy = np.eye(8, dtype=np.float32)[LABELS.index("happy")]
    cheeks = np.array([shape(facs.variants(happy, rng), "cheekSquintLeft") for _ in range(300)])
    assert 0.4 < (cheeks > 0.5).mean() < 0.62
