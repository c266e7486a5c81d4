"""Motion is only numbers: make a clip, turn its head motion round, add a wink, and render the portrait again.

Usage: python examples/edit_motion.py PORTRAIT SPEECH OUT.mp4
"""

from __future__ import annotations

import sys

import numpy as np

from style2talker import Motion, Talker
from style2talker.config import RenderOptions

WINK_AT, WINK_S = 0.5, 0.3


def with_a_wink(motion: Motion) -> Motion:
    """The same motion, its turns to the left and right exchanged, with the left eye closed for a moment."""
    times = np.arange(motion.n_frames) / motion.fps
    closed = np.clip(1.0 - np.abs(times - WINK_AT) / WINK_S, 0.0, 1.0)
    blendshapes = motion.blendshapes.copy()
    eye = motion.names.index("eyeBlinkLeft")
    blendshapes[:, eye] = np.maximum(blendshapes[:, eye], closed)
    return Motion(blendshapes, motion.rotation * (1, -1, -1), motion.translation, motion.fps)


def main(portrait: str, speech: str, out: str) -> None:
    """Write the clip."""
    talker = Talker()
    first = talker.generate(portrait, speech, emotion="amused")
    talker.render(portrait, with_a_wink(first.motion), speech, RenderOptions(size=320)).save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
