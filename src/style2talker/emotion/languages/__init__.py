"""Words for feelings, degrees, denials and muscles in languages other than English."""
