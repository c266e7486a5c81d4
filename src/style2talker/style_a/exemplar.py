"""Portrait + example picture -> portrait made of the example's own brush strokes.

Patches of the art are found for the portrait recoloured region by region, eyes from eyes, skin from skin, placed by the
two faces' meshes. Then as much of the portrait's own drawing comes back as keeps the person readable, most at eyes,
brows and lips.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from style2talker.errors import ArtError
from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.brush import brushed
from style2talker.style_a.canvas import Canvas, prepare
from style2talker.style_a.families.strokes import drawn_lines, over, threshold_map
from style2talker.style_a.flow import along, edge_flow, ink_lines
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.palette import blur, from_lab, quantiles, smoothstep, to_lab
from style2talker.style_a.patchmatch import RADIUS
from style2talker.style_a.recolor import recolored
from style2talker.style_a.regions import Regions, face_unit
from style2talker.style_a.synthesis import Plan, coarse_to_fine

__all__ = ["Example", "check_example", "prepare_example", "synthesise"]

_SMALLEST = 48
_PLAINEST = 2.5
_REACH = 2.0
"""Half the side of what is used of an art picture around its face, in face heights."""
_PULL = {"background": 0.08, "clothes": 0.15, "hair": 0.2, "skin": 0.3, "brows": 4.0, "eyes": 8.0, "lips": 6.0}
"""Cost of being a face height away from where the mesh says, for each region."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An art picture prepared to serve as an example.

    Attributes:
        picture: (H, W, 3) uint8 RGB.
        face: the picture as a portrait, or None where it holds no face.
        regions: of the face's picture, or None.
        inkiness: how far the art draws faces in lines, 0 (painted) .. 1 (line art).
        ink: (3,) float32 Lab colour of its lines.
    """

    picture: ImageArray
    face: Portrait | None
    regions: Regions | None
    inkiness: float
    ink: FloatArray


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
        return Example(picture, None, None, 0.0, np.zeros(3, np.float32))
    unit = face_unit(face.landmarks)
    centre = (face.landmarks[10, :2] + face.landmarks[152, :2]) / 2
    rows, columns = picture.shape[:2]
    left, top = (int(max(0, v)) for v in np.floor(centre - _REACH * unit))
    right, bottom = (int(min(m, v)) for m, v in zip((columns, rows), np.ceil(centre + _REACH * unit), strict=True))
    landmarks = face.landmarks - np.array([left, top, 0], dtype=np.float32)
    part = Portrait(picture[top:bottom, left:right], landmarks, face.blendshapes, face.rotation)
    canvas = prepare(part)
    return Example(part.pixels, part, canvas.regions, *_ink(canvas))


def _ink(canvas: Canvas) -> tuple[float, FloatArray]:
    """How far a picture draws its face in lines (0..1), and the Lab colour of its darkest parts."""
    s, light = canvas.scale, canvas.lightness
    flow = edge_flow(blur(light, s), 2.5 * s)
    # Thin dark ridges of the open skin: wrinkles and strokes of a brush are weaker than lines of a pen.
    ridges = along(blur(light, 1.3 * s) - blur(light, 0.8 * s), flow, 3.2 * s)
    strongest = float(quantiles(ridges, canvas.regions["skin"] * canvas.face, 0.98))
    person = canvas.regions.person > 0.7
    dark = person & (light <= np.quantile(light[person], 0.02)) if person.any() else light < light.mean()
    return float(smoothstep(strongest, 1.5, 2.7)), np.asarray(canvas.lab[dark].mean(axis=0), dtype=np.float32)


def synthesise(portrait: Portrait, example: Example, seed: int) -> ImageArray:
    """Paint a portrait (H, W, 3) from the patches of an example.

    Args:
        portrait: the portrait.
        example: the art.
        seed: of the random search; same seed, same bytes.
    """
    canvas = prepare(portrait)
    plan = _plan(portrait, canvas.regions, _brushed(canvas.lab, canvas.regions), example)
    painted = _readable(coarse_to_fine(plan, seed), plan.guide, canvas.regions)
    painted = _textured(painted, plan, canvas.regions)
    return from_lab(_inked(painted, canvas, example))


def _inked(lab: FloatArray, canvas: Canvas, example: Example) -> FloatArray:
    """The picture with the portrait's lines drawn in the art's ink, as far as the art draws at all."""
    if example.inkiness < 0.05:
        return lab
    s = canvas.scale
    flow = edge_flow(blur(canvas.lightness, s), 2.5 * s)
    lines = ink_lines(canvas.lightness, flow, 0.9 * s, threshold_map(canvas, 1.7, skin=3.2, background=5.0), 5.0)
    ink = np.maximum(lines, drawn_lines(canvas, 1.5 * s, jaw=0.35, features=0.65))
    return over(lab, np.broadcast_to(example.ink, lab.shape), np.asarray(0.85 * example.inkiness * ink, np.float32))


def _brushed(lab: FloatArray, regions: Regions) -> FloatArray:
    """The portrait (H, W, 3) in brush strokes, fine ones at brows, eyes and lips: no pores, no single hairs."""
    s = regions.unit / 245
    flow = edge_flow(blur(lab[..., 0], s), 3 * s)
    features = np.clip(1.3 * blur(regions.features, 1.5 * s), 0, 1)[..., None]
    strokes = brushed(lab, flow, 3.8 * s)
    return np.asarray(strokes + (along(lab, flow, 1.5 * s) - strokes) * features, dtype=np.float32)


def _plan(portrait: Portrait, regions: Regions, lab: FloatArray, example: Example) -> Plan:
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
        return Plan(art, guide, *nothing, place, pull, regions.unit)
    art_masks = np.stack([cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR) for mask in example.regions.masks])
    guide = recolored(lab, regions.masks, art, art_masks, 0.012 * regions.unit)
    ratio = np.array([size[0] / columns, size[1] / rows], dtype=np.float32)
    place = _places(shape, portrait.landmarks[:, :2], example.face.landmarks[:, :2] * ratio)
    limit = np.array(art.shape[:2], dtype=np.float32) - 1
    pull = regions.weighted(_PULL) * _inside_art(place, limit, 0.2 * regions.unit)
    place = _reflected(place, limit)
    return Plan(art, guide, regions.masks, art_masks, place, pull, regions.unit)


def _art_scale(shape: tuple[int, ...], regions: Regions, example: Example) -> float:
    """Scale that gives the art's face the height of the portrait's, or the art as many pixels as the portrait."""
    rows, columns = example.picture.shape[:2]
    if example.regions is not None:
        return regions.unit / example.regions.unit
    return float(np.sqrt(shape[0] * shape[1] / (rows * columns)))


def _inside_art(place: FloatArray, limit: FloatArray, margin: float) -> FloatArray:
    """1 where a place (H, W, 2) lies well in the art, falling to 0 over `margin` pixels towards its border."""
    inward = np.minimum(place, limit - place).min(axis=-1)
    return smoothstep(inward, 0.0, margin)


def _reflected(place: FloatArray, limit: FloatArray) -> FloatArray:
    """Places (H, W, 2) beyond the art's border mirrored back into it."""
    return np.asarray(limit - np.abs(np.mod(place, 2 * limit) - limit), dtype=np.float32)


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
    return np.asarray(cv2.resize(np.ascontiguousarray(coarse), (columns, rows), interpolation=cv2.INTER_LINEAR))


_BANDS = (1.2, 3.5, 10.0)
"""Borders between fine, small, middle and broad forms: sigma in nominal pixels (a face 245 high)."""
_DETAIL = {
    "background": (0.0, 0.05, 0.15, 0.2),
    "clothes": (0.0, 0.2, 0.45, 0.6),
    "hair": (0.0, 0.3, 0.55, 0.7),
    "skin": (0.0, 0.2, 0.7, 0.9),
    "brows": (0.25, 0.8, 0.9, 0.8),
    "eyes": (0.6, 0.95, 0.95, 0.85),
    "lips": (0.3, 0.8, 0.9, 0.85),
}
"""How much of the portrait's own (fine, small, middle, broad) drawing comes back in each region."""


_TEXTURES = (1.2, 3.0)
"""Sigmas in nominal pixels that bound the bands of brush strokes."""
_MOST_GAIN = 2.4


def _textured(painted: FloatArray, plan: Plan, regions: Regions) -> FloatArray:
    """The picture with its strokes as strong as the art's are in each region: where patches overlap they fade."""
    s = regions.unit / 245
    out = painted.copy()
    whole = np.ones((1, *plan.art.shape[:2]), np.float32)
    for sigma in _TEXTURES:
        own, art = (
            painted[..., 0] - blur(painted[..., 0], sigma * s),
            plan.art[..., 0] - blur(plan.art[..., 0], sigma * s),
        )
        gain = np.zeros(painted.shape[:2], np.float32)
        for i, mask in enumerate(regions.masks):
            art_mask = plan.art_masks[i] if len(plan.art_masks) else whole[0]
            gain += mask * _stronger(own, mask, art, art_mask)
        # Eyes, brows and lips are drawn by the portrait; strokes would blur them.
        calm = 1 - np.clip(1.5 * blur(regions.features, 2 * s), 0, 1)
        out[..., 0] += 0.5 * own * gain * calm
    return out


def _stronger(own: FloatArray, mask: FloatArray, art: FloatArray, art_mask: FloatArray) -> float:
    """By how much more (0 ..) fine detail must be there to be as strong as the art's, in a region of each."""
    if min(float(mask.sum()), float(art_mask.sum())) < 60:
        return 0.0
    # The middle of the sizes, not their mean: outlines are no strokes.
    have, want = (float(quantiles(np.abs(detail), where, 0.6)) for detail, where in ((own, mask), (art, art_mask)))
    return float(np.clip(want / max(have, 0.05), 1.0, _MOST_GAIN)) - 1.0


def _readable(painted: FloatArray, guide: FloatArray, regions: Regions) -> FloatArray:
    """The synthesis with the portrait's own drawing brought back at four scales, as far as each region needs it."""
    s = regions.unit / 245
    missing = guide - painted
    missing[..., 1:] *= 0.7
    out = painted.copy()
    for i in range(len(_BANDS) + 1):
        rest = blur(missing, _BANDS[i] * s) if i < len(_BANDS) else np.zeros_like(missing)
        share = regions.weighted({name: shares[i] for name, shares in _DETAIL.items()})
        out += blur(share, 1.5 * s)[..., None] * (missing - rest)
        missing = rest
    return out
