"""Coefficients by the reconstruction network: what it sees, and that its numbers are those of the clip."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="a graph is made for the test")

from made_videos import write_video  # noqa: E402
from test_features import posed, tracked  # noqa: E402

from style2talker.cli.corpus_published import extract_3dmm, run_script  # noqa: E402
from style2talker.corpus import tracking  # noqa: E402
from style2talker.corpus.deep3d import MADE_BY, alignment, load_coefficients  # noqa: E402
from style2talker.corpus.outcome import Place  # noqa: E402
from style2talker.corpus.reconstruction import MADE_BY_NETWORK, aligned_face, reconstructed  # noqa: E402
from style2talker.corpus.settings import TrackingOptions  # noqa: E402
from style2talker.corpus.tracking import write_coefficients  # noqa: E402
from style2talker.errors import AssetError  # noqa: E402
from style2talker.face.tracking import Track  # noqa: E402
from style2talker.records import ImageArray  # noqa: E402


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A graph of the port whose k-th coefficient is k plus the mean of the picture."""
    from onnx import TensorProto, helper, numpy_helper

    count = numpy_helper.from_array(np.arange(257, dtype=np.float32)[None], "count")
    axes = numpy_helper.from_array(np.array([1, 2, 3]), "axes")
    flat = numpy_helper.from_array(np.array([0, 1]), "flat")
    nodes = [
        helper.make_node("ReduceMean", ["faces", "axes"], ["mean"], keepdims=1),
        helper.make_node("Reshape", ["mean", "flat"], ["row"]),
        helper.make_node("Add", ["row", "count"], ["coefficients"]),
    ]
    graph = helper.make_graph(
        nodes,
        "deep3d",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", 3, 224, 224])],
        [helper.make_tensor_value_info("coefficients", TensorProto.FLOAT, ["n", 257])],
        [count, axes, flat],
    )
    file = tmp_path / "deep3d.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), file)
    return file


def test_the_network_sees_the_face_in_the_middle_and_black_around() -> None:
    pixels = np.full((90, 160, 3), 200, np.uint8)
    pixels[28:33, 98:103] = (255, 0, 0)
    face = aligned_face(pixels, np.array([160, 90, 1.5, 100.5, 90 - 30.5]))
    assert face.shape == (224, 224, 3)
    y, x = np.argwhere((face[..., 0] > 240) & (face[..., 1] < 60)).mean(axis=0)
    assert (y, x) == (pytest.approx(112, abs=1.0), pytest.approx(112, abs=1.0))
    assert not face[:60].any()  # above the frame
    assert face[150, 60, 0] == 200


def test_a_tracked_face_fills_the_picture_as_published() -> None:
    track = posed(np.zeros((1, 3)), 60, (120, 130))
    (aligned,) = alignment(track.landmarks, 256, 256)
    pixels = np.zeros((256, 256, 3), np.uint8)
    for x, y in track.landmarks[0, [33, 263], :2]:
        pixels[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2] = 255
    spots = np.argwhere(aligned_face(pixels, aligned).mean(axis=2) > 100)
    left, right = spots[spots[:, 1] < 112].mean(axis=0), spots[spots[:, 1] > 112].mean(axis=0)
    # Eyes in the upper half, their outer corners as far apart as the alignment scales them.
    assert max(left[0], right[0]) < 112
    apart = np.linalg.norm(track.landmarks[0, 33, :2] - track.landmarks[0, 263, :2]) * aligned[2]
    assert np.linalg.norm(left - right) == pytest.approx(apart, abs=3)


def test_every_frame_gets_its_coefficients(network: Path) -> None:
    frames = [np.full((64, 64, 3), shade, np.uint8) for shade in range(40)]
    aligned = np.tile([64.0, 64.0, 10.0, 32.0, 32.0], (40, 1))
    rows = reconstructed(network, iter(frames), aligned)
    assert (rows.shape, rows.dtype) == ((40, 257), np.float32)
    assert np.allclose(rows - np.arange(257), np.arange(40)[:, None] / 255, atol=1e-4)
    with pytest.raises(ValueError, match="zip"):
        reconstructed(network, frames[:-1], aligned)


def test_the_stage_marks_what_the_network_made(place: Place, network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tracked(place, monkeypatch, [True, True], TrackingOptions(deep3d=str(network))).row
    assert row.coefficients == MADE_BY_NETWORK
    rows, _, _ = load_coefficients(place.path(row.files["coefficients"]))
    assert np.allclose(np.diff(rows, axis=1), 1, atol=1e-3)


def test_a_missing_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="write it by style2talker checkpoint CHECKPOINT --onnx FILE"):
        reconstructed(tmp_path / "none.onnx", [], np.zeros((0, 5)))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "corpus")


def test_the_published_script_takes_the_network(
    network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_video(tmp_path / "video_dir" / "a.mp4", [np.full((64, 64, 3), 120, np.uint8)] * 3)
    track = posed(np.zeros((3, 3)), 12, (48, 48))

    def track_frames(frames: Iterable[ImageArray], fps: float) -> Track:
        assert sum(1 for _ in frames) == 3
        return track

    monkeypatch.setattr(tracking, "track_frames", track_frames)
    monkeypatch.chdir(tmp_path)
    assert run_script(extract_3dmm, ["--deep3d", str(network)]) == 0, capsys.readouterr().err
    rows, _, _ = load_coefficients(tmp_path / "video_dir_3DMM" / "a.npy")
    assert np.allclose(np.diff(rows, axis=1), 1, atol=1e-3)
    video = tmp_path / "video_dir" / "a.mp4"
    assert write_coefficients(tmp_path / "b.npy", video, track, (64, 64), network) == MADE_BY_NETWORK
    assert write_coefficients(tmp_path / "b.npy", video, track, (64, 64)) == MADE_BY
    assert run_script(extract_3dmm, ["--deep3d", "none.onnx", "--save_dir", "other"]) == 4
