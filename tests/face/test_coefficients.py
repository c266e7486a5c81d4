"""3DMM files: every layout that is around, and nothing that runs code."""

import os
import pickle

import numpy as np
import pytest
import scipy.io

from style2talker.errors import MotionError
from style2talker.face.bfm import displacements, mesh_to_expression, on_time, to_blendshapes, to_expression
from style2talker.face.coefficients import ANGLES, CROP, EXPRESSION, TRANSLATION, Coefficients, read_3dmm, read_npy
from style2talker.face.rig import load_rig
from style2talker.records import ARKIT_NAMES


def rows(width, n=7):
    return np.random.default_rng(width).normal(0, 0.3, (n, width)).astype(np.float32)


def test_slices_follow_the_published_layout():
    assert (
        slice(80, 144),
        slice(224, 227),
        slice(254, 257),
        slice(257, 260),
    ) == (EXPRESSION, ANGLES, TRANSLATION, CROP)


@pytest.mark.parametrize("width", [257, 260, 70, 73])
@pytest.mark.parametrize("kind", ["mat", "npy dict", "npy plain"])
def test_every_layout_gives_expression_and_angles(tmp_path, width, kind):
    table = rows(width)
    path = tmp_path / ("c.mat" if kind == "mat" else "c.npy")
    if kind == "mat":
        scipy.io.savemat(path, {"coeff": table, "transform_params": np.zeros((7, 5))})
    elif kind == "npy dict":
        np.save(path, {"coeff": table, "lm68": np.zeros((7, 68, 2), np.float32)}, allow_pickle=True)
    else:
        np.save(path, table)
    found = read_3dmm(path)
    assert isinstance(found, Coefficients)
    first, angles = (80, 224) if width > 100 else (0, 64)
    assert np.allclose(found.expression, table[:, first : first + 64])
    assert np.allclose(found.rotation, table[:, angles : angles + 3] * [1, 1, -1])


class Evil:
    def __reduce__(self):
        return os.system, ("touch evil-was-here",)


def test_a_pickle_that_would_run_something_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    array = np.empty((), dtype=object)
    array[()] = {"coeff": Evil()}
    np.save("evil.npy", array, allow_pickle=True)
    with pytest.raises(MotionError, match="no file of 3DMM"):
        read_3dmm("evil.npy")
    assert not (tmp_path / "evil-was-here").exists()


def test_what_is_no_coefficient_file_is_refused_in_one_line(tmp_path):
    cases = {
        "missing.npy": None,
        "text.npy": b"not an array",
        "text.mat": b"not a matrix",
        "cut.npy": pickle.dumps({"coeff": 1})[:5],
    }
    for name, content in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(MotionError) as refusal:
            read_3dmm(tmp_path / name)
        assert "\n" not in str(refusal.value)
    np.save(tmp_path / "narrow.npy", rows(12))
    with pytest.raises(MotionError, match="12 coefficients"):
        read_3dmm(tmp_path / "narrow.npy")
    np.save(tmp_path / "nan.npy", np.full((3, 257), np.nan, np.float32))
    with pytest.raises(MotionError, match="finite"):
        read_3dmm(tmp_path / "nan.npy")
    scipy.io.savemat(tmp_path / "other.mat", {"something": rows(257)})
    with pytest.raises(MotionError, match="expected 'coeff'"):
        read_3dmm(tmp_path / "other.mat")


def test_expressions_survive_the_way_through_the_other_face_model():
    """A smile and an open jaw are still the strongest of their kind after ARKit -> Deep3D -> ARKit."""
    shapes = np.zeros((3, 52), np.float32)
    shapes[1, ARKIT_NAMES.index("jawOpen")] = 0.6
    smiles = [ARKIT_NAMES.index("mouthSmileLeft"), ARKIT_NAMES.index("mouthSmileRight")]
    shapes[2, smiles] = 0.8
    expression = to_expression(shapes)
    assert expression.shape == (3, 64)
    back = to_blendshapes(expression)
    assert back.shape == (3, 52) and back.min() >= 0 and back.max() <= 1
    jaw = ARKIT_NAMES.index("jawOpen")
    assert back[1, jaw] > back[0, jaw] + 0.2
    assert back[2, smiles].mean() > back[0, smiles].mean() + 0.25


def test_the_mesh_says_of_an_expression_what_its_blendshapes_say():
    """An open jaw and a smile on the mesh, on any face, are read back as such."""
    rig = load_rig()
    shapes = np.zeros((2, 52), np.float32)
    shapes[0, ARKIT_NAMES.index("jawOpen")] = 0.6
    shapes[1, [ARKIT_NAMES.index("mouthSmileLeft"), ARKIT_NAMES.index("mouthSmileRight")]] = 0.8
    moves = np.tensordot(shapes, rig.basis.astype(np.float64), 1)
    faces = (rig.reference * [1.05, 0.97, 1] + np.concatenate([np.zeros((1, 478, 3)), moves])) * 70 + 100
    rest, jaw, smile = (mesh_to_expression(np.stack([face] * 2).astype(np.float32))[0] for face in faces)
    assert rest.shape == (64,)
    assert displacements(faces.astype(np.float32)).shape == (3, 1434)
    others = to_expression(np.concatenate([np.zeros((1, 52), np.float32), shapes]))
    for own, other, third in ((jaw, others[1], others[2]), (smile, others[2], others[1])):
        agreement = np.corrcoef(own - rest, other - others[0])[0, 1]
        assert agreement > 0.5
        assert agreement > np.corrcoef(own - rest, third - others[0])[0, 1] + 0.3


def test_half_a_frame_earlier():
    assert on_time(np.array([[0.0], [1.0], [4.0]])).tolist() == [[0.5], [2.5], [4.0]]


def test_a_file_of_arrays_is_read_and_one_that_names_code_is_not(tmp_path):
    np.save(tmp_path / "plain.npy", np.arange(6.0))
    np.save(tmp_path / "named.npy", np.array({"coeff": np.ones(3)}, dtype=object), allow_pickle=True)
    np.save(tmp_path / "code.npy", np.array({"coeff": os.getcwd}, dtype=object), allow_pickle=True)
    np.testing.assert_array_equal(read_npy(tmp_path / "plain.npy"), np.arange(6.0))
    np.testing.assert_array_equal(read_npy(tmp_path / "named.npy").item()["coeff"], np.ones(3))
    with pytest.raises(pickle.UnpicklingError, match="it would run"):
        read_npy(tmp_path / "code.npy")
