"""`./hidra simulate fault`, `chaos` and `clock` against a simulator that `simulate serve` started."""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import requests

from local import named_stacks
from local.__main__ import run
from tests import simulator_process

Simulate = Callable[[str], str]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    words = ["--api-key", "k", "--fault", "unacknowledged", "--virtual-clock", "0"]
    with simulator_process.simulator(*words, command=("local", "simulate", "serve")) as url:
        yield url


@pytest.fixture
def simulate(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Simulate:
    stack = SimpleNamespace(processes={"Evolution simulator": 1}, evolution_url=url, evolution_api_key="k")
    monkeypatch.setattr(named_stacks, "attach", lambda _: stack)

    def run_command(line: str) -> str:
        status = run(["simulate", *line.split()])
        printed = capsys.readouterr()
        return printed.out if status == 0 else f"{status} {printed.err}"

    return run_command


def send(url: str, number: str = "5511987650001") -> requests.Response:
    body = {"number": number, "text": "Oi"}
    return requests.post(f"{url}/message/sendText/loja", json=body, headers={"apikey": "k"}, timeout=10)


def test_a_simulator_starts_with_the_faults_of_its_command_line(url: str) -> None:
    names = [one["name"] for one in requests.get(f"{url}/_control/instances/*/faults", timeout=10).json()]
    assert names == ["unacknowledged"]


def test_faults_are_armed_by_name_for_an_instance_or_a_phone(url: str, simulate: Simulate) -> None:
    simulate("instance loja")
    shown = simulate("fault loja --fault gateway_timeout --times 2 --after 1")
    assert re.search(r"504 +\S.*yes +0.0 +2 +sends +gateway_timeout\n", shown)
    assert [send(url).status_code for _ in range(4)] == [201, 504, 504, 201]
    shown = simulate("fault loja --fault bad_gateway --phone 5511987650002 --for 60")
    assert "bad_gateway" in shown
    assert (send(url).status_code, send(url, "5511987650002").status_code) == (201, 502)
    simulate("clock --advance 61")
    assert send(url, "5511987650002").status_code == 201
    assert simulate("fault loja --fault banned") == "WhatsApp ends the connection of loja.\n"
    assert send(url).json()["response"]["message"] == "Connection Closed"
    assert simulate("fault loja --fault none").startswith("1 hidra: There is no fault 'none'.")


def test_a_mix_of_faults_is_shown_and_ended(simulate: Simulate) -> None:
    shown = simulate("chaos loja --rate cut_after=0.02 --rate lost=0.1 --seed 7")
    assert re.search(r"cut_after +0.02\n *lost +0.1\n", shown)
    assert simulate("chaos loja") == shown
    assert simulate("chaos loja --clear") == "No random faults are set for loja.\n"
    assert "is not NAME=SHARE" in simulate("chaos loja --rate lost=often")


def test_the_clock_is_driven(simulate: Simulate) -> None:
    before = float(simulate("clock").split()[0])
    assert float(simulate("clock --advance 3600").split()[0]) == before + 3600
