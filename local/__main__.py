"""The command `hidra`: ./hidra --help."""

import sys

from local.cli import doctor, keys, metrics, simulate, simulate_faults, stack  # noqa: F401 - each adds its commands
from local.cli.app import app, run

__all__ = ["app"]

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
