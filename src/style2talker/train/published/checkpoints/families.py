"""Every family of checkpoints that can be loaded."""

from __future__ import annotations

from style2talker.train.published.checkpoints.agrol import DENOISER
from style2talker.train.published.checkpoints.deep3d import RECONSTRUCTION
from style2talker.train.published.checkpoints.dualstylegan import CODES, PATHS
from style2talker.train.published.checkpoints.pirenderer import WARPER
from style2talker.train.published.checkpoints.psp import ENCODER
from style2talker.train.published.checkpoints.sadtalker import AUDIO
from style2talker.train.published.checkpoints.stylegan2 import GENERATOR
from style2talker.train.published.checkpoints.styleheat import CALIBRATION
from style2talker.train.published.checkpoints.vtoonify import CONTENT, DISCRIMINATOR

__all__ = ["FAMILIES"]

_OF_PICTURES = (GENERATOR, PATHS, CONTENT, DISCRIMINATOR, CODES, ENCODER, WARPER, CALIBRATION)
_OF_EXPRESSIONS = (AUDIO, DENOISER, RECONSTRUCTION)
FAMILIES = _OF_PICTURES + _OF_EXPRESSIONS
"""In the order of loading: where two fill the same tensor, the later one wins."""
