"""Style-A: a portrait, an art style and a motion become frames."""
