"""What the public networks compute, written out from their public source code over state dictionaries with public keys.

Plain functions, one layer after the other, slow: the oracle for loaded checkpoints. And state dictionaries with random
values from the layouts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

State = dict[str, torch.Tensor]


def random_state(shapes: Mapping[str, tuple[int, ...]], seed: int = 0) -> State:
    """Random values of a layout: variances positive, weights small enough that deep networks stay finite."""
    rng = np.random.default_rng(seed)
    state = {}
    for key, shape in shapes.items():
        if key.endswith("num_batches_tracked"):
            state[key] = torch.tensor(7)
        elif key.endswith("running_var"):
            state[key] = torch.from_numpy(rng.uniform(0.5, 1.5, shape).astype(np.float32))
        elif key.endswith(".kernel"):
            taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
            state[key] = torch.outer(taps, taps) / 64
        else:
            state[key] = torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)) * 0.1
    return state


def under(state: Mapping[str, torch.Tensor], prefix: str) -> State:
    """The part of a state dictionary that stands under a prefix."""
    return {key[len(prefix) :]: value for key, value in state.items() if key.startswith(prefix)}


def lin(x: torch.Tensor, s: State, key: str) -> torch.Tensor:
    return F.linear(x, s[f"{key}.weight"], s[f"{key}.bias"])


def conv(x: torch.Tensor, s: State, key: str, stride: int = 1, pad: int = 1, dilation: int = 1) -> torch.Tensor:
    return F.conv2d(x, s[f"{key}.weight"], s.get(f"{key}.bias"), stride, pad, dilation)


def lrelu(x: torch.Tensor, slope: float = 0.2) -> torch.Tensor:
    return torch.where(x > 0, x, slope * x)


def instance(x: torch.Tensor) -> torch.Tensor:
    mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), unbiased=False, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt()


def batch_norm(x: torch.Tensor, s: State, key: str) -> torch.Tensor:
    view = (None, slice(None), None, None)
    scaled = (x - s[f"{key}.running_mean"][view]) / (s[f"{key}.running_var"][view] + 1e-5).sqrt()
    return scaled * s[f"{key}.weight"][view] + s[f"{key}.bias"][view]


# -- PIRenderer ------------------------------------------------------------------------------------------------------


def pi_ada_in(x: torch.Tensor, z: torch.Tensor, s: State, key: str) -> torch.Tensor:
    told = lin(z, s, f"{key}.mlp_shared.0").relu()
    gamma, beta = lin(told, s, f"{key}.mlp_gamma"), lin(told, s, f"{key}.mlp_beta")
    return instance(x) * (1 + gamma[..., None, None]) + beta[..., None, None]


def pi_mapping(window: torch.Tensor, s: State) -> torch.Tensor:
    x = F.conv1d(window, s["mapping_net.first.0.weight"], s["mapping_net.first.0.bias"])
    for layer in range(3):
        key = f"mapping_net.encoder{layer}.1"
        x = F.conv1d(lrelu(x, 0.1), s[f"{key}.weight"], s[f"{key}.bias"], dilation=3) + x[:, :, 3:-3]
    return x.mean(2)


def pi_encoder_block(x: torch.Tensor, z: torch.Tensor, s: State) -> torch.Tensor:
    x = conv(lrelu(pi_ada_in(x, z, s, "norm_0"), 0.1), s, "conv_0", stride=2)
    return conv(lrelu(pi_ada_in(x, z, s, "norm_1"), 0.1), s, "conv_1")


def pi_decoder_block(x: torch.Tensor, z: torch.Tensor, s: State) -> torch.Tensor:
    def up(value: torch.Tensor, key: str) -> torch.Tensor:
        return F.conv_transpose2d(value, s[f"{key}.weight"], s[f"{key}.bias"], 2, 1, 1)

    short = up(lrelu(pi_ada_in(x, z, s, "norm_s"), 0.1), "conv_s")
    x = conv(lrelu(pi_ada_in(x, z, s, "norm_0"), 0.1), s, "conv_0")
    return short + up(lrelu(pi_ada_in(x, z, s, "norm_1"), 0.1), "conv_1")


def pi_warper(picture: torch.Tensor, window: torch.Tensor, s: State) -> tuple[torch.Tensor, torch.Tensor]:
    """Flow and descriptor."""
    z = pi_mapping(window, s)
    spelt = "warpping_net" if "warpping_net.flow_out.2.weight" in s else "warping_net"
    glass = under(s, f"{spelt}.hourglass.")
    x = conv(picture, glass, "encoder.input_layer", pad=3)
    kept = [x]
    for level in range(5):
        x = pi_encoder_block(x, z, under(glass, f"encoder.encoder{level}."))
        kept.append(x)
    x = kept.pop()
    for level in (4, 3, 2):
        x = torch.cat([pi_decoder_block(x, z, under(glass, f"decoder.decoder{level}.")), kept.pop()], 1)
    x = F.layer_norm(x, x.shape[1:])
    x = x * s[f"{spelt}.flow_out.0.weight"] + s[f"{spelt}.flow_out.0.bias"]
    return conv(lrelu(x, 0.1), s, f"{spelt}.flow_out.2", pad=3), z


# -- StyleGAN2 -------------------------------------------------------------------------------------------------------


def fused(x: torch.Tensor) -> torch.Tensor:
    return lrelu(x) * math.sqrt(2)


def equal(x: torch.Tensor, s: State, key: str, pad: int = 0, stride: int = 1, dilation: int = 1) -> torch.Tensor:
    weight = s[f"{key}.weight"]
    scale = 1 / math.sqrt(weight[0].numel())
    return F.conv2d(x, weight * scale, s.get(f"{key}.bias"), stride, pad, dilation)


def equal_linear(x: torch.Tensor, s: State, key: str, rate: float = 1.0) -> torch.Tensor:
    weight = s[f"{key}.weight"]
    return F.linear(x, weight * (rate / math.sqrt(weight.shape[1])), s[f"{key}.bias"] * rate)


def blur(x: torch.Tensor, before: int, after: int, gain: float = 1.0) -> torch.Tensor:
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
    kernel = torch.outer(taps, taps) / 64 * gain
    padded = F.pad(x, (before, after, before, after))
    return F.conv2d(padded, kernel.expand(x.shape[1], 1, 4, 4), groups=x.shape[1])


def upsampled(x: torch.Tensor) -> torch.Tensor:
    """Zeros between the pixels, then the blur with gain 4."""
    spread = torch.zeros(*x.shape[:2], x.shape[2] * 2, x.shape[3] * 2)
    spread[:, :, ::2, ::2] = x
    return blur(spread, 2, 1, gain=4.0)


def conv_layer(x: torch.Tensor, s: State, key: str, down: bool = False, dilation: int = 1) -> torch.Tensor:
    """StyleGAN2's ConvLayer with activation."""
    first = 1 if down else 0
    kernel = s[f"{key}.{first}.weight"].shape[-1]
    if down:
        x = equal(blur(x, 2, 2), s, f"{key}.1", stride=2)
    else:
        x = equal(x, s, f"{key}.0", pad=kernel // 2 + dilation - 1, dilation=dilation)
    return fused(x + s[f"{key}.{first + 1}.bias"][None, :, None, None])


def residual_down(x: torch.Tensor, s: State, key: str) -> torch.Tensor:
    out = conv_layer(conv_layer(x, s, f"{key}.conv1"), s, f"{key}.conv2", down=True)
    return (out + equal(blur(x, 1, 1), s, f"{key}.skip.1", stride=2)) / math.sqrt(2)


def modulated(x: torch.Tensor, style: torch.Tensor, s: State, key: str, normal: bool = True) -> torch.Tensor:
    """Modulated convolution, one sample after the other; twice the size where the layer has a blur."""
    weight = s[f"{key}.weight"][0]
    scale = 1 / math.sqrt(weight[0].numel())
    found = []
    for sample, code in zip(x, style, strict=True):
        w = weight * scale * equal_linear(code[None], s, f"{key}.modulation")[0][None, :, None, None]
        if normal:
            w = w / (w.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if f"{key}.blur.kernel" in s:
            found.append(blur(F.conv_transpose2d(sample[None], w.transpose(0, 1), stride=2), 1, 1, gain=4.0))
        else:
            found.append(F.conv2d(sample[None], w, padding=weight.shape[-1] // 2))
    return torch.cat(found)


def styled(x: torch.Tensor, style: torch.Tensor, s: State, key: str) -> torch.Tensor:
    """StyledConv without noise."""
    return fused(modulated(x, style, s, f"{key}.conv") + s[f"{key}.activate.bias"][None, :, None, None])


def to_rgb(x: torch.Tensor, style: torch.Tensor, s: State, key: str, skip: torch.Tensor | None) -> torch.Tensor:
    out = modulated(x, style, s, f"{key}.conv", normal=False) + s[f"{key}.bias"]
    return out if skip is None else out + upsampled(skip)


def mapping(z: torch.Tensor, s: State, layers: int = 8) -> torch.Tensor:
    """StyleGAN2's mapping network, learning rate 0.01, over the last axis."""
    x = z * (z.square().mean(-1, keepdim=True) + 1e-8).rsqrt()
    for layer in range(1, layers + 1):
        x = fused(equal_linear(x, s, f"style.{layer}", rate=0.01))
    return x


def generator(w: torch.Tensor, s: State) -> torch.Tensor:
    """StyleGAN2's picture of codes (B, L, 512) without noise."""
    x = styled(s["input.input"].expand(len(w), -1, -1, -1), w[:, 0], s, "conv1")
    skip = to_rgb(x, w[:, 1], s, "to_rgb1", None)
    for number in range(sum(1 for key in s if key.startswith("to_rgbs.") and key.endswith(".conv.weight"))):
        x = styled(x, w[:, 2 * number + 1], s, f"convs.{2 * number}")
        x = styled(x, w[:, 2 * number + 2], s, f"convs.{2 * number + 1}")
        skip = to_rgb(x, w[:, 2 * number + 3], s, f"to_rgbs.{number}", skip)
    return skip


def discriminator(x: torch.Tensor, degree: torch.Tensor, style: torch.Tensor, s: State) -> torch.Tensor:
    """VToonify's conditional discriminator; the batch is one group."""
    x = conv_layer(x, s, "convs.0")
    for number in range(1, sum(1 for key in s if key.endswith(".skip.1.weight")) + 1):
        x = residual_down(x, s, f"convs.{number}")
    spread = (x.var(0, unbiased=False) + 1e-8).sqrt().mean()
    x = torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
    x = conv_layer(x, s, "final_conv").flatten(1)
    x = equal_linear(fused(equal_linear(x, s, "final_linear.0")), s, "final_linear.1")
    told = lin(lrelu(lin(lrelu(lin(degree, s, "label_mapper.0")), s, "label_mapper.2")), s, "label_mapper.4")
    condition = torch.cat([told, s["style_mapper.weight"][style]], 1)
    return (x * condition).sum(1, keepdim=True) / math.sqrt(condition.shape[1])


# -- DualStyleGAN and VToonify ---------------------------------------------------------------------------------------


def dual_ada_in(x: torch.Tensor, style: torch.Tensor, s: State, key: str) -> torch.Tensor:
    gamma, beta = lin(style, s, f"{key}.style")[..., None, None].chunk(2, 1)
    return gamma * instance(x) + beta


def mod_res(x: torch.Tensor, style: torch.Tensor, s: State, dilation: int, degree: float) -> torch.Tensor:
    out = conv_layer(dual_ada_in(x, style, s, "norm"), s, "conv", dilation=dilation)
    out = conv_layer(dual_ada_in(out, style, s, "norm2"), s, "conv2", dilation=dilation)
    return out * degree + x


def fusion(f_g: torch.Tensor, f_e: torch.Tensor, degree: torch.Tensor, s: State) -> tuple[torch.Tensor, torch.Tensor]:
    """Fused feature and mask."""
    label = lrelu(lin(lrelu(lin(degree, s, "linear.0")), s, "linear.2"))
    both = torch.cat([f_g, (f_g - f_e).abs()], 1)
    mask = conv(dual_ada_in(both, label, s, "norm"), s, "conv2").relu().tanh()
    return conv(torch.cat([f_g, f_e * mask], 1), s, "conv"), mask


def content(x: torch.Tensor, styles: torch.Tensor, degree: float, s: State) -> tuple[list[torch.Tensor], torch.Tensor]:
    """VToonify's encoder: features from full size down to 32, the last after ModRes; and the first picture.

    `styles` (B, L, 512) are the mapped structure codes.
    """
    count = max(int(key.split(".")[1]) for key in s if key.startswith("encoder."))
    features = []
    for number in range(count - 1):
        x = lrelu(conv(x, s, f"encoder.{number}.0", stride=1 if number == 0 else 2))
        x = lrelu(conv(x, s, f"encoder.{number}.2"))
        features.append(x)
    for block in range(6):
        key = f"encoder.{count - 1}.{block}"
        x = (lrelu(conv(lrelu(conv(x, s, f"{key}.conv")), s, f"{key}.conv2")) + x) / math.sqrt(2)
        dilation = (4, 4, 2, 2, 1, 1)[block]
        x = mod_res(x, styles[:, block + 1], under(s, f"res.{block + 1}."), dilation, degree)
    return [*features, x], conv(x, s, f"encoder.{count}", pad=0)


def vtoonify(x: torch.Tensor, codes: torch.Tensor, degree: float, s: State) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """VToonify-D's picture and masks of a picture with parsing (B, 22, S, S) and codes (B, L, 512) in W+."""
    paths, gan = under(s, "generator."), under(s, "generator.generator.")
    structure = mapping(codes, paths, layers=2)
    colour = [
        lin_equal if row < 7 else equal_linear(lin_equal, paths, f"res.{row}")
        for row, lin_equal in enumerate(codes.unbind(1))
    ]
    features, skip = content(x, structure, degree, s)
    out, features = features[-1], features[:-1][::-1]
    masks = []
    for step in range(sum(1 for key in gan if key.startswith("to_rgbs.") and key.endswith(".conv.weight")) - 3):
        if step < len(features):
            degrees = torch.full((len(x), 1), degree)
            out, mask = fusion(out, features[step], degrees, under(s, f"fusion_out.{step}."))
            skip = conv(torch.cat([skip, features[step] * mask], 1), s, f"fusion_skip.{step}")
            masks.append(mask)
        out = styled(out, colour[2 * step + 7], gan, f"convs.{2 * step + 6}")
        out = styled(out, colour[2 * step + 8], gan, f"convs.{2 * step + 7}")
        skip = to_rgb(out, colour[2 * step + 9], gan, f"to_rgbs.{step + 3}", skip)
    return skip, masks


# -- StyleHEAT -------------------------------------------------------------------------------------------------------


def calibration(feature: torch.Tensor, z: torch.Tensor, s: State) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and shift of the finest level."""
    levels = sum(1 for key in s if key.startswith("conv_body_down.") and key.endswith(".skip.1.weight"))
    x = conv_layer(feature, s, "conv_body_first")
    skips: list[torch.Tensor] = []
    for level in range(levels):
        x = residual_down(x, s, f"conv_body_down.{level}")
        skips.insert(0, x)
    x = conv_layer(x, s, "final_conv")
    z = lin(lrelu(lin(z, s, "linear_3dmm.0"), 0.1), s, "linear_3dmm.2")
    for level in range(levels):
        x, up = x + skips[level], f"conv_body_up.{level}"
        out = F.interpolate(conv_layer(x, s, f"{up}.conv1"), scale_factor=2, mode="bilinear")
        out = equal(out, s, f"{up}.conv2", pad=1) + s[f"{up}.conv2.activation.bias"][None, :, None, None]
        short = equal(F.interpolate(x, scale_factor=2, mode="bilinear"), s, f"{up}.skip")
        x = (fused(out) + short) / math.sqrt(2)
        told = under(s, f"inject_3dmm.{level}.")
        x = lrelu(pi_ada_in(conv(x, told, "conv1"), z, told, "norm1"), 0.01)
        x = x + pi_ada_in(conv(x, told, "conv2"), z, told, "norm2")
    last = levels - 1
    scale, shift = (
        equal(fused(equal(x, s, f"condition_{name}.{last}.0", pad=1)), s, f"condition_{name}.{last}.2", pad=1)
        for name in ("scale", "shift")
    )
    return scale, shift


# -- SadTalker, AGRoL, Deep3D, pSp -----------------------------------------------------------------------------------


def audio(mel: torch.Tensor, reference: torch.Tensor, blink: torch.Tensor, s: State) -> torch.Tensor:
    """Expression (N, 64) of windows (N, 1, 80, 16)."""
    strides = ((1, 1), (1, 1), (1, 1), (3, 1), (1, 1), (1, 1), (3, 3), (1, 1), (1, 1), (3, 2), (1, 1), (1, 1), (1, 1))
    x = mel
    for number, stride in enumerate(strides):
        key = f"audio_encoder.{number}.conv_block"
        out = F.conv2d(x, s[f"{key}.0.weight"], s[f"{key}.0.bias"], stride, 0 if number > 10 else 1)
        out = batch_norm(out, s, f"{key}.1")
        x = (out + x if number in (1, 2, 4, 5, 7, 8, 10) else out).relu()
    return lin(torch.cat([x.flatten(1), reference, blink], 1), s, "mapping1")


def denoiser(
    noisy: torch.Tensor, steps: torch.Tensor, sparse: torch.Tensor, text: torch.Tensor | None, s: State
) -> torch.Tensor:
    """Clean rows; `text` (B, L, D), or None as in AGRoL."""
    width = s["input_process.weight"].shape[0]
    rates = torch.exp(torch.arange(0, width, 2).float() * (-math.log(10000.0) / width))
    angles = steps.float()[:, None] * rates
    time = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, None]
    x = torch.cat(
        [lin(sparse, s, "sparse_process"), lin(noisy, s, "input_process"), *([] if text is None else [text])], -1
    )
    for number in range(sum(1 for key in s if key.endswith(".fc0.weight"))):
        key = f"mlp.motion_mlp.mlps.{number}"
        x = lin(x, s, f"{key}.conct") if number == 0 else x
        x = x + lin(F.silu(time), s, f"{key}.emb_fc")
        normed = F.layer_norm(x, (width,), s[f"{key}.norm0.weight"], s[f"{key}.norm0.bias"])
        x = x + F.silu(F.conv1d(normed, s[f"{key}.fc0.weight"], s[f"{key}.fc0.bias"]))
        normed = F.layer_norm(x, (width,), s[f"{key}.norm1.weight"], s[f"{key}.norm1.bias"])
        x = x + F.silu(lin(normed, s, f"{key}.fc1"))
    return lin(x, s, "output_process")


def bottleneck(x: torch.Tensor, s: State, stride: int) -> torch.Tensor:
    """ResNet-50's unit, with its stride at the 3 x 3 convolution."""
    out = batch_norm(conv(x, s, "conv1", pad=0), s, "bn1").relu()
    out = batch_norm(conv(out, s, "conv2", stride=stride), s, "bn2").relu()
    out = batch_norm(conv(out, s, "conv3", pad=0), s, "bn3")
    if "downsample.0.weight" in s:
        x = batch_norm(conv(x, s, "downsample.0", stride=stride, pad=0), s, "downsample.1")
    return (out + x).relu()


def reconstruction(x: torch.Tensor, s: State) -> torch.Tensor:
    """Deep3D's 257 coefficients of pictures (N, 3, 224, 224) in 0..1."""
    b = under(s, "backbone.")
    x = F.max_pool2d(batch_norm(conv(x, b, "conv1", stride=2, pad=3), b, "bn1").relu(), 3, 2, 1)
    for stage in range(1, 5):
        for unit in range(sum(1 for key in b if key.startswith(f"layer{stage}.") and key.endswith("conv3.weight"))):
            x = bottleneck(x, under(b, f"layer{stage}.{unit}."), 2 if stage > 1 and unit == 0 else 1)
    x = x.mean((2, 3), keepdim=True)
    return torch.cat([conv(x, s, f"final_layers.{head}", pad=0) for head in range(7)], 1).flatten(1)


def ir_unit(x: torch.Tensor, s: State, stride: int) -> torch.Tensor:
    """IR-SE unit: norm, convolution, PReLU, convolution, norm, squeeze and excitation."""
    out = conv(batch_norm(x, s, "res_layer.0"), s, "res_layer.1")
    out = F.prelu(out, s["res_layer.2.weight"])
    out = batch_norm(conv(out, s, "res_layer.3", stride=stride), s, "res_layer.4")
    asked = conv(conv(out.mean((2, 3), keepdim=True), s, "res_layer.5.fc1", pad=0).relu(), s, "res_layer.5.fc2", pad=0)
    if "shortcut_layer.0.weight" in s:
        x = batch_norm(conv(x, s, "shortcut_layer.0", stride=stride, pad=0), s, "shortcut_layer.1")
    else:
        x = x[:, :, ::stride, ::stride]
    return out * asked.sigmoid() + x


def psp(x: torch.Tensor, s: State, rows: int) -> torch.Tensor:
    """Codes (N, rows, 512) of aligned faces (N, 3, 256, 256); `s` stands under `encoder.`."""
    x = F.prelu(batch_norm(conv(x, s, "input_layer.0"), s, "input_layer.1"), s["input_layer.2.weight"])
    found = {}
    for unit in range(24):
        x = ir_unit(x, under(s, f"body.{unit}."), 2 if unit in (0, 3, 7, 21) else 1)
        found[unit] = x
    coarse = found[23]

    def added(small: torch.Tensor, large: torch.Tensor, key: str) -> torch.Tensor:
        side = conv(large, s, key, pad=0)
        return F.interpolate(small, side.shape[2:], mode="bilinear", align_corners=True) + side

    middle = added(coarse, found[20], "latlayer1")
    fine = added(middle, found[6], "latlayer2")
    codes = []
    for row in range(rows):
        y = coarse if row < 3 else middle if row < 7 else fine
        for layer in range(sum(1 for key in s if key.startswith(f"styles.{row}.convs.") and key.endswith("weight"))):
            y = lrelu(conv(y, s, f"styles.{row}.convs.{2 * layer}", stride=2), 0.01)
        codes.append(equal_linear(y.flatten(1), s, f"styles.{row}.linear"))
    return torch.stack(codes, 1)
