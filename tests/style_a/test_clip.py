"""Clips in style: steady where nothing changes, new where something appears, the same every time."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Art, Portrait
from style2talker.style_a import clip
from style2talker.style_a.clip import flow_to, sampled, stylise_frames

STEADY = Art("family", "cartoon", structure=0.0)


@pytest.fixture(scope="module")
def drawn():
    return draw_portrait(129)


def moved(portrait, shift, noise=0.0, seed=0):
    """The portrait's whole picture some pixels to the right, with noise of its own."""
    rng = np.random.default_rng(seed)
    pixels = np.roll(portrait.pixels, shift, axis=1).astype(np.float32) + rng.normal(0, 1, (129, 129, 3)) * noise
    landmarks = portrait.landmarks + np.array([shift, 0, 0], np.float32)
    return Portrait(np.clip(pixels, 0, 255).astype(np.uint8), landmarks, portrait.blendshapes, portrait.rotation)


def gray(portrait):
    return clip._gray(portrait.pixels)


def test_flow_finds_where_a_face_has_gone(drawn):
    other = moved(drawn, 4)
    field = flow_to(gray(other), other.landmarks, gray(drawn), drawn.landmarks)
    nose = np.rint(other.landmarks[4, :2]).astype(int)
    assert np.allclose(field[nose[1], nose[0]], nose - [4, 0], atol=0.7)
    back = sampled(drawn.pixels, field)
    inside = (slice(30, 100), slice(35, 95))
    assert (
        np.abs(back[inside] - other.pixels[inside]).mean()
        < 0.4 * np.abs(drawn.pixels[inside].astype(float) - other.pixels[inside]).mean()
    )


def test_no_art_gives_the_frames_themselves(drawn):
    for art in (Art(), Art("family", "comic", degree=0.0)):
        assert next(stylise_frames([drawn], art)) is drawn.pixels


def test_noise_does_not_flicker_and_paint_moves_with_the_face(drawn):
    frames = [moved(drawn, k // 2, 3.0, seed=k) for k in range(5)]
    styled = list(stylise_frames(frames, STEADY))
    alone = [next(stylise_frames([frame], STEADY)) for frame in frames]
    assert np.array_equal(styled[0], alone[0])
    still = (slice(25, 105), slice(30, 100))

    def flicker(pictures):
        pairs = ((0, 1), (2, 3))  # frames between which nothing moves
        return np.mean([np.abs(pictures[i][still].astype(int) - pictures[j][still]).mean() for i, j in pairs])

    assert flicker(styled) < 0.5 * flicker(alone)
    assert np.abs(styled[4][still].astype(int) - alone[4][still]).mean() < 12


def test_what_appears_is_painted_and_what_is_known_is_not(drawn, monkeypatch):
    count = []
    painted = clip.Artist.painted
    monkeypatch.setattr(clip.Artist, "painted", lambda self, portrait: count.append(1) or painted(self, portrait))
    list(stylise_frames([drawn] * 4, STEADY))
    assert len(count) == 1
    mouth = np.rint(drawn.landmarks[13, :2]).astype(int)
    open_wide = drawn.pixels.copy()
    open_wide[mouth[1] - 2 : mouth[1] + 9, mouth[0] - 8 : mouth[0] + 9] = (20, 5, 5)
    changed = Portrait(open_wide, drawn.landmarks, drawn.blendshapes, drawn.rotation)
    before, after = stylise_frames([drawn, changed], STEADY)
    assert len(count) == 3
    assert after[mouth[1] + 4, mouth[0]].mean() < 60 < before[mouth[1] + 4, mouth[0]].mean()
    assert np.array_equal(before[:20], after[:20])


def test_a_scene_that_changes_becomes_the_new_painting(drawn):
    other = Portrait(255 - drawn.pixels, drawn.landmarks, drawn.blendshapes, drawn.rotation)
    styled = list(stylise_frames([drawn, other, other], STEADY))
    assert np.array_equal(styled[1], styled[2])
    assert np.abs(styled[1].astype(int) - styled[0]).mean() > 30


def test_proportions_change_alike_in_every_frame(drawn):
    art = Art("family", "pixar", structure=1.0, degree=1.0)
    plain = Art("family", "pixar", structure=0.0, degree=1.0)
    frames = [moved(drawn, k) for k in (0, 1)]
    for shaped, straight in zip(stylise_frames(frames, art), stylise_frames(frames, plain), strict=True):
        assert np.abs(shaped.astype(int) - straight).mean() > 1


def test_same_seed_same_bytes(drawn):
    frames = [moved(drawn, k, 4.0, seed=k) for k in range(3)]
    runs = [list(stylise_frames(frames, Art("family", "arcane"), seed=5)) for _ in range(2)]
    assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))
