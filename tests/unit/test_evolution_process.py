import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.evolution import presets

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "local.evolution"]


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    # Without PYTHONUNBUFFERED, so that only the program's own flush brings the line.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [*COMMAND, "--port", "0", "--api-key", "k", "--seed", "1", *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        last_resort = threading.Timer(20, process.kill)
        last_resort.start()
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()
            last_resort.cancel()


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"apikey": "k", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.load(answer)


def test_the_process_prints_its_address_as_one_line_and_ends_cleanly_on_sigterm() -> None:
    with running() as (process, url):
        assert ask(f"{url}/_control/health") == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
        assert (process.returncode, out, err) == (0, "", "")


def test_sigterm_waits_for_no_request_that_is_still_open() -> None:
    with running() as (process, url):
        ask(f"{url}/instance/create", {"instanceName": "b", "integration": "WHATSAPP-BAILEYS"})
        ask(f"{url}/_control/instances/b/scan", {})
        ask(f"{url}/_control/instances/b/faults", {"hold_seconds": 60, "accepted": True})

        def send() -> None:
            try:
                ask(f"{url}/message/sendText/b", {"number": "5511987650001", "text": "Oi"})
            except OSError:
                return

        held = threading.Thread(target=send)
        held.start()
        while not ask(f"{url}/_log/summary")["accepted"]:
            pass
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=5)
        held.join(5)
        assert (process.returncode, err) == (0, "")
        assert time.monotonic() - started < 2


def test_a_process_may_start_with_a_fault_and_a_virtual_clock() -> None:
    with running("--fault", "unacknowledged", "--fault", "bad_gateway", "--virtual-clock", "0") as (_, url):
        assert [one["name"] for one in ask(f"{url}/_control/instances/*/faults")] == ["unacknowledged", "bad_gateway"]
        assert ask(f"{url}/_control/clock")["virtual"] is True
        assert ask(f"{url}/_control/clock", {"advance": 3600.5})["passed"] == 3600.5


def test_the_help_holds_every_fault_by_name() -> None:
    shown = subprocess.run([*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, (text, _) in presets.PRESETS.items():
        assert re.search(rf"^  {name} +{re.escape(text)}$", shown, re.M)


def test_the_help_holds_the_table_of_behaviours() -> None:
    shown = subprocess.run([*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "94xx    unregistered" in shown


def test_the_simulator_shares_no_code_with_hidra() -> None:
    imports = re.compile(r"^\s*(?:from|import) (hidra|functions|local\.(?!evolution)|local import (?!evolution))", re.M)
    sources = list((ROOT / "local" / "evolution").glob("*.py"))
    assert sources
    assert [path.name for path in sources if imports.search(path.read_text())] == []
