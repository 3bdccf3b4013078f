"""Stacks that run in the background from `./hidra up` to `./hidra down`, each with a folder of its name in .hidra/."""

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from local import orphans
from local.processes import Child, Identity, LocalError, remove_folder
from local.stack import ROOT, Report, Stack

HOME = ROOT / ".hidra"

_NAME = "[a-z][a-z0-9-]{0,29}"
_PLAIN_FIELDS = ("aws_endpoint", "issuer_url", "evolution_url", "evolution_api_key", "database_url", "login_prefix")


def names() -> list[str]:
    return sorted(path.name for path in HOME.iterdir() if path.is_dir()) if HOME.is_dir() else []


def up(name: str, *, port: int = 0, root: Path = ROOT, report: Report = print) -> Stack:
    """Start the stack, or deploy the current sources to it if it is up. Raises LocalError."""
    with _locked(name) as folder:
        stack = _load(folder)
        if stack and not lost_processes(stack):
            if port and not stack.aws_endpoint.endswith(f":{port}"):
                raise LocalError(
                    f"The stack {name!r} is already up at {stack.aws_endpoint}. Stop it first, or leave the port out."
                )
            report(f"The stack {name!r} is already up.")
            stack.deploy(root, report)
            return stack
        if stack:
            report(f"The stack {name!r} has lost {', '.join(lost_processes(stack))}. It is started again.")
            stack.stop()
            folder.mkdir(parents=True)
        orphans.remove_if_orphaned(folder)
        stack = Stack.start(name, folder=folder, root=root, port=port, report=report)
        _detach(stack)
        return stack


def down(name: str) -> bool:
    """Stop the stack and remove everything of it; False if there is none."""
    if not re.fullmatch(_NAME, name) or not (HOME / name).is_dir():
        return False
    with _locked(name) as folder:
        if stack := _load(folder):
            stack.stop()
        remove_folder(folder)
    return True


def attach(name: str) -> Stack:
    """A stack that is up. Raises LocalError if there is none."""
    stack = find(name)
    if stack is None:
        raise LocalError(f"There is no stack {name!r}. Start it with `./hidra up{_option(name)}`.")
    if lost := lost_processes(stack):
        raise LocalError(f"The stack {name!r} has lost {', '.join(lost)}. Restart it: `./hidra up{_option(name)}`.")
    return stack


def _option(name: str) -> str:
    return "" if name == "local" else f" --stack {name}"


def find(name: str) -> Stack | None:
    """The stack, even if it has lost processes; None if there is none."""
    return _load(HOME / name) if re.fullmatch(_NAME, name) else None


def lost_processes(stack: Stack) -> list[str]:
    """The names of its processes that have ended."""
    return [name for name, process in stack.processes.items() if isinstance(process, Identity) and not process.alive()]


@contextlib.contextmanager
def _locked(name: str) -> Iterator[Path]:
    """Lock out other commands on the same stack, by a lock that the kernel releases when this process ends."""
    if not re.fullmatch(_NAME, name):
        raise LocalError(
            f"{name!r} cannot name a stack. Use a small letter, then small letters, digits and dashes, at most 30."
        )
    folder = HOME / name
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError as error:
        raise LocalError(f"Another command is using the stack {name!r}. Try again when it has ended.") from error
    finally:
        os.close(handle)
        for path in (folder, HOME):
            with contextlib.suppress(OSError):  # not empty, or removed
                path.rmdir()


def _detach(stack: Stack) -> None:
    """Save the stack's state and let it outlive this process. The file holds secrets, of this machine only."""
    processes = {
        name: process.detach() if isinstance(process, Child) else process for name, process in stack.processes.items()
    }
    state = {
        **{name: getattr(stack, name) for name in _PLAIN_FIELDS},
        "started": stack.started,
        "parameters": stack.parameters,
        "database_folder": str(stack.database_folder) if stack.database_folder else None,
        "processes": {name: [identity.pid, identity.created] for name, identity in processes.items()},
    }
    path = stack.folder / "state.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(state, file, indent=1)
    for folder in filter(None, (stack.folder, stack.database_folder)):
        orphans.release_folder(folder)
    stack.database = None
    stack.processes = dict(processes)


def _load(folder: Path) -> Stack | None:
    try:
        state = json.loads((folder / "state.json").read_text())
    except FileNotFoundError:
        return None
    processes = {name: Identity(pid, created) for name, (pid, created) in state.pop("processes").items()}
    database_folder = Path(place) if (place := state.pop("database_folder")) else None
    return Stack(folder.name, folder, processes=dict(processes), database_folder=database_folder, **state)
