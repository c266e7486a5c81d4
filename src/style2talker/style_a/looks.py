"""What each art family looks like, in a line; importing it loads no painter."""

from __future__ import annotations

__all__ = ["LOOKS"]

LOOKS = {
    "cartoon": "clean flat colours in two or three tones, an even dark outline, larger bright eyes",
    "illustration": "soft shading, fine lines in the colour of what they bound, a pale wash on paper",
    "arcane": "visible brush strokes, hard-edged shadows in teal, warm light, a cool rim",
    "comic": "bold ink with solid blacks, few strong colours, halftone dots",
    "pixar": "a face modelled in 3-D: smooth skin that glows, large glossy eyes, a softer chin",
}
"""One line for each of `style2talker.records.FAMILIES`, in their order."""
