"""What the published Style-E lessens: the error of the coefficients and of the opening of the mouth.

The mouth opening is measured where the published loss does: squared distances between the middles of the outer lips
(landmarks 51 and 57) and of the inner ones (62 and 66), mean absolute difference. On which face depends on the space:

- "rig": the package's rig, in eye distances (points 0, 17 and 13, 14 of its mesh);
- "bfm" with the user's Basel Face Model: its vertices, with the identity of the clip, as published;
- "bfm" without it: the same points of the rig by the package's linear map from coefficients to blendshapes. A named
  stand-in: it knows no identity, and the map was learned from few people.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
import scipy.io.matlab
import torch

from style2talker.assets.store import package_data
from style2talker.errors import InputError
from style2talker.face.rig import load_rig
from style2talker.records import FloatArray
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["MouthModel", "body_mouth", "mouth_model", "opening_of", "rig_mouth", "velocity"]

_LANDMARKS = (51, 57, 62, 66)
_MESH_POINTS = (0, 17, 13, 14)
_EYES = (33, 263)


@dataclass(frozen=True, slots=True, eq=False)
class MouthModel:
    """The middles of the lips as a linear function of expression and identity.

    Attributes:
        rest: (4, 3) float32 upper outer, lower outer, upper inner, lower inner point.
        expression: (C, 4, 3) float32 displacements.
        identity: (80, 4, 3) float32 displacements; None where identities count for nothing.
    """

    rest: FloatArray
    expression: FloatArray
    identity: FloatArray | None = None

    def openings(self, expression: torch.Tensor, identity: torch.Tensor | None = None) -> torch.Tensor:
        """Squared distances (…, 2) between outer and between inner lips.

        Args:
            expression: (…, C) coefficients.
            identity: (…, 80) coefficients, where the model has an identity.
        """

        def moved(basis: FloatArray, by: torch.Tensor) -> torch.Tensor:
            flat = torch.from_numpy(basis.reshape(len(basis), 12)).to(by)
            return (by @ flat).unflatten(-1, (4, 3))

        points = torch.from_numpy(self.rest).to(expression) + moved(self.expression, expression)
        if self.identity is not None and identity is not None:
            points = points + moved(self.identity, identity)
        gaps = points[..., 1::2, :] - points[..., ::2, :]
        return gaps.square().sum(-1)


def rig_mouth() -> MouthModel:
    """The mouth of the package's rig: 52 blendshapes, in distances between the outer corners of the eyes."""
    rig = load_rig()
    unit = float(np.linalg.norm(rig.reference[_EYES[0]] - rig.reference[_EYES[1]]))
    points = list(_MESH_POINTS)
    return MouthModel(
        np.asarray(rig.reference[points] / unit, np.float32), np.asarray(rig.basis[:, points] / unit, np.float32)
    )


def _mapped_mouth() -> MouthModel:
    """The mouth of the rig as a function of 64 coefficients of Deep3D, without the limits of blendshapes."""
    rig = rig_mouth()
    with np.load(package_data("bfm_map.npz")) as maps:
        weights, mean = maps["to_blendshapes"].astype(np.float32), maps["mean_blendshapes"].astype(np.float32)
        offset = mean - maps["mean_expression"].astype(np.float32) @ weights
    rest = rig.rest + np.tensordot(offset, rig.expression, 1)
    return MouthModel(np.asarray(rest, np.float32), np.asarray(np.tensordot(weights, rig.expression, 1), np.float32))


def body_mouth(path: Path) -> MouthModel:
    """The mouth of the Basel Face Model as Deep3DFaceRecon_pytorch keeps it (BFM_model_front.mat).

    Raises:
        InputError: the file is missing or holds something else.
    """
    try:
        content = scipy.io.loadmat(path)
        at = np.asarray(content["keypoints"], np.int64).ravel()[list(_LANDMARKS)] - 1
        rows = (3 * at[:, None] + np.arange(3)).ravel()
        mean = np.asarray(content["meanshape"], np.float32).ravel()[rows]
        identity, expression = (np.asarray(content[name], np.float32)[rows].T for name in ("idBase", "exBase"))
    except (OSError, ValueError, KeyError, IndexError, NotImplementedError, scipy.io.matlab.MatReadError) as error:
        raise InputError(
            f"{path} is no Basel Face Model ({error}): give BFM_model_front.mat of Deep3DFaceRecon_pytorch"
        ) from error
    return MouthModel(mean.reshape(4, 3), expression.reshape(-1, 4, 3), identity.reshape(-1, 4, 3))


def mouth_model(settings: StyleESettings) -> MouthModel:
    """The mouth that settings ask for. Raises InputError when the named model is missing or damaged."""
    if settings.space == "rig":
        return rig_mouth()
    return body_mouth(Path(settings.body_model)) if settings.body_model else _mapped_mouth()


def opening_of(mouth: MouthModel, expression: FloatArray) -> FloatArray:
    """Gap (T,) between the inner lips of expressions (T, C), the mean identity."""
    gaps = mouth.openings(torch.from_numpy(np.ascontiguousarray(expression, np.float32)))
    return np.asarray(gaps[..., 1].sqrt().numpy(), np.float32)


def velocity(rows: torch.Tensor) -> torch.Tensor:
    """Differences (B, L - 1, C) between successive frames of rows (B, L, C)."""
    return rows[:, 1:] - rows[:, :-1]
