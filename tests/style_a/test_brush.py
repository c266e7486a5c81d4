"""The anisotropic Kuwahara filter: edges stay, texture goes, the compiled kernel equals its plain twin."""

import numpy as np

from style2talker.style_a.brush import _kuwahara, brushed
from style2talker.style_a.flow import edge_flow


def edge_with_noise(shape=(53, 61)):
    lab = np.full((*shape, 3), (30, 0, 0), np.float32)
    lab[:, shape[1] // 2 :] = (80, 10, -10)
    return lab + np.random.default_rng(4).normal(0, 3, lab.shape).astype(np.float32)


def test_strokes_flatten_but_do_not_blur_the_edge():
    lab = edge_with_noise()
    out = brushed(lab, edge_flow(lab[..., 0], 3.0), 5.0)
    assert out[10:-10, 5:22, 0].std() < 0.5 * lab[10:-10, 5:22, 0].std()
    assert np.diff(out[26, 26:35, 0]).max() > 20


def test_large_strokes_are_painted_small_and_keep_the_size():
    lab = edge_with_noise((97, 101))
    out = brushed(lab, edge_flow(lab[..., 0], 3.0), 15.0)
    assert out.shape == lab.shape
    assert out[:, :30, 0].mean() < 40 and out[:, 70:, 0].mean() > 70


def test_kernel_equals_its_plain_twin():
    lab = np.ascontiguousarray(edge_with_noise((11, 13)))
    flow = edge_flow(lab[..., 0], 1.5)
    fast = _kuwahara(lab, flow.direction, flow.anisotropy, 2.5)
    plain = _kuwahara.py_func(lab, flow.direction, flow.anisotropy, 2.5)
    assert np.allclose(fast, plain, atol=1e-2)
