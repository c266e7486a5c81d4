"""The maps between face spaces: a made-up linear truth is recovered both ways."""

import numpy as np
import pytest
import scipy.io

from style2talker.corpus.track import save_track
from style2talker.face.tracking import Track
from style2talker.train.bfm import learn_maps, main, read_pairs


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 0.3, (52, 64))
    coefficients, tracks = tmp_path_factory.mktemp("mat"), tmp_path_factory.mktemp("tracks")
    for name in ("M001_a", "W002_a"):
        shapes = rng.uniform(0, 1, (300, 52)).astype(np.float32)
        rows = np.zeros((300, 257), np.float32)
        rows[:, 80:144] = shapes @ truth + rng.normal(0, 0.5, 64)
        scipy.io.savemat(coefficients / f"{name}.mat", {"coeff": rows})
        track = Track(
            np.zeros((300, 478, 3), np.float32), shapes, np.zeros((300, 3), np.float32), np.ones(300, bool), 25.0
        )
        save_track(tracks / f"{name}.npz", track)
    scipy.io.savemat(coefficients / "M003_untracked.mat", {"coeff": np.zeros((3, 257))})
    return coefficients, tracks, truth


def test_a_linear_truth_is_recovered(folders):
    coefficients, tracks, truth = folders
    people, shapes, expressions = read_pairs(coefficients, tracks)
    assert set(people) == {"M001", "W002"} and len(shapes) == 600
    maps = learn_maps(people, shapes, expressions)
    assert np.corrcoef(maps["to_expression"].ravel(), truth.ravel())[0, 1] > 0.98
    back = (expressions - maps["mean_expression"]) @ maps["to_blendshapes"] + maps["mean_blendshapes"]
    agreement = [np.corrcoef(back[:, k], shapes[:, k])[0, 1] for k in range(52)]
    control = [np.corrcoef(back[:, k], shapes[:, (k + 1) % 52])[0, 1] for k in range(52)]
    assert np.mean(agreement) > 0.6 > np.abs(control).mean() + 0.4


def test_the_command_reports_people_left_out_and_writes(folders, tmp_path, caplog):
    coefficients, tracks, _ = folders
    with caplog.at_level("INFO"):
        main(["--coefficients", str(coefficients), "--tracks", str(tracks), "--out", str(tmp_path / "m.npz")])
    assert "M001 left out" in caplog.text and "W002 left out" in caplog.text
    with np.load(tmp_path / "m.npz") as data:
        assert data["to_expression"].shape == (52, 64)
    with pytest.raises(ValueError, match="has a track"):
        read_pairs(tracks, tracks)
