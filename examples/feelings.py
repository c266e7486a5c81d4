"""One portrait, one voice, every feeling: a sheet of pictures, each the moment when the mouth is open widest.

Usage: python examples/feelings.py PORTRAIT SPEECH OUT.png
"""

from __future__ import annotations

import sys
from itertools import islice

import numpy as np
from PIL import Image

from style2talker import Talker

FEELINGS = ("neutral", "happy", "surprised", "sad", "angry", "fear", "disgusted", "contempt")
COLUMNS = 4


def main(portrait: str, speech: str, out: str) -> None:
    """Write the sheet."""
    talker = Talker()
    tiles = []
    for feeling in FEELINGS:
        clip = talker.generate(portrait, speech, emotion=feeling, size=192)
        jaw = clip.motion.blendshapes[:, clip.motion.names.index("jawOpen")]
        tiles.append(next(islice(clip, int(jaw.argmax()), None)))
    rows = [np.concatenate(tiles[i : i + COLUMNS], axis=1) for i in range(0, len(tiles), COLUMNS)]
    Image.fromarray(np.concatenate(rows)).save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
