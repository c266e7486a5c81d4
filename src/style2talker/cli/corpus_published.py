"""The published preprocessing scripts: their names, options and folders, on the same code as `corpus …`.

What they took for granted, such as folders that stood in their source, are options with those values as defaults.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from style2talker.cli.checking import check_inputs
from style2talker.cli.entry import start
from style2talker.errors import InputError, UsageError

__all__ = [
    "crop_video",
    "extract_3dmm",
    "extract_lmdk",
    "get_mel",
    "prepare_lmdb",
    "run_script",
    "script_main",
    "split_hdtf_audio",
    "split_hdtf_video",
]

_MEAD_PARTS = 4
Shape = Annotated[str, typer.Option("--image_shape", help="Width and height of the clip; it is square.")]
Increase = Annotated[float, typer.Option("--increase", help="Room around the face, as a share of its box.")]
Iou = Annotated[float, typer.Option("--iou_with_initial", help="Least overlap of a face with its first box.")]
Frames = Annotated[int, typer.Option("--min_frames", help="Least number of frames of a clip.")]
Cpu = Annotated[bool, typer.Option("--cpu", help="As it is always done.")]
Lists = Annotated[Path, typer.Option("--lists", help="Folder with train.json and test.json: names of the clips.")]
SaveDir = Annotated[Path, typer.Option("--save_dir", help="Folder to write to.")]


def crop_video(
    inp: Annotated[Path, typer.Option("--inp", help="Video.")],
    image_shape: Shape = "256,256",
    increase: Increase = 0.1,
    iou_with_initial: Iou = 0.25,
    min_frames: Frames = 1,
    cpu: Cpu = True,
) -> None:
    """Cut the faces out of a video: crop.mp4, and crop_2.mp4 … where there are several.

    Example: python data_preprocess/crop_video.py --inp film.mp4
    """
    from style2talker.corpus.crop import crop_clip
    from style2talker.corpus.manifest import ClipRow
    from style2talker.corpus.outcome import Place
    from style2talker.corpus.settings import CropOptions

    check_inputs(video=inp)
    sides = image_shape.split(",")
    if len(sides) != 2 or sides[0] != sides[1] or not sides[0].isdigit():
        raise UsageError(f"--image_shape is {image_shape}, give the same number twice, such as 256,256")
    options = CropOptions(size=int(sides[0]), margin=increase, min_size=1, min_frames=min_frames, iou=iou_with_initial)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        place = Place(Path(folder), (inp.absolute().parent,))
        out = crop_clip(ClipRow("crop", inp.name, "", ""), place, options)
        for number, row in enumerate(out.pieces or (out.row,), start=1):
            target = Path("crop.mp4" if number == 1 else f"crop_{number}.mp4")
            shutil.move(place.path(row.files["video"]), target)
            print(f"wrote {target}: {row.frames} frames from {row.start:.2f} s on, square {row.box}")


def split_hdtf_video(
    video_dir: Annotated[Path, typer.Option("--video_dir", help="Folder of cropped videos.")] = Path("crop_256"),
    save_dir: SaveDir = Path("split_5s_video"),
) -> None:
    """Cut videos into pieces of five seconds, NAME#k.mp4 with k from 1; a tail of up to three seconds is left out.

    Example: python data_preprocess/split_HDTF_video.py
    """
    from style2talker.corpus.clips import FPS
    from style2talker.corpus.settings import SplitOptions
    from style2talker.corpus.split import cuts, piece_name, split_files
    from style2talker.media.video import read_frames

    for video in _files(video_dir, ".mp4"):
        n_frames = sum(1 for _ in read_frames(video, FPS))
        pieces = cuts(n_frames, SplitOptions())
        out = [save_dir / f"{piece_name(video.stem, k)}.mp4" for k in range(1, len(pieces) + 1)]
        save_dir.mkdir(parents=True, exist_ok=True)
        if not all(path.is_file() for path in out):
            split_files(video, None, pieces, [(path, None) for path in out])
        print(f"{video.name}: {len(pieces)} pieces, {n_frames - sum(n for _, n in pieces)} frames left out")


def split_hdtf_audio(
    wav_dir: Annotated[Path, typer.Option("--wav_dir", help="Folder of sounds.")] = Path("16K_audio"),
    save_dir: SaveDir = Path("split_5s_audio"),
) -> None:
    """Cut sounds where split_HDTF_video cuts the pictures: NAME#k.wav, 16 kHz.

    Example: python data_preprocess/split_HDTF_audio.py
    """
    from style2talker.corpus.clips import FPS, cut_sound, write_speech
    from style2talker.corpus.settings import SplitOptions
    from style2talker.corpus.split import cuts, piece_name
    from style2talker.media.audio import read_sound

    for wav in _files(wav_dir, ".wav"):
        sound = read_sound(wav)
        pieces = cuts(round(sound.duration * FPS), SplitOptions())
        save_dir.mkdir(parents=True, exist_ok=True)
        for number, (first, count) in enumerate(pieces, start=1):
            write_speech(save_dir / f"{piece_name(wav.stem, number)}.wav", cut_sound(sound, first / FPS, count)[0])
        print(f"{wav.name}: {len(pieces)} pieces")


def extract_3dmm(
    lrs3_path: Annotated[Path, typer.Option("--lrs3_path", help="Folder of clips (.mp4).")] = Path("video_dir"),
    save_dir: SaveDir = Path("video_dir_3DMM"),
    process_id: Annotated[int, typer.Option("--process_id", min=0, help="Which share of the clips.")] = 0,
    total_process: Annotated[int, typer.Option("--total_process", min=1, help="Number of shares.")] = 1,
    deep3d: Annotated[Path | None, typer.Option("--deep3d", help="Deep3D's network (ONNX).")] = None,
) -> None:
    """Write the 3DMM coefficients of clips, as far as a learned linear map tells them: NAME.npy.

    Expression, angles and translation; identity, texture and lighting, that need the network, are zero. With --deep3d
    the network makes all of them; style2talker checkpoint FILE --onnx OUT writes it from the checkpoint that you have.

    Example: python data_preprocess/extract_3DMM.py --lrs3_path video_dir --save_dir video_dir_3DMM
    """
    from style2talker.corpus.clips import FPS
    from style2talker.corpus.tracking import track_cropped, write_coefficients
    from style2talker.media.video import read_frames

    if process_id >= total_process:
        raise UsageError(f"--process_id is {process_id}, allowed is 0 to {total_process - 1}")
    save_dir.mkdir(parents=True, exist_ok=True)
    for clip in _files(lrs3_path, ".mp4")[process_id::total_process]:
        target = save_dir / f"{clip.stem}.npy"
        if not target.is_file():
            try:
                track, width, height = track_cropped(read_frames(clip, FPS))
            except InputError as error:
                print(f"{clip.name}: left out, {error}")
                continue
            write_coefficients(target, clip, track, (width, height), deep3d)
        print(f"{clip.name}: {target}")


def extract_lmdk(
    lmdb_path: Annotated[Path, typer.Option("--lmdb_path", help="Packed clips.")] = Path("FaceRender_lmdb"),
    lists: Lists = Path("lists"),
    hdtf_save_dir: Annotated[Path, typer.Option("--hdtf_save_dir", help="For names of two parts.")] = Path(
        "HDTF/landmark"
    ),
    mead_save_dir: Annotated[Path, typer.Option("--mead_save_dir", help="For names of four parts.")] = Path(
        "processed_MEAD_front"
    ),
) -> None:
    """Write the 68 landmarks (T, 68, 2) of the clips in an LMDB file, every frame in its place.

    Example: python data_preprocess/extract_lmdk.py --lmdb_path FaceRender_lmdb
    """
    import numpy as np

    from style2talker.corpus.landmarks import to_68
    from style2talker.corpus.pack import packed_frames
    from style2talker.corpus.tracking import track_cropped
    from style2talker.media.atomic import atomic_path

    for clip in (name for names in _listed(lists).values() for name in names):
        parts = clip.split("#")
        target = hdtf_save_dir / f"{clip}.npy"
        if len(parts) == _MEAD_PARTS:
            target = mead_save_dir.joinpath(parts[0], "ldmk", *parts[1:3], f"{parts[3]}.npy")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            points = to_68(track_cropped(packed_frames(lmdb_path, clip))[0].landmarks)
        except InputError as error:
            print(f"{clip}: left out, {error}")
            continue
        with atomic_path(target) as part:
            np.save(part, points)
        print(f"{clip}: {target}")


def get_mel(
    audio_file: Annotated[Path, typer.Option("--audio_file", help="Sound, or a folder of .wav.")] = Path("test.wav"),
    save_path: Annotated[
        Path | None, typer.Option("--save_path", help="File or folder to write; default: beside the sound.")
    ] = None,
) -> None:
    """Write the mel windows (T, 1, 80, 16) of a sound, or of every sound in a folder: NAME.npy.

    Example: python data_preprocess/get_mel.py --audio_file speech.wav --save_path speech.npy
    """
    import numpy as np

    from style2talker.corpus.mel import mel_windows
    from style2talker.media.atomic import atomic_path
    from style2talker.media.audio import read_speech

    many = audio_file.is_dir()
    for sound in _files(audio_file, ".wav") if many else [audio_file]:
        target = sound.with_suffix(".npy") if save_path is None else save_path
        if many and save_path is not None:
            save_path.mkdir(parents=True, exist_ok=True)
            target = save_path / f"{sound.stem}.npy"
        windows = mel_windows(read_speech(sound))
        with atomic_path(target) as part:
            np.save(part, windows)
        print(f"wrote {target}: {len(windows)} windows")


def prepare_lmdb(
    mead_path: Annotated[Path, typer.Option("--MEAD_path", help="actor/{video,3DMM}/emotion/level_n/clip.")] = Path(
        "processed_MEAD_front"
    ),
    hdtf_path: Annotated[Path, typer.Option("--HDTF_path", help="{video,3DMM}/name#k.")] = Path("HDTF"),
    out: Annotated[Path, typer.Option("--out", help="Folder of the LMDB file.")] = Path("Style2Talker"),
    n_worker: Annotated[int, typer.Option("--n_worker", min=1, help="Processes.")] = 8,
    chunksize: Annotated[int, typer.Option("--chunksize", help="Of no effect.", hidden=True)] = 10,
    lists: Lists = Path("lists"),
) -> None:
    """Put the frames and coefficients of the listed clips into one LMDB file, a transaction for each clip.

    Example: python data_preprocess/prepare_lmdb.py --MEAD_path processed_MEAD_front --HDTF_path HDTF --out Style2Talker
    """
    from style2talker.corpus.manifest import ClipRow
    from style2talker.corpus.outcome import Place
    from style2talker.corpus.pack import packed, put_clip, write_lists
    from style2talker.corpus.people import check_splits
    from style2talker.corpus.settings import PackOptions
    from style2talker.corpus.stages import STAGES
    from style2talker.corpus.workers import results

    rows = []
    names = _listed(lists)
    for clip, split in sorted((clip, split) for split, clips in names.items() for clip in clips):
        files = _published_files(clip, mead_path, hdtf_path)
        rows.append(ClipRow(clip, files["video"], clip, clip.split("#")[0], split=split, files=files))
    check_splits(rows)
    for result in results(STAGES["pack"], rows, Place(Path.cwd()), PackOptions(), n_worker):
        if result.outcome is None or result.outcome.payload is None:
            print(f"{result.clip}: left out, {result.reason}")
        else:
            put_clip(out, result.outcome.payload)
    if rows:
        stored = set(packed(out))
        write_lists(out, {split: [clip for clip in clips if clip in stored] for split, clips in names.items()})
        print(f"wrote {out}: {len(stored)} clips")


def _published_files(clip: str, mead: Path, hdtf: Path) -> dict[str, str]:
    """Where the video of a clip lies, and its coefficients where there are any."""
    parts = clip.split("#")
    if len(parts) == _MEAD_PARTS:
        video = mead.joinpath(parts[0], "video", *parts[1:3], f"{parts[3]}.mp4")
        coefficients = mead.joinpath(parts[0], "3DMM", *parts[1:3], f"{parts[3]}.npy")
    else:
        video, coefficients = hdtf / "video" / f"{clip}.mp4", hdtf / "3DMM" / f"{clip}.npy"
    found = {"video": str(video)}
    return {**found, "coefficients": str(coefficients)} if coefficients.is_file() else found


def _listed(folder: Path) -> dict[str, list[str]]:
    """Split -> names of clips, of the lists of a folder. Raises InputError."""
    found = {}
    for split in ("train", "test"):
        path = folder / f"{split}.json"
        check_inputs(list=path)
        try:
            names = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"{path} is no JSON: {error}") from error
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InputError(f"{path} is no list of names")
        found[split] = names
    return found


def _files(folder: Path, suffix: str) -> list[Path]:
    """Files of a folder, sorted. Raises InputError where there are none."""
    found = sorted(path for path in folder.glob(f"*{suffix}") if not path.name.startswith("."))
    if not found:
        raise InputError(f"no {suffix} file in {folder}: name a folder that holds some")
    return found


def run_script(command: Callable[..., None], arguments: list[str]) -> int:
    """Run a published script and return its exit status; an error has been printed as one line on stderr."""
    from style2talker.cli.app import run

    commands = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    commands.command()(command)
    return run(arguments, commands)


def script_main(command: Callable[..., None]) -> NoReturn:
    """Entry point of a script in `data_preprocess`."""
    start(lambda: lambda arguments: run_script(command, arguments))
