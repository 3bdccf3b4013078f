"""A background stack whose processes are killed."""

import re
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from typer.testing import CliRunner

from local import __main__ as command
from local import named_stacks
from local.processes import LocalError
from local.stack import ROOT, Stack
from tests.flow.test_stack import eventually, home, urls

__all__ = ["home"]  # a fixture


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
