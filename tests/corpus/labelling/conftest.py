from __future__ import annotations

from labelling_corpus import drawn_corpus

__all__ = ["drawn_corpus"]
