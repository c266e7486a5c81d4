"""Where a picture shows a person."""

import numpy as np
import pytest

from style2talker.assets.store import package_data
from style2talker.face.outline import person_mask
from style2talker.media.picture import read_picture


def test_the_astronaut_is_found_and_the_wall_is_not():
    pixels = read_picture(package_data("example/portrait.jpg")).pixels
    mask = person_mask(pixels)
    rows, columns = pixels.shape[:2]
    assert mask.shape == (rows, columns) and mask.dtype == np.float32
    assert mask.min() >= 0 and mask.max() <= 1
    assert mask[: rows // 20].mean() < 0.05
    assert 0.2 < mask.mean() < 0.8
    assert np.array_equal(mask, person_mask(pixels))


def test_a_model_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError):
        person_mask(np.zeros((9, 7, 3), np.uint8), tmp_path / "none.tflite")
