"""Public checkpoints that a user may own -> our networks, with a report of what was loaded, what not, and why."""

from style2talker.train.published.checkpoints.loading import initialise, listed, plan, recognise
from style2talker.train.published.checkpoints.report import Report

__all__ = ["Report", "initialise", "listed", "plan", "recognise"]
