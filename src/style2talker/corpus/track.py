"""Folders of video clips -> one tracked file per clip: mesh, blendshapes, head pose, validity.

Run `python -m style2talker.corpus.track CLIPS… --out FOLDER`. A clip that is done already is not tracked again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from style2talker.errors import FaceError, VideoError
from style2talker.face.tracking import Track, track_frames
from style2talker.media.atomic import atomic_path
from style2talker.media.video import probe_video, read_frames

__all__ = ["VIDEO_SUFFIXES", "list_clips", "load_track", "main", "save_track", "track_clips"]

VIDEO_SUFFIXES = {".mp4", ".mpg", ".mpeg", ".mov", ".mkv", ".avi", ".webm", ".flv", ".m4v"}


def list_clips(paths: Iterable[Path]) -> list[Path]:
    """Video files among the given files and folders (not their sub-folders), sorted."""
    clips = []
    for path in paths:
        clips += [p for p in path.iterdir() if p.suffix.lower() in VIDEO_SUFFIXES] if path.is_dir() else [path]
    return sorted(set(clips))


def save_track(path: Path, track: Track) -> None:
    """Write a track as `.npz` (float16 blendshapes, float32 points in pixels)."""
    with atomic_path(path) as part:
        np.savez_compressed(
            part,
            landmarks=track.landmarks.astype(np.float32),
            blendshapes=track.blendshapes.astype(np.float16),
            rotation=track.rotation.astype(np.float32),
            valid=track.valid,
            fps=np.float64(track.fps),
        )


def load_track(path: Path) -> Track:
    """Read a track written by `save_track`."""
    with np.load(path, allow_pickle=False) as data:
        return Track(
            data["landmarks"],
            data["blendshapes"].astype(np.float32),
            data["rotation"],
            data["valid"],
            float(data["fps"]),
        )


def track_clips(clips: Iterable[Path], out: Path, report: Callable[[str], None] | None = None) -> list[Path]:
    """Track each clip into `out`/NAME.npz; clips without a face are reported and left out.

    Returns:
        The tracked files that exist afterwards.
    """
    out.mkdir(parents=True, exist_ok=True)
    done = []
    for clip in clips:
        target = out / f"{clip.stem}.npz"
        if not target.exists():
            try:
                fps = float(probe_video(clip).fps)
                save_track(target, track_frames(read_frames(clip, fps), fps))
            except (FaceError, VideoError) as error:
                if report is not None:
                    report(f"{clip.name}: left out, {error}")
                continue
        if report is not None:
            report(f"{clip.name}: tracked")
        done.append(target)
    return done


def main(argv: list[str] | None = None) -> None:
    """Track the clips named on the command line."""
    import logging

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+", help="video files or folders of them")
    parser.add_argument("--out", type=Path, required=True, help="folder for the tracked files")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    track_clips(list_clips(options.clips), options.out, logging.getLogger(__name__).info)


if __name__ == "__main__":
    main()
