"""Pixels <-> geometry: landmarks, blendshapes, head pose, the rig, crops, 3DMM coefficients."""
