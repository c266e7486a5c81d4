"""Pixar: a face modelled in 3-D, skin that light travels under, glossy eyes, hair in clumps, a soft background."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.brush import brushed
from style2talker.style_a.canvas import Canvas, disc_mask
from style2talker.style_a.families.strokes import draw_eyes, exposed, over, set_off
from style2talker.style_a.flow import along, edge_flow
from style2talker.style_a.form import face_normals, glossy, inflated_normals, lit_by
from style2talker.style_a.palette import blur, mean_color, saturate, smoothstep
from style2talker.style_a.tones import flatten

__all__ = ["paint_pixar"]

_BLUSH = ((50, 0.15, 3.0), (280, 0.15, 3.0), (4, 0.09, 4.5), (152, 0.09, 1.5))
"""(landmark, radius in face heights, strength) of warm spots: cheeks, tip of the nose, chin."""
_KEY = np.array([-0.55, -0.6, -0.75], dtype=np.float32)
_RIM = np.array([0.85, -0.35, 0.25], dtype=np.float32)


def paint_pixar(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a frame of a 3-D animation; the seed changes nothing."""
    s, regions = canvas.scale, canvas.regions
    flow = edge_flow(blur(canvas.lightness, s), 3.0 * s)
    lit = exposed(canvas, 70.0, 13.0)
    smooth = flatten(lit, 6 * s, 9.0)
    normals = _normals(canvas)
    cloth = flatten(smooth, 9 * s, 13.0, flow)
    cloth[..., 0] += 16 * (lit_by(normals, _KEY, 0.5) - 0.72)
    out = over(cloth, _skin(canvas, smooth, normals), regions["skin"])
    out = over(out, _hair(canvas, lit, normals), regions["hair"])
    fine = flatten(lit, 2.2 * s, 7.0)
    fine[..., 0] += 10 * (lit_by(normals, _KEY, 0.6) - 0.78)
    out = over(out, fine, np.clip(1.3 * blur(regions.features, 1.2 * s), 0, 1))
    out = over(out, _behind(lit, canvas), smoothstep(regions["background"], 0.4, 0.9))
    out = _graded(saturate(out, 1.25), canvas, normals)
    return draw_eyes(out, canvas, white=15.0, iris_chroma=2.0, catch=0.25)


def _normals(canvas: Canvas) -> FloatArray:
    """Normals (H, W, 3) of the whole person: the face from its mesh, hair and body as soft rounded shapes."""
    s, regions = canvas.scale, canvas.regions
    body = inflated_normals(regions.person, 70 * s)
    hair = inflated_normals(regions["hair"], 26 * s)
    normals = over(body, 0.5 * body + 0.5 * hair, blur(regions["hair"], 2 * s))
    # Towards its border the mesh turns away steeply and knows little: there the rounded shape takes over.
    face = smoothstep(blur(canvas.face, 12 * s), 0.55, 0.98) * (1 - regions["hair"])
    normals = over(normals, face_normals(canvas), blur(face, 3 * s))
    return np.asarray(normals / np.linalg.norm(normals, axis=2, keepdims=True), dtype=np.float32)


def _skin(canvas: Canvas, smooth: FloatArray, normals: FloatArray) -> FloatArray:
    """Skin of one even colour, lit anew on its solid form; red where light travels under it."""
    s = canvas.scale
    skin = canvas.regions["skin"] + canvas.regions.features
    weight = blur(skin, 8 * s) + np.float32(1e-3)
    base = mean_color(smooth, canvas.regions["skin"] * canvas.face, smooth.mean(axis=(0, 1)))
    diffuse = lit_by(normals, _KEY, 0.45)
    # The portrait's own light, without pores, as far as it is soft.
    own = np.clip(blur(smooth[..., 0] * skin, 8 * s) / weight - base[0], -26, 16)
    out = smooth.copy()
    out[..., 0] = base[0] + 0.5 * own + 34 * (diffuse - 0.74)
    # Small forms (nostrils, lids, folds) are finer than the mesh: they stay as they are.
    out[..., 0] += 0.8 * (smooth[..., 0] - blur(smooth[..., 0], 7 * s)) * canvas.face
    for i in (1, 2):
        wide = blur(smooth[..., i] * skin, 9 * s) / weight
        out[..., i] = 0.45 * wide + 0.55 * base[i]
    # Red light travels farthest under the skin: it shows where a shadow begins.
    edge = smoothstep(diffuse, 0.75, 0.55) * smoothstep(diffuse, 0.2, 0.5)
    out[..., 1] += 4.0 * edge
    out[..., 2] += 2.5 * edge
    shape: tuple[int, int] = (smooth.shape[0], smooth.shape[1])
    for point, radius, strength in _BLUSH:
        spot = blur(disc_mask(shape, canvas.landmarks[point, :2], radius * canvas.regions.unit), 9 * s) * canvas.face
        out[..., 1] += strength * spot
        out[..., 2] += 0.4 * strength * spot
    out[..., 0] += (7.0 * glossy(normals, _KEY, 22) + 3.0 * glossy(normals, _KEY, 80)) * canvas.face
    return out


def _hair(canvas: Canvas, lit: FloatArray, normals: FloatArray) -> FloatArray:
    """Hair in clumps that shine where the head turns to the light."""
    s = canvas.scale
    flow = edge_flow(blur(canvas.lightness, s), 4.0 * s)
    hair = canvas.regions["hair"]
    clumps = along(brushed(lit, flow, 4.5 * s, hair), flow, 6 * s, hair)
    middle = mean_color(clumps, hair)[0]
    ridges = clumps[..., 0] - blur(clumps[..., 0], 9 * s)
    clumps[..., 0] = middle + 0.95 * (clumps[..., 0] - middle) + 3 + 0.5 * ridges
    clumps[..., 0] += 18 * (lit_by(normals, _KEY, 0.5) - 0.7)
    sheen = glossy(normals, _KEY, 14) * smoothstep(ridges, -1.5, 3.0)
    clumps[..., 0] += sheen * (6 + 0.12 * middle)
    return clumps


def _behind(lit: FloatArray, canvas: Canvas) -> FloatArray:
    """The background out of focus."""
    back = canvas.regions.sharp("background")
    weight = blur(back, 9 * canvas.scale)[..., None] + np.float32(1e-2)
    return np.asarray(blur(lit * back[..., None], 9 * canvas.scale) / weight, dtype=np.float32)


def _graded(lab: FloatArray, canvas: Canvas, normals: FloatArray) -> FloatArray:
    """Warm lights, cool soft darks, and a cool light from behind along the outline."""
    out = lab.copy()
    warm, cool = smoothstep(lab[..., 0], 40, 85), smoothstep(lab[..., 0], 40, 8)
    out[..., 2] += 5.0 * warm - 5.0 * cool
    out[..., 1] += 1.5 * warm + 2.0 * cool
    out[..., 0] += 5.0 * cool
    person = 1 - canvas.regions.sharp("background")
    edge = person * smoothstep(blur(person, 5 * canvas.scale), 0.98, 0.55)
    rim = edge * lit_by(normals, _RIM, 0.1) * set_off(canvas) * (1 - canvas.regions.features)
    out[..., 0] += 26.0 * rim * smoothstep(out[..., 0], 98, 70)
    out[..., 2] -= 8.0 * rim
    return out
