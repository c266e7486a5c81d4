"""Style-A as published: a portrait, an art style and a motion become frames."""
