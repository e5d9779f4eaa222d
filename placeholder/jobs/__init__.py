"""AI pictures: one job is one picture imagined from one prompt."""
