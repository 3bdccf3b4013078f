"""Cold starts of the functions that answer HTTP: python -m bench starts.

A fresh process, from its start to its first answer: Python, the imports with bytecode, the secrets over TLS, the
connection to PostgreSQL, the request. The yardstick answers a list of campaigns with FastAPI, Mangum, SQLAlchemy and
asyncpg: one route, one model, one query for the caller's rows, no secrets to read. Both sides use the same environment,
which holds what is deployed and the yardstick's libraries. What Lambda adds before Python starts is not measured.
"""

import json
import subprocess
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

FULL, QUICK = 7, 3  # starts of each function
GOAL, WEBHOOK_GOAL = 0.45, 0.2  # of the yardstick
ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
EVENTS = {
    "campaigns": "campaigns_list",
    "recipients": "recipients_list",
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
# The user is already known, as in Hidra's event, whose authorizer's claims it reads.
YARDSTICK = """
import json, sys, types, uuid
from typing import Annotated
from datetime import datetime
from fastapi import Depends, FastAPI, Request
from mangum import Mangum
from pydantic import BaseModel
from sqlalchemy import DateTime, MetaData, String, Table, Column, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
engine = create_async_engine(sys.argv[2])
columns = Column("id", Uuid), Column("user_id", Uuid), Column("name", String), Column("created_at", DateTime(True))
campaigns = Table("campaigns", MetaData("hidra"), *columns)
class Campaign(BaseModel):
    id: uuid.UUID
    name: str
    created_at: datetime
async def session():
    async with AsyncSession(engine) as opened:
        yield opened
def user(request: Request) -> uuid.UUID:
    return uuid.UUID(request.scope["aws.event"]["requestContext"]["authorizer"]["jwt"]["claims"]["sub"])
app = FastAPI()
@app.get("/v1/campaigns")
async def listed(
    user_id: Annotated[uuid.UUID, Depends(user)], database: Annotated[AsyncSession, Depends(session)], limit: int = 50
) -> list[Campaign]:
    found = select(campaigns).where(campaigns.c.user_id == user_id).order_by(campaigns.c.created_at.desc()).limit(limit)
    return [Campaign(**row) for row in (await database.execute(found)).mappings()]
context = types.SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r")
print(Mangum(app, lifespan="off")(json.loads(sys.argv[1]), context)["statusCode"], flush=True)
"""


def measure(size: int) -> list[Result]:
    with ExitStack() as stack:
        server = stack.enter_context(migrated())
        http_database(server).close()
        url, certificate = stack.enter_context(served(functions.SECRETS))
        environment = clean_environment(PYTHONPATH=str(ROOT / "layers" / "hidra"), **functions.settings(url, server))
        address = f"{server.url.replace('postgresql:', 'postgresql+asyncpg:')}?ssl=disable"
        yardstick = [YARDSTICK, json.dumps(functions.event("campaigns_list")), address]
        _start(yardstick, environment)
        results = []
        for name, event in EVENTS.items():
            began = time.monotonic()
            command = [START, name, json.dumps(_authentic(functions.event(event))), str(certificate)]
            _start(command, environment)  # leaves the bytecode
            mine, theirs = [], []
            for _ in range(size):
                theirs.append(_start(yardstick, environment))
                mine.append(_start(command, environment))
            results.append(_row(name, mine, theirs, time.monotonic() - began))
    return results


def _row(name: str, mine: list[float], theirs: list[float], seconds: float) -> Result:
    goal = WEBHOOK_GOAL if name == "evolution_webhook" else GOAL
    ratio = median(mine) / median(theirs)
    return Result(
        name=f"cold start of {name}",
        size=f"{len(mine)} starts",
        value=median(mine) * 1000,
        unit="ms",
        yardstick="FastAPI, Mangum, SQLAlchemy and asyncpg",
        yardstick_value=median(theirs) * 1000,
        ratio=ratio,
        goal=f"ratio ≤ {goal:g}",
        ok=ratio <= goal,
        seconds=seconds,
    )


def _authentic(event: dict[str, object]) -> dict[str, object]:
    return functions.signed(event) if "key_id" in str(event.get("pathParameters")) else event


def _start(arguments: list[str], environment: dict[str, str]) -> float:
    """Starts Python with a program; returns the seconds until it printed the status of its answer."""
    began = time.monotonic()
    command = [str(PYTHON), "-c", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout is not None
        status = next((line for line in process.stdout if line.strip().isdigit()), "")
        took = time.monotonic() - began
    assert status.strip() in ("200", "404"), (arguments[1], status)  # of a segment or connection that does not exist
    return took
