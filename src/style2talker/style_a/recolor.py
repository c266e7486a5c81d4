"""A portrait in the tones and colours of an art picture, region by region: the guide that patch synthesis follows."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.palette import blur
from style2talker.style_a.regions import REGIONS

__all__ = ["matched_tones", "recolored"]

_KNOTS = np.linspace(0.01, 0.99, 33)
_FARTHEST = {"skin": 26.0, "lips": 26.0, "eyes": 20.0, "brows": 26.0}
"""How far the middle tone of a region may move in L: a face stays a face of its own, neither soot nor chalk."""
_LEAST_SHARE = 0.004
"""Share of the art picture below which a region says nothing about its colours."""


def _sample(lab: FloatArray, mask: FloatArray) -> FloatArray:
    """Pixels (N, 3) of a region, at most some ten thousand."""
    inside = lab[mask > 0.5]
    return inside[:: max(1, len(inside) // 20000)]


def matched_tones(
    values: FloatArray, own: FloatArray, wanted: FloatArray, steepest: float, farthest: float = 100.0
) -> FloatArray:
    """Values carried from the distribution of `own` (N,) to that of `wanted` (M,), monotone, with a bounded slope.

    Args:
        values: any shape.
        own: sample of the distribution that the values have.
        wanted: sample of the distribution that they shall have.
        steepest: bounds of the slope are 1 / (2 steepest) and `steepest`: features neither vanish nor burn out.
        farthest: bound of how far the middle tone moves.
    """
    x, y = np.quantile(own, _KNOTS), np.quantile(wanted, _KNOTS)
    rise = np.clip(np.diff(y), 0.5 / steepest * np.diff(x), steepest * np.diff(x) + 1e-3)
    curve = np.concatenate([[0.0], np.cumsum(rise)])
    move = float(np.median(y - curve)) + curve[len(curve) // 2] - np.median(x)
    curve += np.median(x) - curve[len(curve) // 2] + farthest * np.tanh(move / farthest)
    low, high = values < x[0], values > x[-1]
    out = np.interp(values, x, curve)
    out = np.where(low, curve[0] + (values - x[0]) * 0.8, out)
    out = np.where(high, curve[-1] + (values - x[-1]) * 0.8, out)
    return np.asarray(out, dtype=np.float32)


def _carried(
    lab: FloatArray, own: FloatArray, wanted: FloatArray, steepest: float, farthest: float = 100.0
) -> FloatArray:
    """A picture carried from the colours of one sample (N, 3) to those of another (M, 3)."""
    out = np.empty_like(lab)
    out[..., 0] = matched_tones(lab[..., 0], own[:, 0], wanted[:, 0], steepest, farthest)
    mean, spread = np.median(own[:, 1:], axis=0), own[:, 1:].std(axis=0) + 1.0
    aim, aim_spread = np.median(wanted[:, 1:], axis=0), wanted[:, 1:].std(axis=0) + 1.0
    # Colour fades towards grey by scaling: with a shift alone the greys of a yellow face turn blue on a pale one.
    faded = (float(np.hypot(*aim)) + 5) / (float(np.hypot(*mean)) + 5)
    gain = np.clip(np.minimum(aim_spread / spread, 1.3 * faded), 0.3, 1.8)
    out[..., 1:] = (lab[..., 1:] - mean) * gain + aim
    return out


def _skin_carried(lab: FloatArray, masks: FloatArray, art: FloatArray, art_masks: FloatArray) -> FloatArray | None:
    """The picture carried as its skin is carried; None where portrait or art show no skin."""
    i = REGIONS.index("skin")
    samples = _sample(lab, masks[i]), _sample(art, art_masks[i])
    if min(len(sample) for sample in samples) < 40:
        return None
    # Beards and cast shadows are skin by place, but not by tone.
    own, wanted = (sample[sample[:, 0] >= np.quantile(sample[:, 0], 0.2)] for sample in samples)
    return _carried(lab, own, wanted, 1.6, _FARTHEST["skin"])


def recolored(
    lab: FloatArray, masks: FloatArray, art: FloatArray, art_masks: FloatArray | None, sigma: float
) -> FloatArray:
    """The portrait in the colours of the art.

    Args:
        lab: (H, W, 3) portrait.
        masks: (K, H, W) its regions, in the order of `REGIONS`.
        art: (h, w, 3) art picture.
        art_masks: (K, h, w) regions of the art, or None where it holds no face: then colours are taken as a whole.
        sigma: softness in pixels with which region colours meet.
    """
    everything = art.reshape(-1, 3)[:: max(1, art[..., 0].size // 20000)]
    whole = _carried(lab, lab.reshape(-1, 3)[:: max(1, lab[..., 0].size // 20000)], everything, 1.8, 34.0)
    if art_masks is None:
        return whole
    skin = _skin_carried(lab, masks, art, art_masks)
    out, total = np.zeros_like(lab), np.zeros(lab.shape[:2], dtype=np.float32)
    for name, mask, art_mask in zip(REGIONS, masks, art_masks, strict=True):
        own, wanted = _sample(lab, mask), _sample(art, art_mask)
        weight = blur(mask, sigma) + np.float32(1e-4)
        enough = len(own) > 40 and float(art_mask.mean()) > _LEAST_SHARE and len(wanted) > 40
        part = _carried(lab, own, wanted, 1.6, _FARTHEST.get(name, 100.0)) if enough else whole
        part = skin if name == "skin" and skin is not None else part
        if name in ("brows", "eyes", "lips") and skin is not None:
            # A feature must stand out from its skin as it does in the portrait, whatever the art's own looks like.
            part = 0.5 * (part + skin)
        out += weight[..., None] * part
        total += weight
    return np.asarray(out / total[..., None], dtype=np.float32)
