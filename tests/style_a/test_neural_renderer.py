"""The exported Style-A: what it sees of a portrait and a motion, and what is shown of its frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.errors import ArtError, AssetError
from style2talker.face.align import clip_crop, crop_portrait
from style2talker.records import ARKIT_NAMES, Art, Motion, Portrait
from style2talker.runtime.network import Network
from style2talker.style_a.driving import RADIUS, face_place, relative_to, rig_rows, windows
from style2talker.style_a.neural import NeuralRenderer, driving_windows
from tiny_networks import SIDE, write_style_a

JAW = ARKIT_NAMES.index("jawOpen")
PLAIN = Art()


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return draw_portrait(257, face=0.2)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network(write_style_a(tmp_path_factory.mktemp("a") / "a.onnx"), "style-a")


def talking(n_frames: int = 40, fps: float = 25.0) -> Motion:
    rng = np.random.default_rng(2)
    shapes = np.zeros((n_frames, 52), np.float32)
    shapes[:, JAW] = 0.5 + 0.5 * np.sin(np.arange(n_frames) * (3.0 / fps))
    pose = rng.normal(0, 0.05, (2, n_frames, 3)).astype(np.float32)
    return Motion(shapes, pose[0], pose[1], fps=fps)


def test_frames_show_the_crop_of_a_corpus_at_the_size_that_is_asked_for(portrait: Portrait, network: Network) -> None:
    still = Motion(*(np.zeros((3, n), np.float32) for n in (52, 3, 3)))
    seen = crop_portrait(portrait, clip_crop(portrait, SIDE)).pixels
    for size in (SIDE, 2 * SIDE + 2, SIDE // 2):
        renderer = NeuralRenderer(portrait, network, PLAIN, size)
        frames = list(renderer.frames(still))
        assert renderer.size == (size, size)
        assert not renderer.transparent
        assert [frame.shape for frame in frames] == [(size, size, 3)] * 3
        assert all(frame.dtype == np.uint8 for frame in frames)
        shown = cv2.resize(frames[0], (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(int)
        assert np.abs(shown - seen).mean() < (0.01 if size == SIDE else 6)


def test_each_frame_is_driven_by_its_own_window(portrait: Portrait, network: Network) -> None:
    motion = talking()
    brightness = [float(f.mean()) for f in NeuralRenderer(portrait, network, PLAIN, SIDE).frames(motion)]
    assert np.corrcoef(brightness, motion.blendshapes[:, JAW])[0, 1] > 0.99


def test_batches_give_what_single_frames_give(
    portrait: Portrait, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    motion = talking(37)
    whole = list(NeuralRenderer(portrait, network, PLAIN, SIDE).frames(motion))
    monkeypatch.setattr("style2talker.style_a.neural._LARGEST_BATCH", 1)
    monkeypatch.setattr("style2talker.style_a.neural._MOST_WORKERS", 1)
    single = list(NeuralRenderer(portrait, network, PLAIN, SIDE).frames(motion))
    assert len(whole) == 37
    assert all(np.array_equal(a, b) for a, b in zip(whole, single, strict=True))


def test_frames_can_be_left_before_the_last(portrait: Portrait, network: Network) -> None:
    frames = NeuralRenderer(portrait, network, PLAIN, SIDE).frames(talking(400))
    first = next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert np.array_equal(first, next(NeuralRenderer(portrait, network, PLAIN, SIDE).frames(talking(400))))


def test_windows_are_those_of_the_training(portrait: Portrait) -> None:
    motion, seen = talking(), crop_portrait(portrait, clip_crop(portrait, SIDE))
    rows = rig_rows(motion, seen.rotation, face_place(seen.landmarks, SIDE, SIDE))
    found = driving_windows(motion, seen)
    assert np.array_equal(found, windows(rows))
    assert np.array_equal(found[0, :, : RADIUS + 1], np.repeat(rows[:1].T, RADIUS + 1, axis=1))


def test_a_portrait_that_stays_as_it_is_changes_nothing(portrait: Portrait) -> None:
    seen = crop_portrait(portrait, clip_crop(portrait, SIDE))
    still = Motion(np.repeat(seen.blendshapes[None], 5, axis=0), *(np.zeros((5, 3), np.float32) for _ in range(2)))
    assert np.allclose(driving_windows(still, seen, relative=True), 0, atol=1e-6)
    motion = talking()
    moved, whole = driving_windows(motion, seen, relative=True), driving_windows(motion, seen)
    assert np.array_equal(moved, relative_to(driving_windows(still, seen)[0, :, RADIUS], whole))


@pytest.mark.parametrize("fps", [12.5, 30.0, 50.0])
def test_another_clock_sees_the_same_second_around_each_frame(fps: float, portrait: Portrait) -> None:
    seen = crop_portrait(portrait, clip_crop(portrait, SIDE))
    slow = driving_windows(talking(100, 25.0), seen)
    other = driving_windows(talking(round(4 * fps), fps), seen)
    assert other.shape == (round(4 * fps), 61, 27)
    middle = 2.0  # seconds
    assert np.allclose(other[round(middle * fps), JAW], slow[round(middle * 25), JAW], atol=0.02)


def test_art_is_told_by_name_by_picture_or_not_at_all(portrait: Portrait, network: Network) -> None:
    still = Motion(*(np.zeros((1, n), np.float32) for n in (52, 3, 3)))

    def mean_color(art: Art) -> np.ndarray:
        return next(NeuralRenderer(portrait, network, art, SIDE).frames(still)).reshape(-1, 3).mean(axis=0)

    plain = mean_color(PLAIN)
    red = mean_color(Art("family", "cartoon", degree=0.5)) - plain
    blue = mean_color(Art("family", "arcane", degree=0.5)) - plain
    assert red[0] > 20 > -20 > red[2]
    assert blue[2] > 20 > -20 > blue[0]
    assert np.allclose(mean_color(Art("family", "cartoon", degree=0.0)), plain)
    green = np.zeros((40, 70, 3), np.uint8)
    green[..., 1] = 255
    followed = mean_color(Art("exemplar", "green.png", green, degree=0.5)) - plain
    assert followed[1] > 20 > -20 > followed[0]


def test_art_that_the_network_does_not_know_is_refused(portrait: Portrait, network: Network, tmp_path: Path) -> None:
    with pytest.raises(ArtError, match="does not know the style comic, it knows: cartoon, arcane"):
        NeuralRenderer(portrait, network, Art("family", "comic"), SIDE)
    bare = Network(write_style_a(tmp_path / "b.onnx", art=False), "style-a")
    assert len(list(NeuralRenderer(portrait, bare, PLAIN, SIDE).frames(talking(2)))) == 2
    with pytest.raises(ArtError, match="it knows: none at all"):
        NeuralRenderer(portrait, bare, Art("family", "comic"), SIDE)
    with pytest.raises(ArtError, match="cannot follow a picture"):
        NeuralRenderer(portrait, bare, Art("exemplar", "x.png", np.zeros((9, 9, 3), np.uint8)), SIDE)
    with pytest.raises(ArtError, match="--keep-color"):
        NeuralRenderer(portrait, network, Art("family", "cartoon", keep_color=True), SIDE)


def test_a_background_is_laid_behind_before_the_network_looks(portrait: Portrait, network: Network) -> None:
    opacity = np.zeros((257, 257), np.uint8)
    opacity[60:200, 90:170] = 255
    cut_out = Portrait(portrait.pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation, opacity)
    still = Motion(*(np.zeros((1, n), np.float32) for n in (52, 3, 3)))
    white = next(NeuralRenderer(cut_out, network, PLAIN, SIDE).frames(still))
    green = next(NeuralRenderer(cut_out, network, PLAIN, SIDE, background=(0, 255, 0)).frames(still))
    assert tuple(white[1, 1]) == (255, 255, 255)
    assert tuple(green[1, 1]) == (0, 255, 0)
    assert np.array_equal(white[SIDE // 2, SIDE // 2], green[SIDE // 2, SIDE // 2])


def test_a_network_that_other_coefficients_drive_is_refused(
    portrait: Portrait, network: Network, tmp_path: Path
) -> None:
    other = Network(write_style_a(tmp_path / "b.onnx", space="bfm", columns=73), "style-a")
    with pytest.raises(AssetError, match="coefficients of the space 'bfm', here motion is of the rig"):
        NeuralRenderer(portrait, other, PLAIN, SIDE)
    later = Network(write_style_a(tmp_path / "c.onnx"), "style-a")
    plain = later.card
    later.card = replace(plain, settings={"parsing": "bisenet"})
    with pytest.raises(AssetError, match="reads face parsing by BiSeNet"):
        NeuralRenderer(portrait, later, PLAIN, SIDE)
    later.card = replace(plain, settings={"parsing": "none"})
    assert len(list(NeuralRenderer(portrait, later, PLAIN, SIDE).frames(talking(3)))) == 3
    later.once_port = replace(later.once_port, inputs={**later.once_port.inputs, "hair": (1, 1)})
    with pytest.raises(AssetError, match="takes hair, which this version cannot give"):
        NeuralRenderer(portrait, later, PLAIN, SIDE)
