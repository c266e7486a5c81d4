"""The two networks of the paper: Style-E and Style-A, their training, export and public checkpoints.

Style2Talker: Tan, Ji and Pan, AAAI 2024, arXiv 2403.06365. What the release leaves out or breaks, and how it is done
here, stands in `docs/paper.md`, point by point.
"""
