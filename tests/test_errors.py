"""The tree of errors is as drawn, and each leaf knows its exit status."""

from __future__ import annotations

import re

import pytest

from style2talker import errors
from style2talker.errors import (
    ArtError,
    AssetError,
    AudioError,
    EmotionError,
    FaceError,
    InputError,
    MotionError,
    OutputError,
    PictureError,
    Style2TalkerError,
    UsageError,
    VideoError,
)

LEAVES = {
    UsageError: 2,
    AudioError: 3,
    PictureError: 3,
    VideoError: 3,
    FaceError: 3,
    EmotionError: 3,
    ArtError: 3,
    MotionError: 3,
    AssetError: 4,
    OutputError: 1,
}


@pytest.mark.parametrize(("leaf", "status"), LEAVES.items(), ids=lambda v: getattr(v, "__name__", str(v)))
def test_each_leaf_knows_its_exit_status(leaf: type[Style2TalkerError], status: int) -> None:
    error = leaf("what, found, do what")
    assert isinstance(error, Style2TalkerError)
    assert isinstance(error, InputError) == (status == 3)
    assert error.exit_status == status
    assert str(error) == "what, found, do what"


def test_the_drawing_shows_every_error_with_its_status() -> None:
    drawn = dict(re.findall(r"(\w+Error) {2,}(\d)", errors.__doc__ or ""))
    for leaf, status in LEAVES.items():
        if status != 3:
            assert drawn[leaf.__name__] == str(status)
    assert drawn["InputError"] == "3"
    assert set(re.findall(r"\w+Error\b", errors.__doc__ or "")) == set(errors.__all__)


def test_a_face_error_carries_the_box_of_the_face() -> None:
    assert FaceError("too small", (1, 2, 30, 40)).box == (1, 2, 30, 40)
    assert FaceError("none").box is None
