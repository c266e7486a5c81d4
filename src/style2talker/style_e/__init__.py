"""Speech and emotion in, motion out: what the face does, frame by frame. Never sees pixels."""
