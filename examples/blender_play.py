"""Play a motion file in Blender: keys the ARKit shape keys of the active mesh, and a head, and sets the frame rate.

Usage: blender face.blend --python blender_play.py -- motion.json [--head OBJECT | --head ARMATURE:BONE] [--start 1]

Reads .csv (of ours or of Live Link Face), .json and .npz; needs nothing but Blender. The head's own rotation is
replaced: an object faces -Y as characters do in Blender, a bone points up with roll 0.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Take:
    """A motion: seconds (T), shape name -> values (T), pitch yaw roll in radians (T), and the rate or None."""

    times: list[float]
    shapes: dict[str, list[float]]
    rotation: list[tuple[float, float, float]]
    fps: float | None


def load(path: str) -> Take:
    """Read a motion file."""
    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        return from_csv(path)
    if suffix == ".json":
        fields = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    elif suffix == ".npz":
        import numpy as np

        with np.load(path, allow_pickle=False) as arrays:
            fields = {name: arrays[name].tolist() for name in ("names", "blendshapes", "rotation", "fps")}
    else:
        raise SystemExit(f"{path} is no motion file: give one that ends in .csv, .json or .npz")
    times = [frame / fields["fps"] for frame in range(len(fields["blendshapes"]))]
    columns = [list(column) for column in zip(*fields["blendshapes"], strict=True)]
    shapes = dict(zip(fields["names"], columns, strict=True))
    return Take(times, shapes, [tuple(row) for row in fields["rotation"]], fields["fps"])


def from_csv(path: str) -> Take:
    """Read a table of Live Link Face; rows without a face are left out."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["BlendShapeCount"] != "0"]
    clocks = [[float(part) for part in row["Timecode"].split(":")] for row in rows]
    seconds = [hours * 3600 + minutes * 60 + whole + ticks / 60 for hours, minutes, whole, ticks in clocks]
    names = [name for name in rows[0] if name and name not in ("Timecode", "BlendShapeCount", "FramesPerSecond")]
    shapes = {name: [float(row[name]) for row in rows] for name in names if not name.startswith("Head")}
    turn = [[float(row.get(name) or 0) for name in ("HeadPitch", "HeadYaw", "HeadRoll")] for row in rows]
    rotation = [(-pitch, -yaw, roll) for pitch, yaw, roll in turn]
    fps = rows[0].get("FramesPerSecond")
    return Take([at - seconds[0] for at in seconds], shapes, rotation, float(fps) if fps else None)


def set_rate(scene, fps: float) -> None:
    """Blender has a whole number of frames per second and a divisor: 29.97 is 30 / 1.001."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps


def key_shapes(mesh, take: Take, frames: list[float]) -> int:
    """Key every shape key that has the name of a column, in any case; how many there are."""
    columns = {name.lower(): values for name, values in take.shapes.items()}
    blocks = [block for block in mesh.data.shape_keys.key_blocks if block.name.lower() in columns]
    for block in blocks:
        for frame, value in zip(frames, columns[block.name.lower()], strict=True):
            block.value = value
            block.keyframe_insert("value", frame=frame)
    return len(blocks)


def key_head(bpy, name: str, take: Take, frames: list[float]) -> None:
    """Key the rotation of an object, or of a bone in an armature."""
    owner, _, bone = name.partition(":")
    target = bpy.data.objects.get(owner)
    if target is not None and bone:
        target = target.pose.bones.get(bone) if target.pose else None
    if target is None:
        raise SystemExit(f"there is no {name} in this file: give --head OBJECT or --head ARMATURE:BONE")
    # First the nod, then the turn, then the tilt, about the axes that these have there.
    target.rotation_mode = "XYZ" if bone else "XZY"
    for frame, (pitch, yaw, roll) in zip(frames, take.rotation, strict=True):
        target.rotation_euler = (pitch, yaw, -roll) if bone else (pitch, roll, yaw)
        target.keyframe_insert("rotation_euler", frame=frame)


def main(words: list[str]) -> None:
    """Load, key, set the range of frames."""
    import bpy

    parser = argparse.ArgumentParser(prog="blender_play.py", description=__doc__)
    parser.add_argument("motion")
    parser.add_argument("--head")
    parser.add_argument("--start", type=int, default=1)
    given = parser.parse_args(words)
    mesh, scene = bpy.context.object, bpy.context.scene
    if mesh is None or mesh.type != "MESH" or mesh.data.shape_keys is None:
        raise SystemExit("the active object is no mesh with shape keys: select the face and save the file")
    try:
        take = load(given.motion)
    except (OSError, KeyError, IndexError, TypeError, ValueError) as cause:
        raise SystemExit(f"{given.motion} cannot be read as a motion: {cause!r}") from cause
    if take.fps:
        set_rate(scene, take.fps)
    rate = scene.render.fps / scene.render.fps_base
    # To a hundredth of a frame, so that what the timecode rounds does not show.
    frames = [given.start + round(at * rate, 2) for at in take.times]
    if key_shapes(mesh, take, frames) == 0:
        raise SystemExit(f"{mesh.name} has no shape key with an ARKit name, such as jawOpen")
    if given.head:
        key_head(bpy, given.head, take, frames)
    scene.frame_start, scene.frame_end = given.start, round(frames[-1])


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])
