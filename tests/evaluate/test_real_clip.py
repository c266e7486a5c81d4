"""A real speaker: a recording in step has no offset, and one that is moved on purpose has that which it was moved."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from made_people import speaking

from style2talker.assets.store import locate
from style2talker.corpus.track import track_clips
from style2talker.errors import AssetError
from style2talker.evaluate.clips import av_offset, read_clips
from style2talker.evaluate.lips import loudness

CLIP = "grid_sbwe5n.mpg"


@pytest.fixture(scope="module")
def clip(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    try:
        locate("face_landmarker")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))
    tracks = tmp_path_factory.mktemp("tracks")
    video = shared_data / "talking" / CLIP
    track_clips([video], tracks)
    (found,) = read_clips([video], tracks)
    return found


def test_a_real_clip_is_in_step_with_its_loudness(clip) -> None:
    assert clip.name == CLIP and len(clip.opening) == 75
    assert np.isfinite(clip.opening).all()
    assert 0 < clip.opening.min() < 0.06 < clip.opening.max() < 0.5
    found = av_offset(loudness(clip.speech), clip.opening)
    assert abs(found.lag) <= 2 and found.sure


@pytest.mark.parametrize("lag", [-6, 4])
def test_a_picture_moved_on_purpose_is_found(clip, lag: int) -> None:
    level = loudness(clip.speech)
    straight = av_offset(level, clip.opening).lag
    assert av_offset(level, np.roll(clip.opening, lag)).lag == pytest.approx(straight + lag, abs=1)


def test_a_strange_mouth_does_not_fit(clip) -> None:
    rng = np.random.default_rng(0)
    strange = speaking(rng.random(75).astype(np.float32)).blendshapes[:, 24]
    assert av_offset(strange, clip.opening).r < av_offset(loudness(clip.speech), clip.opening).r
