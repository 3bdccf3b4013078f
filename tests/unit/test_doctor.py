"""The doctor's findings from given facts, and how its checks run together."""

import threading
import time
from typing import Any

import pytest

from local import named_stacks
from local.cli import doctor as command
from local.cli.app import run as typed
from local.doctor import database, evolution, machine, running
from local.doctor.findings import Check, Finding, State, fails, ok, run, warning

GB = 1_000_000_000
EXACT = {"campaigns": 12, "differences": [], "continue_after": None}
INSTANCES = [{"name": "loja"}, {"name": "acme"}]


@pytest.mark.parametrize(
    ("finding", "state", "words"),
    [
        (machine.python((3, 13, 9)), "ok", "3.13.9"),
        (machine.python((3, 12, 1)), "fails", "Lambda runs 3.13"),
        (machine.uv("/usr/bin/uv"), "ok", "/usr/bin/uv"),
        (machine.uv(None), "warning", "not found"),
        (machine.disk(40 * GB), "ok", "40.0 GB free"),
        (machine.disk(2 * GB), "warning", "2.0 GB free"),
        (machine.disk(GB // 4), "fails", "0.2 GB free"),
        (machine.memory(8 * GB), "ok", "8.0 GB available"),
        (machine.memory(GB), "warning", "1.0 GB available"),
        (database.migrations(None, ["0001"]), "ok", "none yet"),
        (database.migrations(["0001", "0002"], ["0001", "0002"]), "ok", "all 2 applied"),
        (database.migrations(["0001"], ["0001", "0002"]), "warning", "0002 not applied"),
        (database.migrations(["0001", "0003"], ["0001", "0002"]), "fails", "0003 came from newer sources"),
        (evolution.version((200, {"version": "2.3.7"})), "ok", "Evolution API 2.3.7"),
        (evolution.version((200, {"version": "2.4.0"})), "warning", "Evolution API 2.4.0"),
        (evolution.version((200, {"name": "something else"})), "fails", "not as Evolution API does"),
        (evolution.version((502, None)), "fails", "answers 502"),
        (evolution.accepted((200, INSTANCES)), "ok", "instances: loja, acme"),
        (evolution.accepted((200, [])), "ok", "instances: none"),
        (evolution.accepted((401, {})), "fails", "is refused"),
        (evolution.accepted((503, {"code": "LICENSE_REQUIRED"})), "fails", "licence"),
        (evolution.accepted((500, None)), "fails", "failed with 500"),
        (evolution.accepted(None), "fails", "is not set"),
        (evolution.connection("loja", (200, {"instance": {"state": "open"}})), "ok", "loja is connected"),
        (evolution.connection("loja", (200, {"instance": {"state": "close"}})), "warning", "loja is close"),
        (evolution.connection("loja", (404, {})), "fails", "the state of loja failed with 404"),
        (running.processes([], 4), "ok", "all 4 run"),
        (running.processes(["PostgreSQL"], 4), "fails", "PostgreSQL ended"),
        (running.api(200), "ok", "answers"),
        (running.api(502), "fails", "failed with 502"),
        (running.clock(20.4, up_for=4_000), "ok", "ticked 20 s ago"),
        (running.clock(None, up_for=30), "ok", "first tick"),
        (running.clock(None, up_for=4_000), "fails", "no tick for 120 s"),
        (running.clock(130, up_for=4_000), "fails", "no tick for 120 s"),
        (running.metrics(EXACT), "ok", "equal to a recount (campaigns: 12)"),
        (running.metrics(EXACT | {"continue_after": "c"}), "ok", "(campaigns: 12 and more)"),
        (running.metrics(EXACT | {"differences": [{}] * 3}), "fails", "3 numbers differ"),
    ],
)
def test_a_fact_is_judged(finding: Finding, state: str, words: str) -> None:
    assert finding.state == state
    assert words in finding.text


@pytest.mark.parametrize(
    ("depths", "letters"),
    [
        ({"send queue": 7, "campaign queue": 0, "send dead letters": 0}, ok("Dead letters", "none")),
        (
            {"send queue": 7, "campaign queue": 0, "send dead letters": 2},
            fails(
                "Dead letters",
                "2 send dead letters",
                "see docs/deploying.md for their meaning and the function's log for the cause",
            ),
        ),
    ],
)
def test_waiting_messages_are_work_and_dead_letters_fail(depths: dict[str, int], letters: Finding) -> None:
    assert running.queues(depths) == [ok("Queues", "7 in the send queue, 0 in the campaign queue"), letters]


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ((0, None, 0), ["ok", "ok"]),
        ((3, 20.0, 0), ["ok", "ok"]),
        ((3, 900.0, 0), ["warning", "ok"]),
        ((0, None, 1), ["ok", "warning"]),
    ],
)
def test_events_that_wait_too_long_or_could_not_be_read_are_a_warning(facts: Any, states: list[str]) -> None:
    assert [finding.state for finding in running.events(*facts)] == states


def test_checks_run_side_by_side_and_report_in_their_order() -> None:
    together = threading.Barrier(3, timeout=5)

    def check(name: str) -> list[Finding]:
        together.wait()
        return [ok(name, "1"), ok(name, "2")]

    names = ["a", "b", "c"]
    checks = [Check(name, lambda name=name: check(name)) for name in names]  # type: ignore[misc]
    assert [finding.subject for finding in run(checks, seconds=5)] == ["a", "a", "b", "b", "c", "c"]


def test_a_check_that_hangs_delays_no_other() -> None:
    hanging = threading.Event()
    checks = [
        Check("Metrics", lambda: [ok("Metrics", str(hanging.wait(20)))], late=State.WARNING),
        Check("API", lambda: [ok("API", str(hanging.wait(20)))]),
        Check("uv", lambda: [ok("uv", "here")]),
    ]
    began = time.monotonic()
    assert list(run(checks, seconds=0.2)) == [
        warning("Metrics", "no answer within 0 s"), fails("API", "no answer within 0 s"), ok("uv", "here"),
    ]  # fmt: skip
    assert time.monotonic() - began < 2
    hanging.set()


def test_an_error_in_a_check_is_its_finding() -> None:
    def broken() -> list[Finding]:
        raise OSError("no route\nto host")

    assert list(run([Check("API", broken)], seconds=5)) == [fails("API", "OSError: no route")]


def test_an_unreachable_server_is_a_finding() -> None:
    [found] = database.check("postgresql://x:secret@127.0.0.1:1/hidra")
    assert found.state == "fails"
    assert found.text.startswith("cannot be reached: ")
    assert "secret" not in found.text
    [found] = evolution.check("http://127.0.0.1:1", "k", "")
    assert (found.state, found.subject) == ("fails", "EVOLUTION_URL")


@pytest.mark.parametrize(
    ("findings", "status", "last"),
    [
        ([ok("uv", "here")], 0, "All checks passed."),
        ([ok("uv", "here"), warning("Memory", "little")], 0, "No check failed; 1 warning."),
        ([ok("uv", "here"), warning("Memory", "little"), fails("API", "gone")], 1, "1 check of 3 failed."),
    ],
)
def test_the_exit_status_says_whether_a_check_failed(
    findings: list[Finding], status: int, last: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (database, evolution, running):
        monkeypatch.setattr(module, "checks", lambda *_: [])
    monkeypatch.setattr(machine, "checks", lambda: [Check("all", lambda: findings)])
    assert typed(["doctor"]) == status
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == last
    assert "\033" not in out


def test_a_finding_is_a_line_with_its_advice_below() -> None:
    bad = fails("API", "gone", "look at the log")
    assert command.line(bad, colour=False).splitlines() == [
        "  fails    API                 gone", "                             → look at the log",
    ]  # fmt: skip
    assert "\033[31m" in command.line(bad, colour=True)


def test_a_stack_that_is_not_up_is_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_stacks, "find", lambda _: None)
    assert list(run(running.checks("local"), seconds=5)) == [ok("Stack local", "not running; ./hidra up starts it")]
