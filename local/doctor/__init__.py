"""The checks of `hidra doctor`: each gathers facts and judges them by a pure function that returns findings."""
