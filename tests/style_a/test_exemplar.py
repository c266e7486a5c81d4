"""Art from an example picture: its colours and texture arrive, the person stays, errors are one line."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.errors import ArtError
from style2talker.records import Portrait
from style2talker.style_a.canvas import prepare
from style2talker.style_a.exemplar import _stronger, check_example, prepare_example, synthesise
from style2talker.style_a.palette import blur, to_lab


def art_face(size=257):
    """The drawn face as a blue-green painting with coarse strokes."""
    portrait = draw_portrait(size)
    lab = to_lab(portrait.pixels)
    lab[..., 1] = 0.4 * lab[..., 1] - 22
    lab[..., 2] = 0.4 * lab[..., 2] - 18
    rng = np.random.default_rng(3)
    strokes = cv2.GaussianBlur(rng.normal(0, 1, lab.shape[:2]).astype(np.float32), (0, 0), sigmaX=4, sigmaY=0.8)
    lab[..., 0] = np.clip(lab[..., 0] + 9 * strokes / strokes.std(), 0, 100)
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    pixels = np.clip(rgb * 255, 0, 255).astype(np.uint8)
    return Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)


def pattern(shape=(140, 190)):
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]]
    wave = np.sin(xs / 3.0) * np.cos(ys / 4.0)
    return np.clip(np.stack([150 + 90 * wave, 110 - 60 * wave, 60 + 20 * wave], axis=-1), 0, 255).astype(np.uint8)


def histogram_distance(one, other):
    """Sum over a, b of the distances of two pictures' sorted values (1-D earth mover's)."""
    shares = np.linspace(0, 1, 101)
    labs = [to_lab(p).reshape(-1, 3) for p in (one, other)]
    return sum(
        float(np.abs(np.quantile(labs[0][:, c], shares) - np.quantile(labs[1][:, c], shares)).mean()) for c in (1, 2)
    )


def texture(pixels, mask):
    light = to_lab(pixels)[..., 0]
    return float(np.abs(light - blur(light, 1.2))[mask > 0.8].mean())


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(277)


@pytest.fixture(scope="module")
def art():
    return art_face()


@pytest.fixture(scope="module")
def styled(portrait, art):
    return synthesise(portrait, prepare_example(art.pixels, art), 0)


def test_result_has_the_portraits_size_and_is_repeatable(portrait, art, styled):
    assert styled.shape == portrait.pixels.shape and styled.dtype == np.uint8
    assert np.array_equal(synthesise(portrait, prepare_example(art.pixels, art), 0), styled)


def test_palette_moves_to_the_art(portrait, art, styled):
    assert histogram_distance(styled, art.pixels) < 0.35 * histogram_distance(portrait.pixels, art.pixels)


def test_texture_moves_to_the_art(portrait, art, styled):
    plain, wanted = prepare(portrait).regions, prepare(art).regions
    for name in ("hair", "skin"):
        before, after = texture(portrait.pixels, plain[name]), texture(styled, plain[name])
        assert abs(after - texture(art.pixels, wanted[name])) < abs(before - texture(art.pixels, wanted[name]))


def test_eyes_stay_darker_than_skin_and_drawing_stays(portrait, styled):
    canvas = prepare(portrait)
    light = to_lab(styled)[..., 0]
    iris = np.maximum(canvas.eyes[0].iris, canvas.eyes[1].iris) > 0.7
    skin = (canvas.regions["skin"] * canvas.face) > 0.9
    assert light[iris].mean() < light[skin].mean() - 15
    face = canvas.face > 0.5
    own, new = blur(canvas.lightness, 2.0)[face], blur(light, 2.0)[face]
    assert np.corrcoef(own, new)[0, 1] > 0.9


def test_background_does_not_bleed_into_hair(portrait):
    art = draw_portrait(257)
    pixels = art.pixels.copy()
    back = prepare(art).regions["background"] > 0.5
    pixels[back] = (250, 210, 20)
    loud = Portrait(pixels, art.landmarks, art.blendshapes, art.rotation)
    out = to_lab(synthesise(portrait, prepare_example(pixels, loud), 0))
    regions = prepare(portrait).regions
    assert out[regions["hair"] > 0.95, 2].mean() < 25
    assert out[regions["background"] > 0.95, 2].mean() > 55


def test_any_picture_serves_without_a_face(portrait):
    example = prepare_example(pattern(), None)
    out = synthesise(portrait, example, 0)
    assert out.shape == portrait.pixels.shape
    assert histogram_distance(out, pattern()) < histogram_distance(portrait.pixels, pattern())
    assert not np.array_equal(out, synthesise(portrait, example, 1))


@pytest.mark.parametrize("shape", [(131, 97), (180, 233)])
def test_odd_sizes(shape, art):
    drawn = draw_portrait(97, 0.28)
    landmarks = drawn.landmarks + np.array([(shape[1] - 97) / 2, (shape[0] - 97) / 2, 0], np.float32)
    pixels = np.full((*shape, 3), 140, np.uint8)
    top, left = (shape[0] - 97) // 2, (shape[1] - 97) // 2
    pixels[top : top + 97, left : left + 97] = drawn.pixels
    portrait = Portrait(pixels, landmarks, drawn.blendshapes, drawn.rotation)
    assert synthesise(portrait, prepare_example(art.pixels, art), 0).shape == (*shape, 3)


def test_only_the_surroundings_of_the_face_are_used():
    art = art_face()
    wide = np.zeros((900, 1200, 3), np.uint8)
    wide[400:657, 300:557] = art.pixels
    face = Portrait(wide, art.landmarks + np.array([300, 400, 0], np.float32), art.blendshapes, art.rotation)
    example = prepare_example(wide, face)
    assert example.picture.shape[0] < 700
    assert np.allclose(example.face.landmarks[4, 2], art.landmarks[4, 2])


def test_a_picture_too_small_or_too_plain_is_refused():
    with pytest.raises(ArtError, match=r"tiny\.png is only 40 x 30 pixels.*use"):
        check_example(np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8), "tiny.png")
    with pytest.raises(ArtError, match=r"plain\.png shows one plain colour.*use"):
        check_example(np.full((200, 200, 3), 77, np.uint8), "plain.png")
    check_example(pattern(), "good.png")


def test_line_art_is_recognised_and_its_lines_are_drawn(portrait, art):
    drawn = draw_portrait(257)
    pixels = drawn.pixels.copy()
    for shift in range(-3, 4):
        points = drawn.landmarks[[50, 4, 280], :2] + np.array([0, 11 * shift])
        cv2.polylines(pixels, [np.rint(points * 16).astype(np.int32)], False, (20, 10, 40), 1, cv2.LINE_AA, shift=4)
    lined = prepare_example(pixels, Portrait(pixels, drawn.landmarks, drawn.blendshapes, drawn.rotation))
    painted = prepare_example(drawn.pixels, drawn)
    assert lined.inkiness > 0.8 and painted.inkiness < 0.2
    assert lined.ink[0] < 25
    jaw = np.round(portrait.landmarks[[176, 148, 377, 400], :2]).astype(int)
    dark = [to_lab(synthesise(portrait, example, 0))[jaw[:, 1], jaw[:, 0], 0].mean() for example in (lined, painted)]
    assert dark[0] < dark[1] - 5


def test_strokes_become_as_strong_as_those_of_the_art():
    rng = np.random.default_rng(4)
    strong, weak = (rng.normal(0, size, (60, 70)).astype(np.float32) for size in (8.0, 2.0))
    everywhere = np.ones((60, 70), np.float32)
    assert _stronger(weak, everywhere, strong, everywhere) == pytest.approx(1.4, abs=0.05)
    assert _stronger(strong, everywhere, weak, everywhere) == 0
    assert _stronger(weak, 0 * everywhere, strong, everywhere) == 0
