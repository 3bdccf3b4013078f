"""The command `hidra`: ./hidra --help."""

import os
import sys

from local import interrupts

if __name__ == "__main__":
    interrupts.end_at_once()
    if os.environ.pop("HIDRA_STANDARD_ERROR", "") == "3":  # the file hidra
        os.dup2(3, 2)
        os.close(3)
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - for as long as the process lives

from local import terminal

if __name__ == "__main__":
    terminal.prepare()

try:
    from local.cli import doctor, metrics, simulate, simulate_faults, stack  # noqa: F401 - each adds its commands
    from local.cli.app import app, run
except ImportError as error:
    sys.exit(
        f"hidra: The installed packages are not complete: {error}. Remove the folder {sys.prefix} and try again; "
        "everything is installed anew then."
    )

__all__ = ["app"]

if __name__ == "__main__":
    interrupts.end_in_order()
    sys.exit(terminal.last_words(run(sys.argv[1:])))
