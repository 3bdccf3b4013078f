"""Fetch the modules of other projects that the console serves, as `requirements/console/package-lock.json` pins them.

`python -m local.console_vendor` asks npm's own client for each package, compares it with the hash in the lock, and
writes the files that the console needs, with their licences. Users need neither Node nor npm: the files are in git.
"""

import base64
import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.processes import LocalError
from local.stack import ROOT

PINS = ROOT / "requirements" / "console" / "package-lock.json"
VENDOR = ROOT / "functions" / "console" / "static" / "vendor"
AXE = ROOT / "tests" / "console" / "axe.min.js"
_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


@dataclass(frozen=True)
class Part:
    """A file of a package, where it goes, and the lines that make a module of a script."""

    package: str
    source: str
    target: Path
    export: str = ""


PARTS = (
    Part("preact", "dist/preact.mjs", VENDOR / "preact.js"),
    Part("preact", "hooks/dist/hooks.mjs", VENDOR / "preact-hooks.js"),
    Part("htm", "dist/htm.module.js", VENDOR / "htm.js"),
    Part("@preact/signals-core", "dist/signals-core.mjs", VENDOR / "signals-core.js"),
    Part("@preact/signals", "dist/signals.mjs", VENDOR / "signals.js"),
    # Their modules are not minified, and weigh half as much again: the minified scripts, which declare one variable.
    Part(
        "oidc-client-ts",
        "dist/browser/oidc-client-ts.min.js",
        VENDOR / "oidc-client-ts.js",
        "export const { UserManager, WebStorageStateStore } = oidc;",
    ),
    Part("axe-core", "axe.min.js", AXE),
)
BUNDLED = ("jwt-decode",)  # inside oidc-client-ts


def pins() -> dict[str, tuple[str, str]]:
    """Package → version and integrity."""
    packages = json.loads(PINS.read_text(encoding="utf-8"))["packages"]
    return {
        path.removeprefix("node_modules/"): (it["version"], it["integrity"]) for path, it in packages.items() if path
    }


def main() -> None:
    pinned, licences = pins(), []
    for package in dict.fromkeys([*(part.package for part in PARTS), *BUNDLED]):
        version, integrity = pinned[package]
        content = dict(_files(_fetch(package, version, integrity)))
        for part in PARTS:
            if part.package == package:
                text = _MAP.sub("\n", content[part.source])
                part.target.parent.mkdir(parents=True, exist_ok=True)
                part.target.write_text(f"{text}{part.export}\n" if part.export else text, encoding="utf-8")
        if package != "axe-core":
            licence = next(text for name, text in content.items() if re.match(r"licen[cs]e", name, re.IGNORECASE))
            kind = json.loads(content["package.json"])["license"]
            licences.append(f"{package} {version}, {kind}\n\n{licence.strip()}\n")
        print(f"{package} {version}")
    rule = f"\n{'-' * 78}\n\n"
    (VENDOR / "LICENSES.txt").write_text(rule.join(licences), encoding="utf-8")


def _fetch(package: str, version: str, integrity: str) -> bytes:
    """The package's archive. Raises LocalError if it is not the one whose hash is pinned."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LocalError(f"npm did not fetch {package}: {done.stderr.strip()}")
        [archive] = Path(folder).iterdir()
        content = archive.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != integrity:
        raise LocalError(f"{package} {version} is not what {PINS.name} pins: {found} instead of {integrity}.")
    return content


def _files(archive: bytes) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for member in opened:
            if (file := opened.extractfile(member)) and member.name.endswith((".js", ".mjs", ".json", "LICENSE")):
                yield member.name.partition("/")[2], file.read().decode()


if __name__ == "__main__":
    main()
