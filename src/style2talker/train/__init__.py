"""Training of every network and every learned map; the only room that may import torch."""
