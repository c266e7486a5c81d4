"""The mathematics around the networks, on small ones whose answers can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from small_networks import CHANNELS, SYNC_GAIN, small_arcface, small_inception, small_lpips, small_syncnet

from drawn_face import reference_points
from style2talker.corpus.landmarks import to_68
from style2talker.evaluate.coefficient_distance import frechet
from style2talker.evaluate.networks.extractors import session
from style2talker.evaluate.networks.identity import TEMPLATE, aligned_face, cosines, embed, five_points, whole_frame
from style2talker.evaluate.networks.inception import pool3
from style2talker.evaluate.networks.judge import FeatureMaker, Features, NetworkJudge
from style2talker.evaluate.networks.perceptual import LAYERS, backbone_of, lpips, lpips_features
from style2talker.evaluate.networks.syncnet import (
    REACH,
    SyncScores,
    crops,
    lip_embeddings,
    mfcc,
    sync_scores,
    voice_embeddings,
)
from style2talker.face.tracking import Track
from style2talker.records import FloatArray, ImageArray


def noise(seed: int, height: int = 96, width: int = 112) -> ImageArray:
    rng = np.random.default_rng(seed)
    return cv2.GaussianBlur(rng.integers(0, 256, (height, width, 3), np.uint8), (0, 0), 2)


def points_on_template() -> FloatArray:
    """68 points whose eyes, nose and corners of the mouth lie where ArcFace wants them."""
    points = np.zeros((68, 2), np.float32)
    points[36:42], points[42:48], points[30], points[48], points[54] = TEMPLATE
    return points


def test_a_face_on_the_template_stays_and_one_elsewhere_is_brought_there() -> None:
    pixels, points = noise(0, 112, 112), points_on_template()
    np.testing.assert_allclose(five_points(points), TEMPLATE, atol=1e-4)
    assert np.abs(aligned_face(pixels, points).astype(int) - pixels).max() <= 1
    turn = cv2.getRotationMatrix2D((56, 56), 20, 1.7)
    turn[:, 2] += (60, 40)
    moved = cv2.warpAffine(pixels, turn, (260, 240), flags=cv2.INTER_CUBIC)
    there = points @ turn[:, :2].T + turn[:, 2]
    back = aligned_face(moved, there.astype(np.float32))
    assert np.abs(back[20:-20, 20:-20].astype(int) - pixels[20:-20, 20:-20]).mean() < 6
    assert whole_frame(moved).shape == (112, 112, 3)


def test_csim_is_the_cosine_of_unit_embeddings(tmp_path: Path) -> None:
    network = session("csim", small_arcface(tmp_path / "a.onnx"))
    one, other = embed(network, noise(1, 112, 112)), embed(network, noise(2, 112, 112))
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-6)
    assert cosines(one, one) == pytest.approx(1, abs=1e-6)
    both = cosines(np.stack([one, other]), one)
    assert both[1] == pytest.approx(float(one @ other), abs=1e-6)
    # Grey in the middle of the range is 0 for the network, so it has no direction.
    darker = embed(network, np.full((112, 112, 3), 100, np.uint8))
    assert cosines(darker, embed(network, np.full((112, 112, 3), 27, np.uint8))) == pytest.approx(1, abs=1e-5)
    assert cosines(darker, embed(network, np.full((112, 112, 3), 228, np.uint8))) == pytest.approx(-1, abs=1e-5)


def test_pool3_takes_rgb_in_0_to_1_of_any_size(tmp_path: Path) -> None:
    network = session("fid", small_inception(tmp_path / "i.onnx"))
    picture = np.zeros((40, 52, 3), np.uint8)
    picture[..., 0], picture[..., 2] = 255, 51
    np.testing.assert_allclose(pool3(network, picture)[:4], [1, 0, 0.2, 0], atol=1e-6)


def by_hand(one: dict, other: dict) -> float:
    """LPIPS place by place."""
    total = 0.0
    for k in range(1, LAYERS + 1):
        a, b, weights = one[f"layer{k}"][0], other[f"layer{k}"][0], one[f"weight{k}"]
        places = []
        for y in range(a.shape[1]):
            for x in range(a.shape[2]):
                u = a[:, y, x] / np.linalg.norm(a[:, y, x])
                v = b[:, y, x] / np.linalg.norm(b[:, y, x])
                places.append(np.dot(weights, (u - v) ** 2))
        total += np.mean(places)
    return float(total)


def test_lpips_is_the_weighted_distance_of_unit_features(tmp_path: Path) -> None:
    network = session("lpips", small_lpips(tmp_path / "l.onnx"))
    clean = noise(3, 41, 37)
    found = lpips_features(network, clean)
    assert lpips(found, found) == 0
    distances = []
    for share in (0.1, 0.3, 0.6):
        worse = np.rint((1 - share) * clean + share * noise(4, 41, 37)).astype(np.uint8)
        features = lpips_features(network, worse)
        distances.append(lpips(found, features))
        assert distances[-1] == pytest.approx(by_hand(found, features), rel=1e-5)
    assert distances == sorted(distances)
    assert lpips(found, features) == pytest.approx(lpips(features, found))


@pytest.mark.parametrize("backbone", CHANNELS)
def test_the_backbone_is_told_by_its_channels(backbone: str, tmp_path: Path) -> None:
    network = session("lpips", small_lpips(tmp_path / f"{backbone}.onnx", backbone))
    assert backbone_of(lpips_features(network, noise(5, 32, 32))) == backbone


def test_frechet_of_features_agrees_with_the_closed_form_and_with_torchmetrics() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 16))
    assert frechet(rows, rows + 0.5) == pytest.approx(16 * 0.5**2, abs=1e-9)
    assert frechet(rows, rows) == pytest.approx(0, abs=1e-9)
    # Fewer rows than dimensions: zeros beside them make no difference.
    few, wide = rows[:20], np.zeros((20, 400))
    assert frechet(np.hstack([few, wide]), np.hstack([rows[20:40], wide])) == pytest.approx(frechet(few, rows[20:40]))
    fid = pytest.importorskip("torchmetrics.image.fid", reason="torchmetrics is an oracle of this test alone")
    import torch

    other = rows @ np.random.default_rng(1).normal(size=(16, 16)) * 0.3
    sides = [(torch.tensor(x.mean(axis=0)), torch.tensor(np.cov(x, rowvar=False))) for x in (rows, other)]
    assert frechet(rows, other) == pytest.approx(float(fid._compute_fid(*sides[0], *sides[1])), rel=1e-7)


def test_cepstra_are_those_of_python_speech_features() -> None:
    n = 1600
    tone = (0.3 * np.sin(np.arange(n) * 0.05)).astype(np.float32)
    found = mfcc(tone)
    assert found.shape == (9, 13)
    # Written by python_speech_features 0.6.
    np.testing.assert_allclose(found[0, :5], [17.3305, 22.8415, 15.9597, 13.5189, 11.583], atol=1e-4)
    np.testing.assert_allclose(found[5, :5], [17.2801, 24.352, 18.0881, 15.9974, 14.2631], atol=1e-4)
    assert np.isfinite(mfcc(np.zeros(800, np.float32))).all()
    assert mfcc(np.zeros(3, np.float32)).shape == (1, 13)
    oracle = pytest.importorskip("python_speech_features", reason="it is an oracle of this test alone")
    whole = np.rint(tone.astype(np.float64) * 32768).astype(np.int16)
    np.testing.assert_allclose(found, oracle.mfcc(whole, 16000), atol=1e-9)


def still_track(count: int, side: int = 200, fps: float = 25.0) -> Track:
    points = np.repeat(reference_points(side)[None], count, axis=0).astype(np.float32)
    zeros = np.zeros((count, 3), np.float32)
    return Track(points, np.zeros((count, 52), np.float32), zeros, np.ones(count, bool), fps)


def test_crops_hold_the_face_low_and_are_grey_beyond_the_picture() -> None:
    track = still_track(3)
    track.landmarks[..., 0] -= 80
    white = [np.full((200, 200, 3), 255, np.uint8)] * 3
    first, *_, last = crops(white, track)
    assert first.shape == (224, 224, 3)
    assert np.array_equal(first, last)
    assert np.all(first[:, 0] == 110)
    assert np.all(first[100, -1] == 255)
    # The middle of the face is at 1 / 2.8 of the width from the left... and a third of the height from above.
    points = track.landmarks[0, :, :2]
    middle, half = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0).max() / 2
    dot = np.full((200, 200, 3), 255, np.uint8)
    x, y = (round(float(v)) for v in middle + np.array([0.5, 0.0]) * half)
    dot[y - 1 : y + 2, x - 1 : x + 2] = 0
    seen = next(crops([dot], track))
    at = np.argwhere(seen.mean(axis=2) < 60).mean(axis=0)
    assert at[0] / 224 == pytest.approx(1 / 2.8, abs=0.03)
    assert at[1] / 224 == pytest.approx(1.9 / 2.8, abs=0.03)


@pytest.mark.parametrize("late", [-6, 0, 4])
def test_syncnet_finds_how_late_the_picture_is(late: int, tmp_path: Path) -> None:
    network = session("syncnet", small_syncnet(tmp_path / f"s{late}.onnx"))
    frames = 60
    rng = np.random.default_rng(0)
    level = rng.uniform(0.02, 0.4, frames)
    voice = voice_embeddings(network, (np.repeat(level, 640) * rng.normal(size=frames * 640)).astype(np.float32))
    assert voice.shape == (frames - 5, 1024)
    # The network hears a voice as 32 times any of its numbers, and sees the middle of five faces.
    heard = 32 * voice[:, 0]
    scale = (heard - heard.min()) / np.ptp(heard)
    faces = [np.full((224, 224, 3), round(255 * v), np.uint8) for v in np.pad(np.roll(scale, late), 2, mode="edge")]
    lips = lip_embeddings(network, faces)
    assert lips.shape == (frames - 5, 1024)
    assert 32 * lips[:, 0] == pytest.approx(SYNC_GAIN * np.roll(scale, late), abs=0.03)
    aligned = ((heard - heard.min()) / np.ptp(heard) * SYNC_GAIN)[:, None] / 32 * np.ones((1, 1024))
    scores = sync_scores(lips, aligned.astype(np.float32))
    assert scores.offset == late
    assert scores.lse_d < 3
    assert scores.lse_c > 0.5


def test_scores_by_hand_and_of_nothing() -> None:
    rng = np.random.default_rng(0)
    voice = rng.normal(size=(50, 8)).astype(np.float32)
    lips = np.roll(voice, 3, axis=0)
    scores = sync_scores(lips, voice)
    curve = []
    for lag in range(-REACH, REACH + 1):
        far = [np.linalg.norm(lips[i] - (voice[i + lag] if 0 <= i + lag < 50 else 0)) for i in range(50)]
        curve.append(np.mean(far))
    assert scores.lse_d == pytest.approx(min(curve), rel=1e-6)
    assert scores.lse_c == pytest.approx(np.median(curve) - min(curve), rel=1e-6)
    assert scores.offset == 3 == -(int(np.argmin(curve)) - REACH)
    assert all(np.isnan(sync_scores(lips[:0], voice)))
    assert SyncScores(1, 2, 3)._fields == ("lse_c", "lse_d", "offset")


def test_the_judge_of_networks_pools_what_it_saw(tmp_path: Path) -> None:
    files = {
        "csim": small_arcface(tmp_path / "a.onnx"),
        "fid": small_inception(tmp_path / "i.onnx"),
        "lpips": small_lpips(tmp_path / "l.onnx", "alex"),
    }
    points = to_68(reference_points(128)[None].astype(np.float32))[0]
    frames, worse = [noise(k, 128, 128) for k in range(3)], [noise(k + 10, 128, 128) for k in range(3)]
    maker, truth_maker = FeatureMaker(files), FeatureMaker(files)
    judge, reference = NetworkJudge(), NetworkJudge()
    for k, (own, truth) in enumerate(zip(worse, frames, strict=True)):
        true = truth_maker.of(truth, points)
        assert truth_maker.of(truth, points) is true
        judge.add(k, maker.of(own, points if k else None), true)
        reference.add(k, true, true)
    source = reference.faces[0]
    best, found = reference.values(source), judge.values(source)
    assert best["csim_vico"] == pytest.approx(1, abs=1e-5)
    assert best["lpips_alex"] == 0 < found["lpips_alex"]
    assert found["csim_aligned_worst"] <= found["csim_aligned"] < 1
    assert np.isfinite(found["csim_drift"])
    assert len(judge.faces) == 2
    assert judge.features().shape == (3, 2048)
    assert "csim_aligned" not in judge.values(None)
    empty = NetworkJudge()
    empty.add(0.0, Features(), None)
    assert empty.values(source) == {}
    assert empty.features().shape == (0, 2048)
