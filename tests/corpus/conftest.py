"""The bundled portrait and the landmarker, for tests that look for faces."""

import os

import numpy as np
import pytest

from style2talker.assets.store import locate, package_data
from style2talker.errors import AssetError
from style2talker.media.picture import read_picture


@pytest.fixture(scope="session")
def landmarker():
    try:
        return locate("face_landmarker")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    return read_picture(package_data("example/portrait.jpg")).pixels
