"""The art families by name: each a designed way to paint any portrait.

A painter takes a `Canvas` and a seed and gives back a Lab picture (H, W, 3) of the same size.
"""

from style2talker.style_a.families.arcane import paint_arcane
from style2talker.style_a.families.cartoon import paint_cartoon
from style2talker.style_a.families.comic import paint_comic
from style2talker.style_a.families.illustration import paint_illustration
from style2talker.style_a.families.pixar import paint_pixar

__all__ = ["PAINTERS"]

PAINTERS = {
    "cartoon": paint_cartoon,
    "illustration": paint_illustration,
    "arcane": paint_arcane,
    "comic": paint_comic,
    "pixar": paint_pixar,
}
"""Painter of each family, in the order of `style2talker.records.FAMILIES`."""
