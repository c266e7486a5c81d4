"""Every metric that `evaluate` knows: its name, what is good, its unit, and which variant of the idea it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METRICS", "POOLED", "SYSTEMS", "WEIGHTS_MISSING", "Metric"]

_OURS = "on the package's own tracker, not on Deep3D's network"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: unique.
        group: of metrics that belong together.
        direction: "up" or "down" is better, "zero" is best, or "reference": like that of the reference.
        unit: "" for none.
        variant: what is computed, in words.
    """

    name: str
    group: str
    direction: str
    unit: str
    variant: str


def _group(name: str, *rows: tuple[str, str, str, str]) -> tuple[Metric, ...]:
    return tuple(Metric(row[0], name, *row[1:]) for row in rows)


METRICS = (
    *_group(
        "picture",
        ("psnr", "up", "dB", "RGB, whole frame, 80 for the same picture (as piq)"),
        ("ssim", "up", "", "Gaussian 11 x 11, sigma 1.5, full size, mean of R, G, B"),
        ("ssim_vico", "up", "", "the same after averaging down by round(smaller side / 256), as the ViCo scripts"),
        ("cpbd", "reference", "", "grey, the 2018 package; rewards noise, depends on size"),
        ("mouth_detail", "reference", "", "variance of the Laplacian in the box of the mouth, grey levels squared"),
        ("background_psnr", "up", "dB", "outside both faces grown 1.6 times, against the reference"),
    ),
    *_group(
        "landmarks",
        ("lmd_px", "down", "px", "mouth, mean distance, pixels as they are"),
        ("vico_lip_l1_px", "down", "px", "mouth, mean absolute coordinate, pixels as they are (ViCo LipLMD)"),
        ("m_lmd_px256", "down", "px", "mouth, centred, pixels of a picture of 256"),
        ("f_lmd_px256", "down", "px", "68 points, centred, pixels of a picture of 256"),
        ("m_lmd_iod", "down", "eye distances", "mouth, whole face laid on by a similarity"),
        ("f_lmd_iod", "down", "eye distances", "68 points, laid on by a similarity"),
    ),
    *_group(
        "coefficients",
        ("exp_l1", "down", "", f"64 expression coefficients, mean absolute difference (ViCo ExpFD), {_OURS}"),
        ("angle_l1", "down", "rad", f"3 angles, mean absolute difference (ViCo AngleFD), {_OURS}"),
        ("trans_l1", "down", "", f"3 translations, mean absolute difference (ViCo TransFD), {_OURS}"),
    ),
    *_group(
        "lips and sound",
        ("av_correlation", "reference", "", "loudness with lip opening, best Pearson r within 2 frames"),
        (
            "av_offset",
            "zero",
            "frames",
            "best lag within 15 frames, clips of 4 s and more; positive: the sound leads",
        ),
        ("av_confidence", "up", "", "r at that lag above the median of all lags; compare with the other sound"),
        ("lip_spread", "reference", "eye distances", "standard deviation of the opening of the lips"),
    ),
    *_group(
        "movement",
        ("movement", "reference", "px", "mean optical flow, pixels of a picture of 256; near 0 is a still picture"),
        ("warping_error", "reference", "", "mean squared RGB difference along DIS flow at 256, hidden pixels left out"),
        ("flicker_face", "reference", "levels", "deviation of mean brightness from its mean over 1 s, inside the face"),
        ("flicker_background", "reference", "levels", "the same outside the face grown 1.6 times"),
        ("jitter", "reference", "eye distances / s²", "mean acceleration of the mesh points"),
        ("blink_rate", "reference", "1 / min", "peaks of the lids; a short clip says little"),
        ("pitch_range", "reference", "degrees", "5 to 95 % of the head's nodding"),
        ("yaw_range", "reference", "degrees", "5 to 95 % of the head's turning"),
    ),
    *_group(
        "identity by geometry",
        ("shape_residual", "reference", "eye distances", "rigid points against the first frame's, mean; no CSIM"),
        ("shape_residual_worst", "reference", "eye distances", "the same, 95 % of frames are below"),
        ("shape_drift", "zero", "eye distances / min", "slope of the same over time"),
    ),
)
"""Metrics of single clips, in the order of the tables."""

POOLED = _group(
    "coefficients",
    ("exp_frechet", "down", "", f"Fréchet distance of expression, frames of all clips pooled, {_OURS}"),
    ("angle_frechet", "down", "rad²", f"Fréchet distance of angles, pooled, {_OURS}"),
    ("trans_frechet", "down", "", f"Fréchet distance of translation, pooled, {_OURS}"),
)
"""Metrics of all clips together. The row of the reference compares one half of each clip with the other half."""

SYSTEMS = {
    "generated": "what is judged",
    "reference": "the reference against itself",
    "still": "a still picture: one frame of the reference, or of the clip where there is none, held",
    "other sound": "the clip with the sound of the next clip",
    "other sentence": "the clip held against the sentence of another clip, which asks for another feeling",
}
"""What stands in every table: the clip and its anchors."""

_ARCFACE = (
    "ArcFace iResNet-100, MS1MV3: https://github.com/deepinsight/insightface/tree/master/recognition/arcface_torch"
)
_INCEPTION = "Inception of 2015 as ported for FID: https://github.com/mseitzer/pytorch-fid/releases"
_LPIPS = "AlexNet and its linear heads: https://github.com/richzhang/PerceptualSimilarity"
_SYNCNET = "SyncNet v2 and S3FD: https://github.com/joonson/syncnet_python"

WEIGHTS_MISSING = {
    "csim_aligned": _ARCFACE,
    "csim_vico": _ARCFACE,
    "fid": _INCEPTION,
    "lpips_alex": _LPIPS,
    "syncnet_lse_c": _SYNCNET,
    "syncnet_lse_d": _SYNCNET,
    "syncnet_offset": _SYNCNET,
}
"""Published metrics that stand on trained networks, which this version does not run: name -> where the weights are."""
