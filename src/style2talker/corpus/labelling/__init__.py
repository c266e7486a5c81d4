"""Sentences that say how the person of a clip feels and which muscles of the face show it, without human labour."""
