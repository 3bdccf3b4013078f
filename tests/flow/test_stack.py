"""The local stack itself: it starts, serves, refuses, deploys, and leaves nothing behind however it ends."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import psutil
import psycopg
import pytest
import requests
from typer.testing import CliRunner

from local import __main__ as command
from local import named_stacks
from local.database import Database
from local.processes import Child, LocalError, clean_environment
from local.stack import ROOT, Stack

PATH = "/v1/contacts"


def eventually(what: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"the condition did not hold within {seconds} s"
        time.sleep(0.02)


def get(stack: Stack, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(stack.api_url + PATH, headers=headers, timeout=30).status_code


def family(stack: Stack) -> list[psutil.Process]:
    """The stack's processes and their children: the functions and PostgreSQL's."""
    parents = [psutil.Process(process.pid) for process in stack.processes.values()]
    return [*parents, *(child for parent in parents for child in parent.children(recursive=True))]


def alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def listens(url: str) -> bool:
    place = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((str(place.hostname), int(place.port or 0))) == 0


def urls(stack: Stack) -> list[str]:
    return [stack.aws_endpoint, stack.issuer_url, stack.evolution_url, stack.database_url]


def folders(stack: Stack) -> list[Path]:
    assert stack.database_folder
    return [stack.folder, stack.database_folder]


@pytest.fixture(autouse=True)
def _embedded_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "EVOLUTION_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for background stacks, all stopped afterwards."""
    monkeypatch.setattr(named_stacks, "HOME", tmp_path / ".hidra")
    yield tmp_path / ".hidra"
    for name in named_stacks.names():
        named_stacks.down(name)


def test_a_background_stack_runs_until_it_is_stopped(home: Path) -> None:
    reported: list[str] = []
    stack = named_stacks.up("background", root=ROOT, report=reported.append)
    processes, addresses, places = family(stack), urls(stack), folders(stack)
    assert [line.split()[0] for line in reported][-1] == "Deploy"
    assert (home / "background" / "state.json").stat().st_mode & 0o077 == 0

    token = CliRunner().invoke(
        command.app, ["token", "--stack", "background", "--name", "D'Ávila", "--groups", "admin, ops"]
    )
    claims = jwt.decode(token.stdout.strip(), options={"verify_signature": False})
    assert (claims["name"], claims["cognito:groups"]) == ("D'Ávila", ["admin", "ops"])
    assert get(stack, token.stdout.strip()) == 200
    assert len(list(stack.folder.glob("emulator/layer-*"))) == 1  # unpacked once for all functions

    examined = CliRunner().invoke(command.app, ["doctor", "--stack", "background"])
    assert examined.exit_code == 0, examined.stdout
    for line in ("Processes           all 4 run", "API                 answers", "Dead letters        none",
                 "Metrics             equal to a recount (campaigns: 0)"):  # fmt: skip
        assert f"  ok       {line}\n" in examined.stdout
    recount = CliRunner().invoke(command.app, ["rebuild-metrics", "--stack", "background"])
    assert (recount.exit_code, recount.stdout) == (0, "0 differences in 0 campaigns\n")

    reported.clear()
    assert named_stacks.up("background", root=ROOT, report=reported.append).api_url == stack.api_url
    assert "already up" in reported[0]
    assert "nothing has changed" in reported[1]

    assert named_stacks.down("background")
    assert not [process for process in processes if alive(process)]
    assert not [url for url in addresses if listens(url)]
    assert not [folder for folder in (*places, home) if folder.exists()]
    with pytest.raises(LocalError, match="There is no stack 'background'"):
        named_stacks.attach("background")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DATABASE_URL", "nonsense", "is not a URL of PostgreSQL"),
        ("DATABASE_URL", "postgresql:///hidra", "lacks its host, user"),
        ("DATABASE_URL", "postgresql://x@127.0.0.1:1/hidra", "cannot be reached"),
        ("EVOLUTION_URL", "http://127.0.0.1:1", "EVOLUTION_API_KEY is not"),
    ],
)
def test_a_wrong_address_is_named(name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(LocalError, match=message), Stack.running("wrong"):
        pass


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} for the API is taken"), Stack.running("late", port=port):
            pass


def test_a_child_that_dies_shows_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child(
        "The child",
        [sys.executable, "-c", "print('no answer today'); raise SystemExit(3)"],
        log=tmp_path / "log",
        env=clean_environment(),
    )
    with pytest.raises(LocalError, match=r"(?s)The child ended with status 3\..*no answer today"):
        child.wait_for(lambda: None, seconds=10)


@pytest.mark.parametrize(
    ("python", "message"),
    [
        ("", "Python 3.13 is missing and could not be fetched"),
        ("/nonexistent/python", "PYTHON=/nonexistent/python is not a working Python 3.13"),
    ],
)
def test_a_missing_python_is_named(python: str, message: str, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("cat", "cmp", "rm", "sh"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    uv = tools / "uv"
    uv.write_text('#!/bin/sh\n[ "$1" = --version ]\n')
    uv.chmod(0o755)
    done = subprocess.run(
        ["sh", str(ROOT / "local/setup.sh"), str(tmp_path / "venv"), "requirements/dev.txt"],
        env={"PATH": str(tools), "HOME": str(tmp_path), "PYTHON": python},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.search(message, done.stderr)
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_database_comes_back_on_its_port_with_what_was_committed(mode: str) -> None:
    with Database.running() as server:
        url = server.create("notes")
        with psycopg.connect(url) as connection:
            connection.execute("create table note (text text)")
            connection.execute("insert into note values ('remember')")
        server.stop(mode)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("select text from note").fetchone() == ("remember",)
        server.drop("notes")
