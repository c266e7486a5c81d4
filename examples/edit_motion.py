"""Edit a motion file: exaggerate the smile, hold the head still, retime, mirror, blend in another motion.

Usage: python examples/edit_motion.py IN OUT [--smile 1.4] [--head 0.3] [--speed 0.8] [--mirror]
    [--blend FILE --weight 0.5]

Then: style2talker render PORTRAIT OUT -o clip.mp4
"""

from __future__ import annotations

import argparse

from style2talker import Motion
from style2talker.media.motion import read_motion, write_motion

SMILE = ("mouthSmile", "cheekSquint")


def exaggerated(motion: Motion, factor: float, names: tuple[str, ...] = SMILE) -> Motion:
    """The blendshapes whose names begin so, times a factor; `Motion` keeps them within 0 to 1."""
    blendshapes = motion.blendshapes.copy()
    blendshapes[:, [name.startswith(names) for name in motion.names]] *= factor
    return Motion(blendshapes, motion.rotation, motion.translation, motion.fps)


def held(motion: Motion, share: float) -> Motion:
    """Only a share of the head motion: 0 holds the head still."""
    return Motion(motion.blendshapes, motion.rotation * share, motion.translation * share, motion.fps)


def retimed(motion: Motion, speed: float) -> Motion:
    """Faster or slower, at the same frames per second."""
    n_frames = max(1, round(motion.n_frames / speed))
    moved = motion.resampled(motion.fps / speed, n_frames)
    return Motion(moved.blendshapes, moved.rotation, moved.translation, motion.fps)


def mirrored(motion: Motion) -> Motion:
    """Left and right exchanged."""
    other = {"Left": "Right", "Right": "Left"}
    twins = [
        next((name.removesuffix(a) + b for a, b in other.items() if name.endswith(a)), name) for name in motion.names
    ]
    order = [motion.names.index(name) for name in twins]
    return Motion(
        motion.blendshapes[:, order], motion.rotation * (1, -1, -1), motion.translation * (-1, 1, 1), motion.fps
    )


def blended(one: Motion, two: Motion, weight: float) -> Motion:
    """Between two motions, 0 the first and 1 the second, as long as the first; the second holds its last frame."""
    two = two.resampled(one.fps, one.n_frames)
    pairs = [(getattr(one, name), getattr(two, name)) for name in ("blendshapes", "rotation", "translation")]
    mixed = [a * (1 - weight) + b * weight for a, b in pairs]
    return Motion(mixed[0], mixed[1], mixed[2], one.fps)


def main() -> None:
    """Read, edit in the order of the options, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--smile", type=float, default=1.0)
    parser.add_argument("--head", type=float, default=1.0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--blend")
    parser.add_argument("--weight", type=float, default=0.5)
    given = parser.parse_args()
    if given.speed <= 0:
        parser.error("--speed must be more than 0")
    motion = held(exaggerated(read_motion(given.source), given.smile), given.head)
    motion = retimed(motion, given.speed)
    if given.mirror:
        motion = mirrored(motion)
    if given.blend:
        motion = blended(motion, read_motion(given.blend), given.weight)
    write_motion(given.target, motion)


if __name__ == "__main__":
    main()
