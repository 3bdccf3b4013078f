"""The demo's output on the terminal."""

from rich import box
from rich.console import Console

# A terminal wraps long lines itself.
console = Console(highlight=False, soft_wrap=True)
BOX = box.HEAVY_HEAD if console.is_terminal else None
