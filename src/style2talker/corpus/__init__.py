"""Corpus: videos become training data."""
