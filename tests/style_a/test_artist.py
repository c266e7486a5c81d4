"""The artist's dials: degree, structure, palette, and large pictures."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.errors import ArtError, FaceError
from style2talker.records import FAMILIES, Art, Portrait
from style2talker.style_a import artist
from style2talker.style_a.artist import blend_weight, stylise
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE
from style2talker.style_a.palette import to_lab


@pytest.fixture
def art_with_face(monkeypatch):
    """An art picture in which the face is known, and no model is asked."""
    art = red_art()

    def find(pixels, which=None, finder=None):
        assert which == "largest"
        assert np.array_equal(pixels, art.pixels)
        return art

    monkeypatch.setattr(artist, "find_portrait", find)
    return art


@pytest.fixture
def no_face(monkeypatch):
    """No picture holds a face."""

    def find(pixels, which=None, finder=None):
        raise FaceError("no face found")

    monkeypatch.setattr(artist, "find_portrait", find)


def red_art(size=229):
    drawn = draw_portrait(size)
    pixels = drawn.pixels.astype(np.float32) * (1.0, 0.45, 0.35) + (30, 0, 0)
    pixels += np.random.default_rng(0).normal(0, 8, pixels.shape)
    return Portrait(np.clip(pixels, 0, 255).astype(np.uint8), drawn.landmarks, drawn.blendshapes, drawn.rotation)


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(269)


def exemplar(art, **dials):
    return Art("exemplar", "red.png", art.pixels, **dials)


def distance(one, other):
    return float(np.abs(one.pixels.astype(int) - other.pixels).mean())


@pytest.mark.parametrize(
    "art", [Art(), Art("family", "comic", degree=0.0), Art("family", "pixar", degree=0, structure=1)]
)
def test_no_art_or_no_degree_gives_the_portrait_itself(portrait, art):
    assert stylise(portrait, art) is portrait


def test_degree_zero_never_looks_for_a_face(portrait):
    assert stylise(portrait, exemplar(red_art(), degree=0.0)) is portrait


@pytest.mark.parametrize("family", FAMILIES)
def test_degree_goes_monotonically_away_from_the_portrait(portrait, family):
    steps = [stylise(portrait, Art("family", family, degree=d, structure=0.0)) for d in (0.15, 0.4, 0.7, 1.0)]
    distances = [distance(step, portrait) for step in steps]
    assert all(a < b for a, b in zip([0.0, *distances], distances, strict=False))


def test_degree_goes_monotonically_with_structure_and_with_an_example(portrait, art_with_face):
    for make in (
        lambda d: stylise(portrait, Art("family", "cartoon", degree=d, structure=1.0)),
        lambda d: stylise(portrait, exemplar(art_with_face, degree=d)),
    ):
        distances = [distance(make(d), portrait) for d in (0.2, 0.6, 1.0)]
        assert 0 < distances[0] < distances[1] < distances[2]


def test_weight_of_the_style_rises_from_nothing_to_all():
    weights = [blend_weight(d) for d in np.linspace(0, 1, 11)]
    assert weights[0] == 0 and weights[-1] == 1
    assert (np.diff(weights) > 0).all()


def test_landmarks_move_only_with_structure(portrait):
    assert np.array_equal(stylise(portrait, Art("family", "pixar", structure=0.0)).landmarks, portrait.landmarks)
    moved = stylise(portrait, Art("family", "pixar", structure=1.0)).landmarks
    eye = [159, 145]
    assert np.ptp(moved[eye, 1]) > 1.15 * np.ptp(portrait.landmarks[eye, 1])


@pytest.mark.parametrize("family", ["comic", "arcane"])
def test_keep_color_keeps_the_palette(portrait, family):
    own = to_lab(portrait.pixels)[..., 1:]
    away, kept = (
        to_lab(stylise(portrait, Art("family", family, degree=1, structure=0, keep_color=keep)).pixels)[..., 1:] - own
        for keep in (False, True)
    )
    assert np.abs(kept).mean() < 0.6 * np.abs(away).mean()


def test_keep_color_with_an_example(portrait, art_with_face):
    red, kept = (
        to_lab(stylise(portrait, exemplar(art_with_face, degree=1, keep_color=keep)).pixels) for keep in (False, True)
    )
    own = to_lab(portrait.pixels)
    assert np.abs(kept[..., 1:].mean(axis=(0, 1)) - own[..., 1:].mean(axis=(0, 1))).max() < 3
    assert red[..., 1].mean() > kept[..., 1].mean() + 5


def test_an_example_with_a_face_shares_its_proportions(portrait, art_with_face, monkeypatch):
    wide = art_with_face.landmarks.copy()
    for ids in (LEFT_EYE, RIGHT_EYE):
        wide[list(ids)] += 0.5 * (wide[list(ids)] - wide[list(ids)].mean(axis=0))
    staring = Portrait(art_with_face.pixels, wide, art_with_face.blendshapes, art_with_face.rotation)
    monkeypatch.setattr(artist, "find_portrait", lambda *_, **__: staring)
    out = stylise(portrait, exemplar(staring, degree=1.0, structure=1.0)).landmarks
    assert np.ptp(out[[159, 145], 1]) > 1.15 * np.ptp(portrait.landmarks[[159, 145], 1])


@pytest.mark.usefixtures("no_face")
def test_an_example_without_a_face_serves_by_colour_and_texture(portrait):
    out = stylise(portrait, exemplar(red_art(), degree=1.0, structure=1.0))
    assert np.array_equal(out.landmarks, portrait.landmarks)
    assert to_lab(out.pixels)[..., 1].mean() > to_lab(portrait.pixels)[..., 1].mean() + 5


@pytest.mark.usefixtures("no_face")
def test_useless_examples_are_refused(portrait):
    with pytest.raises(ArtError, match="plain"):
        stylise(portrait, Art("exemplar", "plain.png", np.full((90, 90, 3), 9, np.uint8)))


@pytest.mark.parametrize("family", FAMILIES)
def test_same_seed_same_bytes(portrait, family):
    art = Art("family", family)
    assert np.array_equal(stylise(portrait, art, seed=4).pixels, stylise(portrait, art, seed=4).pixels)


def test_opacity_size_and_expression_are_kept(portrait):
    alpha = np.full(portrait.pixels.shape[:2], 255, np.uint8)
    alpha[:, :30] = 0
    shapes = np.linspace(0, 1, 52, dtype=np.float32)
    clear = Portrait(portrait.pixels, portrait.landmarks, shapes, portrait.rotation, alpha)
    out = stylise(clear, Art("family", "illustration", structure=0.0))
    assert np.array_equal(out.alpha, alpha)
    assert np.array_equal(out.blendshapes, shapes) and np.array_equal(out.rotation, portrait.rotation)
    assert out.pixels.shape == portrait.pixels.shape and out.pixels.dtype == np.uint8


@pytest.mark.parametrize("with_alpha", [False, True])
def test_large_pictures_are_painted_finely_around_the_head_without_a_seam(portrait, monkeypatch, with_alpha):
    monkeypatch.setattr(artist, "_MOST_FINE", 90_000)
    monkeypatch.setattr(artist, "_COARSE_SIDE", 300)
    wide = np.full((500, 700, 3), 150, np.uint8)
    wide[120:389, 200:469] = portrait.pixels
    alpha = np.full(wide.shape[:2], 255, np.uint8) if with_alpha else None
    landmarks = portrait.landmarks + np.array([200, 120, 0], np.float32)
    large = Portrait(wide, landmarks, portrait.blendshapes, portrait.rotation, alpha)
    out = stylise(large, Art("family", "cartoon", degree=1.0, structure=0.0)).pixels
    assert out.shape == wide.shape
    small = stylise(portrait, Art("family", "cartoon", degree=1.0, structure=0.0)).pixels
    face = np.s_[100:180, 90:180]
    assert np.abs(out[120:389, 200:469][face].astype(int) - small[face]).mean() < 12
    flat = out[:, 560:680].astype(int)
    assert np.abs(np.diff(flat, axis=1)).max() < 12
