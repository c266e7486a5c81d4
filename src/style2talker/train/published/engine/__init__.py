"""What trains any task: steps on one or many devices, checkpoints, logs, sample sheets; it knows no face."""
