"""A simulator of Evolution API, 2.3.7 or 2.4, with phones that behave as their number says: `python -m local.evolution`."""
