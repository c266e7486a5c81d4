"""Words in, facial expressions out: labels, free sentences and timelines become blendshape activations."""
