"""What Style-A makes of held-out clips: numbers beside plain anchors, and a sheet of pictures.

The anchors know more than nothing and less than a network that has learned: "still" is the photo as it is; "shift"
moves the photo in one piece by the mean of the tracked flow over the face. "mesh" warps the photo by the tracked flow
itself, which no network is told: it is a mark on the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.nn import functional

from style2talker.records import ImageArray
from style2talker.train.published.engine.stream import stacked
from style2talker.train.published.style_a.clips import ClipData
from style2talker.train.published.style_a.data import Samples
from style2talker.train.published.style_a.network import StyleAOutput
from style2talker.train.published.style_a.perceptual import similarity
from style2talker.train.published.style_a.warp import resize_flow, warp

__all__ = [
    "HeldOut",
    "anchors",
    "as_pixels",
    "flow_picture",
    "guesses",
    "likeness",
    "measure",
    "noise_ratio",
    "rendered",
    "sheet",
]

Batch = dict[str, torch.Tensor]
Render = Callable[[Batch], StyleAOutput]

_PER_CLIP, _MOST = 2, 24
_MOUTH = (61, 291, 0, 17)
_SEED = 20
_AT_ONCE = 4
_FARTHEST = 0.1  # of the width of a picture: a flow as long as this is drawn in full colour


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Fixed samples of held-out clips.

    Attributes:
        batch: the samples at degree 0, (N, …) each.
        mouth: (N, 4) left, top, right, bottom of the mouth in pixels of S.
        styled: samples at degree 1, one of each art style that there are films of; None without.
    """

    batch: Batch
    mouth: tuple[tuple[int, int, int, int], ...]
    styled: Batch | None = None

    @classmethod
    def of(cls, samples: Samples, size: int) -> HeldOut:
        """A few pairs of each clip, the same each time; `size` is S."""
        rng = np.random.default_rng(_SEED)
        every = max(len(samples.clips) * _PER_CLIP // _MOST, 1)
        found, mouths = [], []
        for clip in samples.clips[::every]:
            for _ in range(_PER_CLIP):
                source = samples.source_of(clip, rng)
                then, now = int(rng.choice(source.valid)), int(rng.choice(clip.valid))
                found.append(samples.pair((source, then), (clip, now)))
                mouths.append(_mouth(clip, now, size))
        return cls(stacked(found), tuple(mouths), _styled(samples, rng))


def _styled(samples: Samples, rng: np.random.Generator) -> Batch | None:
    found = []
    for style in range(samples.styles):
        clip = samples.clips[style % len(samples.clips)]
        source = samples.source_of(clip, rng)
        then, now = int(rng.choice(source.valid)), int(rng.choice(clip.valid))
        found.append(samples.pair((source, then), (clip, now), style, 1.0))
    return stacked(found) if found else None


def _mouth(clip: ClipData, frame: int, size: int) -> tuple[int, int, int, int]:
    """A box around the mouth of a frame, half as large again, at least 8 pixels wide."""
    points = clip.mesh(frame, size)[list(_MOUTH), :2]
    middle, half = (points.min(0) + points.max(0)) / 2, np.ptp(points, axis=0) * 0.75
    low = np.clip(middle - np.maximum(half, 4), 0, size - 8).astype(int)
    high = np.clip(middle + np.maximum(half, 4), low + 8, size).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def noise_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Peak signal to noise (B,) in dB of pictures (B, 3, H, W) in -1..1."""
    return 10 * torch.log10(4 / (a - b).square().mean(dim=(1, 2, 3)).clamp(min=1e-10))


def anchors(batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Plain guesses at the targets of a batch: name -> pictures (N, 3, S, S)."""
    picture, flow, trust = batch["picture"], batch["flow"], batch["trust"]
    size = picture.shape[-1]
    within = (trust >= 1).float()
    mean = (flow * within).sum(dim=(2, 3), keepdim=True) / within.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    return {
        "still": picture,
        "shift": warp(picture, resize_flow(mean.expand_as(flow), size)),
        "mesh": warp(picture, resize_flow(flow * trust, size)),
    }


def guesses(held: HeldOut, made: torch.Tensor) -> dict[str, torch.Tensor]:
    """What is held against the targets: pictures (N, 3, S, S) of the network, named "", and of each anchor."""
    size = held.batch["true"].shape[-1]
    return {"": functional.adaptive_avg_pool2d(made, size), **anchors(held.batch)}


def likeness(held: HeldOut, pictures: torch.Tensor) -> dict[str, float]:
    """How near pictures (N, 3, S, S) come to the targets: psnr, ssim, mouth_psnr."""
    truth = held.batch["true"]
    cut = [
        noise_ratio(pictures[i : i + 1, :, top:bottom, left:right], truth[i : i + 1, :, top:bottom, left:right])
        for i, (left, top, right, bottom) in enumerate(held.mouth)
    ]
    return {
        "psnr": float(noise_ratio(pictures, truth).mean()),
        "ssim": float(similarity(pictures, truth).mean()),
        "mouth_psnr": float(torch.cat(cut).mean()),
    }


def measure(held: HeldOut, render: Render) -> dict[str, float]:
    """Numbers of held-out samples: the network's, and those of the anchors.

    Args:
        held: the samples.
        render: makes frames of a batch.

    Returns:
        psnr, ssim, mouth_psnr, and the same with the name of an anchor behind; mask_mean, how far masks are open;
        styled_psnr, styled_ssim where there are styled films.
    """
    made, opened = rendered(held.batch, render)
    found: dict[str, float] = {}
    for name, pictures in guesses(held, made).items():
        suffix = f"_{name}" if name else ""
        found |= {f"{key}{suffix}": value for key, value in likeness(held, pictures).items()}
    found["mask_mean"] = opened
    if held.styled is not None:
        painted, _ = rendered(held.styled, render)
        found["styled_psnr"] = float(noise_ratio(painted, held.styled["truth"]).mean())
        found["styled_ssim"] = float(similarity(painted, held.styled["truth"]).mean())
    return found


def rendered(batch: Batch, render: Render) -> tuple[torch.Tensor, float]:
    """Frames of a batch, a few at a time, and how far masks are open."""
    made, masks = [], []
    for part in range(0, len(batch["picture"]), _AT_ONCE):
        output = render({name: value[part : part + _AT_ONCE] for name, value in batch.items()})
        made.append(output.picture.clamp(-1, 1).cpu())
        masks.append(torch.stack([mask.mean() for mask in output.masks]).mean().cpu())
    return torch.cat(made), float(torch.stack(masks).mean())


def flow_picture(flow: torch.Tensor, size: int) -> ImageArray:
    """A flow (2, F, F) as colours (size, size, 3) uint8: hue for the direction, white for no movement."""
    x, y = flow.cpu().numpy()
    long = np.clip(np.hypot(x, y) / (_FARTHEST * flow.shape[-1]), 0, 1)
    hue = (np.arctan2(y, x) + np.pi) * (179 / (2 * np.pi))
    colours = np.stack([hue, 255 * long, np.full_like(hue, 255)], axis=-1).astype(np.uint8)
    shown = cv2.cvtColor(colours, cv2.COLOR_HSV2RGB)
    return np.asarray(cv2.resize(shown, (size, size), interpolation=cv2.INTER_NEAREST))


def as_pixels(picture: torch.Tensor) -> ImageArray:
    """A picture (3, H, W) in -1..1, what lies beyond cut off, as (H, W, 3) uint8."""
    return np.asarray(((picture.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy())


def _pixels(picture: torch.Tensor, size: int) -> ImageArray:
    return np.asarray(cv2.resize(as_pixels(picture), (size, size), interpolation=cv2.INTER_AREA))


def sheet(held: HeldOut, render: Render, rows: int = 6) -> ImageArray:
    """Pictures of held-out samples, a row each: source, target, prediction, warped photo, flow; then styled ones."""
    count = len(held.mouth)
    chosen = sorted({round(k * (count - 1) / max(rows - 1, 1)) for k in range(rows)})
    batches = [{name: value[chosen] for name, value in held.batch.items()}]
    if held.styled is not None:
        batches.append({name: value[:rows] for name, value in held.styled.items()})
    lines = []
    for batch in batches:
        output = render(batch)
        size = batch["picture"].shape[-1]
        for k in range(len(batch["picture"])):
            shown = (batch["picture"][k], batch["truth"][k], output.picture[k], output.warped[k])
            lines.append(np.hstack([*(_pixels(each, size) for each in shown), flow_picture(output.flow[k], size)]))
    return np.vstack(lines)
