"""The maps between face spaces: a made-up linear truth is recovered both ways, on people never seen."""

import numpy as np
import pytest
import scipy.io
from scipy.ndimage import gaussian_filter1d

from style2talker.corpus.track import save_track
from style2talker.face.bfm import displacements
from style2talker.face.pose import STABLE, rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.train.bfm import Pairs, faces_at_rest, learn_maps, left_out, main, read_pairs

FRAMES = 400
RIGID = list(STABLE)


def made_features(rng, size=0.03):
    """What one person's face is beside the reference; the points that align it stay."""
    features = rng.normal(0, size, (478, 3))
    features[RIGID] = 0
    return features


def smooth(rng, columns):
    """Random curves (FRAMES, columns) in 0..1 that change over a few frames."""
    curves = gaussian_filter1d(rng.normal(0, 1, (FRAMES, columns)), 1.5, axis=0)
    return np.clip(0.5 + 0.4 * curves, 0, 1).astype(np.float32)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two people whose mesh and coefficients follow the same 52 curves, and one who is only tracked."""
    rng = np.random.default_rng(0)
    rig = load_rig()
    moves = rig.basis.astype(np.float64)
    moves[:, RIGID] = 0
    truth = rng.normal(0, 0.3, (52, 64))
    coefficients, tracks = tmp_path_factory.mktemp("mat"), tmp_path_factory.mktemp("tracks")
    for name in ("M001_a", "W002_a", "W003_alone"):
        shapes = smooth(rng, 52)
        turns = np.cumsum(rng.normal(0, 0.01, (FRAMES, 3)), axis=0)
        faces = rig.reference + made_features(rng) + np.tensordot(shapes, moves, 1)
        faces = np.einsum("tij,tvj->tvi", rotation_matrix(turns), faces) * 60 + 128
        track = Track(faces.astype(np.float32), shapes, turns.astype(np.float32), np.ones(FRAMES, bool), 25.0)
        save_track(tracks / f"{name}.npz", track)
        if name != "W003_alone":
            rows = np.zeros((FRAMES, 257), np.float32)
            rows[:, 80:144] = shapes @ truth + rng.normal(0, 0.5, 64)
            rows[:, 224:227] = turns * [1, 1, -1] - [0.1, 0, 0]
            scipy.io.savemat(coefficients / f"{name}.mat", {"coeff": rows})
    scipy.io.savemat(coefficients / "M003_untracked.mat", {"coeff": np.zeros((3, 257))})
    return coefficients, tracks, truth


@pytest.fixture(scope="module")
def pairs(folders):
    return read_pairs(folders[0], folders[1])


def test_a_linear_truth_is_recovered(folders, pairs):
    truth = folders[2]
    assert set(pairs.people) == {"M001", "W002"}
    assert pairs.shapes.shape == (2 * FRAMES, 52) and pairs.meshes.shape == (2 * FRAMES, 1434)
    maps = learn_maps(pairs)
    assert np.corrcoef(maps["to_expression"].ravel(), truth.ravel())[0, 1] > 0.98
    back = (pairs.expressions - maps["mean_expression"]) @ maps["to_blendshapes"] + maps["mean_blendshapes"]
    agreement = [np.corrcoef(back[:, k], pairs.shapes[:, k])[0, 1] for k in range(52)]
    control = [np.corrcoef(back[:, k], pairs.shapes[:, (k + 1) % 52])[0, 1] for k in range(52)]
    assert np.mean(agreement) > 0.6 > np.abs(control).mean() + 0.4


def test_a_person_left_out_is_read_from_the_mesh(folders, pairs):
    scores = left_out(pairs, faces_at_rest(folders[1]), "W002")
    assert len(scores["mesh"]) == len(scores["blendshapes"]) == 8
    assert np.mean(scores["mesh"]) > 0.8
    # Coefficients of other frames are not.
    own = pairs.of("W002")
    shuffled = np.random.default_rng(1).permutation(FRAMES)
    both = Pairs(
        pairs.people,
        pairs.shapes,
        pairs.meshes,
        np.vstack([pairs.of("M001").expressions, own.expressions[shuffled]]),
        pairs.turns,
    )
    assert np.mean(left_out(both, {}, "W002")["mesh"]) < 0.3


def test_features_of_people_are_no_expression(folders, pairs):
    at_rest = faces_at_rest(folders[1])
    assert set(at_rest) == {"M001", "W002", "W003"}
    alone = at_rest["W003"] - at_rest["M001"]
    plain, kept = learn_maps(pairs), learn_maps(pairs, list(at_rest.values()))
    error = [np.abs(alone @ maps["mesh_basis"] @ maps["mesh_weights"]).mean() for maps in (plain, kept)]
    assert error[1] < 0.5 * error[0]


def test_angles_are_those_of_the_file(pairs):
    assert pairs.turns.shape == (2 * FRAMES, 2, 3)
    assert np.abs(pairs.turns[:, 0] - pairs.turns[:, 1]).max() < 0.05


def test_displacements_do_not_depend_on_the_pose():
    reference = load_rig().reference.astype(np.float64)
    moved = reference.copy()
    moved[13] += [0, 0.2, 0]
    faces = np.stack([moved * 50, moved @ rotation_matrix([0.2, -0.3, 0.1]).T * 80 + 7])
    found = displacements(faces.astype(np.float32)).reshape(2, 478, 3)
    assert np.allclose(found, (moved - reference)[None], atol=1e-5)


def test_the_command_reports_people_left_out_and_writes(folders, tmp_path, caplog):
    coefficients, tracks, _ = folders
    with caplog.at_level("INFO"):
        main(["--coefficients", str(coefficients), "--tracks", str(tracks), "--out", str(tmp_path / "m.npz")])
    for person in ("M001", "W002"):
        assert f"{person} left out, from mesh: r = " in caplog.text
        assert f"{person}: r of pitch, yaw and roll 0.9" in caplog.text or f"{person}: r of pitch, yaw and roll 1" in (
            caplog.text
        )
    with np.load(tmp_path / "m.npz") as data:
        assert data["to_expression"].shape == (52, 64)
        assert (data["mesh_basis"].shape, data["mesh_weights"].shape) == ((1434, 32), (32, 64))
    with pytest.raises(ValueError, match="has a track"):
        read_pairs(tracks, tracks)
