import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "local.evolution"]


def test_the_process_prints_its_address_as_one_line_and_ends_at_once_on_sigterm() -> None:
    command = [*COMMAND, "--port", "0", "--api-key", "k", "--seed", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/_control/health") as answer:
            assert json.load(answer) == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
        assert (process.returncode, out, err) == (0, "", "")


def test_the_help_holds_the_table_of_behaviours() -> None:
    shown = subprocess.run([*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "94xx        unregistered" in shown


def test_the_simulator_shares_no_code_with_hidra() -> None:
    imports = re.compile(r"^\s*(?:from|import) (hidra|functions|local\.(?!evolution)|local import (?!evolution))", re.M)
    sources = list((ROOT / "local" / "evolution").glob("*.py"))
    assert sources
    assert [path.name for path in sources if imports.search(path.read_text())] == []
