"""This machine: Python, uv, disk, memory."""

import os
import shutil
import sys
import tempfile

import psutil  # type: ignore[import-untyped]

from local.doctor.findings import Check, Finding, fails, ok, warning
from local.stack import ROOT

_GB = 1_000_000_000
# A stack with all its functions running takes some 1 GB of memory; .venv, .venv-sam and the database as much disk.
DISK_LEAST, DISK_ENOUGH = 0.5 * _GB, 3 * _GB
MEMORY_ENOUGH = 1.5 * _GB


def checks() -> list[Check]:
    return [
        Check("Python", lambda: [python(sys.version_info[:3])]),
        Check("uv", lambda: [uv(_find_uv())]),
        Check("Disk", lambda: [disk(_free()), *_own_temporary_disk()]),
        Check("Memory", lambda: [memory(psutil.virtual_memory().available)]),
    ]


def python(version: tuple[int, int, int]) -> Finding:
    text = ".".join(map(str, version))
    if version[:2] == (3, 13):
        return ok("Python", text)
    return fails("Python", f"{text}, but Lambda runs 3.13", "remove .venv and run ./hidra again")


def uv(path: str | None) -> Finding:
    if path:
        return ok("uv", path)
    return warning("uv", "not found; only make build and make lock need it", "nothing to do: they install one")


def disk(free: int, where: str = "here") -> Finding:
    text = f"{free / _GB:.1f} GB free {where}"
    if free < DISK_LEAST:
        return fails("Disk", text, "free some disk space: a stack would soon stop")
    if free < DISK_ENOUGH:
        return warning(
            "Disk", text, "enough for the demo; free some for campaigns with 100,000 recipients and for make build"
        )
    return ok("Disk", text)


def memory(available: int) -> Finding:
    text = f"{available / _GB:.1f} GB available"
    if available < MEMORY_ENOUGH:
        return warning("Memory", text, "close a large program: a busy stack takes some 1 GB")
    return ok("Memory", text)


def _find_uv() -> str | None:
    own = ROOT / ".venv-uv/bin/uv"
    return shutil.which(os.environ.get("UV") or "uv") or (str(own) if own.exists() else None)


def _free() -> int:
    return shutil.disk_usage(ROOT).free


def _own_temporary_disk() -> list[Finding]:
    """The disk of the temporary files, which include the embedded database, if it is another one."""
    temporary = tempfile.gettempdir()
    if os.stat(temporary).st_dev == os.stat(ROOT).st_dev:
        return []
    return [disk(shutil.disk_usage(temporary).free, f"in {temporary}")]
