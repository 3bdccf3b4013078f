"""docs/openapi.json is enough for a client: openapi-python-client generates one, and a campaign runs through it."""

import json
import os
import subprocess
from pathlib import Path
from uuid import uuid4

from local import openapi
from local.stack import Stack
from tests.documents import ROOT
from tests.flow.world import Tenant

CLIENT_VENV = ".venv-client"
BIN = ROOT / CLIENT_VENV / "bin"


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_client_runs_a_campaign(tmp_path: Path) -> None:
    run("sh", "local/setup.sh", CLIENT_VENV, "requirements/client.txt")
    output = run(
        BIN / "openapi-python-client", "generate", "--path", openapi.PATH, "--meta", "none",
        "--output-path", tmp_path / "hidra_client", "--fail-on-warning",
    )  # fmt: skip
    print(output, flush=True)
    with Stack.running("prove", parameters={"SenderConcurrency": "4"}) as stack:
        instance = Tenant.linked(stack).instance
        outcome = json.loads(
            run(
                BIN / "python", Path(__file__).parent / "generated_client_campaign.py",
                stack.api_url, stack.token(sub=str(uuid4())), stack.evolution_url, stack.evolution_api_key, instance,
                PYTHONPATH=str(tmp_path),
            )
        )  # fmt: skip
    assert outcome == {
        "connection": "connected",
        "will_receive": 3,
        "delivered": 2,
        "failed": 1,
        "recipients": {"+5511987650001": "read", "+5511987650002": "read", "+5511987659401": "failed"},
    }
