"""Cold starts of the functions that answer HTTP: python -m bench starts.

A fresh process, from its start to its first answer: Python, the imports with bytecode, the secrets over TLS, the
connection to PostgreSQL, the request. The yardstick is a bare process that imports psycopg and pydantic and answers one
query over a new connection. It is no web framework: it has no routes, no validation and no secrets to read, so it shows
what the two libraries and Python alone cost. What Lambda adds before Python starts is not measured.
"""

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import functions
from bench.loading import migrated
from bench.results import Result
from bench.server import served
from bench.world import http_database
from local.processes import clean_environment

FULL, QUICK = 15, 3  # starts of each function
ROOT = Path(__file__).parent.parent
EVENTS = {
    "campaigns": "campaigns_list",
    "contacts": "contacts_list",
    "segments": "segments_get",
    "templates": "templates_list",
    "imports": "imports_list",
    "exports": "exports_list",
    "connections": "connections_get",
    "metrics": "metrics_overview",
    "api_docs": "api_docs_page",
    "evolution_webhook": "evolution_webhook_delivered",
}
# The authorities of the process are those of the server's certificate, as no other server is called.
START = """
import json, sys, types
import certifi
certifi.where = lambda: sys.argv[3]
sys.path.insert(0, f"functions/{sys.argv[1]}")
import app
context = types.SimpleNamespace(
    function_name="f", memory_limit_in_mb=1024, invoked_function_arn="a", aws_request_id="r"
)
answer = app.handler(json.loads(sys.argv[2]), context)
print(answer["statusCode"], flush=True)
"""
BARE = """
import sys
import psycopg
import pydantic
with psycopg.connect(sys.argv[1]) as connection:
    print(*connection.execute("select 200").fetchone(), flush=True)
"""


def measure(size: int) -> list[Result]:
    with ExitStack() as stack:
        server = stack.enter_context(migrated())
        http_database(server).close()
        url, certificate = stack.enter_context(served(functions.SECRETS))
        environment = clean_environment(PYTHONPATH=str(ROOT / "layers" / "hidra"), **functions.settings(url, server))
        bare = [BARE, f"{server.url}?sslmode=disable"]
        results = []
        for name, event in EVENTS.items():
            began = time.monotonic()
            command = [START, name, json.dumps(_authentic(functions.event(event))), str(certificate)]
            _start(command, environment)  # leaves the bytecode
            mine, theirs = [], []
            for _ in range(size):
                theirs.append(_start(bare, environment))
                mine.append(_start(command, environment))
            results.append(
                Result(
                    name=f"cold start of {name}",
                    size=f"{size} starts",
                    value=median(mine) * 1000,
                    unit="ms",
                    yardstick="Python with psycopg and pydantic, one query",
                    yardstick_value=median(theirs) * 1000,
                    ratio=median(mine) / median(theirs),
                    seconds=time.monotonic() - began,
                )
            )
    return results


def _authentic(event: dict[str, object]) -> dict[str, object]:
    return functions.signed(event) if "key_id" in str(event.get("pathParameters")) else event


def _start(arguments: list[str], environment: dict[str, str]) -> float:
    """Starts Python with a program; returns the seconds until it printed the status of its answer."""
    began = time.monotonic()
    command = [sys.executable, "-c", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout is not None
        status = next((line for line in process.stdout if line.strip().isdigit()), "")
        took = time.monotonic() - began
    assert status.strip() in ("200", "404"), (arguments[1], status)  # of a segment or connection that does not exist
    return took
