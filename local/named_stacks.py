"""Stacks that run in the background from `./hidra up` to `./hidra down`, each with a folder of its name in .hidra/."""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from local import orphans
from local.processes import Child, Identity, LocalError, remove_folder
from local.stack import AWS, DATABASE, ROOT, SIMULATOR, Report, Stack, port_of

HOME = ROOT / ".hidra"

_NAME = "[a-z][a-z0-9-]{0,29}"
_PLAIN_FIELDS = ("aws_endpoint", "issuer_url", "evolution_url", "evolution_api_key", "database_url", "login_prefix")


class DataGone(LocalError):
    """The files of a stack's database are gone."""


def names() -> list[str]:
    return sorted(path.name for path in HOME.iterdir() if path.is_dir()) if HOME.is_dir() else []


def up(
    name: str,
    *,
    port: int = 0,
    root: Path = ROOT,
    start_over: bool = False,
    restart: bool = False,
    report: Report = print,
) -> Stack:
    """Start the stack, or what it has lost of its processes, or deploy the current sources to it if it is up.

    `restart` ends its processes first. The data of a stack is kept; only `start_over` removes it. Raises LocalError,
    and DataGone for a stack that can only start over.
    """
    with _locked(name) as folder:
        stack = load(folder)
        if stack and start_over:
            report(f"The stack {name!r} is removed with its data. A new one is started.")
            stack.stop(keep_folder=True)  # this command's lock is on it
            stack = None
        if stack:
            return _up_again(stack, port, root, restart, report)
        _empty(folder)
        orphans.remove_if_orphaned(folder)
        stack = Stack.start(name, folder=folder, root=root, port=port, data_inside=True, report=report)
        _detach(stack)
        return stack


def _up_again(stack: Stack, port: int, root: Path, restart: bool, report: Report) -> Stack:
    if port and port != port_of(stack.aws_endpoint):
        raise LocalError(
            f"The stack {stack.name!r} has its API at {stack.aws_endpoint}. Leave the port out, or remove the stack "
            f"and its data first: `./hidra down{option(stack.name)}`."
        )
    lost = lost_processes(stack)
    if stack.lacks_data():
        raise DataGone(
            f"The data of the stack {stack.name!r} is gone: {stack.database_folder} was removed. "
            f"`./hidra up{option(stack.name)} --start-over` starts it with an empty database."
        )
    if restart:
        _stop_processes(stack)
        lost = list(stack.processes)
    if lost:
        begin = "is restarted" if restart else f"has lost {listed(lost)}. It is started again"
        report(f"The stack {stack.name!r} {begin}; its data and addresses stay.")
        for line in not_kept(lost):
            report(line)
        try:
            stack.start_again(lost, report)
        except LocalError as error:
            raise LocalError(_stays(stack.name, error)) from error
        _detach(stack)
    else:
        report(f"The stack {stack.name!r} is already up.")
    stack.deploy(root, report)
    _detach(stack)
    return stack


def _stop_processes(stack: Stack) -> None:
    """The database last, as the others use it."""
    for name in sorted(stack.processes, key=lambda name: name == DATABASE):
        stack.processes[name].stop(patience=5)


def _stays(name: str, error: LocalError) -> str:
    advice = (
        f"The data of the stack {name!r} is kept: try again when the cause is removed. "
        f"`./hidra up{option(name)} --start-over` removes the data and starts a new stack."
    )
    return f"{error}\n{advice}"


def not_kept(lost: Sequence[str]) -> list[str]:
    """What lost processes had in their memory only, as sentences."""
    lines = {
        AWS: "The AWS emulator keeps nothing: its queues are filled again within two minutes, its logs and uploaded "
        "files are gone. An import whose file is gone has to be started again.",
        SIMULATOR: "The simulator keeps its instances and their webhooks. Its messages, its log and changed "
        "behaviours are gone.",
    }
    return [text for name, text in lines.items() if name in lost]


def down(name: str) -> bool:
    """Stop the stack and remove everything of it; False if there is none."""
    if not re.fullmatch(_NAME, name) or not (HOME / name).is_dir():
        return False
    with _locked(name) as folder:
        if stack := load(folder):
            stack.stop()
        remove_folder(folder)
    return True


def attach(name: str) -> Stack:
    """A stack that is up. Raises LocalError if there is none."""
    stack = existing(name)
    if lost := lost_processes(stack):
        raise LocalError(
            f"The stack {name!r} has lost {listed(lost)}. `./hidra up{option(name)}` starts it again and keeps its "
            f"data; `./hidra status{option(name)}` shows more."
        )
    return stack


def existing(name: str) -> Stack:
    """The stack, even if it has lost processes. Raises LocalError if there is none."""
    stack = find(name)
    if stack is None:
        raise LocalError(f"There is no stack {name!r}. Start it with `./hidra up{option(name)}`.")
    return stack


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def option(name: str) -> str:
    """The words that name the stack on a command line; none for the default one."""
    return "" if name == "local" else f" --stack {name}"


def find(name: str) -> Stack | None:
    """The stack, even if it has lost processes; None if there is none."""
    return load(HOME / name) if re.fullmatch(_NAME, name) else None


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
        "generated": stack.generated,
        "database_folder": str(stack.database_folder) if stack.database_folder else None,
        "processes": {name: [identity.pid, identity.created] for name, identity in processes.items()},
    }
    path, written = stack.folder / "state.json", stack.folder / "state.json.new"
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(state, file, indent=1)
    written.replace(path)
    for folder in filter(None, (stack.folder, stack.database_folder)):
        orphans.release_folder(folder)
    stack.database = None
    stack.processes = dict(processes)


def load(folder: Path) -> Stack | None:
    """The stack in the folder, None without one."""
    try:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    processes = {name: Identity(pid, created) for name, (pid, created) in state.pop("processes").items()}
    database_folder = Path(place) if (place := state.pop("database_folder")) else None
    return Stack(folder.name, folder, processes=dict(processes), database_folder=database_folder, **state)


def _empty(folder: Path) -> None:
    """Remove what a start left there that was killed together with its reaper."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
