"""One clip, its reference and a foreign sound -> every metric of the clip and of its anchors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.deep3d import alignment, coefficients
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.tracking import track_cropped
from style2talker.errors import AudioError, FaceError
from style2talker.evaluate.art_values import fitted_art
from style2talker.evaluate.coefficient_distance import mean_l1
from style2talker.evaluate.geometry import head_shape
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged
from style2talker.evaluate.landmark_distance import landmark_distances
from style2talker.evaluate.lip_shapes import lip_shapes, viseme_means
from style2talker.evaluate.motion_values import motion_values
from style2talker.evaluate.networks.extractors import session
from style2talker.evaluate.networks.identity import aligned_face, embed
from style2talker.evaluate.networks.syncnet import FPS, crops, lip_embeddings, sync_scores, voice_embeddings
from style2talker.evaluate.phone_values import phone_values
from style2talker.evaluate.sound_values import LEAST_SYNC_S, Heard, hear, sound_values
from style2talker.evaluate.statistics import bridged
from style2talker.evaluate.timings import read_phones
from style2talker.evaluate.watching import Seen, Source, Watched, watch
from style2talker.face.lips import opening_of_track
from style2talker.face.tracking import Track
from style2talker.media.audio import read_speech
from style2talker.media.picture import read_picture
from style2talker.media.video import probe_video
from style2talker.records import FloatArray, ImageArray

__all__ = ["judge_pair"]

_BLOCKS = {"exp_l1": slice(0, 64), "angle_l1": slice(64, 67), "trans_l1": slice(67, 70)}
_ROWS = [*range(80, 144), *range(224, 227), *range(254, 257)]

Values = dict[str, float]


def _follow(seen: Seen, notes: list[str], name: str) -> None:
    """Track the face; a clip without one is noted and judged by what needs none."""
    try:
        track, _, _ = track_cropped(seen.frames())
    except FaceError:
        notes.append(f"{name}: no face found in any frame")
        return
    seen.track = dataclasses.replace(track, fps=seen.fps)
    lost = int((~track.valid).sum())
    if lost:
        notes.append(f"{name}: no face in {lost} of {len(track.valid)} frames")


def _source(path: Path | None, notes: list[str]) -> Source | None:
    """The portrait of a clip; one without a face is noted and left out."""
    if path is None:
        return None
    pixels = read_picture(path).pixels
    try:
        track, _, _ = track_cropped([pixels])
    except FaceError:
        notes.append(f"portrait {path.name}: no face found, it is not compared with")
        return None
    shape = head_shape(track)
    return None if shape is None else Source(pixels, to_68(track.landmarks)[0], shape)


def _rows(track: Track | None, size: tuple[int, int]) -> FloatArray:
    """(T, 70) expression, angles, translation; (0, 70) without a face."""
    if track is None:
        return np.zeros((0, 70), np.float32)
    return coefficients(track, alignment(track.landmarks, *size))[:, _ROWS]


def _face_curves(track: Track | None, opening: NDArray[np.float64], count: int) -> FloatArray:
    """(T, 56) blendshapes, rotation and opening of the lips; NaN where no face was found."""
    out = np.full((count, 56), np.nan, np.float32)
    if track is not None:
        whole = np.column_stack([track.blendshapes, track.rotation, opening[: len(track.valid)]])
        out[: len(whole)][track.valid] = whole[track.valid]
    return out


def _against(track: Track | None, rows: FloatArray, truth: Track | None, true_rows: FloatArray, side: int) -> Values:
    """Landmarks and coefficients in the frames in which both have a face."""
    if track is None or truth is None:
        return {}
    both = track.valid & truth.valid
    points, true_points = (to_68(t.landmarks[both]) for t in (track, truth))
    out = landmark_distances(points, true_points, side)
    return out | {name: mean_l1(rows[both][:, part], true_rows[both][:, part]) for name, part in _BLOCKS.items()}


def _rounded(curve: NDArray[np.floating]) -> FloatArray:
    """To five decimals, which is what is kept: a clip that is taken over is drawn by the same bytes."""
    return np.round(curve.astype(np.float64), 5).astype(np.float32)


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


def _voice(pair: Pair, fps: float, notes: list[str]) -> tuple[Heard | None, Path]:
    """The voice of a clip and the file that it is in."""
    path = pair.sound or pair.generated
    heard = hear(path, fps)
    if heard is None and pair.sound is None and pair.reference is not None:
        path = pair.reference
        heard = hear(path, fps)
    if heard is None:
        notes.append("no sound: lips and sound are not judged")
    return heard, path


def _by_phones(
    path: Path | None, watched: Watched, openings: Mapping[str, NDArray[np.float64]], fps: float
) -> dict[str, Values]:
    """System -> what its lips do on the phones of a file."""
    if path is None:
        return {}
    phones = read_phones(path)
    shapes = {n: lip_shapes(to_68(t.landmarks), t.valid) for n, t in watched.tracks.items() if t is not None}
    truth = viseme_means(shapes["reference"], phones, fps) if "reference" in shapes else {}
    return {name: phone_values(phones, openings[name], own, truth, fps) for name, own in shapes.items()}


def _by_syncnet(
    file: Path | None, seen: Mapping[str, Seen | None], voice: Path, foreign: Path | None
) -> dict[str, Values]:
    """System -> LSE-C, LSE-D and offset; nothing without the network or without sound."""
    if file is None:
        return {}
    network = session("syncnet", file)
    voices = {}
    for name, path in (("own", voice), ("other sound", foreign)):
        if path is not None:
            try:
                voices[name] = voice_embeddings(network, read_speech(path))
            except AudioError:
                continue
    out: dict[str, Values] = {}
    for name, each in seen.items():
        if each is None or each.track is None:
            continue
        lips = lip_embeddings(network, crops(each.frames(FPS), each.track))
        heard = {name: "own"} | ({"other sound": "other sound"} if name == "generated" else {})
        for system, of in heard.items():
            if of in voices:
                scores = sync_scores(lips, voices[of])
                out[system] = {f"syncnet_{key}": value for key, value in scores._asdict().items()}
    return out


def _who(source: Source | None, files: Mapping[str, Path], watched: Watched) -> FloatArray | None:
    """Embedding (512,) of the portrait, else of the first face of the reference; None without either."""
    if "csim" not in files:
        return None
    if source is not None:
        return embed(session("csim", files["csim"]), aligned_face(source.pixels, source.points))
    reference = watched.judges.get("reference")
    return reference.networks.faces[0] if reference is not None and reference.networks.faces else None


def judge_pair(
    pair: Pair, key: str, foreign: Path | None, every: int = 1, files: Mapping[str, Path] | None = None
) -> tuple[Judged, ImageArray | None]:
    """Judge a clip and its anchors.

    Args:
        pair: the clip.
        key: kept with the result.
        foreign: a file with the sound of another clip, or None.
        every: pictures are judged in every so many frames.
        files: option of `networks.extractors.KINDS` -> file of the network.

    Returns:
        (what was found, a picture (H, W, 3) of a few frames: generated, reference, difference three times as strong).

    Raises:
        VideoError: a video cannot be read.
        PictureError: the portrait or the art cannot be read.
        InputError: the timed phones cannot be read.
        AssetError: the face model is missing, or a network cannot be used.
    """
    files = files or {}
    notes = _notes(pair, every)
    info = probe_video(pair.reference or pair.generated)
    fps = probe_video(pair.generated).fps
    made = Seen(pair.generated, fps, (info.width, info.height))
    real = None if pair.reference is None else Seen(pair.reference, fps, (info.width, info.height))
    _follow(made, notes, "generated")
    if real is not None:
        _follow(real, notes, "reference")
    source = _source(pair.portrait, notes)
    art = None if pair.art is None else fitted_art(read_picture(pair.art).pixels, made.size)
    watched = watch(made, real, every, files, art, source)
    openings = {
        n: np.full(watched.count, np.nan) if t is None else bridged(opening_of_track(t))
        for n, t in watched.tracks.items()
    }
    heard, voice = _voice(pair, fps, notes)
    if heard is not None and watched.count < LEAST_SYNC_S * fps:
        notes.append(f"shorter than {LEAST_SYNC_S:g} s: offset and confidence of the sound are not told")
    rows = {name: _rows(track, made.size) for name, track in watched.tracks.items()}
    values = _values(watched, rows, openings, heard, made, source, _who(source, files, watched))
    other = hear(foreign, fps) if foreign is not None else None
    if other is not None:
        values["other sound"] = sound_values(other, openings["generated"], fps)
    phones = _by_phones(pair.phones, watched, openings, fps)
    synced = _by_syncnet(files.get("syncnet"), {"generated": made, "reference": real}, voice, foreign)
    for more in (phones, synced):
        for name, own in more.items():
            values[name] = values.get(name, {}) | own
    judged = _judged(pair, key, made, watched, rows, openings, heard)
    judged = dataclasses.replace(judged, values=values, notes=tuple(notes))
    return judged, np.hstack(watched.strip.columns) if watched.strip.columns else None


def _values(
    watched: Watched,
    rows: Mapping[str, FloatArray],
    openings: Mapping[str, NDArray[np.float64]],
    heard: Heard | None,
    made: Seen,
    source: Source | None,
    who: FloatArray | None,
) -> dict[str, Values]:
    """System -> what pictures, networks, movement and sound say."""
    values: dict[str, Values] = {}
    for name, track in watched.tracks.items():
        judges = watched.judges[name]
        own = judges.pictures.values(made.fps) | judges.networks.values(who) | judges.art.values()
        if track is not None:
            own |= motion_values(track, openings[name], None if source is None else source.shape)
        if "reference" in watched.tracks:
            own |= _against(track, rows[name], watched.tracks["reference"], rows["reference"], min(made.size))
        if heard is not None:
            own |= sound_values(heard, openings[name], made.fps, None if track is None else track.rotation)
        values[name] = own
    return values


def _judged(
    pair: Pair,
    key: str,
    made: Seen,
    watched: Watched,
    rows: Mapping[str, FloatArray],
    openings: Mapping[str, NDArray[np.float64]],
    heard: Heard | None,
) -> Judged:
    """What is kept of a clip beside its values."""
    curves = {f"opening of {n}": curve for n, curve in openings.items() if n != "still"}
    if heard is not None:
        curves["loudness"] = heard.level[: watched.count].astype(np.float64)
        curves["asked by the voice"] = heard.asked[: watched.count].astype(np.float64)
    tracks, count = watched.tracks, watched.count
    return Judged(
        pair.clip,
        key,
        *made.size,
        fps=made.fps,
        frames=count,
        coverage={name: 0.0 if track is None else float(track.valid.mean()) for name, track in tracks.items()},
        curves={name: _rounded(curve) for name, curve in curves.items()},
        rows={n: r[t.valid] if (t := tracks[n]) is not None else r for n, r in rows.items()},
        faces={name: _face_curves(track, openings[name], count) for name, track in tracks.items()},
        features={n: j.networks.features() for n, j in watched.judges.items() if j.networks.pool3},
    )
