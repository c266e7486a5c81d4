"""What the families share: skin in flat tones, eyes drawn anew, where lines may go, paper and canvas grain."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

from style2talker.records import FloatArray
from style2talker.style_a.canvas import Canvas, Eye, disc_mask
from style2talker.style_a.palette import blur, mean_color, quantiles, smoothstep

__all__ = ["draw_eyes", "drawn_lines", "exposed", "grain", "over", "set_off", "shade_skin", "threshold_map"]

_NOSTRILS = (98, 327, 2, 97, 326)
_JAW = (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356)
_LASHES = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (263, 466, 388, 387, 386, 385, 384, 398, 362))
_MOUTH = (61, 78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 291)
_UNDER_NOSE = ((64, 98, 97), (294, 327, 326), (97, 2, 326))
_UNDER_LIP = (181, 84, 17, 314, 405)


def exposed(canvas: Canvas, target: float, most: float) -> FloatArray:
    """The canvas' Lab (H, W, 3) with a tone curve that brings the face towards a lightness, by at most `most`."""
    face = float(quantiles(canvas.lightness, canvas.face * canvas.regions["skin"], 0.5))
    wanted = face + float(np.clip(0.6 * (target - face), -most, most))
    gamma = np.log(np.clip(wanted, 5, 95) / 100) / np.log(np.clip(face, 5, 95) / 100)
    out = canvas.lab.copy()
    light = np.clip(canvas.lightness, 0.1, 100)
    out[..., 0] = 100 * (light / 100) ** np.float32(gamma)
    out[..., 1:] *= np.clip(out[..., 0] / light, 0.9, 1.12)[..., None]
    return out


def over(below: FloatArray, above: FloatArray, mask: FloatArray) -> FloatArray:
    """Two Lab pictures (H, W, 3), the second laid over the first through a mask (H, W)."""
    return np.asarray(below + (above - below) * mask[..., None], dtype=np.float32)


def grain(shape: tuple[int, int], sigma: float, seed: int) -> FloatArray:
    """Noise (H, W) of unit variance with grains of `sigma` pixels."""
    rng = np.random.default_rng(seed)
    noise = blur(rng.standard_normal(shape, dtype=np.float32), sigma)
    return np.asarray(noise / max(float(noise.std()), 1e-6), dtype=np.float32)


def shade_skin(canvas: Canvas, smooth: FloatArray, lift: float, shadow: float, soft: float) -> FloatArray:
    """The picture with skin in three tones: light, base, shadow; the shadow warmer and more saturated.

    Args:
        canvas: the canvas.
        smooth: (H, W, 3) its Lab without texture.
        lift: how much lighter than the base the lights are, in L.
        shadow: how much darker the shadows are, in L.
        soft: half-width of the borders between tones, in L.
    """
    skin = canvas.regions["skin"] * canvas.face
    light = blur(smooth[..., 0], 1.5 * canvas.scale)
    low, middle, high = (float(q) for q in quantiles(light, skin, (0.2, 0.55, 0.9)))
    dark_border = min(low, middle - 7.0)
    light_border = max(high, middle + 5.0)
    tone = smoothstep(light, light_border - soft, light_border + soft) * lift
    tone -= smoothstep(light, dark_border + soft, dark_border - soft) * shadow
    deep = dark_border - 1.4 * shadow
    tone -= smoothstep(light, deep + soft, deep - soft) * 0.8 * shadow
    base = mean_color(smooth, skin * smoothstep(light, dark_border, dark_border + 2), smooth.mean(axis=(0, 1)))
    out = np.empty_like(smooth)
    form = np.clip(0.4 * (smooth[..., 0] - blur(smooth[..., 0], 14 * canvas.scale)), -7, 5) * canvas.face
    out[..., 0] = base[0] + tone + form
    weight = blur(skin, 6 * canvas.scale) + 1e-3
    colour = blur(smooth[..., 1:] * skin[..., None], 6 * canvas.scale) / weight[..., None]
    colour = colour + (base[1:] - colour) * (1 - np.clip(2 * weight, 0, 1))[..., None]
    shade = np.clip(-tone / max(shadow, 1.0), 0, 1)
    for i in (0, 1):
        out[..., 1 + i] = 0.45 * colour[..., i] + 0.55 * base[1 + i] + shade * (5.0, 3.0)[i]
    return out


def stroke(shape: tuple[int, int], points: FloatArray, width: float, heavy: float = 0.5) -> FloatArray:
    """Mask (H, W) of one pen stroke through points (N, 2), thin at both ends.

    Args:
        shape: (H, W).
        points: where the pen goes, in pixels.
        width: widest width in pixels.
        heavy: where along the stroke it is widest, 0..1.
    """
    along = np.concatenate([[0.0], np.cumsum(np.maximum(np.linalg.norm(np.diff(points, axis=0), axis=1), 1e-3))])
    t = np.linspace(0, 1, 48)
    curve = CubicSpline(along / along[-1], points.astype(np.float64))
    at, slope = curve(t), curve(t, 1)
    normal = np.stack([-slope[:, 1], slope[:, 0]], axis=1) / np.maximum(np.linalg.norm(slope, axis=1), 1e-6)[:, None]
    bent = t ** (np.log(0.5) / np.log(heavy))
    half = (0.5 * width * (0.25 + 0.75 * np.sin(np.pi * bent)))[:, None]
    outline = np.vstack([at + normal * half, (at - normal * half)[::-1]])
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    return mask.astype(np.float32) / np.float32(255)


def drawn_lines(canvas: Canvas, width: float, jaw: float, features: float) -> FloatArray:
    """Ink (H, W) of the lines that an artist draws on every face, whatever the light: jaw, lashes, nose, mouth.

    Args:
        canvas: the canvas.
        width: of the pen in pixels.
        jaw: strength of the line around the face, 0..1.
        features: strength of the others.
    """
    shape: tuple[int, int] = (canvas.lab.shape[0], canvas.lab.shape[1])
    points = canvas.landmarks[:, :2]
    bare = smoothstep(canvas.regions["hair"], 0.6, 0.2)
    ink = jaw * stroke(shape, points[list(_JAW)], 1.3 * width) * bare
    for lash in _LASHES:
        ink = np.maximum(ink, features * stroke(shape, points[list(lash)], 1.9 * width, 0.45))
    parts = ((_MOUTH, 1.3, 1.0), (_UNDER_NOSE[0], 1.3, 0.85), (_UNDER_NOSE[1], 1.3, 0.85), (_UNDER_NOSE[2], 0.8, 0.4),
             (_UNDER_LIP, 0.8, 0.4))  # fmt: skip
    for ids, wide, strength in parts:
        ink = np.maximum(ink, strength * features * stroke(shape, points[list(ids)], wide * width))
    return np.asarray(ink, dtype=np.float32)


def threshold_map(canvas: Canvas, line: float, skin: float, background: float) -> FloatArray:
    """How strong an edge must be to be drawn, (H, W): `line` in general, more on plain skin and in the background."""
    regions, s = canvas.regions, canvas.scale
    # The open face, away from what bounds it and from its features, shows blemishes rather than lines.
    near = blur(np.clip(regions.features * 1.5, 0, 1), 4 * s) + (1 - canvas.face)
    for point in canvas.landmarks[list(_NOSTRILS), :2]:
        near = np.maximum(near, blur(disc_mask(near.shape, point, 7 * s), 3 * s))
    plain = regions["skin"] * np.clip(1 - 1.6 * near, 0, 1)
    far = blur(regions["background"], 2 * s) ** 3
    return np.asarray(line + (skin - line) * plain + (background - line) * far, dtype=np.float32)


def set_off(canvas: Canvas) -> FloatArray:
    """How much person and background differ in colour close by, (H, W) in 0..1; 0 where the outline is a guess."""
    s, back = 5 * canvas.scale, canvas.regions["background"]
    front = 1 - back
    inner = blur(canvas.lab * front[..., None], s) / (blur(front, s)[..., None] + np.float32(1e-2))
    outer = blur(canvas.lab * back[..., None], s) / (blur(back, s)[..., None] + np.float32(1e-2))
    return smoothstep(np.linalg.norm(inner - outer, axis=-1), 8.0, 26.0)


def draw_eyes(lab: FloatArray, canvas: Canvas, white: float, iris_chroma: float, catch: float) -> FloatArray:
    """Eyes made clear: whites lifted, irises coloured with a dark rim and pupil, a catch-light at the upper side.

    Args:
        lab: (H, W, 3) the picture so far.
        canvas: the canvas.
        white: how much lighter the whites become, in L.
        iris_chroma: factor on the iris' chroma.
        catch: radius of the catch-light over that of the iris; 0 for none.
    """
    out = lab.copy()
    for eye in canvas.eyes:
        if eye.openness < 0.12 or eye.radius < 1.5:
            continue
        box = _box(eye.opening, round(2 * canvas.scale) + 2)
        out[box] = _eye(out[box], lab[box], eye, box, canvas.scale, (white, iris_chroma, catch))
    return out


def _box(mask: FloatArray, margin: int) -> tuple[slice, slice]:
    """Rows and columns that hold all of a mask (H, W), with a margin in pixels; everything where it is empty."""
    rows, columns = np.flatnonzero(mask.max(axis=1) > 1e-3), np.flatnonzero(mask.max(axis=0) > 1e-3)
    if not len(rows):
        return slice(None), slice(None)
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    return slice(top, int(rows[-1]) + margin + 1), slice(left, int(columns[-1]) + margin + 1)


def _eye(
    out: FloatArray, lab: FloatArray, eye: Eye, box: tuple[slice, slice], scale: float, how: tuple[float, float, float]
) -> FloatArray:
    """One eye of `draw_eyes` within its box; `how` is (white, iris_chroma, catch)."""
    white, iris_chroma, catch = how
    out = out.copy()
    shape: tuple[int, int] = (lab.shape[0], lab.shape[1])
    centre = eye.centre - np.array([box[1].start or 0, box[0].start or 0], dtype=np.float32)
    clear = eye.opening[box] * smoothstep(eye.openness, 0.12, 0.24)
    ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
    distance = (np.hypot(xs - centre[0], ys - centre[1]) / eye.radius).astype(np.float32)
    sclera = clear * smoothstep(distance, 1.0, 1.15) * smoothstep(lab[..., 0], 20, 45)
    out[..., 0] += sclera * np.minimum(white, 94 - out[..., 0])
    out[..., 1:] *= (1 - 0.55 * sclera)[..., None]
    iris = clear * smoothstep(distance, 1.05, 0.9)
    pupil = clear * smoothstep(distance, 0.5, 0.38)
    rim = clear * smoothstep(distance, 0.72, 0.95) * smoothstep(distance, 1.12, 0.98)
    below = np.clip((ys - centre[1]) / eye.radius, -1, 1).astype(np.float32)
    chroma = np.hypot(out[..., 1], out[..., 2])
    gain = np.minimum(iris_chroma, np.maximum(26.0 / np.maximum(chroma, 1e-3), 0.6))
    out[..., 1:] *= (1 + (gain - 1) * iris)[..., None]
    out[..., 0] += iris * (1 - pupil) * (4 + 7 * below)
    out[..., 0] += (np.minimum(out[..., 0], 9) - out[..., 0]) * np.clip(0.9 * pupil + 0.6 * rim, 0, 1)
    if catch > 0:
        spot = centre + np.array([-0.3, -0.36], dtype=np.float32) * eye.radius
        gleam = np.maximum(
            disc_mask(shape, spot, max(catch * eye.radius, 0.7)),
            0.45 * disc_mask(shape, 2 * centre - spot, max(0.5 * catch * eye.radius, 0.5)),
        )
        gleam = blur(gleam, 0.25 * scale) * clear
        out = over(out, np.broadcast_to(np.array([97, 0, 0], np.float32), out.shape), gleam)
    return out
