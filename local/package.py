"""Zip the sources of the functions and the layer. The emulator's environment has their dependencies."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.processes import LocalError

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same sources make the same bytes, so an unchanged function is not deployed again


def bundles(root: Path, sources: Mapping[str, str]) -> dict[str, bytes]:
    """Logical id → zip, from logical id → folder relative to `root`. Raises LocalError for a folder without sources."""
    return {name: _zip(_contents(root, root / folder)) for name, folder in sources.items()}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _contents(root: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.parent.name == "layers":
        yield from _tree(folder / "hidra", "python/hidra")
        return
    yield from _tree(folder, "")
    if folder.name == "migrate":
        yield from _tree(root / "sql" / "migrations", "sql/migrations")
    if folder.name == "api_docs":
        yield "openapi.json", root / "docs" / "openapi.json"


def _tree(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    if not files:
        raise LocalError(f"{folder} is missing or empty, so its function cannot be deployed. Restore it.")
    for path in files:
        yield str(Path(prefix) / path.relative_to(folder)), path


def _zip(contents: Iterator[tuple[str, Path]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in contents:
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
