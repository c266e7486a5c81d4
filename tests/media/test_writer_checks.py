"""What every writer of frames refuses."""

import numpy as np
import pytest

from style2talker.media.writer import check_count, check_frame

FRAME = np.zeros((4, 6, 3), np.uint8)


def test_a_frame_as_announced_passes():
    check_frame(FRAME, (4, 6, 3), 2, 3)
    check_count(3, 3)


@pytest.mark.parametrize(
    ("frame", "written", "said"),
    [(FRAME[:2], 0, r"frame is uint8 \(2, 6, 3\)"), (FRAME / 2, 0, "frame is float64"), (FRAME, 3, "more than the 3")],
)
def test_any_other_is_refused(frame, written, said):
    with pytest.raises(ValueError, match=said):
        check_frame(frame, (4, 6, 3), written, 3)


def test_missing_frames_are_told():
    with pytest.raises(ValueError, match="2 frames were written, 3 were announced"):
        check_count(2, 3)
