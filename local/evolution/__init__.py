"""A simulator of Evolution API 2.3.7 or 2.4, its phones behaving as their numbers say: `python -m local.evolution`."""
