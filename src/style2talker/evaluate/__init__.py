"""Judges for motion and video: numbers beside those of real recordings, never a look inside the product."""
