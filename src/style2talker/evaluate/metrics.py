"""Every metric that `evaluate` knows: its name, what is good, its unit, and which variant of the idea it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from style2talker.evaluate.networks.extractors import SOURCES, Extractor

__all__ = [
    "METRICS",
    "POOLED",
    "SYSTEMS",
    "WEIGHTS_MISSING",
    "Metric",
    "judge_metrics",
    "missing_weights",
    "network_metrics",
]

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
        key: under which a clip keeps its value, where that is not the name.
        weights: the trained network that it stands on, in words.
    """

    name: str
    group: str
    direction: str
    unit: str
    variant: str
    key: str = ""
    weights: str = "none"

    @property
    def value(self) -> str:
        """Under which name a clip keeps its value."""
        return self.key or self.name


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
        ("background_ssim", "up", "", "as ssim, windows whose middle is outside both faces grown 1.6 times"),
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
        ("av_correlation", "reference", "", "loudness with lip opening inside speech, best Pearson r within 2 frames"),
        ("av_rank_correlation", "reference", "", "the same by Spearman, at that lag"),
        ("av_step_correlation", "reference", "", "the same by Pearson, of the steps from frame to frame"),
        (
            "av_offset",
            "zero",
            "frames",
            "best lag within 15 frames, where it can be told; positive: the sound leads",
        ),
        ("av_offset_known", "up", "", "share of clips whose sound surely belongs to their lips, so that it is told"),
        ("av_confidence", "up", "", "r of lips with what the voice asks of them, above the median of all lags"),
        ("av_fit", "reference", "", "that r at the best lag, what is slower than half a second left out"),
        ("av_fit_chance", "reference", "", "the same with the own sound turned round the clip: 97.5 % of turns"),
        ("beat_alignment", "reference", "", "how near the head turns back to peaks of loudness, sigma 0.12 s"),
        ("lip_spread", "reference", "eye distances", "standard deviation of the opening of the lips"),
        (
            "lip_dynamics",
            "reference",
            "eye distances",
            "deviation of the distance of two lip points, mean of all pairs",
        ),
        ("lip_smoothness", "reference", "", "log dimensionless jerk of the opening, windows of 2 s; near 0 is smooth"),
        ("silent_lips", "reference", "eye distances", "median stray of the opening in pauses of 0.3 s and more"),
        ("closure_share", "up", "", "p, b, m on which lips are as near as in the nearest 15 % of frames; wants phones"),
        ("closure_elsewhere", "reference", "", "the same on other sounds: what chance gives; wants phones"),
        (
            "viseme_error",
            "down",
            "eye distances",
            "lips against the reference's mean shape of each viseme; wants phones",
        ),
        ("viseme_scatter", "reference", "", "variance of lips between visemes over that within; wants phones"),
    ),
    *_group(
        "movement",
        ("movement", "reference", "px", "mean optical flow, pixels of a picture of 256; near 0 is a still picture"),
        ("warping_error", "reference", "", "mean squared RGB difference along DIS flow at 256, hidden pixels left out"),
        ("flicker_face", "reference", "levels", "deviation of mean brightness from its mean over 1 s, inside the face"),
        ("flicker_background", "reference", "levels", "the same outside the face grown 1.6 times"),
        ("jitter", "reference", "eye distances / s²", "mean acceleration of the mesh points"),
        ("blink_rate", "reference", "1 / min", "peaks of the lids; of one clip the interval is that of Poisson counts"),
        ("blink_duration", "reference", "ms", "median"),
        ("blink_interval_cv", "reference", "", "deviation over mean of the time between blinks, three and more"),
        ("pitch_range", "reference", "degrees", "5 to 95 % of the head's nodding"),
        ("yaw_range", "reference", "degrees", "5 to 95 % of the head's turning"),
        ("roll_range", "reference", "degrees", "5 to 95 % of the head's tilting"),
        ("head_deviation", "reference", "degrees", "standard deviation of the head's rotation, all axes"),
        ("head_speed", "reference", "degrees / s", "median speed of the three axes, root of the sum of squares"),
        ("head_slow_share", "reference", "", "share of the power of rotation from 0.2 to 2 Hz"),
        ("head_tremble_share", "reference", "", "share of the power of rotation above 6 Hz"),
    ),
    *_group(
        "identity by geometry",
        ("shape_residual", "reference", "eye distances", "rigid points against the first frame's, mean; no CSIM"),
        ("shape_residual_worst", "reference", "eye distances", "the same, 95 % of frames are below"),
        ("shape_drift", "zero", "eye distances / min", "slope of the same over time"),
        ("shape_to_portrait", "down", "eye distances", "rigid points against those of the portrait, mean; no CSIM"),
    ),
    *_group(
        "art",
        ("style_distance", "down", "Lab", "patches of 7 x 7 at 4 scales, sliced Wasserstein distance to the art"),
        ("palette_distance", "down", "Lab", "colours, sliced Wasserstein distance to the art"),
        (
            "structure_kept",
            "up",
            "",
            "correlation of edges around the face with the reference, or with the portrait laid on",
        ),
    ),
    *_group(
        "feeling",
        (
            "prototype_agreement",
            "up",
            "",
            "cosine of what brows, eyes, cheeks and corners of the mouth do with what the sentence asks",
        ),
        ("intensity_order", "up", "", "Spearman's r of how much is shown with the strengths asked, within a group"),
    ),
    *_group(
        "diversity",
        ("head_diversity", "reference", "degrees", "distance of the heads of clips of one voice, mean of pairs"),
        ("head_diversity_own", "reference", "", "the same over the head's own deviation; 1.4 for strangers"),
        ("lip_diversity", "reference", "eye distances", "distance of their lip openings, mean of pairs"),
        ("lip_agreement", "up", "", "Pearson's r of their lip openings, mean of pairs"),
    ),
)
"""Metrics of single clips, in the order of the tables."""

_JUDGE = (
    ("emotion_accuracy", "up", "", "the clip is judged to show what was asked"),
    ("emotion_share", "up", "", "share of windows of a second that are judged to show what was asked"),
)

POOLED = (
    *_group(
        "coefficients",
        ("exp_frechet", "down", "", f"Fréchet distance of expression, frames of all clips pooled, {_OURS}"),
        ("angle_frechet", "down", "rad²", f"Fréchet distance of angles, pooled, {_OURS}"),
        ("trans_frechet", "down", "", f"Fréchet distance of translation, pooled, {_OURS}"),
    ),
    *_group(
        "movement",
        (
            "head_frechet",
            "down",
            "",
            "Fréchet distance of rotation in degrees and its speed in degrees a frame, pooled",
        ),
    ),
)
"""Metrics of all clips together. The row of the reference compares one half of each clip with the other half."""

SYSTEMS = {
    "generated": "what is judged",
    "reference": "the reference against itself",
    "still": "a still picture: one frame of the reference, or of the clip where there is none, held",
    "other sound": "the clip with the sound of another clip",
    "other sentence": "the clip held against the sentence of another clip, which asks for another feeling",
}
"""What stands in every table: the clip and its anchors."""

_NETWORKS = {
    "csim": (
        ("csim_aligned", "up", "", "cosine of aligned faces with the portrait, else the reference's first; mean"),
        ("csim_aligned_worst", "up", "", "the same, 95 % of frames are above"),
        ("csim_drift", "zero", "1 / min", "slope of the same over time"),
        ("csim_vico", "up", "", "cosine of whole frames at 112 x 112 with the same frame of the reference (ViCo)"),
    ),
    "lpips": tuple(
        (f"lpips_{name}", "down", "", f"{name}, full size, against the same frame of the reference")
        for name in ("alex", "vgg", "other")
    ),
    "syncnet": (
        ("syncnet_lse_c", "up", "", "confidence, real-video protocol at 25 fps, boxes of the package's tracker"),
        ("syncnet_lse_d", "down", "", "distance, as lse_c"),
        ("syncnet_offset", "zero", "frames", "frames of 40 ms, as lse_c; positive: the sound leads"),
    ),
}
_FID = ("fid", "down", "", "Fréchet distance of Inception's pool3, frames of all clips pooled; biased for few frames")

WEIGHTS_MISSING = {
    name: SOURCES[kind]
    for kind, names in (
        ("csim", ("csim_aligned", "csim_vico")),
        ("fid", ("fid",)),
        ("lpips", ("lpips_alex",)),
        ("syncnet", ("syncnet_lse_c", "syncnet_lse_d", "syncnet_offset")),
    )
    for name in names
}
"""Published metrics that stand on trained networks, whose files have to be given: name -> where the weights are."""


def network_metrics(extractors: Sequence[Extractor]) -> tuple[Metric, ...]:
    """Metrics of the networks that were given; those of unknown or untrained weights say so in their names."""
    return tuple(
        Metric(row[0] + each.mark, f"networks: {each.kind}", *row[1:], key=row[0], weights=each.told)
        for each in extractors
        for row in ((_FID,) if each.kind == "fid" else _NETWORKS[each.kind])
    )


def judge_metrics(told: str) -> tuple[Metric, ...]:
    """Metrics of a judge of emotions. `told` says how well it knows real people; chance is one in eight."""
    return tuple(Metric(row[0], "feeling", *row[1:3], f"{row[3]}; {told}") for row in _JUDGE)


def missing_weights(names: Iterable[str]) -> dict[str, str]:
    """Published metrics that are not among those names: name -> where the weights are."""
    known = {name.split(" (")[0] for name in names}
    lpips = any(name.startswith("lpips_") for name in known)
    return {n: place for n, place in WEIGHTS_MISSING.items() if n not in known and not (n == "lpips_alex" and lpips)}
