"""Records check themselves once, keep their arrays read-only, and know their own clock."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from style2talker.errors import ArtError, AudioError, EmotionError, FaceError, MotionError
from style2talker.records import ARKIT_NAMES, FAMILIES, LABELS, Art, Emotion, Motion, Portrait, Speech


def portrait(**changes: Any) -> Portrait:
    fields: dict[str, Any] = {
        "pixels": np.zeros((7, 5, 3), np.uint8),
        "landmarks": np.zeros((478, 3)),
        "blendshapes": np.zeros(52),
        "rotation": np.zeros(3),
    }
    return Portrait(**{**fields, **changes})


def speech(n_samples: int = 16000, n_frames: int = 25) -> Speech:
    return Speech(np.zeros(n_samples), np.zeros((79, 80)), np.zeros(n_frames))


def emotion(**changes: Any) -> Emotion:
    fields: dict[str, Any] = {
        "texts": ("calm", "furious"),
        "times": [0.0, 2.0],
        "embeddings": np.zeros((2, 3)),
        "expressions": np.stack([np.zeros(52), np.full(52, 0.5)]),
    }
    return Emotion(**{**fields, **changes})


def motion(n_frames: int = 7, fps: float = 25.0) -> Motion:
    ramp = np.linspace(0, 1, n_frames)[:, None]
    return Motion(np.repeat(ramp, 52, axis=1), np.repeat(ramp, 3, axis=1), np.zeros((n_frames, 3)), fps)


@pytest.mark.parametrize("record", [portrait(), speech(), emotion(), motion()], ids=lambda r: type(r).__name__)
def test_records_and_their_arrays_cannot_be_changed(record: Any) -> None:
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, field.name, value)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0


def test_a_record_does_not_follow_the_array_that_it_was_made_from() -> None:
    pixels = np.zeros((7, 5, 3), np.uint8)
    made = portrait(pixels=pixels)
    pixels[:] = 9
    assert not made.pixels.any()
    assert pixels.flags.writeable


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pixels": np.zeros((7, 5), np.uint8)}, r"portrait pixels has shape \(7, 5\)"),
        ({"landmarks": np.zeros((468, 3))}, r"landmarks has shape \(468, 3\), expected \(478, 3\)"),
        ({"landmarks": np.full((478, 3), np.nan)}, "not finite"),
        ({"alpha": np.zeros((5, 7), np.uint8)}, r"alpha has shape \(5, 7\), expected \(7, 5\)"),
    ],
)
def test_a_portrait_of_another_shape_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FaceError, match=message):
        portrait(**changes)


def test_a_portrait_may_have_an_opacity() -> None:
    assert portrait().alpha is None
    assert portrait(alpha=np.full((7, 5), 9)).alpha.dtype == np.uint8


def test_speech_knows_its_length() -> None:
    assert (speech(24000, 37).duration, speech(24000, 37).n_frames) == (1.5, 37)
    with pytest.raises(AudioError, match=r"mel has shape \(79, 81\)"):
        Speech(np.zeros(16000), np.zeros((79, 81)), np.zeros(25))


@pytest.mark.parametrize(
    "changes",
    [{"times": [0.5, 2.0]}, {"times": [0.0, 0.0]}, {"strength": 1.6}, {"strength": -0.1}, {"times": [0.0]}],
)
def test_an_emotion_out_of_order_or_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(EmotionError):
        emotion(**changes)


def test_an_emotion_changes_over_a_short_fade_around_its_key() -> None:
    at = emotion().at(np.array([0.0, 1.79, 2.0, 2.21, 9.0], np.float32))
    assert at.shape == (5, 52)
    np.testing.assert_allclose(at[:, 0], [0, 0, 0.25, 0.5, 0.5], atol=1e-6)


def test_an_art_is_a_family_an_example_or_none() -> None:
    assert len(FAMILIES) == 5
    assert Art().kind == "none"
    assert Art("family", "comic").name == "comic"
    assert Art("exemplar", "oil.jpg", np.zeros((3, 4, 3), np.uint8)).picture is not None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("family", "cubist"), "unknown art family 'cubist', known: cartoon"),
        (("exemplar", "oil.jpg"), "needs a picture"),
        (("family", "comic", np.zeros((3, 4, 3), np.uint8)), "needs a picture"),
        (("none", "none", None, 1.1), "within 0 to 1"),
        (("none", "none", None, 0.5, -0.1), "within 0 to 1"),
        (("exemplar", "oil.jpg", np.zeros((3, 4), np.uint8)), "art picture has shape"),
    ],
)
def test_an_art_that_cannot_be_is_refused(fields: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ArtError, match=message):
        Art(*fields)


def test_names_are_in_alphabetical_order() -> None:
    assert len(ARKIT_NAMES) == 52
    assert sorted(ARKIT_NAMES) == list(ARKIT_NAMES)
    assert sorted(LABELS) == list(LABELS)


def test_motion_is_held_in_range() -> None:
    made = Motion(np.full((3, 52), 1.7), np.zeros((3, 3)), np.zeros((3, 3)))
    assert made.blendshapes.max() == 1.0
    assert (made.n_frames, made.blendshapes.dtype) == (3, np.float32)


@pytest.mark.parametrize(
    "changes",
    [
        {"blendshapes": np.zeros((7, 51))},
        {"rotation": np.zeros((6, 3))},
        {"translation": np.zeros((7, 2))},
        {"fps": 0.0},
        {"fps": float("nan")},
        {"names": ARKIT_NAMES[::-1]},
    ],
)
def test_a_motion_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MotionError):
        dataclasses.replace(motion(), **changes)


def test_a_resampled_motion_shows_the_same_moments() -> None:
    original = motion(7, 25.0)
    assert original.resampled(25.0, 7) is original
    finer = original.resampled(50.0, 15)
    assert (finer.n_frames, finer.fps) == (15, 50.0)
    np.testing.assert_allclose(finer.rotation[::2][:7], original.rotation, atol=1e-6)
    np.testing.assert_allclose(finer.rotation[1, 0], original.rotation[:2, 0].mean(), atol=1e-6)
    np.testing.assert_array_equal(finer.rotation[13:], original.rotation[[-1, -1]])
