"""Stage `pack`: clips -> one LMDB file with the published keys, read by PIRenderer, StyleHEAT and EDTalk alike.

Keys are parts joined by `-`, whole numbers padded to seven digits: `length` (number of clips), `CLIP-length` (number
of frames), `CLIP-0000000` … (JPEG), `CLIP-keypoint` (float32 (T, 68, 2) in pixels of the stored frames),
`CLIP-coeff_3dmm` (float32 (T, 260): Deep3D's 257 and the scale and place of the alignment).

Each clip is one transaction of a file that is opened for it: a run that is killed loses one clip at most, and the
bytes depend only on the clips and their order.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from style2talker.corpus.clips import FPS
from style2talker.corpus.deep3d import load_coefficients
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.people import SPLITS
from style2talker.corpus.settings import PackOptions
from style2talker.errors import InputError, OutputError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.media.video import read_frames
from style2talker.records import FloatArray, ImageArray

if TYPE_CHECKING:
    import lmdb

__all__ = [
    "finish_pack",
    "lmdb_key",
    "open_pack",
    "pack_clip",
    "packed",
    "packed_frames",
    "payload",
    "put_clip",
    "write_lists",
]

_MAP_SIZE = 1 << 40  # room to grow; only what is written takes space on the disk
_CROP = slice(2, 5)  # scale and place in the five numbers of an alignment


def lmdb_key(*parts: str | int) -> bytes:
    """A published key: parts joined by `-`, whole numbers padded to seven digits."""
    return "-".join(f"{part:07d}" if isinstance(part, int) else part for part in parts).encode()


def _jpeg(pixels: ImageArray, size: int, quality: int) -> bytes:
    picture = Image.fromarray(pixels)
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def payload(
    clip: str, frames: Iterable[ImageArray], coefficients: Path | None, options: PackOptions
) -> dict[bytes, bytes]:
    """Keys and values of a clip.

    Args:
        clip: its name.
        frames: (H, W, 3) uint8 RGB, square.
        coefficients: file with its coefficients and 68 points; None for none.
        options: size and quality of the stored frames.

    Raises:
        MotionError: the coefficient file is damaged.
    """
    values: dict[bytes, bytes] = {}
    scale = 1.0
    for number, pixels in enumerate(frames):
        scale = options.size / pixels.shape[0]
        values[lmdb_key(clip, number)] = _jpeg(pixels, options.size, options.quality)
    values[lmdb_key(clip, "length")] = lmdb_key(len(values))
    if coefficients is not None:
        rows, aligned, points = load_coefficients(coefficients)
        # A frame that is stored smaller is brought to Deep3D's size by a larger scale, from a smaller place.
        crop = aligned[:, _CROP] * np.array([1 / scale, scale, scale])
        values[lmdb_key(clip, "keypoint")] = _bytes(points * scale)
        values[lmdb_key(clip, "coeff_3dmm")] = _bytes(np.concatenate([rows, crop], axis=1))
    return values


def _bytes(values: FloatArray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def pack_clip(row: ClipRow, place: Place, options: PackOptions) -> Outcome:
    """Make keys and values of a clip of the corpus; `put_clip` stores them. Raises as `payload` and `read_frames`."""
    coefficients = place.path(row.files["coefficients"]) if "coefficients" in row.files else None
    frames = read_frames(place.path(row.files["video"]), FPS)
    values = payload(row.clip, frames, coefficients, options)
    files = {**row.files, "lmdb": f"lmdb/{options.size}/data.mdb"}
    return Outcome(dataclasses.replace(row, files=files), payload=values)


def open_pack(folder: Path, write: bool = False) -> lmdb.Environment:
    """Open a packed corpus; close it when done.

    Args:
        folder: of the LMDB file.
        write: to change it, by one process at a time.

    Raises:
        UsageError: the package lmdb is not installed.
        OutputError: the file cannot be opened.
    """
    try:
        import lmdb
    except ImportError as error:
        raise UsageError("packing needs the package lmdb: pip install lmdb") from error
    if write:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        return lmdb.open(
            str(folder), map_size=_MAP_SIZE, readonly=not write, lock=False, readahead=False, meminit=True, create=write
        )
    except lmdb.Error as error:
        raise OutputError(f"{folder} cannot be opened as LMDB: {error}") from error


def put_clip(folder: Path, values: Mapping[bytes, bytes]) -> None:
    """Store a clip in one transaction; one that is there already with the same content is left alone.

    Args:
        folder: of the LMDB file.
        values: what `payload` made.

    Raises:
        OutputError: no space is left, or the file is damaged.
    """
    with open_pack(folder, write=True) as environment:
        _store(environment, folder, values)


def _store(environment: lmdb.Environment, folder: Path, values: Mapping[bytes, bytes]) -> None:
    import lmdb

    length = lmdb_key("length")
    try:
        with environment.begin() as look:
            if all(look.get(key) == value for key, value in values.items()):
                return
            known = any(look.get(key) is not None for key in values if key.endswith(b"-length"))
            count = int(look.get(length, b"0"))
        with environment.begin(write=True) as change:
            for key in sorted(values):
                change.put(key, values[key])
            change.put(length, lmdb_key(count + (not known)))
    except lmdb.Error as error:
        raise OutputError(f"{folder} cannot be written: {error}") from error


def packed(folder: Path) -> list[str]:
    """Names of the clips in an LMDB file, sorted. Raises as `open_pack`."""
    with open_pack(folder) as environment, environment.begin() as look:
        keys = [bytes(key).decode() for key in look.cursor().iternext(values=False)]
    return sorted(key.removesuffix("-length") for key in keys if key.endswith("-length"))


def packed_frames(folder: Path, clip: str) -> Iterator[ImageArray]:
    """The pictures (H, W, 3) of a clip in an LMDB file.

    Raises:
        InputError: it is not in there, or damaged.
        UsageError, OutputError: as `open_pack`.
    """
    with open_pack(folder) as environment, environment.begin() as look:
        length = look.get(lmdb_key(clip, "length"))
        if length is None:
            raise InputError(f"{clip} is not in {folder}")
        for number in range(int(length)):
            stored = look.get(lmdb_key(clip, number))
            if stored is None:
                raise InputError(f"{clip} in {folder} lacks frame {number}: pack it again")
            with Image.open(io.BytesIO(stored)) as picture:
                yield np.asarray(picture.convert("RGB"))


def finish_pack(folder: Path, rows: Sequence[ClipRow]) -> None:
    """Take clips out that are no longer in the corpus, and write the lists of clips.

    Args:
        folder: of the LMDB file.
        rows: of the clips that are packed.

    Raises:
        OutputError: something cannot be written.
    """
    wanted = {row.clip for row in rows}
    gone = [clip for clip in packed(folder) if clip not in wanted]
    if gone:
        with open_pack(folder, write=True) as environment, environment.begin(write=True) as change:
            for clip in gone:
                for key in _keys_of(change, clip):
                    change.delete(key)
            change.put(lmdb_key("length"), lmdb_key(len(wanted)))
    write_lists(folder, {split: sorted(row.clip for row in rows if row.split == split) for split in SPLITS})


def _keys_of(look: lmdb.Transaction, clip: str) -> list[bytes]:
    length = int(look.get(lmdb_key(clip, "length"), b"0"))
    names = [lmdb_key(clip, number) for number in range(length)]
    return [*names, *(lmdb_key(clip, word) for word in ("length", "keypoint", "coeff_3dmm"))]


def write_lists(folder: Path, clips: Mapping[str, Sequence[str]]) -> None:
    """Write the lists of clips by split: `SPLIT_list.txt`, and `lists/SPLIT.json` and `lists/SPLIT_facial.json`.

    The published loader adds the test clips to those it trains on; a loader must not.

    Raises:
        OutputError: they cannot be written.
    """
    (folder / "lists").mkdir(parents=True, exist_ok=True)
    for split, names in clips.items():
        text = json.dumps(list(names), ensure_ascii=False, indent=0) + "\n"
        files = {
            folder / f"{split}_list.txt": "".join(f"{name}\n" for name in names),
            folder / "lists" / f"{split}.json": text,
            folder / "lists" / f"{split}_facial.json": text,
        }
        for path, content in files.items():
            if not path.is_file() or path.read_text(encoding="utf-8") != content:
                with atomic_path(path) as part:
                    part.write_text(content, encoding="utf-8")
