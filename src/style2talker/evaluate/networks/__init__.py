"""Metrics that stand on trained networks, whose files come from whoever evaluates."""
