"""Learning a rig: known shapes are recovered from made-up people, and polishing keeps what a face needs."""

import numpy as np
import pytest

from style2talker.corpus.track import save_track
from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.records import ARKIT_NAMES
from style2talker.train.rig import centred, explained, learn_basis, main, mirror_points, person_of, polish, read_tracks
from style2talker.train.rig_prior import designed_shapes

RIG = load_rig()
REFERENCE = RIG.reference.astype(np.float64)


def made_person(seed, frames=80):
    """A track of somebody with a face of their own who makes every shape and moves the head."""
    rng = np.random.default_rng(seed)
    shapes = np.clip(rng.uniform(-0.4, 0.8, (frames, 52)), 0, 1)
    face = REFERENCE * (1 + rng.normal(0, 0.03, 3)) + rng.normal(0, 0.004, REFERENCE.shape)
    points = face + np.tensordot(shapes, RIG.basis.astype(np.float64), 1)
    turns = rotation_matrix(rng.normal(0, 0.1, (frames, 3)))
    placed = np.einsum("fij,fvj->fvi", turns, points) * 90 + rng.normal(200, 5, (frames, 1, 3))
    return Track(
        placed.astype(np.float32),
        shapes.astype(np.float32),
        np.zeros((frames, 3), np.float32),
        np.ones(frames, bool),
        25.0,
    )


@pytest.fixture(scope="module")
def tracks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tracks")
    for seed, name in enumerate(("M001_front_happy_level1_001", "M001_front_sad_level1_002", "W002_x", "clip_7")):
        save_track(folder / f"{name}.npz", made_person(seed if name[0] != "M" else 9))
    return folder


def test_people_are_told_from_file_names(tmp_path):
    assert person_of(tmp_path / "M030_front_angry_level3_001.npz") == "M030"
    assert person_of(tmp_path / "clip_7.npz") == "clip_7"


def test_a_rig_is_recovered_from_people_who_use_it(tracks):
    people, shapes, points, reference = read_tracks(sorted(tracks.glob("*.npz")))
    assert set(people) == {"M001", "W002", "clip_7"}
    assert np.linalg.norm(reference[33] - reference[263]) == pytest.approx(1.0, abs=0.02)
    basis = learn_basis(people, shapes, points, reference)
    jaw = ARKIT_NAMES.index("jawOpen")
    truth, found = RIG.basis[jaw].ravel(), basis[jaw].ravel()
    assert np.corrcoef(truth, found)[0, 1] > 0.9
    scores = explained(basis, people, shapes, points)
    assert scores["lips"] > 0.8 and set(scores) == {"lips", "brows and lids", "all"}
    assert explained(np.zeros_like(basis), people, shapes, points)["all"] == pytest.approx(0.0)


def test_mirroring_is_an_involution_that_swaps_the_eyes():
    mirror = mirror_points(REFERENCE)
    assert np.array_equal(mirror[mirror], np.arange(478))
    assert mirror[33] == 263 and mirror[61] == 291 and mirror[468] == 473
    assert mirror[4] == 4


def test_polishing_bounds_shapes_and_makes_sides_alike():
    wild = np.random.default_rng(0).normal(0, 1, (52, 478, 3))
    basis = polish(wild, REFERENCE)
    assert np.linalg.norm(basis, axis=2).max() < 0.45
    brow = basis[ARKIT_NAMES.index("browDownLeft")]
    assert np.abs(brow[[152, 13, 61]]).max() < 1e-6
    assert np.abs(brow[105]).max() < 0.1 * np.abs(brow[334]).max()
    assert np.abs(basis[ARKIT_NAMES.index("tongueOut")]).max() <= 0.2


def test_designed_shapes_do_what_they_say():
    shapes = designed_shapes(REFERENCE, mirror_points(REFERENCE))
    pairs = ("cheekSquint", "noseSneer", "mouthDimple", "jaw")
    single = {"cheekPuff", "jawForward", "mouthShrugUpper", "mouthRollLower", "mouthClose"}
    assert set(shapes) == {f"{name}{side}" for name in pairs for side in ("Left", "Right")} | single
    assert shapes["noseSneerLeft"][358, 1] < -0.03 and abs(shapes["noseSneerLeft"][129, 1]) < 0.02
    puff = shapes["cheekPuff"]
    assert puff[425, 0] > 0.03 and puff[205, 0] < -0.03
    assert shapes["jawForward"][152, 2] < -0.03


def test_designed_lips_meet_roll_and_rise_without_parting():
    shapes = designed_shapes(REFERENCE, mirror_points(REFERENCE))
    parting = {name: shape[14, 1] - shape[13, 1] for name, shape in shapes.items()}
    assert parting["mouthClose"] < -0.1
    rolled = shapes["mouthRollLower"]
    assert rolled[17, 1] < rolled[14, 1] < 0 and rolled[13, 1] == 0
    assert shapes["mouthShrugUpper"][13, 1] < -0.03
    assert parting["mouthShrugUpper"] < 0.05
    for name in ("mouthDimpleLeft", "jawLeft"):
        assert abs(parting[name]) < 0.02, name
    assert shapes["mouthDimpleLeft"][291, 0] > 0.03 and abs(shapes["mouthDimpleLeft"][61, 0]) < 1e-3
    assert shapes["jawLeft"][152, 0] > 0.04 and shapes["jawRight"][152, 0] < -0.04


def test_a_shape_of_one_side_of_the_mouth_leaves_the_other_alone():
    both = np.zeros((52, 478, 3))
    for side in ("Left", "Right"):
        both[ARKIT_NAMES.index(f"mouthFrown{side}")][:, 1] = 0.02
    basis = polish(both, REFERENCE)
    left, right = (basis[ARKIT_NAMES.index(f"mouthFrown{side}")] for side in ("Left", "Right"))
    assert left[291, 1] == pytest.approx(0.04, abs=0.004) and abs(left[61, 1]) < 1e-6
    assert right[61, 1] == pytest.approx(0.04, abs=0.004)
    assert np.allclose((left + right)[[0, 17], 1], 0.04, atol=0.004)


def test_the_command_writes_the_same_rig_twice(tracks, tmp_path, caplog):
    with caplog.at_level("INFO"):
        for name in ("a.npz", "b.npz"):
            main(["--tracks", str(tracks), "--out", str(tmp_path / name), "--hold-out", "W002"])
    assert "R² on W002" in caplog.text
    with np.load(tmp_path / "a.npz") as a, np.load(tmp_path / "b.npz") as b:
        assert np.array_equal(a["basis"], b["basis"]) and a["basis"].shape == (52, 478, 3)
    with pytest.raises(ValueError, match="no tracks"):
        read_tracks([])


def test_centring_takes_out_each_persons_own_mean():
    values = np.array([[1.0, 10.0], [3.0, 30.0], [100.0, 0.0]])
    assert np.allclose(centred(["a", "a", "b"], values), [[-1, -10], [1, 10], [0, 0]])
    assert values[0, 0] == 1.0
