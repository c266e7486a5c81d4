"""The rig that is shipped: every shape does what its name says, within bounds, on the average face and on odd ones."""

import numpy as np
import pytest

from drawn_face import draw_portrait, reference_points
from style2talker.face.rig import LID_PAIRS, LIP_COLUMNS, PersonRig, Rig, fit, load_rig
from style2talker.records import ARKIT_NAMES, Portrait

RIG = load_rig()
SIDED = [name for name in ARKIT_NAMES if name.endswith("Left")]


def shape(name):
    return RIG.basis[ARKIT_NAMES.index(name)]


def activations(**shapes):
    row = np.zeros((1, 52), np.float32)
    for name, value in shapes.items():
        row[0, ARKIT_NAMES.index(name)] = value
    return row


@pytest.fixture(scope="module")
def person():
    return fit(RIG, draw_portrait(257))


def gap(points, up, low):
    return points[..., low, 1] - points[..., up, 1]


def test_the_average_face_is_symmetrical_with_its_eyes_one_apart():
    assert isinstance(RIG, Rig)
    assert RIG.basis.shape == (52, 478, 3)
    assert np.linalg.norm(RIG.reference[263] - RIG.reference[33]) == pytest.approx(1.0, abs=1e-3)
    assert np.allclose(RIG.reference[33] * [-1, 1, 1], RIG.reference[263], atol=2e-3)


@pytest.mark.parametrize("name", [n for n in ARKIT_NAMES if n != "tongueOut"])
def test_every_shape_moves_something_and_nothing_too_far(name):
    largest = np.linalg.norm(shape(name), axis=1).max()
    assert 0.02 < largest < 0.45


@pytest.mark.parametrize("left", SIDED)
def test_left_and_right_are_mirror_images(left):
    right = left[:-4] + "Right"
    a, b = np.linalg.norm(shape(left), axis=1), np.linalg.norm(shape(right), axis=1)
    assert np.isclose(np.sort(a), np.sort(b), atol=4e-3).mean() > 0.97


@pytest.mark.parametrize(
    ("name", "point", "axis", "sign"),
    [
        ("jawOpen", 152, 1, 1),
        ("jawOpen", 14, 1, 1),
        ("browInnerUp", 107, 1, -1),
        ("browOuterUpLeft", 334, 1, -1),
        ("browDownRight", 105, 1, 1),
        ("mouthSmileLeft", 291, 1, -1),
        ("mouthSmileLeft", 291, 0, 1),
        ("mouthFrownRight", 61, 1, 1),
        ("mouthStretchRight", 61, 0, -1),
        ("mouthPucker", 291, 0, -1),
        ("mouthUpperUpLeft", 312, 1, -1),
        ("mouthLowerDownLeft", 317, 1, 1),
        ("noseSneerLeft", 358, 1, -1),
        ("cheekSquintRight", 50, 1, -1),
        ("eyeLookOutLeft", 473, 0, 1),
        ("eyeLookInLeft", 473, 0, -1),
        ("eyeLookUpRight", 468, 1, -1),
        ("eyeLookDownRight", 468, 1, 1),
        ("eyeWideLeft", 386, 1, -1),
        ("jawLeft", 152, 0, 1),
        ("mouthRight", 13, 0, -1),
    ],
)
def test_shapes_move_points_the_way_their_names_say(name, point, axis, sign):
    assert sign * shape(name)[point, axis] > 0.008


@pytest.mark.parametrize(
    ("name", "still"), [("jawOpen", 107), ("browInnerUp", 152), ("eyeBlinkLeft", 468), ("mouthPucker", 10)]
)
def test_shapes_leave_the_rest_of_the_face_alone(name, still):
    assert np.linalg.norm(shape(name)[still]) < 0.01


def test_rest_gives_the_portraits_own_points_exactly(person):
    assert isinstance(person, PersonRig)
    assert np.array_equal(person.displaced(np.zeros((3, 52), np.float32))[1], draw_portrait(257).landmarks)


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_a_blink_closes_the_lids_to_a_line(person, side):
    points = person.displaced(activations(**{f"eyeBlink{side}": 1.0}))
    for up, low in LID_PAIRS[side]:
        assert abs(float(gap(points, up, low)[0])) < 0.35


def test_lids_close_monotonically_and_never_cross(person):
    steps = np.concatenate([activations(eyeBlinkLeft=v, eyeSquintLeft=0.5) for v in np.linspace(0, 1, 21)])
    opening = gap(person.displaced(steps), 386, 374)
    assert (np.diff(opening) < 1e-3).all()
    assert opening.min() > -0.05


def test_lips_close_over_an_open_jaw(person):
    """ARKit's mouthClose undoes what jawOpen does to the lips, at any opening, and the chin stays down."""
    rest = gap(person.displaced(activations())[0], 13, 14)
    for jaw in (0.3, 1.0):
        opened = person.displaced(activations(jawOpen=jaw))[0]
        closed = person.displaced(activations(jawOpen=jaw, mouthClose=jaw))[0]
        assert gap(opened, 13, 14) > rest + 20 * jaw
        assert gap(closed, 13, 14) < rest + 1.0
        assert closed[152, 1] == pytest.approx(opened[152, 1], abs=1.0)


@pytest.mark.parametrize("name", ["mouthSmile", "mouthFrown", "mouthStretch", "mouthPress", "mouthDimple"])
def test_one_corner_of_the_mouth_moves_without_the_other(name):
    left = np.linalg.norm(shape(f"{name}Left"), axis=1)
    assert left[61] < 0.1 * left[291]


def test_wide_eyes_do_not_bulge(person):
    rest = gap(person.displaced(activations()), 386, 374)
    wide = gap(person.displaced(activations(eyeWideLeft=1.0, browInnerUp=1.0)), 386, 374)
    assert 1.08 * rest < wide < 1.4 * rest


def test_lips_meet_and_never_cross_whatever_is_asked(person):
    rng = np.random.default_rng(3)
    mouth = np.array([name.startswith(("mouth", "jaw")) for name in ARKIT_NAMES])
    wild = rng.uniform(0, 1, (200, 52)).astype(np.float32) * mouth
    points = person.displaced(wild)
    for up, low in zip(LIP_COLUMNS["upper"][0], LIP_COLUMNS["lower"][0], strict=True):
        assert gap(points, up, low).min() > -0.6


def test_parted_lips_of_a_portrait_close_for_a_closed_sound():
    """A portrait that shows its teeth though its jaw score is 0: a shut mouth must be shut."""
    plain = draw_portrait(257)
    landmarks = plain.landmarks.copy()
    for ring in LIP_COLUMNS["lower"]:
        landmarks[list(ring), 1] += 6.0
    smiling = activations(mouthSmileLeft=0.9, mouthSmileRight=0.9)[0]
    portrait = Portrait(plain.pixels, landmarks, smiling, plain.rotation)
    person = fit(RIG, portrait)
    assert gap(landmarks, 13, 14) > 5
    assert gap(person.displaced(activations())[0], 13, 14) < 1.5
    assert np.array_equal(person.displaced(smiling[None])[0], landmarks)
    assert gap(person.displaced(activations(jawOpen=0.5))[0], 13, 14) > 8


def test_a_tilted_face_moves_along_its_own_axes():
    plain = draw_portrait(257)
    turn = np.radians(30)
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]], np.float32)
    centre = plain.landmarks.mean(axis=0)
    tilted = (plain.landmarks - centre) @ spin.T + centre
    person = fit(RIG, Portrait(plain.pixels, tilted, plain.blendshapes, plain.rotation))
    moved = person.displaced(activations(jawOpen=0.6))[0] - tilted
    upright = fit(RIG, plain).displaced(activations(jawOpen=0.6))[0] - plain.landmarks
    assert np.allclose(moved[152], spin @ upright[152], atol=0.3)


def test_small_mouths_move_less():
    plain = draw_portrait(257)
    narrow = reference_points(257)
    middle = narrow[[61, 291]].mean(axis=0)
    lips = [i for ring in (*LIP_COLUMNS["upper"], *LIP_COLUMNS["lower"]) for i in ring] + [61, 291, 78, 308]
    narrow[lips, 0] = middle[0] + 0.6 * (narrow[lips, 0] - middle[0])
    small = fit(RIG, Portrait(plain.pixels, narrow, plain.blendshapes, plain.rotation))
    usual = fit(RIG, plain)
    smile = activations(mouthSmileLeft=1.0)
    step = [np.linalg.norm((p.displaced(smile) - p.displaced(activations()))[0, 291]) for p in (small, usual)]
    assert step[0] < 0.85 * step[1]


def persons(shared_data):
    """Faces found in five pictures: photographs and paintings, young and old, straight and turned."""
    from style2talker.face.landmarks import FaceFinder, find_portrait
    from style2talker.media.picture import read_picture

    names = ("man_dark_photo.jpg", "man_photo.png", "woman_outdoor_photo.jpg", "woman_curly_photo.jpg", "mona_lisa.jpg")
    with FaceFinder() as finder:
        for name in names:
            picture = read_picture(shared_data / "portraits" / name)
            yield find_portrait(picture.pixels, picture.alpha, "largest", finder)


def flipped(rest, moved):
    """How many triangles of the skin turn over, seen from the front."""
    from style2talker.style_a.mesh import face_triangles

    def area(points):
        a, b, c = (points[face_triangles()[:, k], :2] for k in range(3))
        return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]

    large = np.abs(area(rest)) > 4
    return int((area(rest) * area(moved) < 0)[large].sum())


def swells(portrait):
    """A filled cheek widens the face below the eyes and leaves the lips; a jaw that comes forward lowers the chin."""
    person, rest = fit(RIG, portrait), portrait.landmarks
    unit = np.linalg.norm(rest[263] - rest[33])
    puffed, forward = (
        person.displaced(np.clip(portrait.blendshapes + activations(**{n: 1.0}), 0, 1))[0]
        for n in ("cheekPuff", "jawForward")
    )
    wider = np.linalg.norm((puffed[397] - puffed[172])[:2]) - np.linalg.norm((rest[397] - rest[172])[:2])
    assert 0.02 * unit < wider < 0.16 * unit
    lips = [i for ring in (*LIP_COLUMNS["upper"][:2], *LIP_COLUMNS["lower"][:2]) for i in ring]
    assert np.abs(puffed - rest)[lips, :2].max() < 0.03 * unit
    assert np.abs(puffed - rest)[[33, 133, 159, 145, 10, 1], :2].max() < 0.02 * unit
    assert 0.02 * unit < np.linalg.norm((forward - rest)[152, :2]) < 0.14 * unit
    # On a cheek that is turned away a few triangles stand on edge already.
    assert max(flipped(rest, puffed), flipped(rest, forward)) <= 8


def test_cheeks_and_jaw_of_a_drawn_face_swell():
    for size, face in ((257, 0.30), (401, 0.25), (301, 0.34)):
        swells(draw_portrait(size, face))


def test_cheeks_and_jaws_of_five_people_swell(shared_data):
    for portrait in persons(shared_data):
        swells(portrait)
