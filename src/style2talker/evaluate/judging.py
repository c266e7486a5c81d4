"""One clip, its reference and a foreign sound -> every metric of the clip and of its anchors."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.deep3d import alignment, coefficients
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.tracking import track_cropped
from style2talker.errors import AudioError, FaceError
from style2talker.evaluate.blinks import blink_statistics
from style2talker.evaluate.clips import av_offset
from style2talker.evaluate.coefficient_distance import mean_l1
from style2talker.evaluate.frames import PictureJudge
from style2talker.evaluate.geometry import head_shape, jitter, shape_residuals
from style2talker.evaluate.head_motion import head_statistics
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged
from style2talker.evaluate.landmark_distance import landmark_distances
from style2talker.evaluate.lips import loudness
from style2talker.evaluate.openings import opening_of_track
from style2talker.evaluate.statistics import best_lag
from style2talker.face.tracking import Track
from style2talker.media.audio import read_speech
from style2talker.media.video import probe_video, read_frames
from style2talker.records import FloatArray, ImageArray
from style2talker.speech.analyse import analyse

__all__ = ["LEAST_SYNC_S", "judge_pair", "motion_values", "sound_values"]

LEAST_SYNC_S = 4.0
"""Seconds of lips that offset and confidence need."""
_OFFSET_REACH, _SYNC_REACH = 15, 2
_BLOCKS = {"exp_l1": slice(0, 64), "angle_l1": slice(64, 67), "trans_l1": slice(67, 70)}
_ROWS = [*range(80, 144), *range(224, 227), *range(254, 257)]
_MOMENTS = (0.25, 0.5, 0.75)
_TILE = 180


def sound_values(heard: FloatArray, opening: NDArray[np.floating], fps: float) -> dict[str, float]:
    """How lips go with a voice; offset and confidence are NaN for less than 4 s, in which chance decides.

    Args:
        heard: (T,) loudness.
        opening: (T,) of the lips, NaN where no face was found.
        fps: frames per second.
    """
    out = {"av_correlation": best_lag(heard, opening, _SYNC_REACH).r}
    if np.isfinite(opening).sum() >= LEAST_SYNC_S * fps:
        offset = av_offset(heard, opening, _OFFSET_REACH)
        if np.isfinite(offset.r):
            out |= {"av_offset": float(offset.lag), "av_confidence": offset.contrast}
    return {"av_offset": float("nan"), "av_confidence": float("nan")} | out


def motion_values(track: Track, opening: NDArray[np.floating]) -> dict[str, float]:
    """How lips, lids and head move, and whether the head keeps its shape; NaN where too little was seen."""
    motion = track.motion()
    head = head_statistics(motion)
    shape = head_shape(track)
    residuals = shape_residuals(track, shape) if shape is not None else np.full(len(track.valid), np.nan)
    seen = np.flatnonzero(np.isfinite(residuals))
    known = residuals[seen]
    slope = float(np.polyfit(seen / track.fps, known, 1)[0]) if len(seen) > track.fps else float("nan")
    return {
        "lip_spread": float(np.nanstd(opening)) if np.isfinite(opening).any() else float("nan"),
        "jitter": jitter(track),
        "blink_rate": blink_statistics([motion]).rate,
        "pitch_range": head["pitch range"],
        "yaw_range": head["yaw range"],
        "shape_residual": float(known.mean()) if len(known) else float("nan"),
        "shape_residual_worst": float(np.quantile(known, 0.95)) if len(known) else float("nan"),
        "shape_drift": 60 * slope,
    }


@dataclass(slots=True, eq=False)
class _Seen:
    """A video on the clock and in the size of the comparison."""

    path: Path
    fps: float
    size: tuple[int, int]
    track: Track | None = None

    def frames(self) -> Iterator[ImageArray]:
        for pixels in read_frames(self.path, self.fps):
            if pixels.shape[1::-1] == self.size:
                yield pixels
            else:
                yield np.asarray(cv2.resize(pixels, self.size, interpolation=cv2.INTER_AREA), np.uint8)

    def follow(self, notes: list[str], name: str) -> None:
        """Track the face; a clip without one is noted and judged by what needs none."""
        try:
            track, _, _ = track_cropped(self.frames())
        except FaceError:
            notes.append(f"{name}: no face found in any frame")
            return
        self.track = dataclasses.replace(track, fps=self.fps)
        lost = int((~track.valid).sum())
        if lost:
            notes.append(f"{name}: no face in {lost} of {len(track.valid)} frames")


@dataclass(slots=True, eq=False)
class _Strip:
    """Frames of a few moments, side by side, for the page."""

    at: list[int]
    columns: list[ImageArray] = field(default_factory=list)

    def add(self, number: int, generated: ImageArray, truth: ImageArray | None) -> None:
        if number not in self.at:
            return
        rows = [generated]
        if truth is not None:
            apart = np.clip(3 * np.abs(generated.astype(np.int16) - truth), 0, 255).astype(np.uint8)
            rows += [truth, apart]
        height, width = generated.shape[:2]
        size = (max(1, round(width * _TILE / height)), _TILE)
        self.columns.append(np.vstack([cv2.resize(row, size, interpolation=cv2.INTER_AREA) for row in rows]))


def _taken(track: Track | None, at: NDArray[np.int64]) -> Track | None:
    """The frames of a track with those numbers; None where no face is left."""
    if track is None or not track.valid[at].any():
        return None
    return Track(track.landmarks[at], track.blendshapes[at], track.rotation[at], track.valid[at], track.fps)


def _still(seen: _Seen) -> tuple[ImageArray, int]:
    """The first frame with a face, or the first one."""
    at = int(np.argmax(seen.track.valid)) if seen.track is not None else 0
    return next(itertools.islice(seen.frames(), at, None)), at


def _rows(track: Track | None, size: tuple[int, int]) -> FloatArray:
    """(T, 70) expression, angles, translation; (0, 70) without a face."""
    if track is None:
        return np.zeros((0, 70), np.float32)
    return coefficients(track, alignment(track.landmarks, *size))[:, _ROWS]


def _against(
    track: Track | None, rows: FloatArray, truth: Track | None, true_rows: FloatArray, side: int
) -> dict[str, float]:
    """Landmarks and coefficients in the frames in which both have a face."""
    if track is None or truth is None:
        return {}
    both = track.valid & truth.valid
    points, true_points = (to_68(t.landmarks[both]) for t in (track, truth))
    out = landmark_distances(points, true_points, side)
    return out | {name: mean_l1(rows[both][:, part], true_rows[both][:, part]) for name, part in _BLOCKS.items()}


def _loudness(path: Path, fps: float) -> FloatArray | None:
    """Loudness (T,) of a file; None for one without sound."""
    try:
        return loudness(analyse(read_speech(path), fps=fps))
    except AudioError:
        return None


def _rounded(curve: NDArray[np.floating]) -> FloatArray:
    """To five decimals, which is what is kept: a clip that is taken over is drawn by the same bytes."""
    return np.round(curve.astype(np.float64), 5).astype(np.float32)


def _watch(
    made: _Seen, real: _Seen | None, every: int, strip: _Strip
) -> tuple[dict[str, PictureJudge], dict[str, Track | None], int]:
    """Go through all frames once: (judges by system, tracks by system, number of frames)."""
    source = real or made
    still, at = _still(source)
    length = 1 if source.track is None else len(source.track.valid)
    tracks = {"generated": made.track, "still": _taken(source.track, np.full(length, at))}
    if real is not None:
        tracks["reference"] = real.track
    judges = {name: PictureJudge(track, every) for name, track in tracks.items()}
    count = 0
    truths: Iterator[ImageArray | None] = real.frames() if real is not None else itertools.repeat(None)
    for frame, truth in zip(made.frames(), truths, strict=False):
        mask = None if truth is None else judges["reference"].mask(count, truth.shape)
        judges["generated"].add(frame, truth, mask)
        judges["still"].add(still, truth, mask)
        if truth is not None:
            judges["reference"].add(truth, truth, mask)
        strip.add(count, frame, truth)
        count += 1
    return judges, {name: _taken(track, np.arange(count)) for name, track in tracks.items()}, count


def _notes(pair: Pair, every: int) -> list[str]:
    notes = [f"pictures judged in every {every}th frame"] if every > 1 else []
    if pair.reference is not None:
        made, real = probe_video(pair.generated), probe_video(pair.reference)
        if (made.width, made.height) != (real.width, real.height):
            notes.append(f"resized from {made.width}x{made.height} to the reference's {real.width}x{real.height}")
        if abs(made.fps - real.fps) > 0.01:
            notes.append(f"reference brought from {real.fps:g} to {made.fps:g} frames a second")
        if abs(made.duration - real.duration) > 2 / made.fps:
            notes.append(f"lengths differ: {made.duration:.2f} s, reference {real.duration:.2f} s")
    return notes


def judge_pair(pair: Pair, key: str, foreign: Path | None, every: int = 1) -> tuple[Judged, ImageArray | None]:
    """Judge a clip and its anchors.

    Args:
        pair: the clip.
        key: kept with the result.
        foreign: a file with the sound of another clip, or None.
        every: pictures are judged in every so many frames.

    Returns:
        (what was found, a picture (H, W, 3) of a few frames: generated, reference, difference three times as strong).

    Raises:
        VideoError: a video cannot be read.
        AssetError: the face model is missing.
    """
    notes = _notes(pair, every)
    info = probe_video(pair.reference or pair.generated)
    fps = probe_video(pair.generated).fps
    made = _Seen(pair.generated, fps, (info.width, info.height))
    real = None if pair.reference is None else _Seen(pair.reference, fps, (info.width, info.height))
    made.follow(notes, "generated")
    if real is not None:
        real.follow(notes, "reference")
    length = len(made.track.valid) if made.track is not None else 4
    strip = _Strip([int(share * length) for share in _MOMENTS])
    judges, tracks, count = _watch(made, real, every, strip)
    rows = {name: _rows(track, made.size) for name, track in tracks.items()}
    openings = {n: np.full(count, np.nan) if t is None else opening_of_track(t) for n, t in tracks.items()}
    heard = _loudness(pair.sound or pair.generated, fps)
    if heard is None and pair.sound is None and pair.reference is not None:
        heard = _loudness(pair.reference, fps)
    if heard is None:
        notes.append("no sound: lips and sound are not judged")
    elif count < LEAST_SYNC_S * fps:
        notes.append(f"shorter than {LEAST_SYNC_S:g} s: offset and confidence of the sound are not told")
    values: dict[str, Mapping[str, float]] = {}
    for name, track in tracks.items():
        own = judges[name].values(fps) | (motion_values(track, openings[name]) if track is not None else {})
        if real is not None:
            own |= _against(track, rows[name], tracks["reference"], rows["reference"], min(made.size))
        values[name] = own | (sound_values(heard, openings[name], fps) if heard is not None else {})
    other = _loudness(foreign, fps) if foreign is not None else None
    if other is not None:
        values["other sound"] = sound_values(other, openings["generated"], fps)
    curves: dict[str, NDArray[np.float64]] = {f"opening of {n}": curve for n, curve in openings.items() if n != "still"}
    if heard is not None:
        curves["loudness"] = heard[:count].astype(np.float64)
    judged = Judged(
        pair.clip,
        key,
        *made.size,
        fps=fps,
        frames=count,
        coverage={name: 0.0 if track is None else float(track.valid.mean()) for name, track in tracks.items()},
        values=values,
        notes=tuple(notes),
        curves={name: _rounded(curve) for name, curve in curves.items()},
        rows={n: r[t.valid] if t is not None else r for (n, t), r in zip(tracks.items(), rows.values(), strict=True)},
    )
    return judged, np.hstack(strip.columns) if strip.columns else None
