"""Files to arrays and back: sounds, pictures, videos and motions. Knows no faces."""
