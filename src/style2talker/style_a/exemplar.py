"""Portrait + example picture -> portrait made of the example's own brush strokes.

Guided patch synthesis from coarse to fine (after Hertzmann et al. 2001; Fišer et al. 2017): patches of the art are found
for the portrait recoloured region by region, eyes from eyes, skin from skin, placed by the two faces' meshes. Then as
much of the portrait's own drawing comes back as keeps the person readable, most at eyes, brows and lips.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from style2talker.errors import ArtError
from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.brush import brushed
from style2talker.style_a.flow import along, edge_flow
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.palette import blur, from_lab, smoothstep, to_lab
from style2talker.style_a.patchmatch import CHANNELS, RADIUS, Guides, coherence, improve, usage, vote
from style2talker.style_a.recolor import recolored
from style2talker.style_a.regions import REGIONS, Regions, face_unit, find_regions

__all__ = ["Example", "check_example", "prepare_example", "synthesise"]

_SMALLEST = 48
_PLAINEST = 2.5
_COARSEST = 72
_REACH = 2.0
"""Half the side of what is used of an art picture around its face, in face heights."""
_PULL = {"background": 0.08, "clothes": 0.15, "hair": 0.2, "skin": 1.0, "brows": 5.0, "eyes": 8.0, "lips": 6.0}
"""Cost of being a face height away from where the mesh says, for each region."""
_WRONG_LABEL = 0.12
_CROWD = 0.03
_STROKES = 0.75
_STRAY = 0.12
_FEATURES = {"lightness": 1.25, "colour": 0.9, "contrast": 1.4, "look": 0.75}


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An art picture prepared to serve as an example.

    Attributes:
        picture: (H, W, 3) uint8 RGB.
        face: the picture as a portrait, or None where it holds no face.
        regions: of the face's picture, or None.
    """

    picture: ImageArray
    face: Portrait | None
    regions: Regions | None


def check_example(picture: ImageArray, name: str) -> None:
    """Raise ArtError when a picture (H, W, 3) is too small or too plain to be an example."""
    rows, columns = picture.shape[:2]
    if min(rows, columns) < _SMALLEST:
        raise ArtError(
            f"art picture {name} is only {columns} x {rows} pixels: use one of at least {_SMALLEST} x {_SMALLEST}"
        )
    spread = float(np.linalg.norm(to_lab(picture).reshape(-1, 3).std(axis=0)))
    if spread < _PLAINEST:
        raise ArtError(f"art picture {name} shows one plain colour: use a picture with visible strokes or texture")


def prepare_example(picture: ImageArray, face: Portrait | None) -> Example:
    """Prepare an art picture; `face` is the portrait found in it, if any."""
    if face is None:
        return Example(picture, None, None)
    unit = face_unit(face.landmarks)
    centre = (face.landmarks[10, :2] + face.landmarks[152, :2]) / 2
    rows, columns = picture.shape[:2]
    left, top = (int(max(0, v)) for v in np.floor(centre - _REACH * unit))
    right, bottom = (int(min(m, v)) for m, v in zip((columns, rows), np.ceil(centre + _REACH * unit), strict=True))
    landmarks = face.landmarks - np.array([left, top, 0], dtype=np.float32)
    part = Portrait(picture[top:bottom, left:right], landmarks, face.blendshapes, face.rotation)
    return Example(part.pixels, part, find_regions(part.pixels, part.landmarks))


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Full-size inputs of the synthesis; `place` is in source pixels (row, column)."""

    art: FloatArray
    guide: FloatArray
    masks: FloatArray
    art_masks: FloatArray
    place: FloatArray
    pull: FloatArray
    unit: float


def synthesise(portrait: Portrait, example: Example, seed: int) -> ImageArray:
    """Paint a portrait (H, W, 3) from the patches of an example.

    Args:
        portrait: the portrait.
        example: the art.
        seed: of the random search; same seed, same bytes.
    """
    regions = find_regions(portrait.pixels, portrait.landmarks, portrait.alpha)
    lab = to_lab(portrait.pixels)
    plan = _plan(portrait, regions, _brushed(lab, regions), example)
    painted = _coarse_to_fine(plan, seed)
    return from_lab(_readable(painted, plan.guide, regions))


def _brushed(lab: FloatArray, regions: Regions) -> FloatArray:
    """The portrait (H, W, 3) in brush strokes, fine ones at brows, eyes and lips: no pores, no single hairs."""
    s = regions.unit / 245
    flow = edge_flow(blur(lab[..., 0], s), 3 * s)
    features = np.clip(1.3 * blur(regions.features, 1.5 * s), 0, 1)[..., None]
    strokes = brushed(lab, flow, 4.5 * s)
    return np.asarray(strokes + (along(lab, flow, 1.5 * s) - strokes) * features, dtype=np.float32)


def _plan(portrait: Portrait, regions: Regions, lab: FloatArray, example: Example) -> _Plan:
    shape = lab.shape[:2]
    scale = _art_scale(shape, regions, example)
    rows, columns = example.picture.shape[:2]
    size = (max(2 * RADIUS + 4, round(columns * scale)), max(2 * RADIUS + 4, round(rows * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    art = to_lab(np.asarray(cv2.resize(example.picture, size, interpolation=method)))
    if example.face is None or example.regions is None:
        guide = recolored(lab, regions.masks, art, None, 1.0)
        place, pull = np.zeros((*shape, 2), np.float32), np.zeros(shape, np.float32)
        nothing = np.zeros((0, *shape), np.float32), np.zeros((0, *art.shape[:2]), np.float32)
        return _Plan(art, guide, *nothing, place, pull, regions.unit)
    art_masks = np.stack([cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR) for mask in example.regions.masks])
    guide = recolored(lab, regions.masks, art, art_masks, 0.012 * regions.unit)
    ratio = np.array([size[0] / columns, size[1] / rows], dtype=np.float32)
    place = _places(shape, portrait.landmarks[:, :2], example.face.landmarks[:, :2] * ratio)
    pull = sum(np.float32(_PULL[name]) * regions[name] for name in REGIONS)
    limit = np.array(art.shape[:2], dtype=np.float32) - 1
    pull = pull * _inside_art(place, limit)
    return _Plan(art, guide, regions.masks, art_masks, place, np.asarray(pull, np.float32), regions.unit)


def _art_scale(shape: tuple[int, ...], regions: Regions, example: Example) -> float:
    """Scale that gives the art's face the height of the portrait's, or the art as many pixels as the portrait."""
    rows, columns = example.picture.shape[:2]
    if example.regions is not None:
        return regions.unit / example.regions.unit
    return float(np.sqrt(shape[0] * shape[1] / (rows * columns)))


def _inside_art(place: FloatArray, limit: FloatArray) -> FloatArray:
    """1 where a place (H, W, 2) lies in the art, 0 where it lies beyond its border."""
    return np.asarray(((place >= 0) & (place <= limit)).all(axis=-1), dtype=np.float32)


def _places(shape: tuple[int, ...], points: FloatArray, art_points: FloatArray) -> FloatArray:
    """Where in the art (row, column) each pixel (H, W) of the portrait belongs, by the two meshes; (H, W, 2)."""
    chosen = sorted(set(range(0, 468, 3)) | set(FACE_OVAL) | {468, 473})
    rows, columns = shape[:2]
    source, aim = points[chosen], art_points[chosen]
    # Away from the face the map goes on as a plain similarity, or it would bend out of all shape.
    scale = np.linalg.norm(aim - aim.mean(axis=0)) / np.linalg.norm(source - source.mean(axis=0))
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = source.mean(axis=0) + 1.1 * max(rows, columns) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring_aim = (ring - source.mean(axis=0)) * scale + aim.mean(axis=0)
    spline = RBFInterpolator(
        np.vstack([source, ring]), np.vstack([aim, ring_aim]), kernel="thin_plate_spline", smoothing=1.0
    )
    ys, xs = np.linspace(0, rows - 1, 64), np.linspace(0, columns - 1, 64)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    coarse = spline(grid).reshape(64, 64, 2)[..., ::-1].astype(np.float32)
    full = np.asarray(cv2.resize(np.ascontiguousarray(coarse), (columns, rows), interpolation=cv2.INTER_LINEAR))
    return full


def _features(guide: FloatArray, look: FloatArray | None, sigma: float) -> FloatArray:
    """Features (H, W, 8) of a Lab picture: tone, colour, local contrast, and how it looks so far."""
    out = np.zeros((*guide.shape[:2], CHANNELS), dtype=np.float32)
    soft = blur(guide, 0.7)
    out[..., 0] = _FEATURES["lightness"] * soft[..., 0] / 100
    out[..., 1:3] = _FEATURES["colour"] * soft[..., 1:] / 100
    out[..., 3] = _FEATURES["contrast"] * (guide[..., 0] - blur(guide[..., 0], sigma)) / 100
    if look is not None:
        out[..., 4:7] = _FEATURES["look"] * look / 100
    return out


def _resized(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    out = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return out if out.ndim == values.ndim else out[..., None]


def _coarse_to_fine(plan: _Plan, seed: int) -> FloatArray:
    """Synthesis (H, W, 3) in Lab from the coarsest level to full size."""
    rows, columns = plan.pull.shape
    count = max(0, int(np.ceil(np.log2(max(rows, columns) / _COARSEST))))
    matches: NDArray[np.int32] | None = None
    out: FloatArray | None = None
    former: tuple[int, int] = (0, 0)
    for level in range(count, -1, -1):
        factor = 2.0**-level
        size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
        art_size = (
            max(2 * RADIUS + 2, round(plan.art.shape[1] * factor)),
            max(2 * RADIUS + 2, round(plan.art.shape[0] * factor)),
        )
        art = _resized(plan.art, art_size)
        guides = _guides(plan, size, art_size)
        if matches is None or out is None:
            matches = _start(guides, art_size, seed)
        else:
            matches = _grown(matches, former, art_size, size)
            out = _resized_up(out, size)
        guide = _resized(plan.guide, size)
        sigma = max(2.0, plan.unit * factor / 40)
        rounds = 6 if level == count else (4 if max(size) <= 160 else (3 if max(size) <= 300 else 2))
        if max(size) > 640:
            rounds = 1
        matches, out = _level(guide, art, guides, matches, out, sigma, rounds, seed + 101 * level)
        former = art_size
    assert out is not None and matches is not None
    return _with_strokes(out, plan.art, matches)


def _level(
    guide: FloatArray,
    art: FloatArray,
    guides: Guides,
    matches: NDArray[np.int32],
    out: FloatArray | None,
    sigma: float,
    rounds: int,
    seed: int,
) -> tuple[NDArray[np.int32], FloatArray]:
    """Search and vote a few times at one size."""
    source = _features(art, art, sigma)
    bare = source.copy()
    bare[..., 4:] = 0
    reach = max(art.shape[:2]) // 2 if out is None else max(4, max(art.shape[:2]) // 12)
    picture = out
    for i in range(rounds):
        target = _features(guide, picture, sigma)
        crowd = _CROWD * np.clip(usage(matches, (art.shape[0], art.shape[1])) - 2, 0, 8)
        judged = Guides(guides.place, guides.pull, guides.labels, guides.source_labels, crowd.astype(np.float32))
        matches, costs = improve(
            target, bare if picture is None else source, judged, matches, reach, 6 if out is None else 4, seed + i, 0.0 if out is None else _STRAY
        )
        picture = vote(art, matches, costs, 1.5 if i + 1 < rounds else 2.0)
    assert picture is not None
    return matches, picture


def _with_strokes(voted: FloatArray, art: FloatArray, matches: NDArray[np.int32]) -> FloatArray:
    """The voted picture with the finest strokes of the matches themselves, which voting averages away."""
    copied = art[matches[..., 0], matches[..., 1]]
    trust = _STROKES * smoothstep(coherence(matches), 0.72, 0.98)[..., None]
    return np.asarray(voted + trust * ((copied - blur(copied, 1.5)) - (voted - blur(voted, 1.5))), dtype=np.float32)


def _guides(plan: _Plan, size: tuple[int, int], art_size: tuple[int, int]) -> Guides:
    """The guides at one size (width, height)."""
    ratio = np.array([art_size[1] / plan.art.shape[0], art_size[0] / plan.art.shape[1]], dtype=np.float32)
    place = _resized(plan.place, size) * ratio
    area = (2 * RADIUS + 1) ** 2
    height = plan.unit * size[1] / plan.pull.shape[0]
    pull = _resized(plan.pull, size) * np.float32(area / height**2)
    if len(plan.masks):
        labels = np.stack([_resized(mask, size) for mask in plan.masks], axis=-1) * np.float32(_WRONG_LABEL * area)
        source_labels = np.stack([_resized(mask, art_size) for mask in plan.art_masks], axis=-1)
    else:
        labels = np.zeros((size[1], size[0], 1), np.float32)
        source_labels = np.zeros((art_size[1], art_size[0], 1), np.float32)
    crowd = np.zeros((art_size[1], art_size[0]), np.float32)
    return Guides(*(np.ascontiguousarray(a, dtype=np.float32) for a in (place, pull, labels, source_labels, crowd)))


def _inside(matches: NDArray[np.floating], art_size: tuple[int, int]) -> NDArray[np.int32]:
    limit = np.array([art_size[1], art_size[0]]) - 1 - RADIUS
    return np.asarray(np.clip(np.rint(matches), RADIUS, limit), dtype=np.int32)


def _start(guides: Guides, art_size: tuple[int, int], seed: int) -> NDArray[np.int32]:
    """First matches: where the mesh says, or anywhere where it says nothing."""
    rng = np.random.default_rng(seed)
    anywhere = rng.random(guides.place.shape) * np.array([art_size[1], art_size[0]])
    return _inside(np.where(guides.pull[..., None] > 0, guides.place, anywhere), art_size)


def _grown(
    matches: NDArray[np.int32], former: tuple[int, int], art_size: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.int32]:
    """Matches of the former size carried to the next."""
    rows, columns = matches.shape[:2]
    y, x = np.arange(size[1]) * rows / size[1], np.arange(size[0]) * columns / size[0]
    yi, xi = y.astype(np.int64), x.astype(np.int64)
    ratio = np.array([art_size[1] / former[1], art_size[0] / former[0]])
    rest = np.stack(np.meshgrid((y - yi) * size[1] / rows, (x - xi) * size[0] / columns, indexing="ij"), axis=-1)
    return _inside(matches[yi[:, None], xi[None, :]] * ratio + rest, art_size)


def _resized_up(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


_BANDS = (1.2, 3.5, 10.0)
"""Borders between fine, small, middle and broad forms: sigma in nominal pixels (a face 245 high)."""
_DETAIL = {
    "background": (0.0, 0.05, 0.15, 0.2),
    "clothes": (0.0, 0.2, 0.45, 0.6),
    "hair": (0.0, 0.3, 0.55, 0.7),
    "skin": (0.0, 0.3, 0.75, 0.9),
    "brows": (0.25, 0.8, 0.9, 0.8),
    "eyes": (0.6, 0.95, 0.95, 0.85),
    "lips": (0.3, 0.8, 0.9, 0.85),
}
"""How much of the portrait's own (fine, small, middle, broad) drawing comes back in each region."""


def _readable(painted: FloatArray, guide: FloatArray, regions: Regions) -> FloatArray:
    """The synthesis with the portrait's own drawing brought back at four scales, as far as each region needs it."""
    s = regions.unit / 245
    missing = guide - painted
    missing[..., 1:] *= 0.7
    out = painted.copy()
    for i in range(len(_BANDS) + 1):
        rest = blur(missing, _BANDS[i] * s) if i < len(_BANDS) else np.zeros_like(missing)
        share = np.asarray(sum(np.float32(_DETAIL[name][i]) * regions[name] for name in REGIONS), np.float32)
        out += blur(share, 1.5 * s)[..., None] * (missing - rest)
        missing = rest
    return out
