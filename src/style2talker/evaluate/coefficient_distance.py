"""Coefficients of a face frame by frame -> their distance to those of a reference, in the two senses of "FD".

ViCo (Zhou et al. 2022) calls the mean absolute difference ExpFD, AngleFD and TransFD: here `mean_l1`. Later work means
the Fréchet distance of all frames (Heusel et al. 2017; E-FID): here `frechet`, which is biased upwards for few frames
and means nothing without the distance of the reference to itself, split in two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["frechet", "mean_l1"]

Rows = NDArray[np.floating]


def mean_l1(rows: Rows, truth: Rows) -> float:
    """Mean absolute difference per frame and dimension of (T, D) and (T, D); NaN without frames."""
    return float(np.abs(rows.astype(np.float64) - truth).mean()) if len(rows) else float("nan")


def frechet(rows: Rows, truth: Rows) -> float:
    """Squared Fréchet distance of the normal distributions of (N, D) and (M, D); NaN for fewer than two rows.

    The trace of the root is the sum of the singular values of A Bᵀ, the centred rows over the root of their number less
    one; where there are more rows than dimensions, that of the eigenvalues of S1^½ S2 S1^½. None can be negative.
    """
    if min(len(rows), len(truth)) < 2:
        return float("nan")
    a, b = rows.astype(np.float64), truth.astype(np.float64)
    apart = a.mean(axis=0) - b.mean(axis=0)
    one, other = ((x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (a, b))
    if max(len(a), len(b)) <= a.shape[1]:
        shared = np.linalg.svd(one @ other.T, compute_uv=False).sum()
    else:
        values, vectors = np.linalg.eigh(one.T @ one)
        root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
        shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ (other.T @ other) @ root), 0, None)).sum()
    distance = np.sum(apart**2) + np.sum(one**2) + np.sum(other**2) - 2 * shared
    return float(max(distance, 0.0))
