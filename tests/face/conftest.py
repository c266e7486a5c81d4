"""The bundled portrait and the landmarker, for tests that look for faces."""

import pytest

from style2talker.assets.store import locate, package_data
from style2talker.errors import AssetError
from style2talker.media.picture import read_picture


@pytest.fixture(scope="session")
def landmarker():
    try:
        return locate("face_landmarker")
    except AssetError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def astronaut():
    return read_picture(package_data("example/portrait.jpg")).pixels
