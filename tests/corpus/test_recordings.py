"""The whole chain on recordings of real people, which are not part of the repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import scipy.io

from style2talker.corpus.deep3d import alignment, coefficients
from style2talker.corpus.manifest import read_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.runner import run_stage
from style2talker.corpus.settings import (
    CorpusOptions,
    CropOptions,
    NoOptions,
    PackOptions,
    PeopleOptions,
    TrackingOptions,
)
from style2talker.corpus.sources import open_sources
from style2talker.corpus.stages import STAGES
from style2talker.corpus.track import load_track
from style2talker.media.video import VideoWriter, read_frames

CHAIN: dict[str, object] = {
    "crop": CropOptions(),
    "track": TrackingOptions(),
    "landmarks": NoOptions(),
    "pack": PackOptions(),
}


def made(sources: Path, out: Path, people: PeopleOptions | None = None) -> Place:
    place = open_sources(CorpusOptions((str(sources),), str(out)), people or PeopleOptions())
    for name, options in CHAIN.items():
        run_stage(place, STAGES[name], options)
    return place


def test_clips_of_mead(shared_data: Path, landmarker: Path, tmp_path: Path) -> None:
    for name in ("M030_front_angry_level3_001", "W009_front_sad_level3_001"):
        (tmp_path / "raw").mkdir(exist_ok=True)
        shutil.copy(shared_data / "mead" / f"{name}.mp4", tmp_path / "raw")
    place = made(tmp_path / "raw", tmp_path / "corpus", PeopleOptions(("W009",)))
    rows = {row.clip: row for row in read_manifest(place.folder).leaves()}
    assert list(rows) == ["M030#angry#level_3#001", "W009#sad#level_3#001"]
    for row, split in zip(rows.values(), ("train", "test"), strict=True):
        assert (row.split, row.coverage, row.marks["pack"].status) == (split, 1.0, "done")
        points = np.load(place.path(row.files["landmarks"]))
        assert points.shape == (row.frames, 68, 2)
        assert (points > -8).all()
        assert (points < 264).all()
        # Head and margin fill the clip as the published crop has it.
        assert 150 < np.ptp(points[..., 0], axis=1).mean() < 250


def test_the_alignment_is_the_published_one(shared_data: Path, landmarker: Path, tmp_path: Path) -> None:
    name = "W009_front_neutral_level1_001"
    (tmp_path / "raw").mkdir()
    shutil.copy(shared_data / "mead" / f"{name}.mp4", tmp_path / "raw")
    whole = CropOptions(box="whole")
    place = open_sources(CorpusOptions((str(tmp_path / "raw"),), str(tmp_path / "c")), PeopleOptions())
    run_stage(place, STAGES["crop"], whole)
    run_stage(place, STAGES["track"], TrackingOptions())
    (row,) = read_manifest(place.folder).leaves()
    track = load_track(place.path(row.files["track"]))
    published = scipy.io.loadmat(shared_data / "mead" / f"{name}.mat")
    assert row.frames == len(published["coeff"])
    ours, theirs = alignment(track.landmarks, 256, 256), published["transform_params"]
    error = np.abs(ours - theirs).mean(axis=0)
    assert error[:2].tolist() == [0, 0]
    assert error[2] < 0.02
    assert error[3:].max() < 1.5
    rows = coefficients(track, ours)
    # A fixed axis convention; the head hardly moves in this clip.
    for column in range(224, 227):
        assert np.corrcoef(rows[:, column], published["coeff"][:, column])[0, 1] > 0.5


@pytest.fixture
def crowd(shared_data: Path, tmp_path: Path) -> Path:
    """Two people side by side in a wide picture; the right one walks out of it."""
    one = [
        cv2.resize(f, (330, 330))
        for f, _ in zip(read_frames(shared_data / "talking" / "face_2.mp4", 25), range(70), strict=False)
    ]
    two = [
        cv2.resize(f, (400, 400))
        for f, _ in zip(read_frames(shared_data / "talking" / "face_3.mp4", 25), range(70), strict=False)
    ]
    (tmp_path / "raw").mkdir()
    with VideoWriter(tmp_path / "raw" / "both.mp4", 1280, 720, 25, None, 70) as out:
        for index, (left, right) in enumerate(zip(one, two, strict=True)):
            pixels = np.full((720, 1280 + 500, 3), 90, np.uint8)
            pixels[100:430, 80:410] = left
            at = 760 + max(0, index - 40) * 30
            pixels[200:600, at : at + 400] = right[:, : 1780 - at]
            out.write(np.ascontiguousarray(pixels[:, :1280]))
    return tmp_path / "raw"


def test_two_people_of_whom_one_leaves(crowd: Path, landmarker: Path, tmp_path: Path) -> None:
    place = made(crowd, tmp_path / "corpus")
    rows = read_manifest(place.folder).leaves()
    assert [row.clip for row in rows] == ["both_face1", "both_face2"]
    assert rows[0].frames == 70
    assert rows[1].frames is not None
    assert 40 <= rows[1].frames <= 56
    assert rows[0].box is not None
    assert rows[1].box is not None
    assert rows[0].box[0] < 410 < 760 < rows[1].box[2]
    assert [row.marks["pack"].status for row in rows] == ["done", "done"]
