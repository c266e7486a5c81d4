"""Finding faces: where they are, whose is meant, and when to refuse."""

import cv2
import numpy as np
import pytest

from style2talker.errors import AssetError, FaceError
from style2talker.face.landmarks import (
    Face,
    FaceFinder,
    People,
    choose_face,
    find_people,
    find_portrait,
    open_landmarker,
)
from style2talker.records import ARKIT_NAMES


@pytest.fixture(scope="module")
def finder(landmarker):
    with FaceFinder() as found:
        yield found


@pytest.fixture(scope="module")
def whole(finder, astronaut):
    return find_portrait(astronaut, finder=finder)


def around(portrait, pixels, room):
    """The face with `room` times its height around it."""
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    pad = room * (high[1] - low[1])
    (x0, y0), (x1, y1) = np.maximum(low - pad, 0).astype(int), (high + pad).astype(int)
    return np.ascontiguousarray(pixels[y0:y1, x0:x1])


def test_a_portrait_is_measured(whole, astronaut):
    assert np.array_equal(whole.pixels, astronaut)
    assert whole.landmarks.shape == (478, 3)
    # She smiles, looks into the camera, and her eyes are above her mouth.
    assert whole.blendshapes[ARKIT_NAMES.index("mouthSmileLeft")] > 0.5
    assert np.abs(whole.rotation).max() < 0.35
    assert whole.landmarks[468, 1] < whole.landmarks[13, 1]
    assert whole.landmarks[468, 0] < whole.landmarks[473, 0]
    assert whole.landmarks[4, 2] < whole.landmarks[152, 2]


def test_the_mirror_image_has_the_mirrored_pose(finder, whole, astronaut):
    other = find_portrait(np.ascontiguousarray(astronaut[:, ::-1]), finder=finder)
    assert np.allclose(other.rotation, whole.rotation * [1, -1, -1], atol=0.06)


def test_a_tilted_picture_has_a_rolled_head(finder, whole, astronaut):
    centre = tuple(map(float, whole.landmarks[4, :2]))
    turned = cv2.warpAffine(astronaut, cv2.getRotationMatrix2D(centre, -20, 1), astronaut.shape[1::-1])
    # Clockwise in the picture takes the crown to the right: towards the person's left shoulder.
    assert np.degrees(find_portrait(turned, finder=finder).rotation[2] - whole.rotation[2]) == pytest.approx(20, abs=5)


def test_a_face_that_fills_the_picture_and_one_lost_in_it_are_found(finder, whole, astronaut):
    tight = around(whole, astronaut, 0.06)
    assert find_portrait(tight, finder=finder).landmarks[4, 0] == pytest.approx(tight.shape[1] / 2, rel=0.25)
    small = cv2.resize(around(whole, astronaut, 0.6), None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
    vast = np.full((1500, 1700, 3), 128, np.uint8)
    vast[1200 : 1200 + small.shape[0], 300 : 300 + small.shape[1]] = small
    found = find_portrait(vast, finder=finder)
    assert 300 < found.landmarks[4, 0] < 300 + small.shape[1]
    assert 1200 < found.landmarks[4, 1] < 1200 + small.shape[0]


def test_pictures_without_a_face_are_refused(finder):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    rows = np.linspace(0, 255, 300).astype(np.uint8)[:, None, None].repeat(400, 1).repeat(3, 2)
    for picture in (noise, np.ascontiguousarray(rows), np.zeros((64, 64, 3), np.uint8)):
        with pytest.raises(FaceError, match="no face found"):
            find_portrait(picture, finder=finder)


def test_two_faces_ask_for_a_choice_and_take_one(finder, whole, astronaut):
    one = around(whole, astronaut, 0.7)
    two = np.hstack([one, one])
    with pytest.raises(FaceError, match=r"2 faces found.*--face") as refusal:
        find_portrait(two, finder=finder)
    assert refusal.value.box is not None
    left, right = (find_portrait(two, which=k, finder=finder).landmarks[4, 0] for k in (0, 1))
    assert left < one.shape[1] < right
    assert find_portrait(two, which="largest", finder=finder).landmarks.shape == (478, 3)
    with pytest.raises(FaceError, match="no face 2"):
        find_portrait(two, which=2, finder=finder)


def test_a_tiny_face_is_too_small(finder, whole, astronaut):
    one = around(whole, astronaut, 0.8)
    tiny = cv2.resize(one, None, fx=0.27, fy=0.27, interpolation=cv2.INTER_AREA)
    with pytest.raises(FaceError, match=r"pixels high|no face found"):
        find_portrait(tiny, finder=finder)


def test_a_dog_is_not_a_person(finder, shared_data):
    from style2talker.media.picture import read_picture

    with pytest.raises(FaceError, match="no face found"):
        find_portrait(read_picture(shared_data / "portraits" / "not_a_person_dog.jpg").pixels, finder=finder)


def test_photographs_and_paintings_are_portraits(finder, shared_data):
    from style2talker.media.picture import read_picture

    for path in sorted((shared_data / "portraits").iterdir()):
        if "dog" not in path.name:
            assert find_portrait(read_picture(path).pixels, finder=finder).landmarks.shape == (478, 3), path.name


def made_face(x, height, yaw=0.0):
    points = np.random.default_rng(0).uniform(0, 1, (478, 3)).astype(np.float32) * height
    points[0, 1], points[1, 1] = 0, height
    points[:, 0] += x
    return Face(points, np.zeros(52, np.float32), np.array([0, yaw, 0], np.float32))


def test_choosing_among_faces_needs_no_model():
    small, large = made_face(0, 60), made_face(200, 90)
    assert choose_face([small, large], "largest") is large
    assert choose_face([small, large], 0) is small
    assert choose_face([large], None) is large
    with pytest.raises(FaceError, match="no face found"):
        choose_face([], None)


class OneFace:
    """Stands for a finder that finds a given face."""

    def __init__(self, *faces):
        self.found = list(faces)

    def faces(self, pixels):
        return self.found


def test_profiles_and_small_faces_are_refused_with_box_and_advice():
    picture = np.zeros((200, 200, 3), np.uint8)
    with pytest.raises(FaceError, match=r"turned 60°.*--face") as refusal:
        find_portrait(picture, finder=OneFace(made_face(0, 100, yaw=np.radians(60))))
    assert refusal.value.box[3] == 100
    with pytest.raises(FaceError, match="only 20 pixels high"):
        find_portrait(picture, finder=OneFace(made_face(0, 20)))


def test_a_face_found_in_a_part_is_placed_in_the_whole():
    moved = made_face(0, 50).moved(2.0, 10, 20)
    assert moved.height == pytest.approx(25)
    assert moved.box[1] == 20


def test_a_missing_model_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(tmp_path))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path))
    with pytest.raises(AssetError, match="assets pull face_landmarker"):
        open_landmarker(None, 0.5, video=False)


def test_the_models_answer_becomes_faces_in_pixels():
    """A made-up answer: points in 0..1, scores by name, a pose with the axes of a right-handed screen."""
    from types import SimpleNamespace

    from style2talker.face.landmarks import read_faces

    points = [SimpleNamespace(x=0.25, y=0.5, z=-0.1)] * 478
    scores = [SimpleNamespace(category_name="jawOpen", score=0.7), SimpleNamespace(category_name="_neutral", score=1.0)]
    # Chin down: about the axis to the right, y up and z towards the viewer.
    turn = np.radians(20)
    pose = np.eye(4)
    pose[1:3, 1:3] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    answer = SimpleNamespace(face_landmarks=[points], face_blendshapes=[scores], facial_transformation_matrixes=[pose])
    (face,) = read_faces(answer, 400, 200)
    assert np.allclose(face.landmarks[7], [100, 100, -40])
    assert face.blendshapes[ARKIT_NAMES.index("jawOpen")] == np.float32(0.7)
    assert face.blendshapes.sum() == np.float32(0.7)
    assert np.allclose(np.degrees(face.rotation), [20, 0, 0], atol=1e-3)


def test_pixels_reach_the_model_unchanged():
    from style2talker.face.landmarks import as_image

    pixels = np.random.default_rng(0).integers(0, 256, (31, 47, 3), dtype=np.uint8)
    assert np.array_equal(as_image(pixels[:, ::-1]).numpy_view(), pixels[:, ::-1])


def test_a_finder_that_is_let_go_leaves_its_model_to_the_next(landmarker, monkeypatch):
    """Nothing is closed by the garbage collector, which might run while a lock is held that closing needs."""
    from style2talker.face import landmarks as module

    monkeypatch.setattr(module, "_idle", {})
    first = FaceFinder()
    used = first._opened[module._SURE]
    first.close()
    first.close()
    second = FaceFinder()
    assert second._opened[module._SURE] is used
    third = FaceFinder()
    assert third._opened[module._SURE] is not used
    del second
    assert [len(waiting) for waiting in module._idle.values()] == [1]
    third.close()
    module._close_idle()
    assert module._idle == {}


def test_all_who_can_be_animated_are_and_the_others_are_bystanders():
    picture = np.zeros((200, 400, 3), np.uint8)
    small, first, turned, large = (
        made_face(0, 20),
        made_face(40, 90),
        made_face(140, 100, yaw=np.radians(60)),
        made_face(260, 95),
    )
    finder = OneFace(small, first, turned, large)
    people = find_people(picture, None, "all", finder)
    assert isinstance(people, People)
    wanted = [large.landmarks[0, 0], first.landmarks[0, 0]]
    assert [portrait.landmarks[0, 0] for portrait in people.portraits] == wanted
    assert [points[0, 0] for points in people.bystanders] == [small.landmarks[0, 0], turned.landmarks[0, 0]]
    with pytest.raises(FaceError, match="turned 60°"):
        find_people(picture, None, "all", OneFace(small, turned))


def test_who_is_not_chosen_stands_by():
    picture = np.zeros((200, 400, 3), np.uint8)
    left, right = made_face(0, 90), made_face(200, 95)
    finder = OneFace(left, right)
    everybody = find_people(picture, None, "all", finder)
    assert [p.landmarks[0, 0] for p in everybody.portraits] == [right.landmarks[0, 0], left.landmarks[0, 0]]
    assert everybody.bystanders == ()
    one = find_people(picture, None, 0, finder)
    assert np.array_equal(one.portraits[0].landmarks, left.landmarks)
    assert len(one.bystanders) == 1 and np.array_equal(one.bystanders[0], right.landmarks)
    assert np.array_equal(find_portrait(picture, which="all", finder=finder).landmarks, right.landmarks)
