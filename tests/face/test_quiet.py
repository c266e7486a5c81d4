"""Native noise is dropped, everything else gets through."""

import os
import sys

import pytest

from style2talker.face.quiet import quiet_stderr


def test_native_writes_are_dropped_and_later_ones_are_not(capfd):
    with quiet_stderr():
        os.write(2, b"noise from a library\n")
    sys.stderr.write("a message of ours\n")
    assert capfd.readouterr().err == "a message of ours\n"


def test_stderr_comes_back_after_an_error(capfd):
    with pytest.raises(RuntimeError), quiet_stderr():
        raise RuntimeError
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
