"""Two stacks side by side, and stacks whose processes or owner are killed."""

import pwd
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import requests
from typer.testing import CliRunner

from local import __main__ as command
from local import named_stacks
from local.database import Database
from local.processes import LocalError
from local.stack import ROOT, Stack
from tests.flow.test_stack import alive, eventually, family, get, home, listens, urls

__all__ = ["home"]  # a fixture


def test_two_stacks_run_side_by_side_on_one_server_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    users = {user.pw_name for user in pwd.getpwall()}
    with Database.running() as server:
        monkeypatch.setenv("DATABASE_URL", server.url)

        def logins() -> set[str]:
            with psycopg.connect(server.url) as connection:
                rows = connection.execute("select rolname from pg_roles where rolname ~ '_(http|jobs)$'").fetchall()
            return {name for (name,) in rows}

        with Stack.running("one", root=ROOT) as one, Stack.running("two", root=ROOT) as two:
            assert one.database is None
            assert len(logins()) == 4
            tokens = {stack.name: stack.token() for stack in (one, two)}
            for stack in (one, two):
                assert get(stack, tokens[stack.name]) == 200
                assert get(stack) == 401
            assert get(one, tokens["two"]) == 401
            assert get(one, one.token(lifetime=-60)) == 401
            assert not set(urls(one)[:-1]) & set(urls(two)[:-1])
            assert [len(list(stack.folder.glob("emulator/layer-*"))) for stack in (one, two)] == [1, 1]  # unpacked once
            processes = [process for stack in (one, two) for process in family(stack)]
            addresses = [url for stack in (one, two) for url in urls(stack)[:-1]]
            places = [one.folder, two.folder]
        assert not [process for process in processes if alive(process)]
        assert not [url for url in addresses if listens(url)]
        assert not [place for place in places if place.exists()]
        assert logins() == set()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select to_regclass('hidra.campaigns') is not null").fetchone() == (True,)
    assert {user.pw_name for user in pwd.getpwall()} == users


def test_a_killed_owner_leaves_nothing_behind() -> None:
    script = f"""
import sys
from pathlib import Path
from local.stack import Stack
with Stack.running("killed", root=Path({str(ROOT)!r})) as stack:
    pids = [process.pid for process in stack.processes.values()]
    print(*pids, stack.folder, stack.database_folder, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as owner:
        assert owner.stdout
        words = owner.stdout.readline().split()
        parents = [psutil.Process(int(word)) for word in words if word.isdigit()]
        places = [Path(word) for word in words if not word.isdigit()]
        assert len(parents) == 4
        processes = [*parents, *(child for parent in parents for child in parent.children(recursive=True))]
        owner.kill()
    eventually(lambda: not any(map(alive, processes)) and not any(place.exists() for place in places))


def lose(stack: Stack, *names: str) -> None:
    """Kill them as the kernel does when memory is short or the machine is switched off."""
    for name in names:
        psutil.Process(stack.processes[name].pid).kill()
    eventually(lambda: set(named_stacks.lost_processes(stack)) == set(names))


def test_a_stack_starts_what_it_has_lost_again_and_keeps_its_data(home: Path) -> None:
    stack = named_stacks.up("damaged", root=ROOT, report=lambda _: None)
    token, addresses, secrets = stack.token(), urls(stack), dict(stack.generated)
    headers = {"Authorization": f"Bearer {token}"}
    requests.post(f"{stack.api_url}/v1/segments", json={"name": "Kept"}, headers=headers, timeout=30).raise_for_status()
    instance = {"instanceName": "loja", "integration": "WHATSAPP-BUSINESS", "token": "t", "number": "1000000001"}
    key = {"apikey": stack.evolution_api_key}
    evolution = f"{stack.evolution_url}/instance"
    requests.post(f"{evolution}/create", json=instance, headers=key, timeout=10).raise_for_status()
    eventually(lambda: "loja" in (stack.folder / "evolution-instances.json").read_text())

    def has_kept_everything() -> None:
        assert urls(stack) == addresses
        found = requests.get(f"{stack.api_url}/v1/segments", headers=headers, timeout=30).json()
        assert [row["name"] for row in found["items"]] == ["Kept"]
        assert requests.get(f"{evolution}/fetchInstances", headers=key, timeout=10).json()[0]["name"] == "loja"
        assert stack.generated == secrets

    for lost in (["PostgreSQL"], ["AWS emulator", "token issuer", "Evolution simulator", "PostgreSQL"]):
        lose(stack, *lost)
        with pytest.raises(LocalError, match=r"has lost .*keeps its data"):
            named_stacks.attach("damaged")
        shown = CliRunner().invoke(command.app, ["status", "--stack", "damaged"])
        assert shown.exit_code == 1
        assert stack.api_url in shown.stdout
        for name in lost:
            assert re.search(rf"^  {name} +lost$", shown.stdout, re.MULTILINE)
        assert "`./hidra up --stack damaged` starts it again with its data" in shown.stdout
        reported: list[str] = []
        stack = named_stacks.up("damaged", root=ROOT, report=reported.append)
        assert "started again; its data and addresses stay" in reported[0]
        has_kept_everything()
    assert CliRunner().invoke(command.app, ["status", "--stack", "damaged"]).exit_code == 0

    # A port that another program has taken: nothing is lost, and the words say what to do.
    lose(stack, "token issuer")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(urlsplit(stack.issuer_url).port or 0)))
        other.listen()
        with pytest.raises(LocalError, match=r"(?s)Port \d+ for the token issuer is taken.*is kept"):
            named_stacks.up("damaged", root=ROOT, report=lambda _: None)

    # Only where the data is gone already does it start over, and not without being asked to.
    lose(stack, "token issuer", "PostgreSQL")
    assert stack.database_folder
    shutil.rmtree(stack.database_folder)
    for word in ("status", "up"):
        asked = CliRunner().invoke(command.app, [word, "--stack", "damaged"])
        assert asked.exit_code == 1
        assert "./hidra up --stack damaged --start-over" in asked.stdout + str(asked.exception)
    assert (home / "damaged" / "state.json").exists()
