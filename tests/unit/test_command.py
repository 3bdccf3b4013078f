"""The command `hidra` from its command line to its output: help, tables, errors of one line, no colours in a pipe."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import requests
import typer

from local import named_stacks
from local.__main__ import app
from local.cli.app import count, run, table
from local.cli.metrics import recount
from local.emulator import FunctionFailed
from local.evolution import phones
from local.processes import LocalError
from tests import simulator_process

ROOT = Path(__file__).parents[2]
STACKLESS = ["status", "token", "invoke campaign_clock", "logs campaign_clock", "rebuild-metrics", "simulate totals"]


def commands() -> list[str]:
    """Every command there is, as its words."""

    def below(command: Any, words: list[str]) -> Iterator[str]:
        for name, child in getattr(command, "commands", {}).items():
            yield " ".join([*words, name])
            yield from below(child, [*words, name])

    return list(below(typer.main.get_command(app), []))


def typed(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run(line.split())
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def attach(monkeypatch: pytest.MonkeyPatch, **stack: Any) -> None:
    monkeypatch.setattr(named_stacks, "attach", lambda _: SimpleNamespace(**stack))


@pytest.mark.parametrize("words", commands())
def test_every_command_has_help_with_an_example(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = typed(f"{words} -h", capsys)
    assert status == 0
    assert out.startswith(f"Usage: hidra {words} ")
    assert words == "simulate" or f"./hidra {words}" in out.split("Example:")[1]
    assert typed(f"{words} --help", capsys)[1] == out


def test_the_help_lists_each_command_once_under_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = typed("--help", capsys)
    headings = ["Try it:", "A stack:", "Operate:"]
    assert re.findall(r"^[A-Z][\w ]+:$", out, re.MULTILINE) == ["Options:", *headings]
    listed = re.findall(r"^  ([a-z][a-z-]+) {2,}\S", out.split(headings[0])[1], re.MULTILINE)
    assert sorted(listed) == sorted(words for words in commands() if " " not in words)


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = typed("", capsys)
    assert status == 2
    assert "Try it:" in out + err
    assert "hidra: " not in out + err


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("upp", "hidra: No such command 'upp'. Did you mean 'up'? See `./hidra --help`."),
        (
            "up --port x",
            "hidra: Invalid value for '--port': Input should be a valid integer, unable to parse string as an integer. See `./hidra up --help`.",
        ),
        ("simulate fault", "hidra: Missing argument 'INSTANCE'. See `./hidra simulate fault --help`."),
    ],
)
def test_a_wrong_command_line_is_reported_in_one_line(
    line: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(line, capsys) == (2, "", complaint + "\n")


@pytest.mark.parametrize("line", STACKLESS)
def test_a_missing_stack_is_reported_in_one_line(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(named_stacks, "HOME", tmp_path)
    error = "hidra: There is no stack 'none'. Start it with `./hidra up --stack none`.\n"
    assert typed(f"{line} --stack none", capsys) == (1, "", error)


def test_an_unexpected_error_is_reported_in_one_line_that_names_the_file_of_its_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def break_down(_: str) -> None:
        raise KeyError("resin\nof pines")

    monkeypatch.setattr(named_stacks, "attach", break_down)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    status, out, err = typed("token", capsys)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("hidra: KeyError: ")
    [details] = tmp_path.iterdir()
    assert str(details) in err
    assert "Traceback" in details.read_text()
    with pytest.raises(KeyError):
        run(["token", "--debug"])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("invoke nothing", "There is no function 'nothing'. Choose from api_docs, campaign_advance, "),
        ("logs nothing", "There is no function 'nothing'. Choose from api_docs, campaign_advance, "),
        ("invoke campaign_clock {", "The payload is not JSON: "),
        ("simulate totals", "The stack 'local' uses a real Evolution server"),
    ],
)
def test_a_wrong_argument_is_named(
    line: str, complaint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(monkeypatch, processes={})
    status, out, err = typed(line, capsys)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"hidra: {complaint}")


def test_a_failed_function_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(function: str, _: object) -> None:
        raise FunctionFailed(f"{function}: There is no such campaign.")

    attach(monkeypatch, invoke=fail)
    assert typed("rebuild-metrics", capsys) == (1, "", "hidra: metrics_rebuild: There is no such campaign.\n")


def test_the_token_is_printed_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[dict[str, Any]] = []
    attach(monkeypatch, token=lambda **options: wanted.append(options) or "ey.J.x")
    assert typed(f"token --groups admin,,ops --sub {UUID(int=17)}", capsys) == (0, "ey.J.x\n", "")
    assert wanted == [{"sub": str(UUID(int=17)), "email": None, "name": None, "groups": ["admin", "ops"]}]
    assert typed("token --sub 17", capsys)[0] == 2


def test_a_table_is_aligned_columns_and_nothing_else() -> None:
    assert (
        table(["name", "number"], [["a", 5], ["longer", None]])
        == "  name    number\n  a            5\n  longer       -"
    )
    assert (count(0, "campaign"), count(1, "campaign"), count(2_000, "campaign")) == (
        "0 campaigns", "1 campaign", "2,000 campaigns",
    )  # fmt: skip


class Recount:
    """The function metrics_rebuild, which recounts one campaign for each invocation."""

    def __init__(self, *differences: int) -> None:
        self.left, self.payloads = list(differences), list[dict[str, Any]]()

    def __call__(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.payloads.append(dict(payload))
        row = {
            "campaign_id": "c",
            "counter": "failed",
            "minute": "2026-01-01T12:05:00+00:00",
            "shown": 3,
            "recounted": 2,
        }
        found = self.left.pop(0)
        return {"campaigns": 1, "differences": [row] * found, "continue_after": "c" if self.left else None}


def test_a_recount_continues_until_no_campaign_is_left() -> None:
    function = Recount(1, 0, 2)
    campaigns, differences = recount(function, campaign=None, apply=False)
    assert (campaigns, len(differences)) == (3, 3)
    assert [payload.get("after") for payload in function.payloads] == [None, "c", "c"]
    assert all(payload["dry_run"] for payload in function.payloads)


@pytest.mark.parametrize(
    ("line", "differences", "expected"),
    [
        ("rebuild-metrics", 0, (0, "0 differences in 1 campaign")),
        ("rebuild-metrics", 1, (1, "1 difference in 1 campaign; --apply writes the recounted numbers.")),
        ("rebuild-metrics --apply --campaign c", 1, (0, "1 difference in 1 campaign, fixed.")),
    ],
)
def test_a_recount_reports_the_differences_and_whether_they_were_written(
    line: str,
    differences: int,
    expected: tuple[int, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    function = Recount(differences)
    attach(monkeypatch, invoke=lambda _, payload: function(payload))
    status, out, err = typed(line, capsys)
    assert (status, out.splitlines()[-1], err) == (*expected, "")
    assert ("2026-01-01 12:05" in out) == bool(differences)
    payload = {"dry_run": False, "campaign_id": "c"} if "--apply" in line else {"dry_run": True}
    assert function.payloads == [payload]


def test_aws_that_cannot_be_reached_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    status, out, err = typed("rebuild-metrics --function f", capsys)
    assert (status, out, err) == (1, "", "hidra: AWS did not invoke f: You must specify a region.\n")


def test_the_help_of_simulate_has_every_ending_of_the_simulators_own_table(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = typed("simulate --help", capsys)
    for prefix, (name, text, _) in phones.TABLE.items():
        assert re.search(rf"^ +{prefix}xx +{name} +{re.escape(text)}$", out, re.MULTILINE)


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulator_process.simulator("--api-key", "k", command=("local", "simulate", "serve")) as url:
        attach(monkeypatch, processes={"Evolution simulator": 1}, evolution_url=url, evolution_api_key="k")
        yield


@pytest.mark.usefixtures("simulator")
def test_the_simulator_is_controlled_and_its_log_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    def simulate(line: str) -> str:
        status, out, err = typed(f"simulate {line}", capsys)
        assert (status, err) == (0, "")
        return out

    connection = json.loads(simulate("instance loja"))
    assert (connection["instance_name"], connection["api_key"], connection["integration"]) == ("loja", "k", "baileys")
    assert json.loads(simulate("instance meta --cloud-api"))["integration"] == "cloud_api"
    assert simulate("disconnect loja") == "loja is close.\n"
    assert simulate("scan loja") == "loja is open.\n"

    assert re.search(r"cut after +null +yes +0.0 +3 +sends", simulate("fault loja --cut after --times 3"))
    assert re.search(
        r'503 +{"code": 1} +no +0.0 +never +all',
        simulate('fault loja --status 503 --body {"code":1} --everything'),
    )
    assert simulate("fault loja --clear") == "No fault is armed for loja.\n"

    assert re.search(r"copies +2\n", simulate("behaviour 5511987650001 --like duplicated"))
    assert re.search(r'reply +"PARAR"\n', simulate('behaviour 5511987650001 --set {"reply":"PARAR"}'))
    assert re.search(r"copies +1\n", simulate("behaviour 5511987650001 --forget"))

    body = {"number": "5511987659401", "text": "Oi\nAna"}
    requests.post(f"{connection['base_url']}/message/sendText/loja", json=body, headers={"apikey": "k"}, timeout=10)
    assert re.search(r"loja +5511987659401 +400 +refused +Oi Ana\n", simulate("log --instance loja"))
    assert "5511987659401" not in simulate("log --instance meta")
    assert re.search(r"received +1\n", simulate("totals"))
    assert re.search(r"received +0\n", simulate("totals --instance meta"))
    assert simulate("log --clear") == "The log is empty.\n"
    assert re.search(r"received +0\n", simulate("totals"))

    status, _, err = typed("simulate scan missing", capsys)
    assert (status, err) == (1, 'hidra: The simulator answered 404: {"error": "no such instance"}\n')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the file hidra, and instead of Python a script that prints how it was called."""
    project = tmp_path / "a project"
    (project / "local").mkdir(parents=True)
    (project / "hidra").write_text((ROOT / "hidra").read_text())
    (project / "hidra").chmod(0o755)
    (project / "local/setup.sh").write_text(
        'mkdir -p "$1/bin"; echo "$PWD $1 $2" > setup-arguments\n'
        'printf \'#!/bin/sh\\necho "$PWD|$PYTHONPATH|$*"\\n\' > "$1/bin/python"; chmod +x "$1/bin/python"\n'
    )
    return project


def test_the_file_works_from_another_folder_and_through_links(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to("../first")
    (tmp_path / "first").symlink_to(project / "hidra")
    for command in (str(project / "hidra"), "../a project/hidra", "./link"):
        done = subprocess.run([command, "up", "a b"], cwd=elsewhere, capture_output=True, text=True, check=True)
        assert done.stdout == f"{elsewhere}|{project}/layers/hidra:{project}|-P -m local up a b\n"
        assert (project / "setup-arguments").read_text() == f"{project} .venv requirements/dev.txt\n"


def test_the_file_stops_where_the_setup_failed(project: Path) -> None:
    (project / "local/setup.sh").write_text("echo 'hidra: no Python' >&2; exit 1\n")
    done = subprocess.run([project / "hidra", "up"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "hidra: no Python\n")


def test_an_error_that_the_user_can_fix_keeps_its_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LocalError("Port 8000 for the API is taken or forbidden. Choose another one.")

    monkeypatch.setattr(named_stacks, "up", refuse)
    error = "hidra: Port 8000 for the API is taken or forbidden. Choose another one.\n"
    assert typed("up --port 8000", capsys) == (1, "", error)
