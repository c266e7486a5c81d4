"""Style-E as published: audio encoder, MLP denoiser and diffusion of 32-frame windows (Tan, Ji & Pan, AAAI 2024)."""
